from odoo import fields, models
from odoo.exceptions import UserError


class InteractionDocumentLinkMixin(models.AbstractModel):
    """What is about a document of any model, and outlives it."""

    _name = "interaction.document.link.mixin"
    _description = "Link to a Document"
    _inherit = ["interaction.technical.mixin"]

    res_model = fields.Char(string="Document Model", technical=True)
    res_id = fields.Many2oneReference(
        string="Document",
        model_field="res_model",
        index="btree_not_null",
        technical=True,
    )
    document_name = fields.Char(help="Name of the document at that time.")

    def action_open_document(self):
        """Open the document.

        :raises UserError: where there is none, or it was deleted
        :raises AccessError: where the user may not read it
        """
        self.ensure_one()
        if not self.res_id:
            raise UserError(self.env._("There is no document to open."))
        document = self._get_document()
        if not document:
            raise UserError(self._get_gone_reason())
        document.check_access("read")
        return document.get_formview_action()

    def _get_document(self):
        """Return the document, or None where it is gone, or its addon."""
        if not self.res_id or self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id).exists() or None

    def _get_gone_reason(self):
        """Return the sentence that the document is not there any more."""
        return self.env._(
            "The document %(name)s no longer exists.",
            name=self.document_name or "",
        )
