from odoo import api, fields, models


class InteractionTemplateCopyFiles(models.TransientModel):
    _name = "interaction.template.copy.files"
    _description = "Copy Files of Another Interaction Template"
    _inherit = ["interaction.value.mixin"]

    template_id = fields.Many2one(
        "interaction.template", required=True, ondelete="cascade"
    )
    source_id = fields.Many2one(
        "interaction.template",
        string="Copy From",
        required=True,
        domain="[('id', '!=', template_id), ('file_ids', '!=', False)]",
        ondelete="cascade",
    )
    file_ids = fields.Many2many(
        "interaction.template.file",
        "interaction_template_copy_files_rel",
        string="Files",
        compute="_compute_file_ids",
        store=True,
        readonly=False,
        domain="[('template_id', '=', source_id)]",
    )
    replaced = fields.Char(compute="_compute_replaced")

    @api.depends("source_id")
    def _compute_file_ids(self):
        for wizard in self:
            wizard.file_ids = wizard.source_id.file_ids

    @api.depends("template_id", "file_ids")
    def _compute_replaced(self):
        for wizard in self:
            files = wizard.template_id._get_replaced_files(wizard.file_ids)
            wizard.replaced = ", ".join(files.mapped("display_name"))

    def action_copy(self):
        self.template_id._copy_files(self.file_ids)
        return {"type": "ir.actions.act_window_close"}
