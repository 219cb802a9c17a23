from odoo.http import request, route

from odoo.addons.account.controllers.portal import PortalAccount

from ..models.recording.request_watch import RequestWatch
from . import source
from .account import get_files
from .report import find_files

# What a customer takes away; as HTML the document is a part of its page
DOWNLOADED = {"pdf": "pdf", "text": "txt"}


class InteractionPortal(PortalAccount):
    """Where a customer views and downloads documents, of whatever model."""

    def _get_page_view_values(
        self,
        document,
        access_token,
        values,
        session_history,
        no_breadcrumbs,
        **kwargs,
    ):
        # EXTENDS portal: every page of a document comes here. A page that fails
        # afterwards rolls the entry back with its transaction.
        result = super()._get_page_view_values(
            document, access_token, values, session_history, no_breadcrumbs, **kwargs
        )
        if source.may_record_customer("portal_view", document._name):
            source.record_customer("portal_view", document, signature=get_signature())
        return result

    def _show_report(self, model, report_type, report_ref, download=False):
        # EXTENDS portal: every report of a document comes here
        watched = report_type in DOWNLOADED and source.may_record_customer(
            "download", model._name
        )
        if watched:
            RequestWatch.get().watch_report()
        response = super()._show_report(
            model, report_type, report_ref, download=download
        )
        if watched:
            # what made it is of no matter to the customer, but for the log it is
            report = request.env["ir.actions.report"].sudo()._get_report(report_ref)
            source.record_customer(
                "download",
                model,
                report=report,
                files=lambda: find_files(
                    report_ref, model, response.get_data(), DOWNLOADED[report_type]
                ),
                signature=get_signature(),
            )
        return response

    @route()
    def portal_my_invoice_detail(
        self, invoice_id, access_token=None, report_type=None, download=False, **kw
    ):
        # EXTENDS account: what was sent officially is given away without a report
        docs = RequestWatch.get().watch_downloads()
        response = super().portal_my_invoice_detail(
            invoice_id,
            access_token=access_token,
            report_type=report_type,
            download=download,
            **kw,
        )
        # one who may not see the invoice is led elsewhere
        if (
            docs
            and response.status_code == 200
            and source.may_record_customer("download", "account.move")
        ):
            source.record_customer(
                "download",
                request.env["account.move"].browse(docs),
                files=lambda: get_files(docs),
                signature=get_signature(),
            )
        return response


def get_signature():
    """Return what the link says of the person whom it was made for."""
    return request.params.get("pid"), request.params.get("hash")
