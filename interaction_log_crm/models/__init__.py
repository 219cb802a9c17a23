"""Which opportunity does an interaction belong to, and what was done for it?

Uses all rooms of the core.
Hooks: `_get_opportunity_fields`, `_prepare_opportunity_vals` of an entry.
"""

from . import crm_lead
from . import interaction_log_entry
from . import interaction_log_entry_create_opportunity
from . import interaction_skipped_event
