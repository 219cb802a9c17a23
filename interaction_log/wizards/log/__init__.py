from . import base_partner_merge
from . import interaction_batch_delete
from . import interaction_log_cancel
from . import interaction_log_create
from . import interaction_log_evaluate
from . import interaction_log_purge
from . import interaction_log_respond
from . import interaction_template_preview
