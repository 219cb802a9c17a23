from odoo import api, fields, models
from odoo.exceptions import UserError

from .mail_types import COPY_MODEL


class InteractionSkippedEvent(models.Model):
    """E-mails that are logged after all."""

    _inherit = "interaction.skipped.event"

    unknown_address = fields.Char(
        compute="_compute_unknown_address",
        compute_sudo=True,
        help="No contact has this address.",
    )

    @api.depends("event", "state", "partner_id", "match_vals")
    def _compute_unknown_address(self):
        messages = self.env["interaction.event"]._get_message_events()
        for event in self:
            event.unknown_address = (
                event.event in messages
                and event.state == "todo"
                and bool(event.rule_id)
                and not event._is_contact_known()
                and (event.match_vals or {}).get("contact_via")
            )

    def _is_contact_known(self):
        """Say whether the contact is, or was before it was deleted."""
        return bool(self.partner_id or (self.match_vals or {}).get("partner_id"))

    def action_create_contact(self):
        """Create the contacts of the e-mails, by name and address, and log these.

        :return: the action that says what became of them
        :raises UserError: where none has an address that is unknown
        :raises AccessError: where the user may not create contacts
        """
        self.check_access("read")
        events = self.filtered("unknown_address")
        if not events:
            left = self.sudo().filtered(lambda event: event.state == "todo")
            if not all(event._is_contact_known() for event in left):
                raise UserError(
                    self.env._("There is no address to create a contact from.")
                )
            raise UserError(self.env._("The contact exists. Click Log Now."))
        for event in events:
            event._create_contact()
        return events.action_log_now()

    def _create_contact(self):
        """Create the contact as Odoo does it for the document, if there is none yet."""
        message = self.sudo()._get_message()  # a manager need not see it
        address = self.unknown_address
        thread = self._get_document()
        if self.res_model == COPY_MODEL and thread:
            address = thread.sudo()._get_full_address(address)
        elif self.event == "email_in" and message.email_from:
            address = message.email_from  # with the name
        if not (hasattr(thread, "message_post") and thread.has_access("read")):
            thread = self.env["mail.thread"]
        thread._partner_find_from_emails_single([address])

    def _rematch(self):
        # EXTENDS: where no rule was asked then, or nobody was known, the rules are
        # asked of the e-mail now
        messages = self.env["interaction.event"]._get_message_events()
        emails = self.filtered(
            lambda event: (
                event.event in messages
                and not (event.rule_id and event._is_contact_known())
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
        source = event._get_message()
        if event.res_model == COPY_MODEL:  # Odoo may have it on another document
            source = event._get_document() or source
        mails = source._get_interaction_mails(event.event)
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
        if self.res_model == COPY_MODEL and not vals.get("mail_message_id"):
            return self.reason  # it was refused, and its content not kept
        known = vals.get("partner_id") or vals.get("mail_message_id")
        messages = self.env["interaction.event"]._get_message_events()
        if self.event in messages and not (self.source_key or known):
            return self.env._(
                "The contact is not known. Fill in the interaction in Completeness, "
                "which checks the e-mails."
            )
        return super()._get_unmatchable_reason()

    def _after_log_now(self, entries):
        # EXTENDS: the e-mail may have left or failed in the meantime
        entries._reread_delivery()
        return super()._after_log_now(entries)
