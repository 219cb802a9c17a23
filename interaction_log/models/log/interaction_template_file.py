from odoo import api, models


class InteractionTemplateFile(models.Model):
    """The merge fields of a file are those of the interaction that it goes with."""

    _inherit = "interaction.template.file"

    @api.model
    def _get_merge_field_names(self) -> list[str]:
        return [
            *super()._get_merge_field_names(),
            *self.env["interaction.log.entry"]._get_merge_field_names(),
        ]
