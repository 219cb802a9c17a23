from odoo import fields, models
from odoo.exceptions import UserError


class InteractionDocumentLinkMixin(models.AbstractModel):
    """What is about a document of any model, and outlives it."""

    _name = "interaction.document.link.mixin"
    _description = "Link to a Document"

    res_model = fields.Char(string="Document Model")
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", index="btree_not_null"
    )
    document_name = fields.Char(help="The name of the document at that time.")

    def action_open_document(self):
        """Open the document.

        :raises UserError: where there is none, or it was deleted
        :raises AccessError: where the user may not read it
        """
        self.ensure_one()
        if not self.res_id:
            raise UserError(self.env._("There is no document here."))
        document = (
            self.env[self.res_model].browse(self.res_id).exists()
            if self.res_model in self.env  # the addon of the document may be gone
            else None
        )
        if not document:
            raise UserError(
                self.env._(
                    "The document %(name)s does not exist any more.",
                    name=self.document_name or "",
                )
            )
        document.check_access("read")
        return document.get_formview_action()
