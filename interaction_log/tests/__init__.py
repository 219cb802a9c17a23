from . import test_cancel
from . import test_log_interactions
from . import test_partner
from . import test_print
from . import test_rule
from . import test_template
from . import test_ui
