from collections import defaultdict
from dataclasses import replace
from uuid import uuid4

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..base.constants import UNDELIVERED
from ..recording.outgoing_file import OutgoingFile
from .einvoice import (
    DELIVERING_EDIS,
    DELIVERY_OF_STATE,
    EVENT,
    MOVE,
    OTHER_METHODS,
    STATE,
)

# The keys of what is being sent: the methods that were found before, and whether the
# networks are asked by now
METHODS = "interaction_log_methods"
IS_ASKED = "interaction_log_is_asked"


class AccountMoveSend(models.AbstractModel):
    """An event source: invoices that are sent electronically, as by Peppol.

    What a network took or refused is a fact, whatever becomes of the transaction: where
    it is rolled back, the fact is logged in one of its own.
    """

    _inherit = "account.move.send"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    # ------------------------------------------------------------------
    # What is sent electronically, and what became of it: override for other ways
    # ------------------------------------------------------------------

    @api.model
    def _get_einvoice_methods(self, move: models.BaseModel, data: dict) -> set[str]:
        """Return the ways in which an invoice goes to its customer electronically.

        A hook, called before anything is sent: only what is applicable then will leave.

        :param move: the invoice
        :param data: of its sending, as Odoo collects it
        :return: keys of `sending_methods` and `extra_edis`
        """
        methods = {
            method
            for method in data["sending_methods"] or ()
            if method not in OTHER_METHODS
            and self._is_applicable_to_move(method, move, **data)
        }
        return methods | DELIVERING_EDIS.intersection(data["extra_edis"] or ())

    @api.model
    def _get_einvoice_delivery(
        self, method: str, move: models.BaseModel, data: dict
    ) -> tuple[str | None, str | None]:
        """Return (delivery status, why it did not arrive) of what was sent.

        A hook. Some ways note a state on the invoice, such as `peppol_move_state`; the
        others are asked for an error only.

        :param method: one of `_get_einvoice_methods`
        :return: without a status where nothing left
        """
        if error := data.get("error"):
            return "error", self._get_einvoice_error(error)
        name = f"{method}{STATE}"
        if name not in move._fields:
            return "sent", None
        status = DELIVERY_OF_STATE.get(move[name])
        return status, status == "error" and move._get_einvoice_refusal()

    @api.model
    def _get_einvoice_address(self, method: str, move: models.BaseModel) -> str:
        """Return where it was sent to, as the network names it; else the network.

        A hook.

        :param method: one of `_get_einvoice_methods`
        """
        partner = move.partner_id.commercial_partner_id
        if method == "peppol" and "peppol_endpoint" in partner._fields:
            partner = partner.with_company(move.company_id)
            if partner.peppol_endpoint:
                return f"{partner.peppol_eas}:{partner.peppol_endpoint}"
        field = partner._fields["invoice_sending_method"]
        labels = dict(field._description_selection(self.env))
        edi = self._get_all_extra_edis().get(method, {})
        return labels.get(method) or edi.get("label") or method

    @api.model
    def _get_einvoice_error(self, error):
        return error if isinstance(error, str) else self._format_error_text(error)

    @api.model
    def _is_einvoice_retried(self, data):
        """Say whether Odoo itself tries again what failed: it is not over."""
        error = data.get("error")
        return isinstance(error, dict) and bool(error.get("retry"))

    # ------------------------------------------------------------------
    # Where it is sent
    # ------------------------------------------------------------------

    @api.model
    def _generate_invoice_documents(self, invoices_data, allow_fallback_pdf=False):
        # EXTENDS account: the networks are called within, each by its own addon
        if not self.env["interaction.rule"]._may_match(EVENT, MOVE):
            return super()._generate_invoice_documents(
                invoices_data, allow_fallback_pdf=allow_fallback_pdf
            )
        for move, data in invoices_data.items():
            data[METHODS] = self._get_einvoice_methods(move, data)
        try:
            result = super()._generate_invoice_documents(
                invoices_data, allow_fallback_pdf=allow_fallback_pdf
            )
        except UserError as error:
            self._record_raised(invoices_data, error)
            raise
        # what could not be made was offered to no network
        self._record_einvoices(
            {
                move: data
                for move, data in invoices_data.items()
                if not (data.get("blocking_error") or data.get("error_but_continue"))
            }
        )
        return result

    @api.model
    def _call_web_service_after_invoice_pdf_render(self, invoices_data):
        # EXTENDS account
        for data in invoices_data.values():
            data[IS_ASKED] = True
        return super()._call_web_service_after_invoice_pdf_render(invoices_data)

    @api.model
    def _hook_if_errors(self, moves_data, allow_raising=True):
        # EXTENDS account: who sends is told at once, or finds it in the log
        if not allow_raising:
            self._record_einvoices(moves_data)
        return super()._hook_if_errors(moves_data, allow_raising=allow_raising)

    @api.model
    def _record_raised(self, moves_data, error):
        """Record that a network refused an invoice with an error, which goes on.

        Only of one that a user sends: of several nobody knows which it was, and a
        scheduled action tries them again.
        """
        asked = {move: data for move, data in moves_data.items() if data.get(IS_ASKED)}
        if len(asked) == 1 and not self.env.context.get("ir_cron_progress_id"):
            [data] = asked.values()
            data["error"] = str(error)
            self._record_einvoices(asked)

    @api.model
    def _record_einvoices(self, moves_data):
        """Record once what became of invoices that were sent electronically.

        :param dict moves_data: {invoice: data of its sending}
        """
        sent = {
            move: data
            for move, data in moves_data.items()
            if data.get(METHODS) and not self._is_einvoice_retried(data)
        }
        groups = defaultdict(dict)
        for move, data in sent.items():
            groups[data.get("author_user_id")][move.id] = data
        for uid, data_of in groups.items():
            recorder = self.env["interaction.recorder"]._as_sender(uid)
            recorder = recorder.with_context(lang=recorder.env.user.lang)
            records = recorder.env[MOVE].browse(data_of)
            entries = recorder._record_event(
                EVENT,
                records,
                find=lambda records=records, data_of=data_of: self._match_einvoices(
                    records, data_of
                ),
            )
            entries.sudo()._close_sent_einvoices()
        for data in sent.values():
            data[METHODS] = ()

    @api.model
    def _match_einvoices(self, records, data_of):
        """Return the matches of invoices that were sent, one for each way.

        They are logged apart where the transaction is rolled back.

        :param records: the invoices, as who sent them sees them
        :param dict data_of: {id of an invoice: data of its sending}
        """
        sender = self.with_env(records.env).sudo()  # files and states, as Odoo sends
        # it left, whatever the user may read
        matches = records.env["interaction.rule"]._match(EVENT, records)
        files = sender._find_einvoice_files(
            {match.record: data_of[match.record.id] for match in matches}
        )
        failed = sender._find_failed_einvoices(records)
        result = []
        for match in matches:
            move, data = match.record, data_of[match.record.id]
            for method in sorted(data[METHODS]):
                status, reason = sender._get_einvoice_delivery(method, move, data)
                if not status:
                    continue
                file = files.get(move.id)
                sent = match.with_vals(
                    channel="other",
                    flow="outbound",
                    initiated_by="us",
                    contact_via=sender._get_einvoice_address(method, move),
                    delivery_status=status,
                    delivery_error=reason or False,
                    resend_of_id=failed.get(move.id, False),
                    **(file.get_vals() if file else {}),
                )
                key = f"{EVENT},{method},{uuid4()}"
                result.append(replace(sent, source_key=key, file=file))
        if result:
            recorder = records.env["interaction.recorder"].sudo()
            # without what is rolled back, too
            kept = [
                replace(
                    match.with_vals(content_attachment_id=False),
                    file=match.file and replace(match.file, attachment=None),
                )
                for match in result
            ]
            self.env.cr.postrollback.add(lambda: recorder._log_apart(kept, None, []))
        return result

    @api.model
    def _find_einvoice_files(self, moves_data):
        """Return {id of an invoice: `OutgoingFile` that was sent}: the XML, if any.

        :param dict moves_data: {invoice: data of its sending}
        """
        made = {
            move.id: [
                values
                for values in data.values()
                if isinstance(values, dict) and isinstance(values.get("raw"), bytes)
            ]
            for move, data in moves_data.items()
        }
        made_files = [values for group in made.values() for values in group]
        names = {values["name"] for values in made_files}
        fields = {values.get("res_field", False) for values in made_files}
        stored = self.env["ir.attachment"].search_fetch(
            Domain("res_model", "=", MOVE)
            & Domain("res_id", "in", list(made))
            & Domain("name", "in", list(names))
            & Domain("res_field", "in", list(fields)),
            ["res_id", "name", "checksum"],
        )
        stored = stored.grouped(lambda file: (file.res_id, file.name))
        result = {}
        for move in moves_data:
            files = [
                OutgoingFile(
                    values["raw"],
                    values["name"],
                    attachment=stored.get((move.id, values["name"])),
                    # the file of one network is not compared with that of another
                    comparable=False,
                )
                for values in made[move.id]
            ] or [
                # made before
                OutgoingFile(file.raw, file.name, attachment=file, comparable=False)
                for file in self._get_invoice_extra_attachments(move)
            ]
            if files:
                # an XML before a PDF
                files.sort(key=lambda file: not file.name.lower().endswith(".xml"))
                result[move.id] = files[0]
        return result

    @api.model
    def _find_failed_einvoices(self, records):
        """Return {id of an invoice: id of its last sending, where that failed}."""
        entries = self.env["interaction.log.entry"].search_fetch(
            Domain("event", "=", EVENT)
            & Domain("res_model", "=", MOVE)
            & Domain("res_id", "in", records.ids)
            & Domain("state", "=", "logged"),
            ["res_id", "delivery_status"],
            order="date, id",
        )
        last = {entry.res_id: entry for entry in entries}
        return {
            id_: entry.id
            for id_, entry in last.items()
            if entry.delivery_status in UNDELIVERED
        }
