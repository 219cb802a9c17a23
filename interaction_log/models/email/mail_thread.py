from odoo import api, models


class MailThread(models.AbstractModel):
    """An e-mail that comes back changes the delivery status of its entries."""

    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        # EXTENDS mail: also e-mails without notifications come back
        result = super()._routing_handle_bounce(email_message, message_dict)
        message = message_dict["bounced_message"]
        email, partner = message_dict["bounced_email"], message_dict["bounced_partner"]
        if message and (email or partner):
            recorder = self.env["interaction.recorder"]
            self.env["interaction.log.entry"]._update_delivery_status_of_messages(
                message,
                "bounced",
                recorder._get_failure_reason("mail_bounce", message_dict.get("body")),
                partner,
                [email],
            )
        return result
