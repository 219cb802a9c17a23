from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_reference_fields(self, src_partners, dst_partner):
        # EXTENDS base: entries about a contact follow it. Those with a contact do so by
        # their foreign keys.
        result = super()._update_reference_fields(src_partners, dst_partner)
        self.env["interaction.log.entry"].sudo().search(
            [("res_model", "=", "res.partner"), ("res_id", "in", src_partners.ids)]
        )._write_facts({"res_id": dst_partner.id})
        return result
