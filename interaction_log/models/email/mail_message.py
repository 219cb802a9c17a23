from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import NO_ACCESS
from odoo.http import request
from odoo.tools import email_normalize

from .automatic import ARRIVAL, Arrival
from .mail_types import COPY_MODEL, IS_PAYMENT, MESSAGE_KEY, PAYMENT, Mail


class MailMessage(models.Model):
    """An event source: a contact's e-mail arrived on a document, or made one."""

    _inherit = "mail.message"

    # What its headers said, which are gone once it arrived. Of what arrived before the
    # addon was there, nobody knows.
    interaction_is_automatic = fields.Boolean(groups=NO_ACCESS, copy=False)
    # Odoo's note that a customer has paid, which is like any other one
    interaction_is_payment = fields.Boolean(groups=NO_ACCESS, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        arrival = self.env.context.get(ARRIVAL)
        if isinstance(arrival, Arrival) and arrival.is_automatic:
            vals_list = [
                {
                    **vals,
                    "interaction_is_automatic": vals.get("message_type") == "email",
                }
                for vals in vals_list
            ]
        is_payment = self.env.context.get(PAYMENT) is IS_PAYMENT
        if is_payment:
            vals_list = [{**vals, "interaction_is_payment": True} for vals in vals_list]
        messages = super().create(vals_list)
        if any(vals.get("message_type") == "email" for vals in vals_list):
            messages._record_received_emails()
        is_written = any(vals.get("message_type") == "comment" for vals in vals_list)
        if (is_written or is_payment) and self._is_by_customer():
            messages._record_portal_comments()
        return messages

    def _is_by_customer(self):
        """Say whether a customer writes, as far as that is told by who is logged in.

        Anybody of us could name a customer as the author. What is signed and declined
        in the portal Odoo posts as the superuser.
        """
        acting = {self.env.user, *((request.env.user,) if request else ())}
        return not any(
            user._is_internal() and not user._is_superuser() for user in acting
        )

    def _record_portal_comments(self):
        """Record what customers write, sign or pay on documents in the portal."""
        names = self.env["interaction.rule"]._get_email_models()["portal_comment"]
        messages = self.sudo()._filter_portal_comments(names)  # of the public user, too
        recorder = self.env["interaction.recorder"]
        for model_name, group in messages.grouped("model").items():
            recorder._record_safely(
                "portal_comment",
                group,
                lambda group=group, model_name=model_name: recorder._record_mails(
                    "portal_comment",
                    model_name,
                    [message._get_portal_mail() for message in group],
                    SUPERUSER_ID,  # the customer has no right on what is asked
                ),
            )

    def _filter_portal_comments(self, names):
        """Return what customers wrote on documents of models `names` in the portal."""
        recorder = self.env["interaction.recorder"]
        return self.filtered(
            lambda message: (
                (message.message_type == "comment" or message.interaction_is_payment)
                and message.model in names
                and message.res_id
                and (message.create_uid.share or message.create_uid._is_superuser())
                and recorder._is_email_recorded(message)
                and message._get_portal_author()._filter_interaction_external()
            )
        )

    def _get_portal_author(self):
        """Return the contact who wrote: who was logged in, else whom the link is for.

        Odoo names that one as the author, a portal user could name another.
        """
        user = self.create_uid
        is_named = user._is_public() or user._is_superuser()
        return self.author_id if is_named else user.partner_id

    def _get_portal_mail(self, with_content=True):
        """Return the `Mail` that a comment in the portal is; see `_group_mails`."""
        self.ensure_one()
        recorder = self.env["interaction.recorder"]
        has_files, vals = recorder._describe_message(self, with_content)
        return Mail(
            self.res_id,
            self._get_portal_author(),
            f"{MESSAGE_KEY}{self.id}",
            has_files,
            self.subject or self.preview,  # which says whether it is signed, or paid
            vals,
        )

    def _record_received_emails(self):
        """Record the e-mails of external contacts, as the rules say."""
        names = self.env["interaction.rule"]._get_email_models()["email_in"]
        # the gateway's user may not read them
        messages = self.sudo()._filter_received(names)
        if messages:
            recorder = self.env["interaction.recorder"]
            recorder._record_safely(
                "email_in", messages, messages._record_external_emails
            )

    def _filter_received(self, names):
        """Return the e-mails from outside about documents of models `names`.

        Those that Odoo's gateway took in: it writes as the superuser, which no client
        can be. A client may post a message that calls itself an e-mail. Not what it
        took in for the log alone, which is internal.
        """
        return self.filtered(
            lambda message: (
                message.message_type == "email"
                and message.model in names
                and message.res_id
                and message.create_uid.id == SUPERUSER_ID
                and not (message.model == COPY_MODEL and message.is_internal)
            )
        )

    def _record_external_emails(self):
        """Record the messages whose senders are external contacts, or strangers."""
        recorder = self.env["interaction.recorder"]
        senders = recorder._find_senders(self)
        for model_name, group in self.grouped("model").items():
            mails = [
                message._get_received_mail(senders[message])
                for message in group
                if message in senders
            ]
            recorder._record_mails(
                "email_in", model_name, recorder._filter_not_copied(mails)
            )

    def _get_received_mail(self, sender, with_content=True):
        """Return the `Mail` that the message is; see `_group_mails`.

        :param sender: the contact who wrote it, or none
        """
        self.ensure_one()
        recorder = self.env["interaction.recorder"]
        has_files, vals = recorder._describe_message(self, with_content)
        return Mail(
            self.res_id,
            sender,
            f"{MESSAGE_KEY}{self.id}",
            has_files,
            self.subject,
            {
                **vals,
                "contact_via": email_normalize(self.email_from, strict=False)
                or sender.email_normalized,
                "date": self._get_sent_date(),
            },
        )

    def _is_automatic(self):
        """Say whether a machine wrote it: the contact's, or ours in an absence."""
        # no user may read what the headers said
        return self.sudo().interaction_is_automatic or (
            self.message_type == "out_of_office"
        )

    def _get_sent_date(self):
        """Return when the e-mail was sent, as far as it can be.

        It is what its sender says of the time. But nothing happens tomorrow, nor before
        that which it answers: then it is when it arrived.
        """
        arrival = self.create_date or fields.Datetime.now()
        date = self.date or arrival
        earliest = self.parent_id.date or date
        return date if earliest <= date <= arrival else arrival.replace(microsecond=0)

    def _get_interaction_mails(self, event):
        """Return list of `Mail` that the message is: as recorded when it went or came.

        :param str event: `email_out` or `email_in`
        """
        self.ensure_one()
        if event == "portal_comment":
            comments = self._filter_portal_comments({self.model})
            return [message._get_portal_mail() for message in comments]
        if event == "email_in":
            received = self._filter_received({self.model})
            senders = self.env["interaction.recorder"]._find_senders(received)
            return [
                message._get_received_mail(sender)
                for message, sender in senders.items()
            ]
        names = {self.model}
        recipients = self.notification_ids._filter_interactions(names)._get_recipients()
        # with all rights, as the message is read: whoever sent it need not see it
        mails = self.env["mail.mail"].sudo().search([("mail_message_id", "=", self.id)])
        recipients += mails._filter_interactions(names)._get_recipients()
        groups = self.env["interaction.recorder"]._group_mails(recipients)
        return [mail for group in groups.values() for mail in group]
