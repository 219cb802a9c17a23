from odoo import fields, models


class InteractionGroup(models.Model):
    """The interactions of a group, and their totals."""

    _name = "interaction.group"
    _inherit = ["interaction.group", "interaction.kind.mixin"]

    interaction_ids = fields.One2many("interaction.log.entry", "group_id")
