from odoo import fields, models

from ..models.selections import EVALUATIONS


class InteractionLogEvaluate(models.TransientModel):
    """Ask how interactions went."""

    _name = "interaction.log.evaluate"
    _description = "Evaluate Interactions"

    entry_ids = fields.Many2many("interaction.log.entry", string="Interactions")
    evaluation = fields.Selection(EVALUATIONS)

    def action_apply(self):
        """Write the evaluation, or take it away where none is chosen."""
        self.ensure_one()
        self.entry_ids._evaluate(self.evaluation)
        return {"type": "ir.actions.act_window_close"}
