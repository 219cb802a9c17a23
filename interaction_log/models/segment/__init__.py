"""Many contacts at once: who they are, and logging an interaction with each of them.

Uses base, template, log, recording and email. Hooks: `_get_line_values`,
`_get_reason_sql` and `_get_server_fields` (line), `_deliver` (segment),
`_get_contact_domain` and `_get_batch_domain` (step).
"""

from . import interaction_log_entry
from . import interaction_segment
from . import interaction_segment_line
from . import interaction_segment_line_values
from . import interaction_segment_line_left_out
from . import interaction_segment_export
from . import interaction_segment_step
from . import interaction_segment_step_conditions
from . import interaction_segment_step_interactions
from . import interaction_segment_step_documents
from . import interaction_segment_step_list
from . import interaction_segment_build
from . import interaction_segment_criteria
from . import interaction_batch
from . import interaction_segment_logging
from . import interaction_segment_slice
from . import interaction_segment_deliver
from . import res_partner
from . import utm_campaign
