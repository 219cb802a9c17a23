"""Which mailings were sent to contacts, and who opened, clicked and replied?

Uses the rooms up to segment.
"""

from . import interaction_event_mixin
from . import interaction_log_entry
from . import interaction_batch
from . import interaction_rule
from . import interaction_recorder
from . import interaction_skipped_event
from . import interaction_completeness
from . import interaction_segment
from . import interaction_segment_step
from . import ir_model
from . import mailing_mailing
from . import mailing_mailing_log
from . import mailing_trace
from . import mail_mail
from . import mail_message
from . import mail_thread
