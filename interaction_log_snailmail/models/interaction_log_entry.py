from odoo import api, models

from odoo.addons.interaction_log.models.email.mail_types import NOTIFICATION_KEY


class InteractionLogEntry(models.Model):
    _inherit = "interaction.log.entry"

    @api.model
    def _get_sent_events(self):
        # EXTENDS: an internal user sends it
        return (*super()._get_sent_events(), "post")

    @api.model
    def _get_sent_email_events(self):
        # EXTENDS: whether it was sent is known, too
        return [*super()._get_sent_email_events(), "post"]

    @api.model
    def _get_reserved_prefixes(self):
        # EXTENDS: a client can't log what the system does
        return super()._get_reserved_prefixes() | {"post"}

    @api.model
    def _get_summary_sentences(self):
        # EXTENDS: the service prints and sends it
        return super()._get_summary_sentences() | {
            "post": self.env._("%(subject)s: sent by post by %(user)s to %(contact)s"),
            ("post", "undelivered"): self.env._(
                "%(subject)s: not sent by post to %(contact)s"
            ),
        }

    def _keep_content(self, file):
        """Note the file that left, and keep it where the rule says so.

        :param file: `OutgoingFile`
        """
        self.ensure_one()
        self._write_facts(file.get_vals())
        if self.rule_id.keep_copy:
            copies = {self.id: [(file.get_name(self.document_name), file.raw)]}
            attachment = self._attach_files(copies)
            self._write_facts({"content_attachment_id": attachment.id})

    def _reread_delivery(self):
        # EXTENDS: the file may have been made since, too
        result = super()._reread_delivery()
        ids = [
            int(entry.source_key.removeprefix(NOTIFICATION_KEY))
            for entry in self
            if entry.event == "post" and entry.source_key
        ]
        # a manager need not see the letters
        letters = self.env["mail.notification"].sudo().browse(ids).exists().letter_id
        letters.filtered("attachment_id")._update_interaction_content()
        return result
