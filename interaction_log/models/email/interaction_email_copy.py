from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.mail import email_normalize, email_split_and_format

from ..log.interaction_log_entry_checks import EARLIEST
from ..recording.interaction_skipped_event import GC_LIMIT, KEEP_DAYS
from .mail_types import COPY_MODEL, Mail, get_copy_key


class InteractionEmailCopy(models.Model):
    """An e-mail that a user sent with the log in copy, or forwarded to it.

    The document of the rules that log it, made by the mail gateway alone. It keeps the
    text and the files, unless Odoo has the e-mail on another document; and it tells
    that an e-mail that arrives again is the same. One of which nothing was logged has
    no content, and goes with its skipped event.
    """

    _name = "interaction.email.copy"
    _description = "E-mail in Copy to the Log"
    _inherit = ["mail.thread", "interaction.technical.mixin"]
    _order = "date desc, id desc"
    # who reads an interaction may send its e-mail again
    _mail_post_access = "read"

    name = fields.Char(string="Subject", readonly=True)
    message_identifier = fields.Char(
        string="Message-Id", required=True, readonly=True, technical=True
    )
    event = fields.Selection(
        [("email_out", "In Copy"), ("email_in", "Forwarded")],
        string="Received As",
        required=True,
        readonly=True,
    )
    date = fields.Datetime(required=True, readonly=True)
    email_from = fields.Char(string="From", readonly=True)
    recipients = fields.Text(
        string="To",
        readonly=True,
        help="Recipients without colleagues and without the log.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Received From",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    # of none where the sender and the address don't say it
    company_id = fields.Many2one(
        "res.company", index=True, ondelete="cascade", readonly=True
    )
    # on this record, or on the document where Odoo has it
    mail_message_id = fields.Many2one(
        "mail.message",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
    )

    _message_identifier_uniq = models.UniqueIndex(
        "(message_identifier)", "This e-mail is already in the log."
    )

    @api.model
    def _find_known(self, identifiers):
        """Return those of the Message-Ids that the log was given already, as a set."""
        copies = self.search_fetch(
            [("message_identifier", "in", list(identifiers))], ["message_identifier"]
        )
        return set(copies.mapped("message_identifier"))

    @api.model
    def _drop_refused(self, identifiers):
        """Delete those of the e-mails that were refused, and what lists them."""
        refused = self.search(
            Domain("message_identifier", "in", list(identifiers))
            & Domain("mail_message_id", "=", False)
        )
        events = self.env["interaction.skipped.event"].search(
            Domain("res_model", "=", COPY_MODEL) & Domain("res_id", "in", refused.ids)
        )
        refused.browse(events.mapped("res_id")).unlink()
        events.unlink()

    @api.autovacuum
    def _gc_copies(self):
        """Delete what neither an interaction nor a skipped event is about any more."""
        Entry = self.env["interaction.log.entry"]
        Skipped = self.env["interaction.skipped.event"]
        used = Entry._search([("mail_message_id", "!=", False)])
        listed = Skipped._search([("res_model", "=", COPY_MODEL)])
        copies = self.search(
            Domain("create_date", "<", f"-{KEEP_DAYS}d")
            & Domain("id", "not in", listed.subselect("res_id"))
            & Domain("mail_message_id", "not in", used.subselect("mail_message_id")),
            limit=GC_LIMIT,
        )
        copies.unlink()
        return len(copies), len(copies) == GC_LIMIT

    # ------------------------------------------------------------------
    # What it is for the rules
    # ------------------------------------------------------------------

    def _get_interaction_mails(self, event: str) -> list[Mail]:
        """Return list of `Mail` that it is: with each recipient, or with the sender.

        Without internal contacts, and without what is in the log already as an e-mail
        on another document. A constant number of queries.

        :param event: `email_out` or `email_in`
        """
        self.ensure_one()
        message = self.mail_message_id
        if not message or event != self.event:
            return []
        recorder = self.env["interaction.recorder"]
        addresses = [self.email_from]
        if event == "email_out":
            addresses = email_split_and_format(self.recipients or "")
        none = self.env["res.partner"]
        found = recorder._find_contacts([(message, each, none) for each in addresses])
        logged = self.env["interaction.log.entry"].sudo()  # whoever sees them
        logged = logged.search([("mail_message_id", "=", message.id)]).partner_id
        has_files, vals = recorder._describe_message(message)
        vals = {**vals, **self._prepare_mail_vals()}
        document = self._get_other_document()
        mails = {}
        for (_message, written), partner in found.items():
            address = email_normalize(written, strict=False)
            if partner in logged or (partner or address) in mails:
                continue
            key = get_copy_key(self.message_identifier, address)
            own_vals = {
                **vals,
                "contact_via": address,
                "company_id": self._get_contact_company(partner).id,
                **self._get_document_vals(document, partner),
            }
            mails[partner or address] = Mail(
                self.id, partner, key, has_files, self.name, own_vals
            )
        return list(mails.values())

    def _prepare_mail_vals(self):
        """Return the values of its interactions that are the same for all contacts."""
        # nobody but the user's mail server knows what became of it
        status = "sent" if self.event == "email_out" else "none"
        return {"date": self.date, "delivery_status": status}

    def _get_contact_company(self, partner):
        """Return the contact's company where the user has access to it, or its own."""
        company = partner.company_id
        return company if company in self.user_id.company_ids else self.company_id

    def _get_other_document(self):
        """Return the document on which Odoo has the e-mail, or None."""
        message = self.mail_message_id
        if message.model in (False, COPY_MODEL) or message.model not in self.env:
            return None
        return self.env[message.model].browse(message.res_id).exists() or None

    @api.model
    def _get_document_vals(self, document, partner):
        """Return the values of the document of an interaction, if any.

        The e-mail itself is none: an interaction has a link to that. Nor is the
        contact.
        """
        if document is None or document == partner:
            return {"res_model": False, "res_id": False, "document_name": False}
        return {
            "res_model": document._name,
            "res_id": document.id,
            "document_name": document.display_name,
        }

    def _get_full_address(self, address: str) -> str:
        """Return a normalized address as the e-mail has it: with the name."""
        written = f"{self.email_from or ''},{self.recipients or ''}"
        return next(
            (
                full
                for full in email_split_and_format(written)
                if email_normalize(full, strict=False) == address
            ),
            address,
        )

    @api.model
    def _limit_date(self, date):
        """Return when an e-mail was sent, as far as that can be: else now."""
        now = fields.Datetime.now()
        date = fields.Datetime.to_datetime(date) or now
        return date if EARLIEST <= date <= now else now
