from . import interaction_log_create
from . import interaction_log_evaluate
