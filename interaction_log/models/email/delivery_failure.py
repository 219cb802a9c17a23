"""Why an e-mail did not arrive, in plain words: told here, and nowhere else."""

import re

from odoo import api
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

UNKNOWN_ADDRESS = _lt("The address does not exist")
FULL = _lt("The mailbox is full")
SPAM = _lt("The receiving server refused it as spam")
TOO_LARGE = _lt("The e-mail is too large")
UNREACHABLE = _lt("The receiving server could not be reached")

# What the receiving server answers: its status code (RFC 3463), or its usual words
ANSWERS = (
    (
        UNKNOWN_ADDRESS,
        r"\b5\.1\.(0|1|2|3|6|10)\b|no such (user|person|mailbox|recipient|address)"
        r"|(user|recipient|mailbox|address)( is)? (unknown|not found)"
        r"|unknown (user|recipient|mailbox|address)|does(n't| not) exist",
    ),
    (FULL, r"\b[45]\.2\.2\b|mailbox( is)? full|over ?quota|quota (is )?exceeded"),
    (TOO_LARGE, r"\b5\.(2\.3|3\.4)\b|(message|e-?mail) (is )?too (large|big)"),
    (SPAM, r"\b5\.7\.\d+\b|\bspam\b|\bblack ?list|\bblock ?list|\blisted (at|in|by)\b"),
    (UNREACHABLE, r"\b[45]\.4\.\d+\b|host (or domain name )?not found|timed? out"),
)
# What Odoo knows of it: `failure_type` of a notification or an e-mail
TYPES = {
    "mail_email_missing": _lt("The contact has no e-mail address"),
    "mail_email_invalid": _lt("The e-mail address is not valid"),
    "mail_from_missing": _lt("The sender has no e-mail address"),
    "mail_from_invalid": _lt("The e-mail address of the sender is not valid"),
    "mail_smtp": _lt("The outgoing mail server could not be reached"),
    "mail_spam": SPAM,
    "mail_bounce": _lt("The e-mail came back"),
}


def explain_failure(
    env: api.Environment, failure_type: str | None, answer: str = ""
) -> str | None:
    """Return in plain words why an e-mail did not arrive, without a full stop.

    :param failure_type: as of `mail.notification`
    :param answer: what the mail server says, as plain text
    :return: None where nobody knows
    """
    known = TYPES.get(failure_type)
    if failure_type in ("mail_bounce", "unknown", None):
        known = next(
            (
                said
                for said, words in ANSWERS
                if re.search(words, answer, re.IGNORECASE)
            ),
            known,
        )
    return known and known._translate(env.lang or "en_US")
