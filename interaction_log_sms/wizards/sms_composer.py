from odoo import models


class SmsComposer(models.TransientModel):
    """An event source: text messages to many, and to numbers alone.

    Those to one document have notifications.
    """

    _inherit = "sms.composer"

    def _prepare_mass_sms(self, records, sms_record_values):
        # EXTENDS sms: here alone is known which document each of them is about
        all_sms = super()._prepare_mass_sms(records, sms_record_values)
        all_sms._record_interactions(dict(zip(all_sms, records, strict=True)))
        return all_sms

    def _action_send_sms_numbers(self):
        # EXTENDS sms: about nothing but the contact who has the number
        all_sms = super()._action_send_sms_numbers()
        all_sms._record_interactions({})
        return all_sms
