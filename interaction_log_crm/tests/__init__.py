from . import test_create_opportunity
from . import test_dialog
from . import test_lead_email
from . import test_merge
from . import test_opportunity
from . import test_ui
