from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.base.constants import EVALUATIONS

RESET = "none"


class InteractionLogEvaluate(models.TransientModel):
    """Ask how interactions went."""

    _name = "interaction.log.evaluate"
    _description = "Evaluate Interactions"
    _inherit = ["interaction.value.mixin"]

    entry_ids = fields.Many2many("interaction.log.entry", string="Interactions")
    entry_count = fields.Integer(compute="_compute_entry_count")
    evaluation = fields.Selection([*EVALUATIONS, (RESET, "No Evaluation")])

    @api.depends("entry_ids")
    def _compute_entry_count(self):
        for wizard in self:
            wizard.entry_count = len(wizard.entry_ids)

    def action_apply(self):
        """Write the evaluation, or remove it.

        :raises UserError: where none is chosen
        """
        self.ensure_one()
        if not self.evaluation:
            raise UserError(self.env._("Choose how it went."))
        self.entry_ids._evaluate(self.evaluation != RESET and self.evaluation)
        return {"type": "ir.actions.act_window_close"}
