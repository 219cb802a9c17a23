from . import base_partner_merge
from . import interaction_announcement, interaction_completeness_check
from . import interaction_batch_delete
from . import interaction_log_cancel, interaction_log_create
from . import interaction_log_create_follow_up
from . import interaction_log_evaluate, interaction_log_purge
from . import interaction_log_respond
from . import interaction_rule_explain
from . import interaction_segment_add, interaction_segment_refresh
from . import interaction_segment_criteria_apply, interaction_segment_criteria_save
from . import interaction_template_archive, interaction_template_copy_files
from . import interaction_template_preview
from . import mail_compose_message
from . import interaction_segment_log
