from odoo import models

from ...models.email.mail_types import BY_COMPOSER, COMPOSED


class MailComposeMessage(models.TransientModel):
    """Passes on which reports go with the e-mails that are sent, and who makes them."""

    _inherit = "mail.compose.message"

    def _action_send_mail_comment(self, res_ids):
        composer = self.template_id._with_reports(self, self.model)
        return super(MailComposeMessage, composer)._action_send_mail_comment(res_ids)

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        composer = self.template_id._with_reports(self, self.model)
        composer = composer.with_context(**{COMPOSED: BY_COMPOSER})
        return super(MailComposeMessage, composer)._action_send_mail_mass_mail(
            res_ids, auto_commit=auto_commit
        )
