from . import test_sms
from . import test_sms_completeness
from . import test_sms_delivery
