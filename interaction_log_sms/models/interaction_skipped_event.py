from odoo import models


class InteractionSkippedEvent(models.Model):
    _inherit = "interaction.skipped.event"

    def _create_contact(self):
        # EXTENDS: of an SMS the number is known; another event may have made it
        if self.event != "sms":
            super()._create_contact()
            return
        number = self.unknown_address
        partner = self.env["res.partner"].search(
            [("phone_sanitized", "=", number)], order="id", limit=1
        )
        if not partner:
            partner = partner.create({"name": number, "phone": number})
        # once it left, nothing but this event tells of an SMS to many
        self.sudo().partner_id = partner
