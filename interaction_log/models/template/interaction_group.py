from odoo import fields, models


class InteractionGroup(models.Model):
    """Kind of interaction (letters, meetings, sales documents); bundles templates."""

    _name = "interaction.group"
    _description = "Interaction Group"
    _inherit = [
        "interaction.value.mixin",
        "interaction.code.mixin",
        "interaction.use.mixin",
    ]
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    template_ids = fields.One2many("interaction.template", "group_id")

    _code_uniq = models.UniqueIndex(
        "(code)", "This code is already in use. Choose another code."
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
