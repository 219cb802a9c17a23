from odoo import api, fields, models

from .constants import STATUS_COLORS


class InteractionStateMixin(models.AbstractModel):
    """The color of the field `state`, the same in all views."""

    _name = "interaction.state.mixin"
    _description = "Color of the Status"

    state_color = fields.Integer(compute="_compute_state_color")

    @api.depends("state")
    def _compute_state_color(self):
        for record in self:
            record.state_color = STATUS_COLORS.get(record.state, 0)
