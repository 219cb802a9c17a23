from odoo import api, fields, models
from odoo.tools import SQL, clean_context

from ..email.mail_types import LOGGED, LOGGED_ALREADY


class InteractionLogEntry(models.Model):
    """Interactions that are logged as a set, a segment's, and sent as e-mails."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # room segment adds to meeting

    segment_id = fields.Many2one(
        related="batch_id.segment_id", help="Segment this interaction was logged for."
    )

    def _prepare_log_vals(self, vals, template, partner, company):
        # EXTENDS: the subject of a segment's is in the language of each contact
        if vals.get("event") == "segment":
            lang = vals.get("lang") or partner.lang
            code = self.env["res.lang"]._get_code(lang) if lang else False
            template = template.with_context(lang=code or self.env.lang)
        return super()._prepare_log_vals(vals, template, partner, company)

    def _get_summary_key(self, sentences):
        # EXTENDS: what was only recorded doesn't look as if it had been sent
        is_sent = self.flow == "inbound" or self.delivery_status != "none"
        if self._is_segment_email() and not is_sent:
            return ("segment", "recorded")
        return super()._get_summary_key(sentences)

    @api.model
    def _get_summary_sentences(self):
        # EXTENDS
        return {
            **super()._get_summary_sentences(),
            ("segment", "recorded"): self.env._(
                "%(subject)s: recorded for a segment by %(user)s, not sent"
            ),
        }

    @api.model
    def _log_set(self, vals, columns, source):
        """Log as many interactions as `source` has rows, with one statement.

        `log_interactions` for sets, for server code that has checked what it says: the
        same defaults, keys and hooks, but no INSERT knows its values.

        :param dict vals: complete values that all of them have
        :param dict columns: {field: SQL} of what each row says of its own
        :param SQL source: from FROM on, what the columns read
        :return: the entries that are new; a key that is logged already is left out
        """
        # a default of another model must not become a fact
        log = self.with_context(clean_context(self.env.context))
        [row] = log._prepare_create_values([vals])
        row.pop("__precomputed__", None)
        # nobody has changed them yet, and the database checks each user that is named
        row.pop("write_uid", None)
        constants = {
            name: SQL(
                "%s", self._fields[name].convert_to_column_insert(value, self, row)
            )
            for name, value in row.items()
            if self._fields[name].store and self._fields[name].column_type
        }
        values = {**constants, **columns}
        names = sorted(values)
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO %s (%s) SELECT %s %s
                ON CONFLICT (source_key, company_id) WHERE source_key IS NOT NULL
                DO NOTHING RETURNING id""",
                SQL.identifier(self._table),
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(values[name] for name in names),
                source,
            )
        )
        entries = self.browse(id_ for (id_,) in rows)
        entries._validate_fields(names)
        return entries

    def _link_shared_files(self, attachment_ids):
        """Link files that many entries have, such as those of a batch.

        :param list attachment_ids: of `ir.attachment`, in their order
        """
        if not self or not attachment_ids:
            return
        field = self._fields["attachment_ids"]
        self.env.cr.execute(
            SQL(
                """INSERT INTO %s (%s, %s)
                SELECT entry, file FROM unnest(%s) entry, unnest(%s) file
                ON CONFLICT DO NOTHING""",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                self.ids,
                attachment_ids,
            )
        )
        self.invalidate_recordset(["attachment_ids"])

    def _is_sent_email(self):
        # EXTENDS: also what was sent with a segment
        return self._is_segment_email() or super()._is_sent_email()

    @api.model
    def _get_sent_email_events(self):
        # EXTENDS: also what was sent with a segment
        return [*super()._get_sent_email_events(), "segment"]

    def _is_segment_email(self):
        """Say whether it is an e-mail that was sent with a segment."""
        return self.event == "segment" and self.channel == "email"

    def _send_emails(self):
        """Put an e-mail for each entry into Odoo's queue.

        It has the subject, the note and the files of the entry. What became of it is
        the entry's delivery status.
        """
        recorder = self.env["interaction.recorder"]
        vals_list, delivered = [], self.browse()
        senders = self._get_senders()
        for entry in self:
            partner = entry.partner_id
            mail_template = entry.template_id.mail_template_id
            if not partner.email_normalized:
                entry._write_facts(
                    {
                        "delivery_status": "error",
                        "delivery_error": recorder._get_failure_reason(
                            "mail_email_missing"
                        ),
                    }
                )
                continue
            delivered |= entry
            vals_list.append(
                {
                    "model": partner._name,
                    "res_id": partner.id,
                    "message_type": "email_outgoing",
                    "subject": entry.name,
                    "body": entry.note,
                    "body_html": entry.note,
                    "author_id": entry.user_id.partner_id.id,
                    **senders[entry],
                    "mail_server_id": mail_template.mail_server_id.id,
                    "recipient_ids": partner.ids,
                    "attachment_ids": (
                        entry.attachment_ids | mail_template.attachment_ids
                    ).ids,
                    "auto_delete": False,  # the log points to its message
                }
            )
        mails = (
            self.env["mail.mail"]
            .sudo()  # who may log a segment may send it
            .with_context(**{LOGGED: LOGGED_ALREADY})
            .create(vals_list)
        )
        for entry, mail in zip(delivered, mails, strict=True):
            entry._write_facts(
                {
                    "mail_message_id": mail.mail_message_id.id,
                    "contact_via": entry.partner_id.email_normalized,
                    "delivery_status": "pending",
                }
            )
        delivered._track_pending_delivery()
        (self - delivered)._tell_undelivered()
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _resend(self):
        # EXTENDS: what was sent with a segment is about no document that one posts on
        if not self._is_segment_email():
            return super()._resend()
        entry = self.sudo()  # who may send it may log that
        again = entry.log_interactions(
            [
                {
                    "template_id": entry.template_id.id,
                    "partner_id": entry.partner_id.id,
                    "company_id": entry.company_id.id,
                    "user_id": self.env.uid,
                    "event": "email_out",
                    "channel": "email",
                    "name": entry.name,
                    "note": entry.note,
                    "lang": entry.lang,
                    "campaign_id": entry.campaign_id.id,
                    "campaign_target": entry.campaign_target,
                    "campaign_response": entry.campaign_response,
                    "attachment_ids": entry.attachment_ids.ids,
                    "resend_of_id": entry.id,
                }
            ]
        )
        again._send_emails()
        return again.mail_message_id

    def _get_senders(self):
        """Return {entry: whom its e-mail comes from}: as its e-mail text says.

        Else from the salesperson, so that answers come back there.
        """
        senders = {}
        for mail_template, entries in self.grouped(
            lambda entry: entry.template_id.mail_template_id
        ).items():
            said = {
                name: mail_template._render_field(name, entries.ids)
                if mail_template[name]
                else {}
                for name in ("email_from", "reply_to")
            }
            for entry in entries:
                senders[entry] = {
                    name: values[entry.id]
                    for name, values in said.items()
                    if values.get(entry.id)
                }
                senders[entry].setdefault(
                    "email_from",
                    entry.user_id.email_formatted or entry.company_id.email_formatted,
                )
        return senders
