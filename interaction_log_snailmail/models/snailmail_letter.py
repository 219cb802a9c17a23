import logging

from odoo import SUPERUSER_ID, api, models

from odoo.addons.interaction_log.models.base.savepoint import isolated_savepoint
from odoo.addons.interaction_log.models.email.mail_types import (
    NOTIFICATION_KEY,
    Mail,
    Sent,
)
from odoo.addons.interaction_log.models.recording.outgoing_file import OutgoingFile

_logger = logging.getLogger(__name__)


class SnailmailLetter(models.Model):
    """An event source: a document is sent by post.

    What became of it is said by its notification, which only Odoo writes. The letter
    itself may be written by every internal user.
    """

    _inherit = "snailmail.letter"

    @api.model_create_multi
    def create(self, vals_list):
        letters = super().create(vals_list)
        recorder = self.env["interaction.recorder"]
        recorder._record_sent(
            "post",
            letters.message_id,
            letters.sudo()._find_sent_letters,  # who sends may not read all of it
        )
        letters.filtered("attachment_id")._update_interaction_content()
        return letters

    def write(self, vals):
        result = super().write(vals)
        if vals.get("attachment_id"):
            # what left is a fact: a client may still write the letter
            waiting = self.filtered(lambda letter: letter.state != "sent")
            waiting._update_interaction_content()
        return result

    def _snailmail_print_valid_address(self):
        # EXTENDS snailmail: of what can't be made the letter alone tells
        result = super()._snailmail_print_valid_address()
        for letter in self.filtered(lambda letter: letter.state == "error"):
            recorder = self.env["interaction.recorder"]
            self.env["interaction.log.entry"]._update_delivery_status(
                letter._get_interaction_keys(),
                "error",
                recorder._get_failure_reason(
                    letter._get_failure_type(letter.error_code)
                ),
            )
        return result

    def _get_interaction_notification(self):
        """Return the notification by which Odoo tells of the letter, or none."""
        # no user may read who made it
        return self.sudo().notification_ids.filtered(
            lambda notification: not notification.interaction_by_client
        )[:1]

    def _get_interaction_keys(self):
        return [
            f"{NOTIFICATION_KEY}{letter._get_interaction_notification().id}"
            for letter in self
        ]

    def _find_sent_letters(self, names):
        """Return list of `Sent`: what Odoo sends, about documents of models `names`."""
        return [
            letter._get_sent()
            for letter in self
            if letter.model in names and letter._is_sent_by_odoo()
        ]

    def _is_sent_by_odoo(self):
        """Say whether it is left to Odoo to send it, and was not canceled.

        A client could say that it is sent already.
        """
        status = self._get_interaction_notification().notification_status
        is_made_up = self.state == "sent" and status == "ready"
        return bool(status) and status != "canceled" and not is_made_up

    def _get_sent(self):
        # a client may still write the letter, also once it left
        notification = self._get_interaction_notification()
        message = notification.mail_message_id
        return Sent(
            model=message.model,
            uid=self._get_sender_uid(),
            date=self.create_date,
            mail=Mail(
                res_id=message.res_id,
                partner=notification.res_partner_id,
                source_key=f"{NOTIFICATION_KEY}{notification.id}",
                has_files=True,
                subject=self.attachment_fname,
                vals={
                    "contact_via": self._get_address_line(),
                    "delivery_status": notification._get_delivery_status(),
                    "delivery_error": notification._get_delivery_error(),
                    "report_id": self.report_template.id,
                },
                report_ids=frozenset(self.report_template.ids),
            ),
        )

    def _get_sender_uid(self):
        """Return the id of who sent it, also where a scheduled action did it for them.

        A client could name anybody.
        """
        uid = self.create_uid.id
        return self.user_id.id or uid if uid == SUPERUSER_ID else uid

    def _get_address_line(self):
        """Return the postal address as it was written on the letter, in one line."""
        town = " ".join(filter(None, (self.zip, self.city)))
        parts = (self.street, self.street2, town, self.country_id.name)
        return ", ".join(filter(None, parts))

    def _get_interaction_file(self):
        """Return the `OutgoingFile` that the letter is.

        It is made for the post, with an address page: no print of it is the same.
        """
        attachment = self.sudo().attachment_id
        return OutgoingFile(
            raw=attachment.raw or b"",
            name=attachment.name,
            attachment=attachment,
            comparable=False,
        )

    def _update_interaction_content(self):
        """Update the log with the file, which Odoo makes when it sends the letter.

        Whatever goes wrong, the letter leaves. Costs no query where no rule is.
        """
        if not self.env["interaction.rule"]._get_email_models()["post"] or not self:
            return
        # who sends may not read the log
        entries = self.env["interaction.log.entry"].sudo()
        try:
            with isolated_savepoint(self.env.cr):
                entries._lock_table()
                entry_of = entries.search(
                    [("source_key", "in", self._get_interaction_keys())]
                ).grouped("source_key")
                for letter in self:
                    [key] = letter._get_interaction_keys()
                    for entry in entry_of.get(key, ()):
                        entry._keep_content(letter._get_interaction_file())
        except Exception:
            _logger.exception("Could not note the content of %s", self)
