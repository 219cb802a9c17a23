from odoo import api, fields, models


class InteractionTemplatePreview(models.TransientModel):
    """Of a segment, what its contact gets; else what the template says."""

    _inherit = "interaction.template.preview"

    line_id = fields.Many2one(
        "interaction.segment.line",
        string="Contact of the Segment",
        ondelete="cascade",
        domain="[('segment_id', '=', segment_id), ('is_removed', '=', False)]",
    )
    segment_id = fields.Many2one(related="line_id.segment_id")
    template_id = fields.Many2one(
        compute="_compute_template_id", store=True, precompute=True, readonly=False
    )
    warning = fields.Selection(related="line_id.warning")

    @api.depends("line_id")
    def _compute_template_id(self):
        for preview in self:
            said = preview.line_id._prepare_vals() if preview.line_id else {}
            preview.template_id = said.get("template_id") or preview.template_id

    @api.depends("line_id")
    def _compute_partner_id(self):
        # EXTENDS: the contact of the line, also where it was deleted
        previews = self.filtered("line_id")
        for preview in previews:
            preview.partner_id = preview.line_id.partner_id
        return super(InteractionTemplatePreview, self - previews)._compute_partner_id()

    @api.depends("line_id")
    def _compute_lang(self):
        # EXTENDS: what the line says comes first, then its segment
        result = super()._compute_lang()
        for preview in self.filtered("line_id"):
            preview.lang = preview.line_id._prepare_vals().get("lang") or preview.lang
        return result

    @api.depends("line_id")
    def _compute_preview(self):
        return super()._compute_preview()

    def _prepare_vals(self):
        # EXTENDS: what the line says
        line = self.line_id
        if not line:
            return super()._prepare_vals()
        said = line._prepare_vals()
        unsaid = line._prepare_unsaid_vals({**said, "lang": self.lang}, line.partner_id)
        channel = said.get("channel") or unsaid["channel"]
        if channel == "email" and self.template_id.mail_template_id:
            return said  # the e-mail text has a subject
        return {"name": unsaid.get("name"), **said}

    def _get_own_files(self):
        # EXTENDS
        files = super()._get_own_files()
        return files + self.line_id._get_own_files() if self.line_id else files
