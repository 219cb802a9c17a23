import logging

from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, api, models
from odoo.tools import email_normalize

from ..base.failure import report_failure
from ..base.savepoint import isolated_savepoint
from .automatic import ARRIVAL, Arrival, is_automatic
from .copy_headers import (
    ADDRESS_HEADERS,
    find_attached,
    find_failed_check,
    get_addresses,
    is_private,
)
from .forwarded import find_original
from .mail_types import COPY_MODEL, Incoming, get_copy_key

_logger = logging.getLogger(__name__)


class InteractionRecorder(models.AbstractModel):
    """E-mails that a user sent with the log in copy, or forwarded to it."""

    _inherit = "interaction.recorder"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    @api.model
    def _record_incoming(self, incoming: Incoming) -> None:
        """Record an e-mail that arrived for the log; whatever fails, mail goes on.

        Not what a machine sent, and what is marked as private. What is refused is
        listed as skipped, and nobody is answered.

        :param incoming: what the gateway took in
        """
        message, values = incoming.message, incoming.values
        if (
            values["is_bounce"]
            or is_automatic(message)
            or is_private(message)
            or not self._is_copy_recorded()
        ):
            return
        try:
            with isolated_savepoint(self.env.cr):
                self._record_copy(incoming)
        except UniqueViolation:
            _logger.info("Another worker logs %s", values["message_id"])
        except Exception as error:
            reason = report_failure(
                self.env, error, _logger, "Could not log %s", values["message_id"]
            )
            none = self.env["interaction.rule"]
            vals = {"event": "email_out", "document_name": values.get("subject")}
            self._skip(lambda: [none._make_match(self.env[COPY_MODEL], vals)], reason)

    @api.model
    def _is_copy_recorded(self):
        """Say whether a rule records such e-mails; no query."""
        names = self.env["interaction.rule"]._get_email_models()
        return any(COPY_MODEL in names[event] for event in ("email_out", "email_in"))

    @api.model
    def _record_copy(self, incoming):
        """Record what the e-mail is: one with the log in copy, or forwarded ones."""
        # the gateway's user has no right on the log, nor on contacts
        recorder = self.sudo()
        message, values = incoming.message, incoming.values
        address = email_normalize(values["email_from"], strict=False)
        user = recorder._find_internal_user(address)
        recorder = recorder.with_context(lang=(user or self.env.user).lang)
        company = recorder._get_copy_company(incoming.domain_id, user)
        vals = {
            "name": values.get("subject"),
            "message_identifier": values["message_id"],
            "date": self.env[COPY_MODEL]._limit_date(values.get("date")),
            "email_from": values["email_from"],
            "user_id": user.id,
            "company_id": company.id,
        }
        if reason := recorder._get_refusal(message, address, user):
            # a contact who answers all may have answered a document
            if user or not recorder._find_existing_message(values["message_id"]):
                event = "email_out" if user else "email_in"
                recorder._refuse_copy({**vals, "event": event}, reason)
            return
        recipients = recorder._get_copy_recipients(message, address)
        external = recorder._filter_unfamiliar(recipients)
        if external:
            vals |= {"event": "email_out", "recipients": ", ".join(external.values())}
            recorder._take_copies([(vals, message, values)])
        elif incoming.is_addressed or not recipients:
            vals |= {"event": "email_in"}
            recorder._record_forwarded(message, values, vals, not recipients)

    @api.model
    def _find_internal_user(self, address):
        """Return the user whose address it is, an internal one, or none."""
        partners = self._find_partners_of({address} - {False})[address]
        users = partners.with_context(active_test=True).user_ids
        return users.filtered(lambda user: user._is_internal())[:1]

    @api.model
    def _get_copy_company(self, domain_id, user):
        """Return the company that logs it: of the address of the log and of the user.

        The user's own where several are, or none is. That of a stranger is none, unless
        the address is of one alone.
        """
        companies = self.env["mail.alias.domain"].browse(domain_id).company_ids
        if not user:
            return companies if len(companies) == 1 else companies.browse()
        own = companies & user.company_ids
        return user.company_id if user.company_id in own or not own else own[:1]

    @api.model
    def _get_refusal(self, message, address, user):
        """Say why it is not logged whatever it says, or return False."""
        if not user:
            return self.env._(
                "The sender %(address)s is not an internal user. Only e-mails from "
                "internal users are logged.",
                address=address or message.get("From") or "",
            )
        if check := find_failed_check(message):
            return self.env._(
                "The sender %(address)s may be forged: the mail server reports that "
                "%(check)s failed.",
                address=address,
                check=check,
            )
        return False

    @api.model
    def _get_copy_recipients(self, message, sender):
        """Return {address: as it is written} of all but the sender and our aliases."""
        recipients = get_addresses(message, ADDRESS_HEADERS)
        own = self.env["mail.alias.domain"]._find_own_addresses(list(recipients))
        return {
            address: written
            for address, written in recipients.items()
            if address not in own and address != sender
        }

    @api.model
    def _filter_unfamiliar(self, recipients):
        """Return those of the recipients who are no colleagues, as far as is known.

        Nobody's address at one of our alias domains is a colleague's.

        :param dict recipients: {address: as it is written}
        """
        partners_of = self._find_partners_of(set(recipients))
        everybody = self.env["res.partner"].union(*partners_of.values())
        external = everybody._filter_interaction_external()
        names = self.env["mail.alias.domain"]._get_own_names()
        return {
            address: written
            for address, written in recipients.items()
            if partners_of[address] <= external
            and (partners_of[address] or address.partition("@")[2] not in names)
        }

    # ------------------------------------------------------------------
    # Forwarded e-mails
    # ------------------------------------------------------------------

    @api.model
    def _record_forwarded(self, message, values, vals, is_for_log_alone):
        """Record the e-mails that were forwarded to the log, on their senders.

        :param message: the e-mail that brings them; `values` is what Odoo parsed of it
        :param dict vals: of an `interaction.email.copy`
        :param bool is_for_log_alone: whether no colleague gets it, too
        """
        attached = list(find_attached(message))
        if not attached:
            self._record_quoted(message, values, vals, is_for_log_alone)
            return
        originals = []
        for number, original in enumerate(attached):
            if is_private(original):
                continue
            parsed = self.env["mail.thread"].message_parse(original)
            identifier = f"{vals['message_identifier']},{number}"
            if "Message-Id" in original:
                identifier = parsed["message_id"]
            date = parsed.get("date") or vals["date"]
            own_vals = {
                "name": parsed.get("subject"),
                "message_identifier": identifier,
                "date": self.env[COPY_MODEL]._limit_date(date),
                "email_from": parsed["email_from"],
            }
            originals.append(({**vals, **own_vals}, original, parsed))
        self._take_copies(originals)

    @api.model
    def _record_quoted(self, message, values, vals, is_for_log_alone):
        """Record the e-mail that another one quotes with its sender and its date."""
        user = self.env["res.users"].browse(vals["user_id"])
        original = find_original(values["body"], user.tz, vals["date"])
        reason = False
        if not original:
            if not is_for_log_alone:
                return  # between colleagues
            reason = self.env._("No forwarded e-mail was recognized.")
        elif not original.email_from:
            reason = self.env._("The forwarded e-mail has no address of its sender.")
        elif not original.date:
            reason = self.env._("The date of the forwarded e-mail was not recognized.")
        if reason:
            reason = self.env._(
                "%(reason)s Forward the e-mail as an attachment.", reason=reason
            )
            self._refuse_copy(vals, reason)
            return
        vals |= {
            "name": original.subject or vals["name"],
            "date": self.env[COPY_MODEL]._limit_date(original.date),
            "email_from": original.email_from,
        }
        self._take_copies([(vals, message, values)])

    # ------------------------------------------------------------------
    # Taking it in
    # ------------------------------------------------------------------

    @api.model
    def _refuse_copy(self, vals, reason):
        """List an e-mail as skipped, without its content; once."""
        Copy = self.env[COPY_MODEL]
        if Copy._find_known([vals["message_identifier"]]):
            return
        copy = Copy.create(vals)
        none = self.env["interaction.rule"]
        match = none._make_match(
            copy,
            {
                "event": copy.event,
                "date": copy.date,
                "document_name": copy.name or copy.email_from,
                "company_id": copy.company_id.id,
                "contact_via": email_normalize(copy.email_from, strict=False),
            },
            reason,
        )
        recorder = self.with_user(copy.user_id).sudo() if copy.user_id else self
        recorder._skip(lambda: [match], None)

    @api.model
    def _take_copies(self, originals):
        """Take in e-mails and record them, those that are not known yet.

        :param list originals: of (values of an `interaction.email.copy`, e-mail, what
            Odoo parsed of it)
        """
        identifiers = {vals["message_identifier"] for vals, *_rest in originals}
        # such as that of a stranger, which a user forwards
        self.env[COPY_MODEL]._drop_refused(identifiers)
        known = self.env[COPY_MODEL]._find_known(identifiers)
        for vals, message, values in originals:
            if vals["message_identifier"] in known:
                continue
            known.add(vals["message_identifier"])
            existing = self._find_existing_message(vals["message_identifier"])
            if existing and existing.message_type != "email":
                continue  # Odoo sent it: the rules for that have decided
            copy = self.env[COPY_MODEL].create({**vals, "mail_message_id": existing.id})
            if not existing:
                copy.mail_message_id = self._keep_content(copy, message, values)
            mails = copy._get_interaction_mails(copy.event)
            if mails:
                self._record_mails(copy.event, COPY_MODEL, mails, copy.user_id.id)
            elif copy.event == "email_in" and not existing:
                self._drop_internal(copy)

    @api.model
    def _find_existing_message(self, identifier):
        """Return the e-mail as Odoo has it on a document, or none."""
        return self.env["mail.message"].search(
            [("message_id", "=", identifier)], order="id desc", limit=1
        )

    @api.model
    def _filter_not_copied(self, mails):
        """Return those of e-mails on documents that are not in the log from a copy.

        Such as one that was forwarded to the log before it came here. One query.

        :param list mails: of `Mail`
        """
        messages = self.env["mail.message"].sudo()
        if not mails:
            return mails
        key_of = {
            mail.source_key: get_copy_key(
                messages.browse(mail.vals["mail_message_id"]).message_id,
                mail.vals["contact_via"],
            )
            for mail in mails
        }
        entries = self.env["interaction.log.entry"].sudo()  # whoever sees them
        logged = entries.search_fetch(
            [("source_key", "in", list(key_of.values()))], ["source_key"]
        )
        known = set(logged.mapped("source_key"))
        return [mail for mail in mails if key_of[mail.source_key] not in known]

    @api.model
    def _keep_content(self, copy, message, values):
        """Keep text and files of an e-mail on its copy; return the `mail.message`.

        Under a Message-Id of its own: who answers the e-mail answers what Odoo knows of
        it, and when it arrives on a document, too, it is no duplicate.
        """
        author = copy.user_id.partner_id
        if copy.event == "email_in":
            author = self.env["res.partner"]  # the log says with whom it was
        thread = copy.with_user(SUPERUSER_ID).with_context(
            **{ARRIVAL: Arrival(is_automatic(message))},
            mail_create_nosubscribe=True,
            mail_post_autofollow_author_skip=True,
        )
        return thread.message_post(
            body=values["body"],
            subject=copy.name,
            message_type="email",
            email_from=copy.email_from,
            author_id=author.id,
            date=copy.date,
            attachments=values.get("attachments"),
            subtype_xmlid="mail.mt_note",
            # nobody was sent it, and nobody answers it: see `_filter_received`
            is_internal=True,
        ).sudo()

    @api.model
    def _drop_internal(self, copy):
        """List a forwarded e-mail whose sender is internal, without its content."""
        vals = copy.copy_data()[0]
        copy.unlink()
        self._refuse_copy(
            vals,
            self.env._(
                "The sender of the forwarded e-mail is an internal contact; internal "
                "contacts are not logged."
            ),
        )
