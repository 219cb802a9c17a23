import json

from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.web.controllers.report import ReportController

from ..models.recording.outgoing_file import OutgoingFile
from ..models.recording.request_watch import RequestWatch
from . import source

# The key of the context under which the web client says how it will ask what was logged
TOKEN = "interaction_log_token"
TOKEN_LENGTH = 64
EXTENSIONS = {"pdf": "pdf", "text": "txt", "html": "html"}


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
        printed = self._find_printed(reportname, docids, converter, data)
        if printed:
            watch = RequestWatch.get()
            watch.watch_report()
            watch.report_id = printed[0].id
        response = super().report_routes(
            reportname, docids=docids, converter=converter, **data
        )
        if printed:
            report, documents = printed
            details = {
                "files": lambda: find_files(
                    reportname, documents, response.get_data(), EXTENSIONS[converter]
                )
            }
            prints = RequestWatch.get().prints
            if prints is not None:
                prints.append((report, documents, details))
            else:
                source.record("print", documents, report=report, details=details)
        return response

    @route()
    def report_download(self, data, context=None, token=None, readonly=True):
        # What is raised within core's method becomes an error page. Log after it, so
        # that a serialization failure is retried, and after the last step that can
        # fail, so that only what was printed is logged.
        watch = RequestWatch.get()
        watch.prints = []
        response = super().report_download(
            data, context=context, token=token, readonly=readonly
        )
        for report, documents, details in watch.prints:
            details["token"] = self._get_token(context)
            source.record("print", documents, report=report, details=details)
        return response

    def _find_printed(self, reportname, docids, converter, data):
        """Return (report, documents) where this is a print that a rule could record.

        Costs no query where none could.
        """
        env = request.env
        if not (_is_print(env, converter) and env.user._is_internal()):
            return None  # customers look at their documents; that is no print of ours
        report_id, model, report_type = env["interaction.rule"]._find_report(reportname)
        if (
            model not in env
            or (converter == "html" and report_type != "qweb-pdf")
            or not source.may_record("print", model)
        ):
            return None
        report = env["ir.actions.report"].browse(report_id)
        ids = self._get_printed_ids(report, model, docids, data)
        return (report, env[model].browse(dict.fromkeys(ids))) if ids else None

    def _get_printed_ids(self, report, model, docids, data):
        """Return the ids of the documents in the address, or in the context.

        They are in the context where a wizard prints with options of its own, which
        the report's own code then reads.

        :param str docids: ids with commas between
        :param dict data: what else the address says
        """
        if docids:
            return [int(id_) for id_ in docids.split(",") if id_.isdigit()]
        try:
            context = json.loads(data.get("context") or "{}")
            ids = [id_ for id_ in context["active_ids"] if isinstance(id_, int)]
            of_model = context.get("active_model") in (None, model)
        except (AttributeError, KeyError, TypeError, ValueError):
            return []  # there are none; what is wrong, core says
        # only code that reads the context can print what is in it
        if not of_model or report._get_rendering_context_model(report.sudo()) is None:
            return []
        return ids

    def _get_token(self, context):
        """Return how the web client will ask for the announcement, or None.

        It says nothing but which announcement to show to this user.
        """
        context = json.loads(context or "{}")
        token = context.get(TOKEN) if isinstance(context, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            return None  # none that the database could hold
        return token[:TOKEN_LENGTH] or None


def find_files(report_ref, documents, raw, extension):
    """Return what left of each document: {id: `OutgoingFile`}.

    A document printed alone is the whole file. Of several in one file each has the
    pages that Odoo made of it; where Odoo can't tell them apart, the whole file.

    :param report_ref: the report as its route or page names it
    :param bytes raw: the file as it left
    :param str extension: of the file's name
    """
    parts = RequestWatch.get().parts.pop(report_ref, {})
    attachments = _find_stored(documents)
    files = {}
    for document in documents:
        part, attachment = parts.get(document.id, (raw, None))
        alone = len(documents) == 1
        file = OutgoingFile(
            raw=raw if alone else part,
            extension=extension,
            attachment=attachment or attachments.get(document.id),
        )
        # pages cut out of a larger file are written otherwise than the same alone
        file.comparable = extension != "html" and (alone or bool(file.stored))
        files[document.id] = file
    return files


def _find_stored(documents):
    """Return {id of a document: the attachment that this request stored for it}."""
    stored = RequestWatch.get().stored
    if not stored:
        return {}
    # the user may store what they can't search
    attachments = request.env["ir.attachment"].sudo()
    return {
        attachment.res_id: attachment
        for attachment in attachments.search_fetch(
            Domain("res_model", "=", documents._name)
            & Domain("res_id", "in", documents.ids)
            & Domain("name", "in", [name for _model, _id, name in stored]),
            ["res_id", "checksum"],
            order="id",
        )
    }
