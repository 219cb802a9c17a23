from odoo import models


class InteractionLogRespond(models.TransientModel):
    """Responses to a segment that was logged."""

    _inherit = "interaction.log.respond"

    def _find_campaign(self):
        # EXTENDS: the segment's comes first, whatever its entries say
        return self.batch_id.segment_id.campaign_id or super()._find_campaign()
