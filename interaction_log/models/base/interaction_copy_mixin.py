from odoo import models


class InteractionCopyMixin(models.AbstractModel):
    """What is told from its copy by the name."""

    _name = "interaction.copy.mixin"
    _description = "Unique Name on Copy"

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for record, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(name)s (copy)", name=record.name)
        return vals_list
