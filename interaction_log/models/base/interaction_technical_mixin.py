from odoo import api, models


class InteractionTechnicalMixin(models.AbstractModel):
    """Fields that no user looks for: the web client offers them outside debug mode
    neither in custom filters nor in custom groups.

    They say so themselves: `fields.Char(technical=True)`. Unlike a field with `groups`,
    everybody who may read the record reads, searches and exports them as before.
    """

    _name = "interaction.technical.mixin"
    _description = "Technical Fields"

    def _valid_field_parameter(self, field, name):
        # EXTENDS: base
        return name == "technical" or super()._valid_field_parameter(field, name)

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        # EXTENDS: base; the web client knows from here what to offer
        result = super().fields_get(allfields, attributes)
        if not self.env.user.has_group("base.group_no_one"):
            for name, description in result.items():
                if getattr(self._fields[name], "technical", False):
                    for attribute in ("searchable", "groupable"):
                        if attribute in description:
                            description[attribute] = False
        return result
