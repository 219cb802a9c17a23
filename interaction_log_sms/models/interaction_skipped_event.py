from odoo import models


class InteractionSkippedEvent(models.Model):
    _inherit = "interaction.skipped.event"

    def _create_contact(self):
        # EXTENDS: of an SMS the number is known; another event may have made it
        if self.event != "sms":
            super()._create_contact()
            return
        number = self.unknown_address
        partners = self.env["res.partner"]
        if not partners.search_count([("phone_sanitized", "=", number)], limit=1):
            partners.create({"name": number, "phone": number})
