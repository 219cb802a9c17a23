"""Choices that several models share."""

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
OUTCOMES = [
    ("success", "Reached"),
    ("no_answer", "No Answer"),
    ("left_message", "Left Message"),
    ("failed", "Failed"),
]
EVENTS = [
    ("manual", "Logged by Hand"),
    ("print", "Printed"),
    ("download", "Downloaded"),
    ("email_out", "E-mail Sent"),
    ("email_in", "E-mail Received"),
    ("portal_view", "Viewed in the Portal"),
    ("call", "Call"),
    ("meeting", "Meeting"),
    ("activity", "Activity Done"),
    ("segment", "Segment"),
    ("api", "Other System"),
]

# The events in which something leaves because an internal user did it
SENT_EVENTS = ("print", "download", "email_out")
# The events of e-mails
EMAIL_EVENTS = ("email_out", "email_in")
# The delivery statuses of e-mails that arrive, as far as is known
PENDING_OR_SENT = ("pending", "sent", "opened")
# The delivery statuses of e-mails that did not arrive
UNDELIVERED = ("bounced", "error")
