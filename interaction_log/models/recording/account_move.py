from odoo import models

from .request_watch import RequestWatch


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "interaction.document.mixin"]
    _interaction_user_field = "invoice_user_id"

    # as orders have one: the interactions of *User: Own Interactions*
    _interaction_user_idx = models.Index(
        "(invoice_user_id) WHERE invoice_user_id IS NOT NULL"
    )

    def _get_invoice_legal_documents(self, filetype, allow_fallback=False):
        # EXTENDS account
        doc = super()._get_invoice_legal_documents(
            filetype, allow_fallback=allow_fallback
        )
        self._note_downloaded([doc] if doc else [])
        return doc

    def _get_invoice_legal_documents_all(self, allow_fallback=False):
        # EXTENDS account
        docs = super()._get_invoice_legal_documents_all(allow_fallback=allow_fallback)
        self._note_downloaded(docs or [])
        return docs

    def _get_move_zip_export_docs(self):
        # EXTENDS account
        docs = super()._get_move_zip_export_docs()
        self._note_downloaded(docs)
        return docs

    def _note_downloaded(self, docs):
        """Keep what is downloaded of the document, where a controller waits for it."""
        downloads = RequestWatch.get().downloads
        if downloads is None:
            return
        # what could not be made is no document
        made = [doc for doc in docs if doc.get("content") and not doc.get("errors")]
        if made:
            downloads[self.id] = made
