from odoo import models


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def _get_canceled_reason(self):
        # EXTENDS: it was no e-mail
        if self[:1].notification_type == "snail":
            return self.env._("The letter was canceled before it was sent.")
        return super()._get_canceled_reason()
