from . import interaction_log_respond
from . import interaction_segment_add
from . import interaction_segment_refresh
from . import interaction_segment_criteria_apply
from . import interaction_segment_criteria_save
from . import interaction_segment_log
from . import interaction_template_preview
