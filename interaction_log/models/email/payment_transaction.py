from odoo import models

from .mail_types import IS_PAYMENT, PAYMENT

# What the customer did in the portal, and what says that it worked
OPERATIONS = ("online_direct", "online_redirect", "online_token")
STATES = ("authorized", "done")


class PaymentTransaction(models.Model):
    """An event source: a customer pays a document in the portal."""

    _inherit = "payment.transaction"

    def _log_received_message(self):
        # EXTENDS payment: it says so by a note on the document, which tells no more
        # than any other one
        paid = self.filtered(
            lambda tx: tx.operation in OPERATIONS and tx.state in STATES
        )
        super(PaymentTransaction, self - paid)._log_received_message()
        paid = paid.with_context(**{PAYMENT: IS_PAYMENT})
        return super(PaymentTransaction, paid)._log_received_message()
