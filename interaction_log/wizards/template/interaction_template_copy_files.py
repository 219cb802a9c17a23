from odoo import api, fields, models


class InteractionTemplateCopyFiles(models.TransientModel):
    _name = "interaction.template.copy.files"
    _description = "Copy Files of Another Interaction Template"

    template_id = fields.Many2one(
        "interaction.template", required=True, ondelete="cascade"
    )
    source_id = fields.Many2one(
        "interaction.template",
        string="Copy From",
        required=True,
        domain="[('id', '!=', template_id), ('language_ids', '!=', False)]",
        ondelete="cascade",
    )
    language_ids = fields.Many2many(
        "interaction.template.language",
        "interaction_template_copy_files_rel",
        string="Files",
        compute="_compute_language_ids",
        store=True,
        readonly=False,
        domain="[('template_id', '=', source_id)]",
    )
    replaced = fields.Char(compute="_compute_replaced")

    @api.depends("source_id")
    def _compute_language_ids(self):
        for wizard in self:
            wizard.language_ids = wizard.source_id.language_ids

    @api.depends("template_id", "language_ids")
    def _compute_replaced(self):
        for wizard in self:
            files = wizard.template_id._get_replaced_files(wizard.language_ids)
            wizard.replaced = ", ".join(files.mapped("display_name"))

    def action_copy(self):
        self.template_id._copy_files(self.language_ids)
        return {"type": "ir.actions.act_window_close"}
