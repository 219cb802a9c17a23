"""What happened, does it count, and what was logged together?

Uses base and template.
Hooks: `_prepare_log_vals`, `_get_log_errors`, `_get_server_fields`, `_after_log`,
`_after_cancel`, `_after_restore`, `_before_delete`, `_get_reserved_prefixes`,
`_get_merge_values`, `_get_summary_sentences`, `_get_identities_sql`,
`_get_undo_reason`,
`_get_impersonal_events`, `_find_record_partner`, `_is_logged_about`, `_get_own_paths`,
`_get_follow_up_places`, `_get_inserted_sql`, `_prepare_kept_vals` and
`_get_mutable_fields` of an entry;
`_get_busy_reason` of a batch.
"""

from . import interaction_totals_mixin
from . import interaction_group
from . import interaction_template
from . import interaction_template_file
from . import interaction_use_mixin
from . import interaction_follow_up_mixin
from . import interaction_timeline_mixin
from . import interaction_document_mixin
from . import interaction_cancel_reason
from . import interaction_log_entry
from . import interaction_log_entry_actions
from . import interaction_log_entry_calendar
from . import interaction_log_entry_cancel
from . import interaction_log_entry_checks
from . import interaction_log_entry_content
from . import interaction_log_entry_correct
from . import interaction_log_entry_display
from . import interaction_log_entry_follow_up
from . import interaction_log_entry_identity
from . import interaction_log_entry_levels
from . import interaction_log_entry_list
from . import interaction_log_entry_purge
from . import interaction_log_entry_totals
from . import interaction_log_entry_undo
from . import interaction_purged_key
from . import interaction_batch
from . import interaction_batch_operation
from . import ir_attachment
from . import ir_http
from . import mail_activity
from . import res_partner
from . import res_users
from . import utm_campaign
