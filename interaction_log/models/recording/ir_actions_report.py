from odoo import models

from .request_watch import RequestWatch


class IrActionsReport(models.Model):
    """A print keeps what was made of each document, for as long as its request."""

    _inherit = "ir.actions.report"

    def _pre_render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        # EXTENDS base: only where a controller waits for it
        content, type_ = super()._pre_render_qweb_pdf(
            report_ref, res_ids=res_ids, data=data
        )
        parts = RequestWatch.get().parts
        if parts is not None and type_ == "pdf":
            parts[report_ref] = {
                id_: (part["stream"].getvalue(), part["attachment"])
                for id_, part in content.items()
                if id_ and part["stream"]
            }
        return content, type_

    def _prepare_pdf_report_attachment_vals_list(self, report, streams):
        # EXTENDS base: where Odoo keeps what it made
        vals_list = super()._prepare_pdf_report_attachment_vals_list(report, streams)
        stored = RequestWatch.get().stored
        if stored is not None:
            stored += [
                (vals["res_model"], vals["res_id"], vals["name"]) for vals in vals_list
            ]
        return vals_list
