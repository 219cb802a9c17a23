"""What the mail stack says of an e-mail, in the form in which it is recorded."""

import hashlib
from email.message import EmailMessage
from textwrap import shorten
from typing import Any, NamedTuple

from odoo.tools.mail import html_to_inner_content

# How the source keys of e-mails begin
NOTIFICATION_KEY = "mail.notification,"
MAIL_KEY = "mail.mail,"
MESSAGE_KEY = "mail.message,"
COPY_KEY = "mail.copy,"

# An e-mail with the log in copy, as a document
COPY_MODEL = "interaction.email.copy"

# What the status of a notification, or of an e-mail without one, means
DELIVERY_OF_STATUS = {
    "ready": "pending",
    "process": "pending",
    "pending": "sent",  # of a text message, which may be delivered later
    "outgoing": "pending",
    "sent": "sent",
    "bounce": "bounced",
    "exception": "error",
    "canceled": "error",
    "cancel": "error",
}

# The keys of the context under which overrides of the mail stack tell each other what
# they know: Odoo's code lies between them, and takes nothing else of ours along. Their
# values are Python objects: a client can't forge them.
SENDERS = "interaction_log_senders"
RESENDS = "interaction_log_resends"
REPORTS = "interaction_log_reports"
# What is being sent is in the log: its value is this object
LOGGED = "interaction_log_logged"
LOGGED_ALREADY = object()
# How far the sending is: its value is one of these objects, or a `Tracked`
SENDING = "interaction_log_sending"
TRANSIENT, IGNORED = object(), object()
UNTRACKED = (TRANSIENT, IGNORED)

# Odoo's composer makes notifications with the rights of the user, as a client would: it
# is the composer where the value is this object
COMPOSED = "interaction_log_composed"
BY_COMPOSER = object()

# The note of a payment is that of a customer where the value is this object
PAYMENT = "interaction_log_payment"
IS_PAYMENT = object()

# The gateway puts down here what it takes in: its value is an `Incoming`
INCOMING = "interaction_log_incoming"

# What fails when the contact has no address that works
NO_ADDRESS = ("mail_email_missing", "mail_email_invalid")

# How much of its text names an e-mail that has no subject, in characters
FIRST_WORDS = 60


class Tracked:
    """The e-mails may be in the log; `reason` is why they did not leave, if so."""

    def __init__(self, reason: str | None):
        self.reason = reason or None


class Incoming:
    """The e-mail that the gateway takes in, where the log is among its recipients."""

    message: EmailMessage | None = None
    values: dict | None = None  # as Odoo parsed them
    domain_id: int | None = None  # of the alias domain of the log's address
    is_addressed = False  # not by a blind copy, as far as the headers say

    def __init__(self, is_mailbox: bool):
        self.is_mailbox = is_mailbox  # what is fetched from it is for the log


class Senders(dict):
    """{(model, id of a document): id of the user who asked to send it}."""


class Resends(dict):
    """{id of a contact: the `interaction.log.entry` that is sent again}."""


class Reports(NamedTuple):
    """The reports whose files go with the e-mails that are being made."""

    ids: frozenset
    are_made_later: bool = False  # after the e-mails


class Recipient(NamedTuple):
    """One recipient of an e-mail, as a notification or a `mail.mail` names it.

    `_group_mails` makes a `Mail` of those that are external contacts.
    """

    message: Any  # `mail.message`
    partner: Any  # `res.partner`, maybe empty
    source_key: str
    address: Any = None  # the one that is used, if not the contact's own
    failure: Any = None  # why it can't leave (str)
    has_files: bool = False  # files that the message does not have yet
    status: str = "pending"  # the delivery status


def get_first_words(html):
    """Return the first words of a text, which name what has no subject."""
    text = html_to_inner_content(html).rstrip(".")
    # what has no space to be cut at, as an address of the web, is cut anywhere
    words = shorten(text, FIRST_WORDS, placeholder="…")
    return words if words != "…" else f"{text[: FIRST_WORDS - 1]}…"


class Mail(NamedTuple):
    """An e-mail to one external contact, or from one: what the rules decide on."""

    res_id: int
    partner: Any  # `res.partner`
    source_key: Any  # str, or None where it can't come twice
    has_files: bool
    subject: Any  # str or False
    vals: dict  # what it says of the entry
    entry: Any = None  # the `interaction.log.entry` that is sent again
    report_ids: frozenset = frozenset()  # whose files it has, as far as is known

    def _get_unmatched(self, rule, event, records):
        """Return the match of what is known where no rule could be asked.

        :param rule: an empty one
        :param records: the documents of the e-mails
        """
        return rule._make_match(
            records.browse(self.res_id),
            {**self.vals, "event": event, "partner_id": self.partner.id},
            source_key=self.source_key,
        )

    def _complete(self, vals, is_document=False):
        """Return the values of the entry, less the document if that is the contact.

        :param bool is_document: the e-mail carries the document, and is named after it
        """
        subject = self._get_subject(vals)
        own = vals["res_model"] == self.partner._name and self.res_id == self.partner.id
        if own:
            vals = {**vals, "res_model": False, "res_id": False, "document_name": False}
        if subject and not is_document and not vals.get("name"):
            vals = {**vals, "name": subject}
        return vals

    def _get_subject(self, vals):
        """Return what the e-mail is called, or "" where nothing says it.

        By its subject; by its document where it has none; by its first words where it
        is about a contact: the name of that is no subject, nor is it one of its own
        where the composer filled it in.

        :param dict vals: of the entry, with the document
        """
        subject = " ".join((self.subject or "").split())
        document_name = vals.get("document_name") or ""
        if vals["res_model"] not in (False, self.partner._name):
            return subject or document_name
        if subject and subject != " ".join(document_name.split()):
            return subject
        return get_first_words(vals.get("note") or "")


class Sent(NamedTuple):
    """What left by another way than e-mail, such as a text message; see `Mail`."""

    model: str  # of the document
    uid: int  # id of the user who sent it
    date: Any  # when (datetime)
    mail: Mail


def get_copy_key(identifier: str, address: str) -> str:
    """Return the source key of what has the log in copy, wherever else Odoo has it.

    :param identifier: Message-Id
    :param address: the normalized one of the contact to whom or from whom it is
    """
    digest = hashlib.sha256(identifier.strip().encode(errors="replace")).hexdigest()
    return f"{COPY_KEY}{digest[:32]},{address}"
