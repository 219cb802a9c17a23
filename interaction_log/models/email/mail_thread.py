from odoo import api, models
from odoo.tools.mail import email_normalize, email_split_and_format

from .automatic import (
    ARRIVAL,
    Arrival,
    is_automatic,
    is_failure_report,
    put_failures_first,
)
from .copy_headers import ADDRESS_HEADERS, ENVELOPE_HEADERS, get_addresses
from .mail_types import COPY_MODEL, INCOMING, Incoming

# What Odoo parses of an e-mail that has addresses of recipients
RECIPIENTS = ("to", "cc", "recipients")


class MailThread(models.AbstractModel):
    """What arrives at the gateway: whether a machine sent it, and what comes back."""

    _inherit = "mail.thread"

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        # EXTENDS mail: an e-mail with the log in copy is logged once it is where it
        # belongs, also where it is there already
        incoming = Incoming(is_mailbox=model == COPY_MODEL)
        thread = self.with_context(**{INCOMING: incoming})
        result = super(MailThread, thread).message_process(
            model, message, custom_values, save_original, strip_attachments, thread_id
        )
        if incoming.message:
            if strip_attachments:
                incoming.values.pop("attachments", None)
            self.env["interaction.recorder"]._record_incoming(incoming)
        return result

    @api.model
    def message_parse(self, message, save_original=False):
        # EXTENDS mail: the address of the log is for us alone; nothing else takes it
        # for one to route the e-mail to
        values = super().message_parse(message, save_original)
        incoming = self.env.context.get(INCOMING)
        if not isinstance(incoming, Incoming) or incoming.message:
            return values
        known = self.env["mail.alias"]._get_log_addresses()
        if not known and not incoming.is_mailbox:
            return values
        visible = get_addresses(message, ADDRESS_HEADERS)
        envelope = get_addresses(message, ENVELOPE_HEADERS)
        own = [address for address in {**visible, **envelope} if address in known]
        if not own and not incoming.is_mailbox:
            return values
        for name in RECIPIENTS:
            values[name] = ",".join(
                address
                for address in email_split_and_format(values[name])
                if email_normalize(address, strict=False) not in own
            )
        incoming.message = message
        # what is routed is changed on the way; the database takes no such character
        incoming.values = {
            name: value.replace("\0", "") if isinstance(value, str) else value
            for name, value in values.items()
        }
        incoming.domain_id = known[own[0]] if own else None
        incoming.is_addressed = any(address in visible for address in own)
        return values

    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        # EXTENDS mail: what is for the log alone has no other route, and needs none;
        # no document is made of what a user writes
        incoming = self.env.context.get(INCOMING)
        if not isinstance(incoming, Incoming) or incoming.message is not message:
            return super().message_route(
                message, message_dict, model, thread_id, custom_values
            )
        fallback = (COPY_MODEL,)
        is_for_others = message_dict["to"] or message_dict["cc"]
        if model and model != COPY_MODEL and is_for_others:
            recorder = self.env["interaction.recorder"].sudo()  # as for the log
            sender = email_normalize(message_dict["email_from"], strict=False)
            if not recorder._find_internal_user(sender):
                fallback = (model, thread_id, custom_values)
        routes = super().message_route(message, message_dict, *fallback)
        return [route for route in routes if route[0] != COPY_MODEL or route[1]]

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        # EXTENDS mail: here alone the headers are known
        arrival = Arrival(is_automatic(message))
        thread = self.with_context(**{ARRIVAL: arrival})
        return super(MailThread, thread)._message_route_process(
            message, message_dict, routes
        )

    def _message_parse_extract_bounce(self, email_message, message_dict):
        # EXTENDS mail: for Odoo each report is a bounce, also one that says that the
        # e-mail arrived, or was read. As a bounce of nothing it is not routed.
        put_failures_first(email_message)
        values = super()._message_parse_extract_bounce(email_message, message_dict)
        if values["is_bounce"] and not is_failure_report(email_message):
            values |= {
                "bounced_email": False,
                "bounced_partner": self.env["res.partner"],
                "bounced_msg_ids": False,
                "bounced_message": self.env["mail.message"],
            }
        return values

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        # EXTENDS mail: also e-mails without notifications come back
        result = super()._routing_handle_bounce(email_message, message_dict)
        message = message_dict["bounced_message"]
        email, partner = message_dict["bounced_email"], message_dict["bounced_partner"]
        if message and (email or partner):
            recorder = self.env["interaction.recorder"]
            self.env["interaction.log.entry"]._update_delivery_status_of_messages(
                message,
                "bounced",
                recorder._get_failure_reason("mail_bounce", message_dict.get("body")),
                partner,
                [email],
            )
        return result
