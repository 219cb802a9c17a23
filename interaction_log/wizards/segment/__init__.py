from . import interaction_segment_add
from . import interaction_segment_refresh
from . import interaction_segment_criteria_apply
from . import interaction_segment_criteria_save
from . import interaction_segment_log
