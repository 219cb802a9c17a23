from odoo import api, models

from .automatic import (
    ARRIVAL,
    Arrival,
    is_automatic,
    is_failure_report,
    put_failures_first,
)


class MailThread(models.AbstractModel):
    """What arrives at the gateway: whether a machine sent it, and what comes back."""

    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        # EXTENDS mail: here alone the headers are known
        arrival = Arrival(is_automatic(message))
        thread = self.with_context(**{ARRIVAL: arrival})
        return super(MailThread, thread)._message_route_process(
            message, message_dict, routes
        )

    def _message_parse_extract_bounce(self, email_message, message_dict):
        # EXTENDS mail: for Odoo each report is a bounce, also one that says that the
        # e-mail arrived, or was read. As a bounce of nothing it is not routed.
        put_failures_first(email_message)
        values = super()._message_parse_extract_bounce(email_message, message_dict)
        if values["is_bounce"] and not is_failure_report(email_message):
            values |= {
                "bounced_email": False,
                "bounced_partner": self.env["res.partner"],
                "bounced_msg_ids": False,
                "bounced_message": self.env["mail.message"],
            }
        return values

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
