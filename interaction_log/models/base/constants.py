"""Choices that several models share, and what is known of each."""

from typing import NamedTuple

CHANNELS = [
    ("letter", "Letter"),
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("meeting", "Meeting"),
    ("visit", "Visit"),
    ("sms", "SMS"),
    ("chat", "Chat"),
    ("web", "Web"),
    ("other", "Other"),
]
FLOWS = [("outbound", "Outbound"), ("inbound", "Inbound")]
INITIATORS = [("us", "Us"), ("them", "Them")]
EVALUATIONS = [
    ("very_negative", "Very Negative"),
    ("negative", "Negative"),
    ("neutral", "Neutral"),
    ("positive", "Positive"),
    ("very_positive", "Very Positive"),
]
NEGATIVE = ("very_negative", "negative")
POSITIVE = ("positive", "very_positive")
OUTCOMES = [
    ("success", "Reached"),
    ("no_answer", "No Answer"),
    ("left_message", "Left Message"),
    ("failed", "Failed"),
]
# The outcomes of an attempt in which the contact learned nothing
FAILED_OUTCOMES = ("no_answer", "failed")


class Event(NamedTuple):
    """How an interaction was recorded."""

    label: str
    # Does a person say so in the dialog?
    is_by_hand: bool = False
    # May a person or another system say so when it logs?
    is_client: bool = False
    # Was it chosen how to get in touch? What the others record has happened.
    is_chosen: bool = False
    # Do rules decide on it? Not where the template is said when it is planned.
    is_ruled: bool = False
    # Does something leave because an internal user does it?
    is_sent: bool = False
    # Is it a message, with who got it or wrote it?
    is_email: bool = False
    # Does a customer do it in the portal?
    is_portal: bool = False


_EVENTS = {
    "manual": Event("Logged Manually", is_by_hand=True, is_client=True, is_chosen=True),
    "print": Event("Printed", is_ruled=True, is_sent=True),
    "download": Event("Downloaded", is_ruled=True, is_sent=True, is_portal=True),
    "email_out": Event("E-mail Sent", is_ruled=True, is_sent=True, is_email=True),
    "einvoice": Event("Sent Electronically", is_ruled=True, is_sent=True),
    "email_in": Event("E-mail Received", is_ruled=True, is_email=True),
    "portal_view": Event("Viewed in the Portal", is_ruled=True, is_portal=True),
    "call": Event("Call", is_by_hand=True, is_client=True),
    # a message, too: no view or file of a document
    "portal_comment": Event("Written in the Portal", is_ruled=True, is_email=True),
    "meeting": Event("Meeting", is_ruled=True),
    "activity": Event("Activity Done"),
    "segment": Event("Segment", is_chosen=True),
    "api": Event("Other System", is_client=True, is_chosen=True),
}


def _get_events(attribute):
    return tuple(name for name in _EVENTS if getattr(_EVENTS[name], attribute))


EVENTS = [(name, event.label) for name, event in _EVENTS.items()]
HAND_EVENTS = _get_events("is_by_hand")
CLIENT_EVENTS = _get_events("is_client")
CHOSEN_EVENTS = _get_events("is_chosen")
RULE_EVENTS = [(name, _EVENTS[name].label) for name in _get_events("is_ruled")]
SENT_EVENTS = _get_events("is_sent")
EMAIL_EVENTS = _get_events("is_email")
PORTAL_EVENTS = _get_events("is_portal")

# The delivery statuses of e-mails that arrive, as far as is known
PENDING_OR_SENT = ("pending", "sent", "opened")
# The delivery statuses of e-mails that did not arrive
UNDELIVERED = ("bounced", "error")

# The color of each status, whatever it is of: its place in Odoo's palette, as the
# `color_field` of a badge takes it. The others have none, which is 0.
_COLORS = {
    1: ("canceled", *UNDELIVERED, *NEGATIVE),
    2: ("no_answer", "left_message", "failed", "partly", "todo", "logging"),
    4: ("postponed", "pending", "draft"),
    10: ("logged", "success", "sent", "opened", *POSITIVE),
}
STATUS_COLORS = {
    status: color for color, statuses in _COLORS.items() for status in statuses
}
