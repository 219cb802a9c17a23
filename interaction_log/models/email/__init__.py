"""Which e-mails leave and arrive, and do they reach whom they are for? Uses recording.

Hooks: `interaction.log.entry._update_delivery_status`, `_is_sent_email`,
`_get_sent_email_events`, `_resend`; `interaction.recorder._is_email_recorded`;
`mail.mail._filter_interactions`, `_is_delivery_tracked`;
`interaction.completeness._get_period_sql`;
`interaction.batch._is_told_as_one`, `_get_undelivered_record`. For messages other than
e-mails: `interaction.event._get_message_events`; `interaction.recorder._record_sent`,
`_get_failure_texts`; `mail.notification._get_canceled_reason`;
`mail.message._get_interaction_mails`; `interaction.rule._get_email_flow`;
`account.move.send._record_unsent`;
`_get_einvoice_methods`, `_get_einvoice_delivery`, `_get_einvoice_address`.
"""

from . import interaction_email_copy
from . import interaction_event
from . import interaction_log_entry_delivery
from . import interaction_log_entry_einvoice
from . import interaction_log_entry_identity
from . import interaction_log_entry_resend
from . import interaction_log_entry_undelivered
from . import interaction_batch
from . import interaction_recorder
from . import interaction_recorder_contact
from . import interaction_recorder_copy
from . import interaction_rule
from . import interaction_rule_page
from . import interaction_skipped_event
from . import interaction_completeness
from . import interaction_completeness_einvoice
from . import account_move
from . import account_move_send
from . import account_move_send_einvoice
from . import ir_actions_report
from . import mail_alias
from . import mail_mail
from . import mail_message
from . import mail_notification
from . import mail_template
from . import mail_thread
from . import payment_transaction
from . import res_config_settings
