from . import test_completeness_email
from . import test_delivery
from . import test_email_connections
from . import test_email_in
from . import test_email_out
from . import test_email_ui
from . import test_rule_email
