from . import test_overview
from . import test_overview_checklist
from . import test_overview_share
from . import test_overview_ui
