from collections import defaultdict

from odoo import models

from ..email.mail_types import LOGGED, LOGGED_ALREADY


class InteractionSegment(models.Model):
    """Delivering what was logged with a segment: e-mails and letters."""

    _inherit = "interaction.segment"

    def _get_delivery_problem(self):
        """Say in one sentence why nothing can be delivered, or return False."""
        for template in self._get_templates():
            if not (
                template.mail_template_id
                or template.language_ids
                or self.attachment_ids
            ):
                return self.env._(
                    "%(template)s has neither an e-mail text nor a file: there is "
                    "nothing to deliver. Add one, or log without delivering.",
                    template=template.name,
                )
        return False

    def _deliver(self, entries):
        """Send the new entries that are e-mails, and make the letters."""
        by_channel = defaultdict(entries.browse)
        for entry in entries:
            by_channel[entry.channel] |= entry
        if by_channel["email"]:
            by_channel["email"]._send_emails()
        if by_channel["letter"]:
            self._get_batch()._add_letters(by_channel["letter"])


class InteractionLogEntry(models.Model):
    """Sending the e-mail that an entry is."""

    _inherit = "interaction.log.entry"

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
        delivered._start_following()
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
