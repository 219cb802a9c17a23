from odoo import models

from odoo.addons.interaction_log.models.base.constants import UNDELIVERED
from odoo.addons.sms.tools.sms_tools import sms_content_to_rendered_html

from .text_message import DELIVERY_OF_STATE, NO_NUMBER, SMS_KEY, TextMessage


class SmsSms(models.Model):
    """What becomes of text messages that have no notifications.

    Only Odoo and administrators write here.
    """

    _inherit = "sms.sms"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self._update_interaction_delivery(vals)
        return result

    def _update_interaction_delivery(self, vals):
        """Update the log with what `vals` say; costs no query where no rule is."""
        if not self.env["interaction.rule"]._get_email_models()["sms"]:
            return
        status, reason = DELIVERY_OF_STATE.get(vals["state"], "pending"), None
        if vals["state"] == "canceled":
            reason = self.env._("The SMS was canceled before it was sent.")
        elif status in UNDELIVERED:
            reason = self.env["interaction.recorder"]._get_failure_reason(
                vals.get("failure_type")
            )
        self.env["interaction.log.entry"]._update_delivery_status(
            [f"{SMS_KEY}{uuid}" for uuid in self.mapped("uuid")], status, reason
        )

    def _record_interactions(self, document_of):
        """Record the text messages as the rules say.

        :param document_of: {text message: document}, those with a document
        """
        texts = self.sudo()  # who sends may not read them
        recorder = self.env["interaction.recorder"]
        recorder._record_sent(
            "sms",
            texts.mail_message_id,
            lambda names: recorder._find_sent_sms(
                texts._get_text_messages(document_of), names
            ),
        )

    def _get_text_messages(self, document_of):
        """Return list of `TextMessage`; see `_record_interactions`.

        Without mailings, and what is blocked on purpose, as by a blacklist.
        """
        recorder = self.env["interaction.recorder"]
        is_mailing = "mailing_id" in self._fields
        texts = []
        for sms in self:
            if (is_mailing and sms["mailing_id"]) or (
                sms.state == "canceled" and sms.failure_type not in NO_NUMBER
            ):
                continue
            message = sms.mail_message_id
            status = DELIVERY_OF_STATE.get(sms.state, "pending")
            # without a number it was canceled, and never leaves
            failure = status in UNDELIVERED and recorder._get_failure_reason(
                sms.failure_type
            )
            texts.append(
                TextMessage(
                    document_of.get(sms),
                    message,
                    sms.partner_id,
                    sms.number,
                    sms_content_to_rendered_html(sms.body or ""),
                    f"{SMS_KEY}{sms.uuid}",
                    message.date or sms.create_date,
                    recorder._get_sender_uid(message) if message else sms.create_uid.id,
                    status,
                    failure or None,
                )
            )
        return texts
