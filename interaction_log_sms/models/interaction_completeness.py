from odoo import api, models
from odoo.tools import SQL

from odoo.addons.interaction_log.models.recording.interaction_completeness import SLICE


class InteractionCompleteness(models.AbstractModel):
    """Text messages, as the chatter still knows them."""

    _inherit = "interaction.completeness"

    @api.model
    def _trace_sms(self, since, until):
        """Text messages that the chatter notes; of others nothing is left."""
        names = self._get_models("sms")
        for rows in self._fetch(
            lambda last: SQL(
                """SELECT m.id FROM mail_message m
                WHERE m.id > %s AND m.message_type = 'sms' AND %s AND NOT %s
                ORDER BY m.id LIMIT %s""",
                last,
                self._get_period_sql(names, since, until),
                self._get_sms_mailing_sql(),
                SLICE,
            )
        ):
            texts = self._browse_rows("mail.message", rows)._get_text_messages()
            recorder = self.env["interaction.recorder"].sudo()  # see `_browse_rows`
            yield self._trace_sent(recorder._find_sent_sms(texts, set(names)))

    @api.model
    def _get_sms_mailing_sql(self):
        """Return the condition that a message `m` is one of a mailing.

        Its trace is made in the same transaction.
        """
        if "mailing.trace" not in self.env or (
            "sms_code" not in self.env["mailing.trace"]._fields
        ):
            return SQL("FALSE")
        return SQL(
            """EXISTS (
                SELECT FROM mailing_trace trace
                WHERE trace.trace_type = 'sms' AND trace.model = m.model
                    AND trace.res_id = m.res_id AND trace.create_date = m.create_date
            )"""
        )
