from odoo import api, models
from odoo.exceptions import UserError

from ..base.interaction_value_mixin import is_id
from .outgoing_file import OutgoingFile
from .request_watch import RequestWatch


class IrActionsReport(models.Model):
    """A print keeps what was made of each document, for as long as its request.

    What is printed otherwise than by Odoo's own *Print* is recorded by `record_print`.
    """

    _inherit = "ir.actions.report"

    @api.ondelete(at_uninstall=True)
    def _unlink_disable_rules(self):
        """Switch off the rules that record these reports only.

        Without a report they would record all reports of the document.
        """
        # whoever deletes a report may not see the rules
        rules = (
            self.env["interaction.rule"].sudo().search([("report_ids", "in", self.ids)])
        )
        rules.filtered(lambda rule: rule.report_ids <= self.sudo()).active = False

    def record_print(self, res_ids: list[int]) -> bool:
        """Record that documents were printed with this report: call it after that.

        For what the client prints itself, as on a printer beside it; also by RPC. The
        user can only say so of documents that the user may read, and says nothing of
        the file. Server code that has the file calls `_record_print`.

        :param res_ids: ids of the documents, printed in one go
        :return: True
        :raises UserError: where these are no ids, or the report prints no documents
        :raises AccessError: where the user may not read one of the documents
        """
        self.ensure_one()
        if not (isinstance(res_ids, list) and res_ids and all(map(is_id, res_ids))):
            raise UserError(self.env._("Provide the IDs of the printed documents."))
        if self.model not in self.env or self.env[self.model]._abstract:
            raise UserError(
                self.env._(
                    "The report %(report)s does not print documents.", report=self.name
                )
            )
        documents = self.env[self.model].browse(dict.fromkeys(res_ids)).exists()
        documents.check_access("read")
        self._record_print(documents)
        return True

    def _record_print(
        self,
        documents: models.BaseModel,
        content: bytes | str | None = None,
        extension: str = "pdf",
    ) -> models.BaseModel:
        """Record that documents were printed with this report, once. Never raises.

        The one method for every print route beside Odoo's own *Print*: a direct print,
        a printer box, a button. Call it after the printer has taken the file, as the
        user who prints, also in a thread with a cursor of its own. Costs no query where
        no rule could record it.

        The user is told over the bus, with *Undo*, where this is a request of the web
        client.

        :param documents: of the report's model, printed in one go
        :param content: the file as it left; of several documents all of it
        :param extension: of the file's name
        :return: the entries; none where Odoo's own *Print* records it in this request
        """
        recorder = self.env["interaction.recorder"]
        watch = RequestWatch.get()
        if watch.report_id == self.id or not self.env.user._is_internal():
            return self.env["interaction.log.entry"]
        raw = content.encode() if isinstance(content, str) else content
        entries = recorder._record_event(
            "print",
            documents,
            report=self,
            # a request that Odoo runs again has one key; a thread or a job has its own
            source=f"print,{watch.key},{self.id}",
            details=raw
            and {"files": lambda: self._get_printed_files(documents, raw, extension)},
        )
        entries.sudo().filtered(
            lambda entry: entry.rule_id.announce != "quiet"
        )._announce_done()
        return entries

    def _get_printed_files(self, documents, raw, extension):
        """Return {id of a document: `OutgoingFile`} of what was printed in one go."""
        alone = len(documents) == 1
        # where Odoo stores what it prints
        attachment = alone and self.attachment and self.retrieve_attachment(documents)
        file = OutgoingFile(
            raw, extension=extension, attachment=attachment or None, comparable=alone
        )
        return dict.fromkeys(documents.ids, file)

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
