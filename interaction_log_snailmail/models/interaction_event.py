from odoo import api, models


class InteractionEvent(models.Model):
    _inherit = "interaction.event"

    @api.model
    def _get_message_events(self):
        # EXTENDS: a letter is for who it is addressed to
        return (*super()._get_message_events(), "post")
