from odoo import api, fields, models


class InteractionLogCancel(models.TransientModel):
    """Ask why interactions are canceled."""

    _name = "interaction.log.cancel"
    _description = "Cancel Interactions"

    entry_ids = fields.Many2many("interaction.log.entry", string="Interactions")
    entry_count = fields.Integer(compute="_compute_entry_count")
    reason_id = fields.Many2one(
        "interaction.cancel.reason", required=True, ondelete="cascade"
    )
    note = fields.Text()

    @api.depends("entry_ids")
    def _compute_entry_count(self):
        for wizard in self:
            wizard.entry_count = len(
                wizard.entry_ids.filtered(lambda entry: entry.state == "logged")
            )

    def action_apply(self):
        """Cancel the logged ones among the entries."""
        self.ensure_one()
        self.entry_ids._cancel(self.reason_id, self.note)
        return {"type": "ir.actions.act_window_close"}
