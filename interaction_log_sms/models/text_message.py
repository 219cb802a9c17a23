"""What Odoo says of a text message, in the form in which it is recorded."""

from typing import Any, NamedTuple

from odoo.tools import LazyTranslate

from odoo.addons.interaction_log.models.email.mail_types import DELIVERY_OF_STATUS

_lt = LazyTranslate(__name__)

# How the source keys begin of text messages without a notification
SMS_KEY = "sms.sms,"

# What the state of a text message, or the status of its notification, means
DELIVERY_OF_STATE = {**DELIVERY_OF_STATUS, "error": "error"}

# What fails when the contact has no number that works
NO_NUMBER = ("sms_number_missing", "sms_number_format")

# Why a text message did not arrive: `failure_type` of its notification
FAILURE_TEXTS = {
    "sms_number_missing": _lt("The contact has no phone number"),
    "sms_number_format": _lt("The phone number is not valid"),
    "sms_credit": _lt("There are not enough credits to send SMS"),
    "sms_country_not_supported": _lt("SMS can't be sent to this country"),
    "sms_registration_needed": _lt("The country requires a registration to send SMS"),
    "sms_server": _lt("The SMS service could not be reached"),
    "sms_acc": _lt("The SMS account is not registered"),
    "sms_expired": _lt("The phone could not be reached in time"),
    "sms_invalid_destination": _lt("The phone number does not exist"),
    "sms_not_allowed": _lt("The phone number does not accept SMS"),
    "sms_not_delivered": _lt("The operator did not deliver the SMS"),
    "sms_rejected": _lt("The operator refused the SMS"),
}


class TextMessage(NamedTuple):
    """A text message to one number."""

    document: Any  # what it is about, or none: then its contact is
    message: Any  # `mail.message` that notes it in the chatter, or none
    partner: Any  # `res.partner` whom Odoo sends it to, or none
    number: Any  # str or False
    text: str  # HTML
    source_key: str
    date: Any  # datetime
    uid: int  # id of the user who sent it
    status: str  # the delivery status
    failure: Any  # why it did not arrive (str)
