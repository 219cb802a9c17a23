from odoo.http import request, route

from odoo.addons.account.controllers.download_docs import (
    AccountDocumentDownloadController,
)

from ..models.recording.outgoing_file import OutgoingFile
from ..models.recording.request_watch import RequestWatch
from . import source


class InteractionDownloadController(AccountDocumentDownloadController):
    """Where a person downloads documents: one, or many in a zip file."""

    @route()
    def download_invoice_attachments(self, attachments):
        response = super().download_invoice_attachments(attachments)
        if _may_record():
            docs = {}
            for attachment in attachments:
                docs.setdefault(attachment.res_id, []).append(
                    {
                        "filename": attachment.name,
                        "filetype": attachment.mimetype,
                        "attachment": attachment,
                    }
                )
            record_download(docs)
        return response

    @route()
    def download_invoice_documents_filetype(
        self, invoices, filetype, allow_fallback=True
    ):
        docs = RequestWatch.get().watch_downloads()
        response = super().download_invoice_documents_filetype(
            invoices, filetype, allow_fallback=allow_fallback
        )
        if response and _may_record():
            record_download(docs)
        return response

    @route()
    def download_move_attachments(self, moves):
        docs = RequestWatch.get().watch_downloads()
        response = super().download_move_attachments(moves)
        if response and _may_record():
            record_download(docs)
        return response


def _may_record():
    # customers have a page for it: the portal
    return request.env.user._is_internal() and source.may_record(
        "download", "account.move"
    )


def record_download(docs_of_move):
    """Record the download of the files of each document: one entry per document.

    :param dict docs_of_move: see `get_files`
    """
    source.record(
        "download",
        request.env["account.move"].browse(docs_of_move),
        details={"files": lambda: get_files(docs_of_move)},
    )


def get_files(docs_of_move):
    """Return what left of each document: {id: `OutgoingFile`}.

    It is the PDF of the document, else the first of its files.

    :param dict docs_of_move: {id: list of files, with `filename`, `filetype`, and
        `content` or `attachment`}
    """
    # read as the rules read them; what is in them was given away already
    moves = request.env["account.move"].sudo().browse(docs_of_move)
    return {move.id: _get_file(move, docs_of_move[move.id]) for move in moves}


def _get_file(move, docs):
    doc = next(
        (doc for doc in docs if (doc["filetype"] or "").endswith("pdf")), docs[0]
    )
    content = doc["content"] if "content" in doc else doc["attachment"].raw
    if isinstance(content, str):
        content = content.encode()
    return OutgoingFile(
        raw=content,
        name=doc["filename"],
        attachment=doc.get("attachment") or move.invoice_pdf_report_id,
    )
