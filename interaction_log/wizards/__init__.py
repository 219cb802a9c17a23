from . import interaction_log_cancel
from . import interaction_log_evaluate
from . import interaction_log_purge
