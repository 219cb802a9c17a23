from odoo import fields, models


class InteractionTemplate(models.Model):
    """The interactions of a template, and their totals."""

    _name = "interaction.template"
    _inherit = ["interaction.template", "interaction.kind.mixin"]

    interaction_ids = fields.One2many("interaction.log.entry", "template_id")
