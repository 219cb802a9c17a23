from odoo import models

from .text_message import TextMessage


class MailMessage(models.Model):
    """Text messages, as the chatter still knows them."""

    _inherit = "mail.message"

    def _get_interaction_mails(self, event):
        # EXTENDS: a text message is found as it was when it left
        if event != "sms":
            return super()._get_interaction_mails(event)
        recorder = self.env["interaction.recorder"]
        sent = recorder._find_sent_sms(self._get_text_messages(), {self.model})
        return [one.mail for one in sent]

    def _get_text_messages(self):
        """Return list of `TextMessage` that the messages note.

        Those to many have no notifications, and are deleted once they left: the contact
        of the document got it.
        """
        notifications = self.notification_ids.filtered(
            lambda notification: notification.notification_type == "sms"
        )
        texts = notifications._get_text_messages()
        rest = self - notifications.mail_message_id
        # who logs them need not see the queue
        waiting = self.env["sms.sms"].sudo()
        waiting = waiting.search([("mail_message_id", "in", rest.ids)])
        document_of = self.env["interaction.recorder"]._browse_documents(rest)
        texts += waiting._get_text_messages(
            {sms: document_of[sms.mail_message_id] for sms in waiting}
        )
        gone = rest - waiting.mail_message_id
        for model_name, messages in gone.grouped("model").items():
            documents = self.env[model_name].browse(messages.mapped("res_id")).exists()
            partners_of = documents._mail_get_partners()
            texts += [
                TextMessage(
                    document_of[message],
                    message,
                    partners_of[message.res_id][:1],
                    False,
                    message.body,
                    f"backfill,sms,{message.id}",
                    message.date,
                    message.create_uid.id,
                    "none",  # nobody knows any more
                    None,
                )
                for message in messages
                if partners_of.get(message.res_id)
            ]
        return texts
