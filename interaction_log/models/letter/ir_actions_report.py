import io

from odoo import models, modules
from odoo.exceptions import UserError
from odoo.tools.pdf import merge_pdf

from .address_layout import get_layout


class IrActionsReport(models.Model):
    """Address pages and labels are made in slices: the engine slows down with size."""

    _inherit = "ir.actions.report"  # pylint: disable=consider-merging-classes-inherited # room letter adds to email

    def _get_rendering_context(self, report, docids, data):
        # EXTENDS base: what is on each sheet
        values = super()._get_rendering_context(report, docids, data)
        layout = get_layout(report.report_name)
        if layout:
            values["layout"] = layout
            docs = self.env[report.model].browse(docids)
            records = docs._get_printed_addressees()
            values["sheets"] = [
                sheet for part in docs._iter_sheets(layout, records) for sheet in part
            ]
        return values

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        # EXTENDS base: in slices
        report = self._get_report(report_ref)
        layout = get_layout(report.report_name)
        if not layout:
            return super()._render_qweb_pdf_prepare_streams(
                report_ref, data, res_ids=res_ids
            )
        docs = self.env[report.model].browse(res_ids)
        records = docs._get_printed_addressees()
        content = report.sudo(self.env.su)._render_addresses(docs, records)
        if not content:
            raise UserError(
                self.env._("The server has no PDF engine. Install wkhtmltopdf.")
            )
        return {False: {"stream": io.BytesIO(content), "attachment": None}}

    def _render_addresses(self, docs, records):
        """Return the PDF of addresses (bytes), in slices; None without an engine.

        :param docs: what inherits `interaction.address.mixin`
        :param records: those of its addressees to print
        :raises UserError: where the engine fails
        """
        self.ensure_one()
        if self.get_wkhtmltopdf_state() == "install" or (
            # Odoo's tests do without the engine
            modules.module.current_test
            and not self.env.context.get("force_report_rendering")
        ):
            return None
        layout = get_layout(self.report_name)
        parts = []
        for sheets in docs._iter_sheets(layout, records):
            html = self._render_template(
                self.report_name, {"sheets": sheets, "layout": layout}
            )
            parts.append(self._run_wkhtmltopdf([html.decode()], report_ref=self))
        return merge_pdf(parts)
