from collections import defaultdict

from odoo import api, models

from .mail_types import REPORTS, SENDERS, Mail, Reports, Senders


class AccountMoveSend(models.AbstractModel):
    """An event source: invoices that are sent, also later by the scheduled action."""

    _inherit = "account.move.send"

    @api.model
    def _hook_if_success(self, moves_data, from_cron=False):
        # EXTENDS account: what has no address is left out without a word
        result = super()._hook_if_success(moves_data, from_cron=from_cron)
        self._record_unsent(moves_data)
        return result

    @api.model
    def _send_mails(self, moves_data):
        # EXTENDS account: who asked for it, and the report, is known here only
        senders = Senders(
            ((move._name, move.id), data.get("author_user_id"))
            for move, data in moves_data.items()
        )
        return super()._send_mails(
            {
                move.with_context(
                    **{SENDERS: senders, REPORTS: self._get_sent_reports(data)}
                ): data
                for move, data in moves_data.items()
            }
        )

    @api.model
    def _get_sent_reports(self, data):
        report = data.get("pdf_report")
        return Reports(frozenset(report.ids if report else ()))

    @api.model
    def _record_unsent(self, moves_data):
        """Record the invoices that were to leave by e-mail but have no address.

        A hook: override for what leaves by another way.
        """
        unsent = {
            move: data
            for move, data in moves_data.items()
            if "email" in data["sending_methods"]
            and not (
                self._is_applicable_to_move("email", move, **data)
                and (move.partner_id.email or data.get("mail_partner_ids"))
            )
        }
        if unsent:
            self._record_without_address("email_out", unsent, "mail_email_missing")

    @api.model
    def _record_without_address(self, event, unsent, failure_type):
        """Record invoices of which nothing left: the log says they are not delivered.

        :param dict unsent: {invoice: its data}
        :param str failure_type: why, as of a notification
        """
        recorder = self.env["interaction.recorder"]
        reason = recorder._get_failure_reason(failure_type)
        mails_of = defaultdict(list)
        for move, data in unsent.items():
            if move.partner_id._filter_interaction_external():
                mails_of[move._name, data.get("author_user_id")].append(
                    Mail(
                        res_id=move.id,
                        partner=move.partner_id,
                        source_key=None,  # no message stands for it
                        has_files=True,
                        subject=data.get("mail_subject"),
                        vals={"delivery_status": "error", "delivery_error": reason},
                        report_ids=self._get_sent_reports(data).ids,
                    )
                )
        for (model_name, uid), mails in mails_of.items():
            recorder._record_mails(event, model_name, mails, uid)
