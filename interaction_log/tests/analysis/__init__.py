from . import test_analysis_ui
from . import test_answers
from . import test_costs
