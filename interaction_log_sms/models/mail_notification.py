from odoo import api, models

from odoo.addons.interaction_log.models.email.mail_types import NOTIFICATION_KEY

from .text_message import TextMessage


class MailNotification(models.Model):
    """An event source: a text message leaves, and the chatter notes it."""

    _inherit = "mail.notification"  # what becomes of it is written here by Odoo

    @api.model_create_multi
    def create(self, vals_list):
        notifications = super().create(vals_list)
        # what Odoo sends it notes with all rights, which no client has
        if self.env.su and any(
            vals.get("notification_type") == "sms" for vals in vals_list
        ):
            recorder = self.env["interaction.recorder"]
            recorder._record_sent(
                "sms",
                notifications.mail_message_id,
                lambda names: recorder._find_sent_sms(
                    notifications._get_text_messages(), names
                ),
            )
        return notifications

    def _get_text_messages(self):
        """Return list of `TextMessage`, without those that were blocked on purpose."""
        recorder = self.env["interaction.recorder"]
        documents = recorder._browse_documents(
            self.mail_message_id.filtered(
                lambda message: message.model and message.res_id
            )
        )
        texts = []
        for notification in self:
            message = notification.mail_message_id
            if (
                notification.notification_type != "sms"
                or notification.interaction_by_client
                or message not in documents
                or notification._is_blocked()
            ):
                continue
            status = notification._get_delivery_status()
            texts.append(
                TextMessage(
                    documents[message],
                    message,
                    notification.res_partner_id,
                    notification.sms_number,
                    message.body,
                    f"{NOTIFICATION_KEY}{notification.id}",
                    message.date,
                    recorder._get_sender_uid(message),
                    status,
                    notification._get_delivery_error(),
                )
            )
        return texts

    def _get_canceled_reason(self):
        # EXTENDS: it was no e-mail
        if self[:1].notification_type == "sms":
            return self.env._("The SMS was canceled before it was sent.")
        return super()._get_canceled_reason()
