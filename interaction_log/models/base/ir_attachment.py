from odoo import api, models

from .file_name import clean_file_name, is_file_name

OURS = "interaction."


class IrAttachment(models.Model):
    """Files of our records get names with which they can be sent and stored.

    Whoever names them: a user who uploads one, a document, a merge field, a client. An
    e-mail whose file has a line break in its name can't leave.
    """

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [
                {**vals, "name": clean_file_name(vals["name"])}
                if vals.get("name") and str(vals.get("res_model")).startswith(OURS)
                else vals
                for vals in vals_list
            ]
        )

    def write(self, vals):
        result = super().write(vals)
        if "name" in vals or "res_model" in vals:
            for file in self:
                if (file.res_model or "").startswith(OURS) and not is_file_name(
                    file.name
                ):
                    super(IrAttachment, file).write(
                        {"name": clean_file_name(file.name)}
                    )
        return result
