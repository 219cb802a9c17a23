from typing import Any, NamedTuple

from odoo import models

# The key of the context under which a report tells its printer what it renders
RENDERED = "interaction_log_printer_rendered"


class Rendered(NamedTuple):
    """What is rendered: a Python object, which no client can send."""

    reports: Any  # `ir.actions.report` in the environment of who asked for it
    report_ref: Any
    res_ids: Any

    def get_documents(self, report):
        """Return the documents that `report` renders, or None where it is another."""
        if not self.res_ids or self.reports._get_report(self.report_ref) != report:
            return None
        return self.reports.env[report.model].browse(self.res_ids)


class IrActionsReport(models.Model):
    """A report that is rendered is also printed, where it is set up so.

    Its printer is not told then which documents are in the file.
    """

    _inherit = "ir.actions.report"

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        # EXTENDS base_report_to_printer
        rendered = Rendered(self, report_ref, res_ids)
        reports = self.with_context(**{RENDERED: rendered})
        return super(IrActionsReport, reports)._render_qweb_pdf(
            report_ref, res_ids=res_ids, data=data
        )

    def _render_qweb_text(self, report_ref, docids, data=None):
        # EXTENDS base_report_to_printer
        rendered = Rendered(self, report_ref, docids)
        reports = self.with_context(**{RENDERED: rendered})
        return super(IrActionsReport, reports)._render_qweb_text(
            report_ref, docids, data=data
        )
