from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.base.constants import CHANNELS


class InteractionTemplatePreview(models.TransientModel):
    """Show what a contact gets when an interaction is logged with a template.

    It is made as for the log (`_prepare_contents` of the entry), but nothing is logged.
    """

    _name = "interaction.template.preview"
    _description = "Preview of an Interaction Template"
    _inherit = ["interaction.value.mixin"]

    template_id = fields.Many2one(
        "interaction.template", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        ondelete="cascade",
        compute="_compute_partner_id",
        store=True,
        precompute=True,
        readonly=False,
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        compute="_compute_lang",
        store=True,
        readonly=False,
    )
    channel = fields.Selection(CHANNELS, compute="_compute_preview")
    subject = fields.Char(compute="_compute_preview")
    body = fields.Html(compute="_compute_preview", sanitize=False)
    filenames = fields.Char(string="Files", compute="_compute_preview")
    hint = fields.Char(compute="_compute_preview")
    error = fields.Char(compute="_compute_preview")
    user_id = fields.Many2one(
        "res.users", string="Salesperson", compute="_compute_preview"
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_preview")
    cost = fields.Monetary(compute="_compute_preview")
    duration = fields.Float(compute="_compute_preview", help="Duration in hours.")

    @api.depends()  # a default, which other rooms make depend on more
    def _compute_partner_id(self):
        for preview in self:
            preview.partner_id = preview.partner_id or self.env.user.partner_id

    @api.depends("partner_id")
    def _compute_lang(self):
        for preview in self:
            preview.lang = preview.partner_id.lang

    @api.depends("template_id", "partner_id", "lang")
    def _compute_preview(self):
        for preview in self:
            preview.error = preview.channel = preview.subject = False
            preview.body = preview.filenames = preview.hint = False
            preview.user_id = preview.currency_id = False
            preview.cost = preview.duration = 0
            if not preview.partner_id:
                continue
            try:
                vals, files = preview._prepare_entry()
            except UserError as error:
                preview.error = str(error)
                continue
            preview.channel = vals["channel"]
            preview.subject = vals["name"]
            preview.user_id = vals["user_id"]
            preview.currency_id = vals["currency_id"]
            preview.cost = vals["cost"]
            preview.duration = vals["duration"]
            preview.body = vals.get("note")
            preview.filenames = ", ".join(name for name, _content in files)
            preview.hint = preview._get_hint()

    def _get_hint(self):
        """Say what the contact does not get, or gets in another language."""
        hints = []
        if self.template_id.mail_template_id and self.channel != "email":
            hints.append(
                self.env._(
                    "The e-mail text is not used because the channel is not e-mail."
                )
            )
        langs = self.template_id._get_files(self.lang).lang_id
        if langs and self.lang not in langs.mapped("code"):
            hints.append(
                self.env._(
                    "There is no file in the contact's language. The contact receives "
                    "the files in %(language)s.",
                    language=langs[0].name,
                )
            )
        return " ".join(hints)

    def _prepare_entry(self):
        """Return (values, files) of the entry that would be logged.

        :raises UserError: where nothing would be logged; says why
        """
        Entry = self.env["interaction.log.entry"]
        vals = {**self._prepare_vals(), "lang": self.lang}
        complete = Entry._complete_log_vals([vals])
        contents = Entry._prepare_contents([vals], complete)
        own = self._get_own_files()
        files = [*contents[0], *((file.name, file.raw or b"") for file in own)]
        return complete[0], files

    def _prepare_vals(self) -> api.ValuesType:
        """Return what is said of the entry; override where it is not the template's.

        :return: values as `log_interactions` takes them
        """
        return {
            "template_id": self.template_id.id,
            "partner_id": self.partner_id.id,
        }

    def _get_own_files(self):
        """Return the files that come after those of the template; override to add.

        :return: `ir.attachment`
        """
        return self.env["ir.attachment"]

    def action_download(self):
        """Download the file, or all of them in an archive.

        :raises UserError: where they can't be made; says why
        """
        self.ensure_one()
        _vals, files = self._prepare_entry()
        owner = {"res_model": self._name, "res_id": self.id}
        download = self.env["ir.attachment"].create(
            [{"name": name, "raw": content, **owner} for name, content in files]
        )
        if len(download) > 1:
            download = download.create(
                {
                    "name": f"{self.template_id.name}.zip",
                    "raw": download._build_zip_from_attachments(),
                    **owner,
                }
            )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{download.id}?download=true",
            "target": "self",
        }
