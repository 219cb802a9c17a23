from odoo import api, fields, models
from odoo.fields import NO_ACCESS

from ..base.constants import UNDELIVERED
from .interaction_log_entry_undelivered import UNTOLD
from .mail_types import (
    BY_COMPOSER,
    COMPOSED,
    DELIVERY_OF_STATUS,
    NO_ADDRESS,
    NOTIFICATION_KEY,
    RESENDS,
    SENDING,
    UNTRACKED,
    Recipient,
    Resends,
)


class MailNotification(models.Model):
    """An event source: an e-mail leaves for a contact, and what becomes of it.

    A notification is made in the transaction that posts the message, once for each
    recipient, whatever sends the e-mail later, and however often.
    """

    _inherit = "mail.notification"

    # Every internal user may create notifications, though not write those of others;
    # what sends makes them with all rights. What a client made is no e-mail that left.
    interaction_by_client = fields.Boolean(groups=NO_ACCESS, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        notifications = super().create(vals_list)
        if not self.env.su and self.env.context.get(COMPOSED) is not BY_COMPOSER:
            # no client may write it
            notifications.sudo().interaction_by_client = True
        elif any(vals.get("notification_type") == "email" for vals in vals_list):
            notifications._record_emails()
        return notifications

    def write(self, vals):
        result = super().write(vals)
        sending = self.env.context.get(SENDING)
        if "notification_status" in vals and sending not in UNTRACKED:
            self._update_interaction_delivery(vals)
        return result

    def _record_emails(self):
        """Record the e-mails that leave for contacts, as the rules say.

        Costs no query where no rule names the document.
        """
        names = self.env["interaction.rule"]._get_email_models()["email_out"]
        is_resend = isinstance(self.env.context.get(RESENDS), Resends)
        # who posts may not read them
        notifications = self.sudo()._filter_interactions(None if is_resend else names)
        if not notifications:
            return
        self.env["interaction.recorder"]._record_outgoing(notifications)
        if is_resend:
            message_ids = notifications.mail_message_id.ids
            entries = self.env["interaction.log.entry"].sudo()  # as above
            entries = entries.search([("mail_message_id", "in", message_ids)])
            entries._track_pending_delivery()

    def _filter_interactions(self, names):
        """Return the e-mails that leave, about documents of models `names`.

        :param names: None for any model
        """
        return self.filtered(
            lambda notification: (
                notification.notification_type == "email"
                and not notification.interaction_by_client
                and (names is None or notification.mail_message_id.model in names)
                and notification.mail_message_id.res_id  # read only where it matters
                and not notification._is_blocked()
            )
        )

    def _get_recipients(self):
        """Return list of `Recipient` of the e-mails that are interactions."""
        recorder = self.env["interaction.recorder"]
        recorded = self.mail_message_id.filtered(recorder._is_email_recorded)
        return [
            Recipient(
                notification.mail_message_id,
                notification.res_partner_id,
                f"{NOTIFICATION_KEY}{notification.id}",
                notification.mail_email_address,
                notification._get_delivery_error(),
                status=notification._get_delivery_status(),
            )
            for notification in self
            if notification.mail_message_id in recorded
        ]

    def _is_blocked(self):
        """Say whether it was kept from leaving on purpose, as by a blacklist."""
        return (
            self.notification_status == "canceled"
            and self.failure_type not in NO_ADDRESS
        )

    def _get_delivery_status(self):
        return DELIVERY_OF_STATUS.get(self.notification_status, "pending")

    def _get_delivery_error(self):
        """Return why it can't leave, or None."""
        if self._get_delivery_status() not in UNDELIVERED:
            return None
        failure_type = self.failure_type
        if failure_type in NO_ADDRESS:
            # Odoo calls also a missing one invalid, once it tried to send
            has_address = self.mail_email_address or self.res_partner_id.email
            failure_type = NO_ADDRESS[bool(has_address)]
        return self.env["interaction.recorder"]._get_failure_reason(
            failure_type, self.failure_reason
        )

    def _get_canceled_reason(self):
        """Return the sentence that it was canceled before it was sent.

        A hook: override for notifications of another type.
        """
        return self.env._("The e-mail was canceled before it was sent.")

    def _update_interaction_delivery(self, vals):
        """Update the log with what `vals` say of the notifications."""
        sending = self.env.context.get(SENDING)
        status = DELIVERY_OF_STATUS.get(vals["notification_status"])
        reason = None
        if status in UNDELIVERED:
            reason = self.env["interaction.recorder"]._get_failure_reason(
                vals.get("failure_type"),
                vals.get("failure_reason") or getattr(sending, "reason", None),
            )
        Entry = self.env["interaction.log.entry"]
        if vals["notification_status"] == "canceled":
            reason = self._get_canceled_reason()
            Entry = Entry.with_context(**{UNTOLD: True})
        Entry._update_delivery_status(
            [f"{NOTIFICATION_KEY}{id_}" for id_ in self.ids], status, reason
        )
