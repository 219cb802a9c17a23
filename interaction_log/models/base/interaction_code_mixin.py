import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import remove_accents

CODE_LENGTH = 20


class InteractionCodeMixin(models.AbstractModel):
    """A short code made from the name when none is given."""

    _name = "interaction.code.mixin"
    _description = "Short Code"

    code = fields.Char(
        compute="_compute_code",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        copy=False,
        size=CODE_LENGTH,
        help="Short unique code for imports, filters and integrations. Leave empty to "
        "generate it from the name.",
    )

    @api.depends("name")
    def _compute_code(self):
        """Give a code to what has none; a code once given does not follow the name."""
        given = set(self.mapped("code"))
        for record in self:
            if record.name and not record.code:
                record.code = record._get_free_code(given)
                given.add(record.code)
            else:
                record.code = record.code

    def _get_free_code(self, given):
        """Return a code made from the name that is neither `given` nor stored."""
        words = re.findall(r"[A-Z0-9]+", remove_accents(self.name).upper())
        base = "-".join(words)[:CODE_LENGTH].strip("-")
        # a name in another script leaves nothing
        base = base or self._name.split(".")[-1].upper()
        stem = base[: CODE_LENGTH - 4]
        taken = given | set(
            self.sudo()  # a code of a company out of sight is taken all the same
            .with_context(active_test=False)
            .search([("code", "=like", f"{stem}%")])
            .mapped("code")
        )
        code, number = base, 1
        while code in taken:
            number += 1
            code = f"{stem}-{number}"
        return code

    @api.model_create_multi
    def create(self, vals_list):
        # an empty code, as in the cell of an import, is as good as none: it is made
        return super().create(
            [
                {name: value for name, value in vals.items() if value or name != "code"}
                for vals in vals_list
            ]
        )

    @api.constrains("code")
    def _check_code(self):
        for record in self:
            if not re.fullmatch(r"[^\s]+", record.code or ""):
                raise ValidationError(
                    self.env._(
                        'The code "%(code)s" contains spaces. Enter a code without '
                        "spaces.",
                        code=record.code or "",
                    )
                )
