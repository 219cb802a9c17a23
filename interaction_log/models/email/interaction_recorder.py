import hashlib
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable

import psycopg2

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import MissingError
from odoo.tools import email_normalize, html2plaintext, is_html_empty

from ..base.constants import UNDELIVERED
from ..base.failure import report_failure
from ..log.interaction_log_entry_checks import MAX_TEXT
from ..recording.match import Match
from .delivery_failure import explain_failure
from .mail_types import (
    NO_ADDRESS,
    REPORTS,
    RESENDS,
    SENDERS,
    Mail,
    Reports,
    Resends,
    Senders,
    Sent,
)

_logger = logging.getLogger(__name__)

# What a machine said is on record, took us nothing, and is no response
AUTOMATIC_VALS = {
    "is_automatic": True,
    "cost": 0,
    "duration": 0,
    "campaign_target": False,
    "campaign_response": False,
}


class InteractionRecorder(models.AbstractModel):
    """E-mails, from what the mail stack says of them through the rules to the log."""

    _inherit = "interaction.recorder"

    @api.model
    def _record_mails(
        self, event: str, model_name: str, mails: list[Mail], uid: int | None = None
    ) -> models.BaseModel:
        """Record e-mails about documents of one model: what the rules say of them.

        Where they are sent again from the log, no rule decides. Never raises.

        :param event: `email_out` or `email_in`
        :param model_name: of the documents
        :param uid: id of the user who sent them, if not the current one
        :return: the entries
        """
        if not mails:
            return self.env["interaction.log.entry"]
        recorder, records = self._prepare_mails(model_name, mails, uid)
        rules = recorder.env["interaction.rule"]
        return recorder._record_event(
            event,
            records,
            # an e-mail left or came, whatever the user may read
            find=lambda: rules._match_mails(event, records, mails),
            find_unmatched=lambda: [
                mail._get_unmatched(rules, event, records) for mail in mails
            ],
        )

    def _log_matches(self, matches, source):
        # EXTENDS: who sent what can't leave is told, unless it is logged later
        entries = super()._log_matches(matches, source)
        if any(
            match.vals.get("delivery_status") in UNDELIVERED
            and not match.vals.get("date")
            for match in matches
        ):
            entries._tell_undelivered()
        return entries

    @api.model
    def _match_mails(
        self, event: str, model_name: str, mails: list[Mail], uid: int | None = None
    ) -> list[Match]:
        """Return what the rules say of e-mails, without recording them.

        See `_record_mails`. The e-mails are about documents that exist.
        """
        recorder, records = self._prepare_mails(model_name, mails, uid)
        return recorder.env["interaction.rule"]._match_mails(event, records, mails)

    @api.model
    def _prepare_mails(self, model_name, mails, uid=None):
        """Return (recorder, documents) as the user who sent the e-mails sees them."""
        recorder = self._as_sender(uid)
        records = recorder.env[model_name].browse(
            dict.fromkeys(mail.res_id for mail in mails)
        )
        return recorder, records

    @api.model
    def _as_sender(self, uid):
        """Return the recorder as the user who sent something, in that language.

        What a scheduled action sends is named as if the user had sent it.

        :param uid: id of the user; the current one where it is none, or was deleted
        """
        if not uid or uid == self.env.uid:
            return self
        recorder = self.with_user(uid)
        try:
            return recorder.with_context(lang=recorder.env.user.lang)
        except MissingError:
            return self

    @api.model
    def _get_identities(self, match, source=None):
        # EXTENDS: one contact gets a message once, whatever the key says
        identities = super()._get_identities(match, source)
        message_id = match.vals.get("mail_message_id")
        if not message_id:
            return identities
        Entry = self.env["interaction.log.entry"]
        partner_id = match.vals["partner_id"]
        return identities | {Entry._get_message_identity(message_id, partner_id)}

    @api.model
    def _record_safely(self, event, messages, record):
        """Call `record`, which records e-mails; where that fails, mail goes on.

        :param messages: the `mail.message` that are recorded
        """
        try:
            record()
        except psycopg2.Error:
            raise  # this transaction is over; Odoo runs some of them again
        except Exception as error:
            reason = report_failure(
                self.env,
                error,
                _logger,
                "Could not log the event %s of %s",
                event,
                messages,
            )
            none = self.env["interaction.rule"]
            self._skip(
                lambda: [
                    none._make_match(
                        self.env[message.model].browse(message.res_id),
                        {"event": event, "mail_message_id": message.id},
                    )
                    for message in messages
                ],
                reason,
            )

    @api.model
    def _record_outgoing(self, emails):
        """Record e-mails that leave; where that fails, mail goes on.

        :param emails: `mail.notification` or `mail.mail`
        """
        self._record_safely(
            "email_out",
            emails.mail_message_id,
            lambda: self._record_recipients(emails._get_recipients()),
        )

    @api.model
    def _record_recipients(self, recipients):
        """Record e-mails that leave, one for each external contact.

        :param list recipients: of `Recipient`, of messages about any documents
        """
        for (model_name, uid), mails in self._group_mails(recipients).items():
            self._record_mails("email_out", model_name, mails, uid)

    @api.model
    def _record_sent(
        self,
        event: str,
        messages: models.BaseModel,
        find: Callable[[frozenset[str]], Iterable[Sent]],
    ) -> None:
        """Record what leaves for contacts by another way than e-mail. Never raises.

        For addons, such as of text messages. Costs no query where no rule wants any.

        :param event: one of `_get_message_events` of the events
        :param messages: the `mail.message` that tell of it in the chatter
        :param find: function that finds what leaves, of documents of the models that it
            is given
        """
        names = self.env["interaction.rule"]._get_email_models()[event]
        if names:
            self._record_safely(
                event, messages, lambda: self._record_found(event, find(names))
            )

    @api.model
    def _record_found(self, event, found):
        groups = defaultdict(list)
        for sent in found:
            groups[sent.model, sent.uid].append(sent.mail)
        for (model_name, uid), mails in groups.items():
            self._record_mails(event, model_name, mails, uid)

    @api.model
    def _group_mails(self, recipients, with_content=True):
        """Return {(model, id of the sender): list of `Mail` to contacts}.

        Of an e-mail that goes to none, those to the addresses of strangers.

        :param list recipients: see `_record_recipients`
        :param bool with_content: whether to say what the e-mails are made of, for which
            their files are read
        """
        partners = self.env["res.partner"].union(
            *(recipient.partner for recipient in recipients if recipient.partner),
            *(recipient.message.author_id for recipient in recipients),
        )
        external = partners._filter_interaction_external()
        resends = self.env.context.get(RESENDS)
        groups = defaultdict(list)
        said = {}  # by message
        known = self._find_recipients(recipients, external)
        documents = self._browse_documents(
            self.env["mail.message"].union(
                *(recipient.message for recipient, _ in known)
            )
        )
        for recipient, partner in known:
            message = recipient.message
            if message not in said:
                has_files, vals = self._describe_message(message, with_content)
                if self._is_forwarded(message, external):
                    vals["initiated_by"] = "them"
                report_ids = self._find_report_ids(message, documents[message])
                said[message] = has_files, vals, report_ids
            has_files, vals, report_ids = said[message]
            uid = self._get_sender_uid(message)
            entry = resends.get(partner.id) if isinstance(resends, Resends) else None
            groups[message.model, uid].append(
                Mail(
                    message.res_id,
                    partner,
                    recipient.source_key,
                    has_files or recipient.has_files,
                    message.subject,
                    {**vals, **self._prepare_recipient_vals(partner, recipient)},
                    entry,
                    report_ids,
                )
            )
        return groups

    @api.model
    def _find_recipients(self, recipients, external):
        """Return list of (`Recipient`, contact), each contact of an e-mail once.

        Where an e-mail goes to no contact, with those whom nobody knows.

        :param external: the external contacts among the recipients that Odoo names
        """
        none = self.env["res.partner"]
        found = self._find_contacts(
            [
                (recipient.message, recipient.address, none)
                for recipient in recipients
                if recipient.address and not recipient.partner
            ]
        )
        known, strangers = {}, []
        for recipient in recipients:
            message, address = recipient.message, recipient.address
            if recipient.partner:
                partner = recipient.partner & external
            else:
                partner = found.get((message, address))
            if partner:
                known.setdefault((message, partner), recipient)
            elif partner is not None and not recipient.partner:
                strangers.append(recipient)
        reached = {message for message, _partner in known}
        return [
            *((recipient, partner) for (_message, partner), recipient in known.items()),
            *(
                (recipient, none)
                for recipient in strangers
                if recipient.message not in reached
            ),
        ]

    @api.model
    def _is_forwarded(self, message, external):
        """Say whether somebody else than we wrote it, and Odoo only passed it on.

        Not where a user posts it in the name of another.

        :param external: the external contacts among the authors
        """
        user = message.create_uid
        if user._is_internal() and not user._is_superuser():
            return False
        if message.author_id:
            return message.author_id in external
        return message.message_type == "email"  # a stranger's

    @api.model
    def _find_report_ids(self, message, document):
        """Return the ids of the reports that a rule asks for and the e-mail has.

        Who makes the e-mail says it, or the names of its files do: of a message that
        was scheduled, or that is found later. Costs no query where no rule asks.
        """
        reports = self.env.context.get(REPORTS)
        if isinstance(reports, Reports):
            return reports.ids
        ids = self.env["interaction.rule"]._get_email_report_ids(message.model)
        files = ids and self._get_document_files(message)
        if not files:
            return frozenset()
        asked = self.env["ir.actions.report"].sudo().browse(ids)
        names = files.mapped("name")
        return frozenset(asked._filter_by_file_names(document, names)._ids)

    @api.model
    def _describe_message(self, message, with_content=True):
        """Return (whether it has files, what it says of every interaction it is)."""
        files = self._get_document_files(message)
        vals = {"mail_message_id": message.id}
        if message._is_automatic():
            vals |= AUTOMATIC_VALS
        if with_content:
            vals |= self._prepare_message_vals(message, files)
        return bool(files), vals

    # ------------------------------------------------------------------
    # What an e-mail says of its interaction
    # ------------------------------------------------------------------

    @api.model
    def _is_email_recorded(self, message: models.BaseModel) -> bool:
        """Say whether an e-mail that notifies of `message` is an interaction.

        Internal notes and what tells that a field changed are not, whoever gets them.
        """
        if message.message_type == "comment" and message.is_internal:
            return False
        if message.message_type == "comment":
            comment_id = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
            subtype = message.subtype_id
            return subtype.id == comment_id or not subtype.internal
        if message.message_type == "notification":
            return not message.tracking_value_ids
        return True

    @api.model
    def _get_document_files(self, message):
        """Return the files of `message` that are no pictures in its text."""
        return message.attachment_ids.filtered(
            lambda file: not (file.mimetype or "").startswith("image/")
        )

    @api.model
    def _prepare_message_vals(self, message, files):
        """Return what the interactions are made of that a message is.

        :param files: what `_get_document_files` returns
        """
        body = message.body or ""
        return {
            "note": body
            if not is_html_empty(body) and len(body) <= MAX_TEXT
            else False,
            "content_sha256": self._get_content_sha256(files),
        }

    @api.model
    def _get_content_sha256(self, files):
        """Return the SHA-256 of the main one of the files: of the first PDF, if any."""
        files = files.sorted("id")
        main = files.filtered(lambda file: file.mimetype == "application/pdf")
        content = (main or files)[:1].raw
        return content and hashlib.sha256(content).hexdigest()

    @api.model
    def _prepare_recipient_vals(self, partner, recipient):
        """Return what is known of how the e-mail goes to `partner`.

        What has no address does not leave: it is an error from the beginning.
        """
        address = recipient.address or partner.email_normalized or partner.email
        status, failure = recipient.status, recipient.failure
        if status == "pending" and not email_normalize(address, strict=False):
            status, failure = (
                "error",
                self._get_failure_reason(NO_ADDRESS[bool(address)]),
            )
        return {
            "contact_via": address,
            "delivery_status": status,
            "delivery_error": failure,
        }

    @api.model
    def _get_failure_reason(
        self, failure_type: str | None, failure_reason: str | None = None
    ) -> str:
        """Return in one sentence why an e-mail, or what else was sent, did not arrive.

        :param failure_type: as of `mail.notification`
        :param failure_reason: what the mail server says, also as HTML
        """
        text = self._get_failure_texts().get(failure_type)
        if text:
            return text._translate(self.env.lang or "en_US")
        answer = " ".join(html2plaintext(failure_reason or "").split())
        known = explain_failure(self.env, failure_type, answer)
        if len(answer) > 500:
            answer = f"{answer[:500]}…"  # a bounce brings the whole e-mail
        if not known and failure_type not in (None, False, "unknown"):
            field = self.env["mail.notification"]._fields["failure_type"]
            known = dict(field._description_selection(self.env)).get(failure_type)
        if failure_type in NO_ADDRESS or not answer:
            return known or self.env._("Unknown error")
        if not known:
            return answer
        return self.env._("%(error)s: %(reason)s", error=known, reason=answer)

    @api.model
    def _get_failure_texts(self) -> dict:
        """Return {failure type: lazy translation} of what leaves by another way.

        A hook: extend for the types that an addon adds to `mail.notification`.
        """
        return {}

    @api.model
    def _get_sender_uid(self, message):
        """Return the id of the user who sent `message`, also where a robot did it."""
        senders = self.env.context.get(SENDERS)
        if isinstance(senders, Senders):
            uid = senders.get((message.model, message.res_id))
            if uid:
                return uid
        uid = message.create_uid.id
        if uid == SUPERUSER_ID:
            users = message.author_id.with_context(active_test=True).user_ids
            uid = users.filtered(lambda user: not user.share)[:1].id or uid
        return uid or self.env.uid
