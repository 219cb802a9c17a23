from . import test_mailing
from . import test_mailing_recipients
from . import test_mailing_delivery
from . import test_mailing_rights
from . import test_mailing_completeness
from . import test_mailing_segment
from . import test_mailing_ui
