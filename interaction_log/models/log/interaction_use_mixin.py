from odoo import models


class InteractionUseMixin(models.AbstractModel):
    """The interactions that use a record keep it, in every company.

    A model that inherits and that a log entry points to has the One2many
    `interaction_ids`.
    """

    _inherit = "interaction.use.mixin"

    def _get_uses(self):
        uses = super()._get_uses()
        field = self._fields.get("interaction_ids")
        if not field:
            return uses
        groups = (
            self.env["interaction.log.entry"]
            .sudo()  # entries of other companies keep it too
            ._read_group(
                [(field.inverse_name, "in", self.ids)],
                [field.inverse_name],
                ["__count"],
            )
        )
        for record, count in groups:
            uses.setdefault(record.id, []).append(
                self.env._(
                    "interactions, including canceled ones (%(count)s)", count=count
                )
            )
        return uses
