from . import test_round
from . import test_round_concurrency
from . import test_round_ui
