"""What the headers of an e-mail say that has the log in copy."""

import re
from collections.abc import Iterator
from email.message import EmailMessage

from odoo.tools.mail import (
    decode_message_header,
    email_normalize,
    email_split_and_format,
)

from .automatic import get_keyword

# Where mail servers write to whom they deliver: alone there is a blind copy. Postfix
# and Gmail write the first, Postfix also the second, Exim and others the last two.
ENVELOPE_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
ADDRESS_HEADERS = ("To", "Cc", "Bcc")

# RFC 2156, section 5.3.4, as Outlook sets it
PRIVATE_KEYWORDS = ("personal", "private", "confidential", "company-confidential")

# RFC 8601: a method and its result, once the comments are gone
_RESULT = re.compile(r"(?:^|;)\s*(dmarc|spf|dkim)(?:/\d+)?\s*=\s*(\w+)", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")
# How deep comments may be within each other: who writes more wants to keep us busy
MAX_COMMENTS = 8
# What is no failure of the domain, but of the question, is no answer
_FAILED = {
    "dmarc": {"fail"},
    "spf": {"fail", "hardfail", "softfail"},
    "dkim": {"fail"},
}
_PASSED = {"pass", "bestguesspass"}


def get_addresses(message: EmailMessage, headers: tuple[str, ...]) -> dict[str, str]:
    """Return {normalized address: as it is written} of headers, each address once."""
    found = {}
    for name in headers:
        value = decode_message_header(message, name, separator=",")
        for address in email_split_and_format(value):
            normalized = email_normalize(address, strict=False)
            if normalized:
                found.setdefault(normalized, address)
    return found


def find_attached(message: EmailMessage) -> Iterator[EmailMessage]:
    """Yield the e-mails that are attached to an e-mail, less those within them."""
    if message.get_content_maintype() != "multipart":
        return
    for part in message.iter_parts():
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            yield part.get_payload(0)
        else:
            yield from find_attached(part)


def is_private(message: EmailMessage) -> bool:
    """Say whether the sender marked the e-mail as private, personal or confidential."""
    return get_keyword(message, "Sensitivity") in PRIVATE_KEYWORDS


def find_failed_check(message: EmailMessage) -> str | None:
    """Return the check of the sender that failed, as `DMARC`, or None.

    As far as a mail server on the way wrote it down. What one of them found wrong is
    so, whatever another one says: it may be a line of the forger.
    """
    for header in message.get_all("Authentication-Results", []):
        text = str(header)
        for _level in range(MAX_COMMENTS):
            text = _COMMENT.sub("", text)
        results = {}
        for method, result in _RESULT.findall(text):
            results.setdefault(method.lower(), set()).add(result.lower())
        failed = _find_failed(results)
        if failed:
            return failed.upper()
    return None


def _find_failed(results):
    """Return the method that failed. DMARC decides; else one of the others will do."""
    passed = {name for name, found in results.items() if found & _PASSED}
    failed = {name for name in results.keys() - passed if results[name] & _FAILED[name]}
    if "dmarc" in passed | failed:
        return "dmarc" if "dmarc" in failed else None
    if passed:
        return None
    return next((name for name in ("spf", "dkim") if name in failed), None)
