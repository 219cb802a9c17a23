from datetime import datetime

from odoo import api, models
from odoo.tools import SQL

from ..base.constants import EMAIL_EVENTS
from ..log.interaction_log_entry import RELEASED
from .einvoice import EVENT, MOVE
from .mail_types import MAIL_KEY, MESSAGE_KEY, NOTIFICATION_KEY

# How the keys begin of entries of which the system knows which e-mail they were
KNOWN_KEYS = (MAIL_KEY, MESSAGE_KEY, NOTIFICATION_KEY, "backfill,", RELEASED)


class InteractionLogEntry(models.Model):
    """What tells that an entry is an e-mail, whatever event it was logged as."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    @api.model
    def _get_message_identity(self, message_id: int, partner_id: int) -> str:
        """Return the identity of a message to a contact, or of one from it."""
        return f"message,{message_id},{partner_id}"

    @api.model
    def _get_email_identity(
        self, flow: str, model_name: str, res_id: int, partner_id: int, date: datetime
    ) -> str:
        """Return the identity of an e-mail by its minute, where nothing else tells.

        :param flow: of the entry
        :param model_name: of the document; `res_id` is its id
        :param date: when it was, in UTC
        """
        # the epoch in UTC, as the database counts it
        minute = int((date - datetime(1970, 1, 1)).total_seconds() // 60)
        return f"email,{flow},{model_name},{res_id},{partner_id},{minute}"

    @api.model
    def _get_einvoice_identity(self, res_id: int) -> str:
        """Return the identity of an invoice that was sent electronically."""
        return f"{EVENT},{res_id}"

    @api.model
    def _get_identities_sql(self):
        # EXTENDS: which message it was; else which document it was about, and when
        return [
            *super()._get_identities_sql(),
            SQL("'message,' || entry.mail_message_id || ',' || entry.partner_id"),
            SQL(
                """CASE WHEN entry.mail_message_id IS NULL
                    AND (entry.event IN %s OR entry.channel = 'email')
                    AND NOT COALESCE(entry.source_key LIKE ANY(%s), FALSE)
                    THEN 'email,' || CASE entry.event WHEN 'email_out' THEN 'outbound'
                            WHEN 'email_in' THEN 'inbound' ELSE entry.flow END
                        || ',' || entry.res_model || ',' || entry.res_id
                        || ',' || entry.partner_id
                        || ',' || floor(extract(epoch FROM entry.date) / 60)::bigint
                    END""",
                EMAIL_EVENTS,
                [f"{key}%" for key in KNOWN_KEYS],
            ),
            SQL(
                """CASE WHEN entry.event = %(event)s AND entry.res_model = %(model)s
                    THEN entry.event || ',' || entry.res_id END""",
                event=EVENT,
                model=MOVE,
            ),
        ]
