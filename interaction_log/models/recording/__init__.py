"""How an event becomes an entry: which rule wants it, what is logged, what is missing.

Uses base, template and log. Event sources call `_record_event` of the recorder; what
rules say of a document is a `Match`.
Hooks: `_prepare_match_vals`, `_make_matches`, `_get_event_models`, `_get_cases` (rule),
`_get_unrecorded_reason`, `_get_contact_sentence` (rule), `_rematch_documents`,
`_after_log_now` (skipped event), `_trace_<event>` (completeness).
"""

from . import interaction_event
from . import interaction_template
from . import interaction_rule
from . import interaction_rule_document
from . import interaction_rule_match
from . import interaction_rule_editor
from . import interaction_rule_subject
from . import interaction_rule_explanation
from . import interaction_rule_page
from . import interaction_log_entry_button
from . import interaction_log_entry_document
from . import interaction_log_entry_notification
from . import interaction_recorder
from . import interaction_recorder_batch
from . import interaction_announcement
from . import interaction_skipped_event
from . import interaction_completeness
from . import account_move
from . import base
from . import ir_actions_report
from . import ir_http
from . import res_users
from . import sale_order
