from odoo import models

from ..base.constants import EMAIL_EVENTS


class InteractionSkippedEvent(models.Model):
    """E-mails that are logged after all."""

    _inherit = "interaction.skipped.event"

    def _rematch(self):
        # EXTENDS: where no rule was asked then, the rules are asked of the e-mail now
        emails = self.filtered(
            lambda event: (
                event.event in EMAIL_EVENTS
                and not event.rule_id
                and event._get_message()
            )
        )
        matches = super(InteractionSkippedEvent, self - emails)._rematch()
        return matches | {event: event._rematch_email() for event in emails}

    def _get_message(self):
        """Return the message that the event is about; none where it is deleted."""
        message_id = (self.match_vals or {}).get("mail_message_id")
        return self.env["mail.message"].browse(message_id).exists()

    def _rematch_email(self):
        """Return what the rules say of the e-mail, or of the one recipient, now."""
        event = self._as_acting_user()
        mails = event._get_message()._get_interaction_mails(event.event)
        if event.source_key:
            mails = [mail for mail in mails if mail.source_key == event.source_key]
        if not mails or not event._get_document():
            return []
        return event.env["interaction.recorder"]._match_mails(
            event.event, event.res_model, mails, event.user_id.id
        )

    def _get_unmatchable_reason(self):
        # EXTENDS: an e-mail of which not even the contact is known
        vals = self.match_vals or {}
        known = vals.get("partner_id") or vals.get("mail_message_id")
        if self.event in EMAIL_EVENTS and not (self.source_key or known):
            return self.env._(
                "It is not known here with whom it was. Fill it in on the page "
                "Completeness, which looks at the e-mails."
            )
        return super()._get_unmatchable_reason()

    def _after_log_now(self, entries):
        # EXTENDS: the e-mail may have left or failed in the meantime
        entries._reread_delivery()
        return super()._after_log_now(entries)
