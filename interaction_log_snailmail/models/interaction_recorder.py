from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

# Why a letter was not sent: `failure_type` of its notification
FAILURE_TEXTS = {
    "sn_credit": _lt("There are not enough credits to send letters"),
    "sn_trial": _lt("The account to send letters is not registered"),
    "sn_price": _lt("Letters can't be sent to this country"),
    "sn_fields": _lt("The address of the contact is not complete"),
    "sn_format": _lt("The document can't be sent by post in this format"),
    "sn_error": _lt("The letter could not be made or sent"),
}


class InteractionRecorder(models.AbstractModel):
    _inherit = "interaction.recorder"

    @api.model
    def _get_failure_texts(self):
        # EXTENDS: why a letter was not sent
        return super()._get_failure_texts() | FAILURE_TEXTS
