from odoo import models

from .ir_actions_report import RENDERED, Rendered


class PrintingPrinter(models.Model):
    """An event source: a printer has taken what a report made of documents."""

    _inherit = "printing.printer"

    def print_document(
        self, report, content, action=None, doc_format="qweb-pdf", **kwargs
    ):
        # EXTENDS base_report_to_printer: an error says that nothing was printed
        result = super().print_document(
            report, content, action=action, doc_format=doc_format, **kwargs
        )
        documents = self._get_printed_documents(report, kwargs.get("res_ids"))
        if documents:
            extension = "txt" if doc_format == "qweb-text" else "pdf"
            report.with_env(documents.env)._record_print(documents, content, extension)
        return result

    def _get_printed_documents(self, report, res_ids):
        """Return the documents in the file, or None: an attachment is none.

        :param report: the `ir.actions.report`, or None; no record where a client calls,
            which says what it likes
        :param res_ids: ids of the documents, where the caller says them
        """
        if not (report and isinstance(report, models.BaseModel)):
            return None
        if res_ids:
            return self.env[report.model].browse(res_ids)
        rendered = self.env.context.get(RENDERED)
        return rendered.get_documents(report) if type(rendered) is Rendered else None
