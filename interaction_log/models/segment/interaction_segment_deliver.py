from collections import defaultdict

from odoo import models


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
