from odoo import api, fields, models


class InteractionBatchDelete(models.TransientModel):
    """Ask whether to delete canceled batches, and say how much goes with them."""

    _name = "interaction.batch.delete"
    _description = "Delete Canceled Batches"
    _inherit = ["interaction.value.mixin"]

    batch_ids = fields.Many2many("interaction.batch", string="Batches")
    batch_count = fields.Integer(string="Number of Batches", compute="_compute_counts")
    entry_count = fields.Integer(string="Interactions", compute="_compute_counts")

    @api.depends("batch_ids")
    def _compute_counts(self):
        for wizard in self:
            batches = wizard.batch_ids
            wizard.batch_count = len(batches)
            wizard.entry_count = sum(batches.mapped("canceled_count"))

    def action_apply(self):
        """Delete the batches; see `action_delete` of the batch."""
        return self.batch_ids.action_delete()
