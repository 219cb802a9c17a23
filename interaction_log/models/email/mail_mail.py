import logging

from odoo import api, models
from odoo.tools import email_normalize_all

from ..base.savepoint import isolated_savepoint
from .interaction_log_entry_undelivered import UNTOLD
from .mail_types import (
    DELIVERY_OF_STATUS,
    IGNORED,
    LOGGED,
    LOGGED_ALREADY,
    MAIL_KEY,
    NO_ADDRESS,
    REPORTS,
    SENDING,
    TRANSIENT,
    Recipient,
    Reports,
    Tracked,
)

_logger = logging.getLogger(__name__)


class MailMail(models.Model):
    """An event source: e-mails without notifications, as those of a template.

    And the moment at which every e-mail leaves, or does not.
    """

    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        if self.env.context.get(LOGGED) is not LOGGED_ALREADY:
            mails._record_emails()
        return mails

    def _record_emails(self):
        """Record the e-mails without notifications that leave for contacts.

        Costs no query where no rule names the document.
        """
        names = self.env["interaction.rule"]._get_email_models()["email_out"]
        # who sends may not read them
        mails = self.sudo()._filter_interactions(names)
        if mails:
            self.env["interaction.recorder"]._record_outgoing(mails)

    def _filter_interactions(self, names):
        """Return those that leave by themselves, about documents of models `names`.

        Not what is blocked on purpose, as by a blacklist. A hook: override it to leave
        out what another addon sends and records in its own way.
        """
        return self.filtered(
            lambda mail: (
                not mail.is_notification
                and mail.model in names
                and mail.res_id
                and (mail.state != "cancel" or mail.failure_type in NO_ADDRESS)
            )
        )

    def _get_recipients(self):
        """Return list of `Recipient`: those with a contact, then mere addresses."""
        return [recipient for mail in self for recipient in mail._get_own_recipients()]

    def _get_own_recipients(self):
        self.ensure_one()
        status = DELIVERY_OF_STATUS.get(self.state, "pending")
        failure = None
        if status == "error":
            failure = self.env["interaction.recorder"]._get_failure_reason(
                self.failure_type, self.failure_reason
            )
        reports = self.env.context.get(REPORTS)
        has_files = isinstance(reports, Reports) and reports.are_made_later
        empty = self.env["res.partner"]
        addresses = email_normalize_all(
            ",".join(filter(None, (self.email_to, self.email_cc)))
        )
        return [
            Recipient(
                self.mail_message_id,
                partner,
                f"{MAIL_KEY}{self.id},{partner.id or address}",
                address,
                failure,
                has_files,
                status,
            )
            for partner, address in [
                *((partner, None) for partner in self.recipient_ids),
                *((empty, address) for address in addresses),
            ]
        ]

    # ------------------------------------------------------------------
    # What becomes of them
    # ------------------------------------------------------------------

    def _is_delivery_tracked(self):
        """Say whether some may be in the log; costs no query for one that is sent.

        A hook; see `_filter_interactions`.
        """
        names = self.env["interaction.rule"]._get_email_models()["tracked"]
        return any(mail.model in names for mail in self)

    def _send(self, *args, **kwargs):
        # EXTENDS mail: notifications are in error while an e-mail is being sent
        mails = self.with_context(**{SENDING: TRANSIENT})
        return super(MailMail, mails)._send(*args, **kwargs)

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # EXTENDS mail: called on all e-mails that were sent, or could not be
        is_tracked = self._is_delivery_tracked()
        # where the server can't be reached, the e-mail alone says why
        reason = failure_reason or (failure_type and self[:1].failure_reason)
        if is_tracked:
            unnotified = self.filtered(lambda mail: not mail.is_notification)
            unnotified._update_interaction_delivery(
                success_pids, success_emails, reason, failure_type
            )
        sending = Tracked(reason) if is_tracked else IGNORED
        mails = self.with_context(**{SENDING: sending})
        return super(MailMail, mails)._postprocess_sent_message(
            success_pids, success_emails, failure_reason, failure_type
        )

    def _update_interaction_delivery(
        self, success_pids, success_emails, failure_reason, failure_type
    ):
        """Update the log with what became of e-mails without notifications.

        The parameters are those of `_postprocess_sent_message`.
        """
        Entry = self.env["interaction.log.entry"]
        messages = self.mail_message_id
        if not messages:
            return
        if not failure_type:
            Entry._update_delivery_status_of_messages(messages, "sent")
            return
        reason = self.env["interaction.recorder"]._get_failure_reason(
            failure_type, failure_reason
        )
        Entry._update_delivery_status_of_messages(messages, "error", reason)
        if success_pids or success_emails:
            partners = self.env["res.partner"].union(*success_pids)
            addresses = email_normalize_all(",".join(success_emails))
            Entry._update_delivery_status_of_messages(
                messages, "sent", None, partners, addresses
            )

    def write(self, vals):
        result = super().write(vals)
        # what is being sent is left to `_postprocess_sent_message`
        if vals.get("state") in ("cancel", "outgoing") and self._is_delivery_tracked():
            self._update_interaction_queue(vals["state"])
        if "attachment_ids" in vals and self._is_delivery_tracked():
            self._update_interaction_content()
        return result

    def _update_interaction_content(self):
        """Update the log with what the e-mails are made of: reports come after them.

        Whatever goes wrong, the e-mails leave.
        """
        recorder = self.env["interaction.recorder"]
        # who sends may not read the log
        entries = self.env["interaction.log.entry"].sudo()
        try:
            with isolated_savepoint(self.env.cr):
                entries._lock_table()
                entries = entries.search(
                    [
                        ("mail_message_id", "in", self.mail_message_id.ids),
                        ("content_sha256", "=", False),
                    ]
                )
                for message, group in entries.grouped("mail_message_id").items():
                    files = recorder._get_document_files(message)
                    content_sha256 = recorder._get_content_sha256(files)
                    group._write_facts({"content_sha256": content_sha256})
        except Exception:
            _logger.exception("Could not note the content of %s", self)

    def unlink(self):
        waiting = self.filtered(lambda mail: mail.state == "outgoing")
        if waiting and waiting._is_delivery_tracked():
            waiting._update_interaction_queue("cancel")
        return super().unlink()

    def _update_interaction_queue(self, state):
        """Update the log: the e-mails wait again, or won't leave any more.

        :param str state: of the e-mails now, `outgoing` or `cancel`
        """
        status, reason = "pending", None
        if state == "cancel":
            status = "error"
            reason = self.env._("The e-mail was canceled before it was sent.")
        # who cancels it knows
        Entry = self.env["interaction.log.entry"].with_context(**{UNTOLD: True})
        mails = self.sudo()  # who cancels an e-mail need not see what it is about
        Entry._update_delivery_status_of_messages(
            mails.filtered(lambda mail: not mail.is_notification).mail_message_id,
            status,
            reason,
        )
        notified = mails.filtered("is_notification")
        Entry._update_delivery_status_of_mails(notified, status, reason)
