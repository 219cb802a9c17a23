from odoo import api, models


class IrModel(models.Model):
    _inherit = "ir.model"

    @api.model
    def _get_interaction_document_labels(self):
        # EXTENDS
        labels = super()._get_interaction_document_labels()
        return labels and {**labels, "mailing.mailing": self.env._("Mailing")}
