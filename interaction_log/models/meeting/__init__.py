"""Which meetings and done activities were interactions? Uses recording.

Hooks: `calendar.event._get_interaction_vals`,
`mail.activity._prepare_interaction_vals`.
"""

from . import interaction_log_entry
from . import interaction_event
from . import interaction_rule
from . import interaction_template
from . import interaction_skipped_event
from . import interaction_completeness
from . import calendar_event
from . import calendar_event_type
from . import mail_activity
from . import mail_activity_type
