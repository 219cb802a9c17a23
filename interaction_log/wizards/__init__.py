from . import base_partner_merge
from . import interaction_log_cancel, interaction_log_evaluate, interaction_log_purge
