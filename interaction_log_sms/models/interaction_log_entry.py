from odoo import api, models


class InteractionLogEntry(models.Model):
    _inherit = "interaction.log.entry"

    @api.model
    def _get_sent_events(self):
        # EXTENDS: an internal user sends it
        return (*super()._get_sent_events(), "sms")

    @api.model
    def _get_sent_email_events(self):
        # EXTENDS: whether it was delivered is known, too
        return [*super()._get_sent_email_events(), "sms"]

    @api.model
    def _get_reserved_prefixes(self):
        # EXTENDS: text messages are tracked by their keys
        return super()._get_reserved_prefixes() | {"sms", "sms.sms"}

    @api.model
    def _get_summary_sentences(self):
        # EXTENDS: what was delivered is said as of any SMS
        return super()._get_summary_sentences() | {
            ("sms", "undelivered"): self.env._(
                "%(subject)s: SMS to %(contact)s was not delivered"
            )
        }
