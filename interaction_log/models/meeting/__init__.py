from . import interaction_log_entry
from . import interaction_event
from . import interaction_rule
from . import interaction_skipped_event
from . import calendar_event
from . import calendar_event_type
from . import mail_activity
from . import mail_activity_type
