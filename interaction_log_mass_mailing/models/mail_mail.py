from odoo import models


class MailMail(models.Model):
    """An event source: e-mails of a mailing leave, which are recorded by traces."""

    _inherit = "mail.mail"

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        # EXTENDS mail: the e-mails may be deleted once they are sent
        mailings = self.sudo().mailing_id
        result = super().send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            post_send_callback=post_send_callback,
        )
        if mailings:
            mailings._trigger_interactions()
        return result

    def _filter_interactions(self, names):
        # EXTENDS: what is logged of a mailing is no e-mail about a document
        mails = super()._filter_interactions(names)
        return mails.filtered(lambda mail: not mail.mailing_id)

    def _is_delivery_tracked(self):
        # EXTENDS: the trace says it
        mails = self.sudo().filtered(lambda mail: not mail.mailing_id)
        return super(MailMail, mails)._is_delivery_tracked()
