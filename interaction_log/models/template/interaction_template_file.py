import base64
import binascii
import difflib
from urllib.parse import quote

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.http import DEFAULT_MAX_CONTENT_LENGTH
from odoo.tools import human_size

from ..base.file_name import clean_file_name, is_file_name
from . import docx


class InteractionTemplateFile(models.Model):
    """A file that goes with the interactions of a template, in one language.

    A template has as many as it needs, of any kind. An interaction takes those in the
    contact's language (`_get_files` of the template), and keeps what it took: changing
    the file here changes no logged entry.
    """

    _name = "interaction.template.file"
    _description = "Interaction Template File"
    _inherit = ["interaction.value.mixin"]
    _order = "template_id, sequence, id"
    _rec_name = "filename"

    template_id = fields.Many2one(
        "interaction.template", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    lang_id = fields.Many2one(
        "res.lang",
        string="Language",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env["res.lang"]._lang_get(self.env.lang or "en_US"),
    )
    file = fields.Binary(required=True)
    filename = fields.Char(string="File Name", required=True)
    merge = fields.Boolean(
        string="Word Merge",
        compute="_compute_merge",
        store=True,
        precompute=True,
        readonly=False,
        help="Fill in the merge fields of the Word file for each contact.",
    )
    merge_fields = fields.Char(
        compute="_compute_merge_fields",
        store=True,
        help="Merge fields in the Word file.",
    )

    _filename_uniq = models.UniqueIndex(
        "(template_id, lang_id, filename)",
        "A file with this name already exists in this language. Replace it or choose "
        "another name.",
    )

    @api.depends("filename", "lang_id")
    def _compute_display_name(self):
        for file in self:
            file.display_name = f"{file.filename} ({file.lang_id.name})"

    @api.depends("filename")
    def _compute_merge(self):
        for file in self:
            before = file._origin
            if file != before and before._is_word_file():
                # another name in the form is no reason to forget what was chosen
                file.merge = file.merge and file._is_word_file()
            else:
                file.merge = docx.is_available() and file._is_word_file()

    @api.depends("file", "filename", "merge")
    def _compute_merge_fields(self):
        for file in self:
            names = ()
            if docx.is_available() and file._is_word_file():
                try:
                    names = docx.get_merge_fields(file._get_content())
                except docx.WordFileError:
                    names = ()  # said when it is saved: `_check_merge`
            file.merge_fields = ", ".join(sorted(names)) or False

    @api.constrains("lang_id")
    def _check_lang(self):
        for lang in self.lang_id:
            if not lang.active:
                raise ValidationError(
                    self.env._(
                        "The language %(language)s is not installed. Install it in "
                        "the settings or choose another one.",
                        language=lang.name,
                    )
                )

    @api.constrains("file", "filename")
    def _check_file(self):
        limit = self._get_max_size()
        for file in self:
            name = file.filename or ""
            if not is_file_name(name):
                raise ValidationError(
                    self.env._(
                        '"%(name)s" is not a valid file name. Use a single line of '
                        "at most 255 bytes, without slashes or invisible characters.",
                        name=clean_file_name(name),
                    )
                )
            size = len(file._get_content())
            if not size:
                raise ValidationError(
                    self.env._(
                        "The file %(name)s is empty. Choose another file.",
                        name=file.filename,
                    )
                )
            if size > limit:
                raise ValidationError(
                    self.env._(
                        "The file %(name)s is too large (%(size)s). Template files "
                        "are limited to %(limit)s.",
                        name=file.filename,
                        size=human_size(size),
                        limit=human_size(limit),
                    )
                )

    @api.onchange("file", "filename", "merge")
    def _onchange_file(self):
        """Say at once what would be refused when it is saved."""
        try:
            self._check_merge()
        except ValidationError as error:
            return {"warning": {"title": self.filename, "message": str(error)}}
        return None

    @api.constrains("file", "filename", "merge")
    def _check_merge(self):
        known = self._get_merge_field_names()
        for file in self.filtered(lambda file: file.merge and file.file):
            file._check_merge_available()
            if not file._is_word_file():
                raise ValidationError(
                    self.env._(
                        "%(name)s can't be merged. Save it as a Word document (.docx) "
                        "or disable Word Merge.",
                        name=file.filename,
                    )
                )
            try:
                content = file._get_content()
                names = docx.get_merge_fields(content)
                unknown = sorted(name for name in names if name.lower() not in known)
                typed = docx.find_typed_fields(content, known)
                if not (unknown or typed):
                    docx.merge(content, {})
            except docx.WordFileError as error:
                raise ValidationError(file._get_merge_problem(error)) from error
            if unknown:
                raise ValidationError(
                    self.env._(
                        "%(name)s contains unknown merge fields: %(unknown)s. "
                        "Download the example from the Files tab of the template to "
                        "see all merge fields.",
                        name=file.filename,
                        unknown=", ".join(map(self._suggest_field, unknown)),
                    )
                )
            if typed:
                raise ValidationError(
                    self.env._(
                        "%(name)s contains merge fields typed as plain text: "
                        "%(typed)s. Insert them in Word with Insert > Quick Parts > "
                        "Field > MergeField.",
                        name=file.filename,
                        typed=", ".join(typed),
                    )
                )

    def _get_merge_problem(self, error):
        """Return the sentence that says why the file can't be merged.

        :param error: a `WordFileError`
        """
        name = self.filename
        match error:
            case docx.WordStepError():
                return self.env._(
                    "%(name)s contains fields that move to the next contact (NEXT, "
                    "NEXTIF, SKIPIF). Remove them: each contact receives a separate "
                    "file.",
                    name=name,
                )
            case docx.WordMacroError():
                return self.env._(
                    "%(name)s contains macros and can't be merged. Save it as a Word "
                    "document without macros (.docx).",
                    name=name,
                )
            case docx.WordStrictError():
                return self.env._(
                    "%(name)s is a Strict Open XML Document and can't be merged. Save "
                    "it as a Word Document (.docx).",
                    name=name,
                )
            case docx.WordFieldError():
                return self.env._(
                    "%(name)s contains fields that can't be merged: %(fields)s. Use "
                    "merge fields (MERGEFIELD), or IF fields with = or <> and "
                    "straight quotes.",
                    name=name,
                    fields=str(error),
                )
        return self.env._(
            "%(name)s can't be read as a Word document (.docx). The file is damaged, "
            "password-protected or of another type.",
            name=name,
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_encoding(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_encoding(vals)
        chosen = {
            file: file.merge
            for file in self
            if "merge" not in vals and file._is_word_file()
        }
        result = super().write(vals)
        for file, merge in chosen.items():
            if file._is_word_file():
                file.merge = merge
        if "template_id" in vals:
            # not into a template that the user may not change
            self.check_access("write")
        return result

    def _check_encoding(self, vals):
        """Raise a ValidationError where the file in `vals` is not in base64."""
        try:
            content = vals.get("file") or b""
            if isinstance(content, str):
                content = content.encode()
            base64.b64decode(b"".join(content.split()), validate=True)  # it has lines
        except (AttributeError, binascii.Error, TypeError, ValueError) as error:
            raise ValidationError(
                self.env._(
                    "The upload of %(name)s was incomplete. Upload the file again.",
                    name=vals.get("filename") or self.filename or "",
                )
            ) from error

    def _suggest_field(self, name):
        """Return the name of an unknown merge field, with the one that is meant."""
        known = self._get_merge_field_names()
        close = difflib.get_close_matches(name.lower(), known, n=1)
        if not close:
            return name
        return self.env._("%(name)s (%(meant)s?)", name=name, meant=close[0])

    @api.model
    def _get_merge_field_names(self) -> list[str]:
        """Return the names of the merge fields that a Word file may have.

        A hook: override to add those for which `_get_merged_content` is given a value.

        :return: in lower case
        """
        return []

    def _check_merge_available(self):
        """Raise a ValidationError where the server can't merge Word files."""
        if not docx.is_available():
            raise ValidationError(
                self.env._(
                    "%(name)s can't be merged because the Python package %(package)s "
                    "is not installed on the server.",
                    name=self.filename,
                    package=docx.PACKAGE,
                )
            )

    @api.model
    def _get_max_size(self):
        """Return how large a file may be, in bytes: Odoo's own limit of uploads."""
        return int(
            self.env["ir.config_parameter"]
            .sudo()  # a limit is no secret
            .get_param("web.max_file_upload_size", DEFAULT_MAX_CONTENT_LENGTH)
        )

    def _is_word_file(self):
        return (self.filename or "").lower().endswith(docx.SUFFIX)

    def _get_content(self):
        """Return the file as bytes."""
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    def _filter_lang(self, lang: str | bool, default_lang: str) -> models.BaseModel:
        """Return the files for a contact of a language, of those of one template.

        Those in the language, else in the same language of another country, else in
        the default language.

        :param lang: the code of a language, such as fr_BE, or False
        :param default_lang: the code of the template's default language
        """
        by_code = self.grouped(lambda file: file.lang_id.code)
        if lang in by_code:
            return by_code[lang]
        for code in by_code:
            if lang and code.split("_")[0] == lang.split("_")[0]:
                return by_code[code]
        # two users who delete at a time can leave a default that has no file
        return by_code.get(default_lang, self.browse())

    def _get_merged_content(self, values: dict[str, str]) -> bytes:
        """Return the file as bytes, its merge fields filled in.

        :param values: {name of a merge field, in lower case: text}
        :raises ValidationError: where the server can't merge Word files any more
        """
        self._check_merge_available()
        try:
            return docx.merge(self._get_content(), values)
        except docx.WordFileError as error:
            # what can't be read was read when it was uploaded
            message = self.env._(
                "The file %(name)s can no longer be merged. Upload it again.",
                name=self.filename,
            )
            if type(error) is not docx.WordFileError:
                message = self._get_merge_problem(error)
            raise ValidationError(message) from error

    def _get_plain_content(self) -> bytes:
        """Return a file that goes to everybody as it is.

        :raises ValidationError: where it was to be merged, but only seems to have no
            fields: it was uploaded when that was not noticed yet
        """
        content = self._get_content()
        if content and docx.is_available():
            self._check_merge()
        return content

    def action_open(self):
        """Open the file as it is stored: in the browser where that can show it."""
        self.ensure_one()
        name = quote(self.filename, safe="")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{name}",
            "target": "new",
        }
