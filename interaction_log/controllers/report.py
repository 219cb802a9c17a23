from uuid import uuid4

from odoo.http import request, route

from odoo.addons.web.controllers.report import ReportController

# How often a print is made anew because the log met another transaction. Odoo itself
# gives up, with an error for the user, after a few tries more.
MAX_RETRIES = 2


def _has_pdf_engine(env):
    # the states with which the web client prints; with any other one it shows the HTML
    # instead (web/static/src/webclient/actions/reports/utils.js)
    return env["ir.actions.report"].get_wkhtmltopdf_state() in ("ok", "upgrade")


def _is_print(env, converter):
    """Say whether a report route with `converter` can be a print.

    PDF and text are. HTML is a preview, unless the machine has no PDF engine: then it
    is what the user gets for a print.
    """
    return converter in ("pdf", "text") or (
        converter == "html" and not _has_pdf_engine(env)
    )


def _is_readonly(_controller, _rule, args):
    return not _is_print(request.env, args.get("converter"))


class InteractionReportController(ReportController):
    """Where a person prints.

    The composer, the portal and *Send* render the same reports without passing here.
    """

    @route(readonly=_is_readonly)
    def report_routes(self, reportname, docids=None, converter=None, **data):
        response = super().report_routes(
            reportname, docids=docids, converter=converter, **data
        )
        if (
            docids
            and request.httprequest.method != "HEAD"
            and _is_print(request.env, converter)
        ):
            printed = (reportname, docids, converter)
            if hasattr(request, "interaction_log_printed"):
                request.interaction_log_printed.append(printed)
            else:
                self._log_printed(*printed)
        return response

    @route()
    def report_download(self, data, context=None, token=None, readonly=True):
        # What is raised within core's method becomes an error page. Log after it, so
        # that a serialization failure is retried, and after the last step that can
        # fail, so that only what was printed is logged.
        request.interaction_log_printed = []
        response = super().report_download(
            data, context=context, token=token, readonly=readonly
        )
        for printed in request.interaction_log_printed:
            self._log_printed(*printed)
        return response

    def _log_printed(self, reportname, docids, converter):
        """Record the print of the documents `docids` (ids with commas between)."""
        env = request.env
        if not env.user._is_internal():
            return  # customers look at their documents; that is no print of ours
        report_id, model, report_type = env["interaction.rule"]._find_report(reportname)
        if model not in env or (converter == "html" and report_type != "qweb-pdf"):
            return
        # one key for one request, however often a failed transaction is retried
        if not hasattr(request, "interaction_log_source"):
            request.interaction_log_source = f"print,{uuid4()}"
            request.interaction_log_tries = 0
        request.interaction_log_tries += 1
        ids = [int(id_) for id_ in docids.split(",") if id_.isdigit()]
        env["interaction.recorder"]._record_event(
            "print",
            env[model].browse(dict.fromkeys(ids)),
            report=env["ir.actions.report"].browse(report_id),
            source=request.interaction_log_source,
            may_retry=request.interaction_log_tries <= MAX_RETRIES,
        )
