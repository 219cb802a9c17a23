from odoo import api, fields, models
from odoo.exceptions import UserError


class InteractionGroup(models.Model):
    """Kind of interaction (letters, meetings, sales documents); bundles templates."""

    _name = "interaction.group"
    _description = "Interaction Group"
    _inherit = ["interaction.code.mixin", "interaction.totals.mixin"]
    _order = "sequence, name"
    _interaction_totals = ("interaction_count", "cost_total", "duration_total")

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    interaction_ids = fields.One2many("interaction.log.entry", "group_id")
    cost_total = fields.Monetary(
        compute="_compute_interaction_totals",
        currency_field="interaction_currency_id",
        string="Total Cost",
        help="Of the interactions that count, in the currency of the current company.",
    )
    duration_total = fields.Float(
        compute="_compute_interaction_totals",
        string="Total Duration",
        help="Of the interactions that count, in hours.",
    )
    template_ids = fields.One2many("interaction.template", "group_id")

    _code_uniq = models.UniqueIndex("(code)", "This code belongs to another group.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        groups = (
            (
                self.env["interaction.log.entry"]
                .sudo()  # what other companies have counts too
                .search_fetch([("group_id", "in", self.ids)], ["group_id"], limit=1)
                .group_id
            )
            or self.sudo().with_context(active_test=False).template_ids[:1].group_id
        )
        if groups:
            raise UserError(
                self.env._(
                    "The group %(group)s has templates or logged interactions. "
                    "Archive it instead.",
                    group=groups.display_name,
                )
            )
