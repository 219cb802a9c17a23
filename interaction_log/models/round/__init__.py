"""Call rounds: the contacts of a segment, called one at a time by several users.

Uses base, log, segment and letter. Hooks: `_get_call_reason_sql` (line) says who is
not called, `_prepare_call_vals` (round) what is logged.
"""

from . import interaction_segment
from . import interaction_segment_line
from . import interaction_round
from . import interaction_round_call
from . import interaction_log_entry
