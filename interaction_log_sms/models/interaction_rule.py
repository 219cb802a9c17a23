from odoo import fields, models


class InteractionRule(models.Model):
    _inherit = "interaction.rule"

    event = fields.Selection(
        selection_add=[("sms", "SMS Sent")], ondelete={"sms": "cascade"}
    )

    def _get_email_flow(self):
        # EXTENDS: whatever the template says, an SMS is one
        flow = super()._get_email_flow()
        return {**flow, "channel": "sms"} if self.event == "sms" else flow

    def _get_mail_problem(self, record, mail):
        # EXTENDS: what is unknown is a number
        if self.event != "sms" or mail.partner or self._get_broken_reason():
            return super()._get_mail_problem(record, mail)
        number = mail.vals.get("contact_via")
        if not number:
            return self.env._(
                "The SMS has no number to find a contact. Log it manually and dismiss "
                "this event."
            )
        return self.env._(
            "No contact has the number %(number)s. Create a contact to log the SMS.",
            number=number,
        )
