from collections import defaultdict
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.constants import EMAIL_EVENTS
from ..recording.interaction_completeness import SLICE
from .einvoice import EVENT
from .mail_types import Recipient, get_copy_key

ENTRY = "interaction.log.entry"
# Odoo deletes the notifications of e-mails after this time (mail.notification)
NOTIFICATIONS_KEPT = timedelta(days=180)
# Within how many minutes a message and an entry are the same, where no key tells
NEAR = 10


class InteractionCompleteness(models.AbstractModel):
    """E-mails, as the mail stack still knows them.

    Here is only where they are found. Which of them are interactions, and what is to be
    logged of them, is said by what records them when they leave and arrive.
    """

    _inherit = "interaction.completeness"

    @api.model
    def _trace_email_out(self, since, until):
        """E-mails to contacts on documents, one for each recipient."""
        names = self._get_models("email_out")
        period = self._get_period_sql(names, since, until)
        for model_name, condition in (
            (
                "mail.notification",
                SQL(
                    """email.notification_type = 'email'
                    AND email.interaction_by_client IS NOT TRUE"""
                ),
            ),
            # those without notifications, as of a template, while they exist
            ("mail.mail", SQL("NOT COALESCE(email.is_notification, FALSE)")),
        ):
            wanted = SQL("%s AND %s", condition, period)
            yield from self._trace_outgoing(model_name, names, wanted)
        oldest = fields.Datetime.now() - NOTIFICATIONS_KEPT
        if since < oldest:
            yield from self._trace_messages(SQL("%s AND m.date < %s", period, oldest))

    @api.model
    def _get_period_sql(self, names, since, until):
        """Return the condition of the messages `m` that are looked at.

        A hook: override it to leave out messages that are recorded in another way.
        """
        return SQL(
            "m.model IN %s AND m.res_id > 0 AND m.date >= %s AND m.date < %s",
            names,
            since,
            until,
        )

    @api.model
    def _trace_outgoing(self, model_name, names, condition):
        """E-mails that the mail stack still has, of documents of models `names`.

        :param str model_name: `mail.notification` or `mail.mail`
        :param SQL condition: of their table, called `email`, and of their messages `m`
        """
        for rows in self._fetch(
            lambda last: SQL(
                """SELECT email.id FROM %s email
                JOIN mail_message m ON m.id = email.mail_message_id
                WHERE email.id > %s AND %s
                ORDER BY email.id LIMIT %s""",
                SQL.identifier(self.env[model_name]._table),
                last,
                condition,
                SLICE,
            )
        ):
            emails = self._browse_rows(model_name, rows)
            yield self._trace_recipients(
                "email", emails._filter_interactions(names)._get_recipients()
            )

    @api.model
    def _trace_messages(self, period):
        """Messages whose notifications Odoo has cleaned up; their recipients stay."""
        recorder = self.env["interaction.recorder"]
        for rows in self._fetch(
            lambda last: SQL(
                """SELECT m.id FROM mail_message m
                WHERE m.id > %s AND %s
                    AND m.message_type != 'email'
                    AND NOT COALESCE(m.is_internal, FALSE)
                    AND EXISTS (
                        SELECT FROM mail_message_res_partner_rel p
                        WHERE p.mail_message_id = m.id
                    ) AND NOT EXISTS (
                        SELECT FROM mail_notification n WHERE n.mail_message_id = m.id
                    ) AND NOT EXISTS (
                        SELECT FROM mail_mail mail WHERE mail.mail_message_id = m.id
                    )
                ORDER BY m.id LIMIT %s""",
                last,
                period,
                SLICE,
            )
        ):
            messages = self._browse_rows("mail.message", rows)
            yield self._trace_recipients(
                "recipient",
                [
                    Recipient(
                        message,
                        partner,
                        f"backfill,email_out,{message.id},{partner.id}",
                        status="none",  # nobody knows any more
                    )
                    for message in messages.filtered(recorder._is_email_recorded)
                    for partner in message.partner_ids
                ],
            )

    @api.model
    def _trace_recipients(self, kind, recipients):
        """Return the traces of e-mails that left for contacts.

        :param list recipients: of `Recipient`
        """
        date_of = {
            recipient.message.id: recipient.message.date for recipient in recipients
        }
        recorder = self.env["interaction.recorder"].sudo()  # see `_browse_rows`
        groups = recorder._group_mails(recipients, with_content=False)
        return [
            self._make_trace(
                kind, model_name, uid, mail, date_of[mail.vals["mail_message_id"]]
            )
            for (model_name, uid), mails in groups.items()
            for mail in mails
        ]

    @api.model
    def _trace_sent(self, found):
        """Return the traces of what left by another way than e-mail; for addons.

        :param found: iterable of `Sent`
        """
        return [
            self._make_trace("recipient", sent.model, sent.uid, sent.mail, sent.date)
            for sent in found
        ]

    @api.model
    def _make_trace(self, kind, model_name, uid, mail, date):
        return {
            "kind": kind,
            "model": model_name,
            "res_id": mail.res_id,
            "date": date,
            "key": mail.source_key,
            "user_id": uid,
            "mail": mail,
        }

    @api.model
    def _trace_email_in(self, since, until):
        """E-mails of contacts and strangers that arrived on documents."""
        names = self._get_models("email_in")
        for rows in self._fetch(
            lambda last: SQL(
                """SELECT m.id FROM mail_message m
                WHERE m.id > %s AND m.message_type = 'email' AND m.create_uid = %s
                    AND %s
                ORDER BY m.id LIMIT %s""",
                last,
                SUPERUSER_ID,  # see `_filter_received` of the messages
                self._get_period_sql(names, since, until),
                SLICE,
            )
        ):
            messages = self._browse_rows("mail.message", rows)
            received = messages._filter_received(names)
            senders = self.env["interaction.recorder"]._find_senders(received)
            yield [
                self._make_trace(
                    "email",
                    message.model,
                    message.create_uid.id,
                    message._get_received_mail(sender, with_content=False),
                    message.date,
                )
                for message, sender in senders.items()
            ]

    @api.model
    def _trace_portal_comment(self, since, until):
        """What customers wrote on documents in the portal."""
        names = self._get_models("portal_comment")
        for rows in self._fetch(
            lambda last: SQL(
                """SELECT m.id FROM mail_message m
                JOIN res_users u ON u.id = m.create_uid AND (u.share OR u.id = %s)
                WHERE m.id > %s AND %s
                    AND (m.message_type = 'comment' OR m.interaction_is_payment)
                ORDER BY m.id LIMIT %s""",
                SUPERUSER_ID,
                last,
                self._get_period_sql(names, since, until),
                SLICE,
            )
        ):
            messages = self._browse_rows("mail.message", rows)
            yield [
                self._make_trace(
                    "comment",
                    message.model,
                    SUPERUSER_ID,  # as when it is recorded
                    message._get_portal_mail(with_content=False),
                    message.date,
                )
                for message in messages._filter_portal_comments(names)
            ]

    @api.model
    def _browse_rows(self, model_name, rows):
        # a manager compares all; what is found is filtered by company
        return self.env[model_name].sudo().browse(row["id"] for row in rows)

    @api.model
    def _get_mailed_sql(self, model, res_id):
        # OVERRIDES: any of the traces of e-mails says so, also one whose
        # notifications Odoo has cleaned up; and what was sent electronically
        return SQL(
            """(%s OR EXISTS (
                SELECT FROM mail_message m
                WHERE m.model = %s AND m.res_id = %s AND (
                    EXISTS (
                        SELECT FROM mail_notification n
                        WHERE n.mail_message_id = m.id
                            AND n.notification_type = 'email'
                            AND n.interaction_by_client IS NOT TRUE
                            AND n.notification_status != 'canceled'
                    ) OR EXISTS (
                        SELECT FROM mail_mail mail
                        WHERE mail.mail_message_id = m.id AND mail.state != 'cancel'
                            AND NOT COALESCE(mail.is_notification, FALSE)
                    ) OR (
                        m.date < %s AND m.message_type != 'email'
                        AND NOT COALESCE(m.is_internal, FALSE)
                        AND EXISTS (
                            SELECT FROM mail_message_res_partner_rel r
                            JOIN res_partner p ON p.id = r.res_partner_id
                            WHERE r.mail_message_id = m.id AND p.partner_share
                        ) AND NOT EXISTS (
                            SELECT FROM mail_notification n
                            WHERE n.mail_message_id = m.id
                        )
                    )
                )
            ))""",
            self._get_einvoiced_sql(model, res_id),
            model,
            res_id,
            fields.Datetime.now() - NOTIFICATIONS_KEPT,
        )

    # ------------------------------------------------------------------
    # Comparing
    # ------------------------------------------------------------------

    @api.model
    def _match_traces(self, event, traces):
        # EXTENDS: the rules are asked as when the e-mails left or arrived
        if event not in self.env["interaction.event"]._get_message_events():
            return super()._match_traces(event, traces)
        # not in the companies that the manager looks at, but as who sent them
        recorder = self.env["interaction.recorder"].with_context(
            allowed_company_ids=None
        )
        groups = defaultdict(dict)
        for trace in traces:
            groups[trace["model"], trace["user_id"]][trace["key"]] = trace
        existing = self._get_existing(traces)
        found = []
        for (model_name, uid), trace_of in groups.items():
            mails = [
                trace["mail"]
                for trace in trace_of.values()
                if trace["res_id"] in existing[model_name]
            ]
            for match in recorder._match_mails(event, model_name, mails, uid):
                trace = trace_of[match.source_key]
                if match.vals["company_id"] in self.env.companies.ids:
                    date = match.vals.get("date", trace["date"])
                    filled = match.with_vals(date=date, is_backfilled=True)
                    found.append({"trace": trace, "match": filled})
        return found

    @api.model
    def _get_existing(self, traces):
        """Return {model: ids of the documents of `traces` that exist}."""
        ids_of = defaultdict(set)
        for trace in traces:
            ids_of[trace["model"]].add(trace["res_id"])
        return {
            name: set(self.env[name].sudo().browse(ids).exists()._ids)
            for name, ids in ids_of.items()
        }

    @api.model
    def _get_candidates_domain(self, found):
        # EXTENDS: an entry may have the message, and neither key nor document
        message_ids = {self._get_message_id(line) for line in found} - {None, False}
        return (
            super()._get_candidates_domain(found)
            | Domain("mail_message_id", "in", list(message_ids))
            | Domain("source_key", "in", [line["copy_key"] for line in found])
        )

    @api.model
    def _get_message_id(self, line):
        return line["match"].vals.get("mail_message_id")

    @api.model
    def _mark_covered(self, event, found):
        # EXTENDS: what was logged from a copy has neither the message nor the document
        ids = {self._get_message_id(line) for line in found} - {None, False}
        messages = self._browse_rows("mail.message", [{"id": id_} for id_ in ids])
        identifiers = {message.id: message.message_id for message in messages.exists()}
        for line in found:
            identifier = identifiers.get(self._get_message_id(line))
            address = line["match"].vals.get("contact_via")
            line["copy_key"] = bool(identifier) and get_copy_key(identifier, address)
        return super()._mark_covered(event, found)

    @api.model
    def _get_identities(self, event, line):
        # EXTENDS: what others logged without the message, at about that time
        identities = super()._get_identities(event, line)
        if event == EVENT:
            res_id = line["trace"]["res_id"]
            return identities | {self.env[ENTRY]._get_einvoice_identity(res_id)}
        if event not in EMAIL_EVENTS:
            return identities
        trace, vals = line["trace"], line["match"].vals
        Entry = self.env[ENTRY]
        return identities | {
            Entry._get_key_identity(line["copy_key"]),
            *(
                Entry._get_email_identity(
                    vals["flow"],
                    trace["model"],
                    trace["res_id"],
                    vals["partner_id"],
                    trace["date"] + timedelta(minutes=minutes),
                )
                for minutes in range(-NEAR, NEAR + 1)
            ),
        }

    @api.model
    def _add_content(self, matches):
        # EXTENDS: the text and the files of an e-mail are in its message
        recorder = self.env["interaction.recorder"]
        messages = self.env["mail.message"].browse(
            {match.vals.get("mail_message_id") for match in matches} - {None, False}
        )
        message_of = {message.id: message for message in messages.exists()}

        def get_content(match):
            message = message_of.get(match.vals.get("mail_message_id"))
            if message:
                files = recorder._get_document_files(message)
                return recorder._prepare_message_vals(message, files)
            # deleted since, if there was one
            return {"mail_message_id": False} if "mail_message_id" in match.vals else {}

        return [
            match.with_vals(**get_content(match))
            for match in super()._add_content(matches)
        ]

    @api.model
    def _after_fill_in(self, missing):
        # EXTENDS: the delivery is as it is now, since the check
        missing.entry_id._reread_delivery()
        return super()._after_fill_in(missing)
