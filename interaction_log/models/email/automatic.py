"""What the headers of an e-mail say of who wrote it: a person or a machine."""

from email.message import EmailMessage
from typing import NamedTuple

# The key of the context under which `mail.thread` tells `mail.message` what arrives;
# its value is an `Arrival`, which a client can't forge.
ARRIVAL = "interaction_log_arrival"

# Set by responders that don't know RFC 3834: Gmail's and those of mail hosts, such as
# cPanel. Not X-Auto-Response-Suppress ([MS-OXCMAIL]): it asks for no answers, and is on
# e-mails of people, too.
RESPONDER_HEADERS = (
    "X-Autoreply",
    "X-AutoReply-From",
    "X-Autorespond",
    "X-Mail-Autoreply",
)
PRECEDENCE_HEADERS = ("Precedence", "X-Precedence")
# RFC 3834, section 2: whom automatic responders don't answer, being machines
PRECEDENCES = ("auto_reply", "bulk", "junk", "list")

# RFC 3464, section 2.3.3: what became of an e-mail that did not fail
ACTIONS_WITHOUT_FAILURE = ("delayed", "delivered", "expanded", "relayed")


class Arrival(NamedTuple):
    """What the gateway knows of the e-mail that it takes in."""

    is_automatic: bool


def is_automatic(message: EmailMessage) -> bool:
    """Say whether a machine sent the e-mail: an absence notice, a mailing list.

    `Auto-Submitted` (RFC 3834, section 5) decides where it is there: it says "no" of
    what a person wrote. Otherwise `List-Id` (RFC 2919) and the older headers do.
    """
    submitted = get_keyword(message, "Auto-Submitted")
    if submitted:
        return submitted != "no"
    return (
        "List-Id" in message
        or any(get_keyword(message, name) in PRECEDENCES for name in PRECEDENCE_HEADERS)
        or any(
            get_keyword(message, name) not in ("", "no") for name in RESPONDER_HEADERS
        )
    )


def is_failure_report(message: EmailMessage) -> bool:
    """Say whether what Odoo takes for a bounce tells that an e-mail did not arrive.

    Not so a read receipt (RFC 8098) or a complaint (RFC 5965), nor a delivery report
    without a failed recipient. What is no report is a bounce as far as Odoo knows.
    """
    kind = message.get_param("report-type")
    if kind and str(kind).lower() != "delivery-status":
        return False
    blocks = [
        block
        for payload in _get_payloads(message)
        for block in payload[1:]
        if block.keys()
    ]
    return not blocks or any(map(_is_failure, blocks))


def put_failures_first(message: EmailMessage) -> None:
    """Move the recipients who got nothing to where Odoo looks: to the first place."""
    for payload in _get_payloads(message):
        payload[1:] = sorted(payload[1:], key=_is_failure, reverse=True)


def _get_payloads(message):
    """Return what delivery reports say: lists, from the second on of recipients."""
    payloads = [
        part.get_payload()
        for part in message.walk()
        if part.get_content_type() == "message/delivery-status"
    ]
    return [payload for payload in payloads if isinstance(payload, list)]


def _is_failure(block):
    return bool(block.keys()) and (
        get_keyword(block, "Action") not in ACTIONS_WITHOUT_FAILURE
    )


def get_keyword(message, name):
    """Return the value of a header, in lower case, less parameters and comments."""
    value = str(message.get(name) or "")
    return value.partition(";")[0].partition("(")[0].strip().lower()
