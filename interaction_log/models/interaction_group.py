from odoo import fields, models


class InteractionGroup(models.Model):
    """Kind of interaction (letters, meetings, sales documents); bundles templates."""

    _name = "interaction.group"
    _description = "Interaction Group"
    _inherit = [
        "interaction.code.mixin",
        "interaction.totals.mixin",
        "interaction.use.mixin",
    ]
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

    _code_uniq = models.UniqueIndex(
        "(code)",
        lambda env, diagnostics: env["interaction.group"]._get_code_taken_message(
            diagnostics
        ),
    )

    def _get_uses(self):
        uses = super()._get_uses()
        # templates of other companies and archived ones keep the group too
        templates = self.sudo().with_context(active_test=False).template_ids
        self._add_uses(
            uses,
            templates,
            "group_id",
            self.env._("templates (%(count)s): %(names)s"),
        )
        return uses
