from email import message_from_bytes
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from ..common import InteractionChartCommon, InteractionHttpCommon
from .smtp_sink import SmtpSink


@tagged("-at_install", "post_install")
class TestEmailUi(InteractionHttpCommon, InteractionChartCommon):
    """In the browser, with real PDFs, and over a real connection to a mail server."""

    def setUp(self):
        super().setUp()
        self.anna.email = "anna@acme.example.com"
        self.enterContext(self._real_pdfs())
        self.enterContext(
            patch.object(IrMail_Server, "_disable_send", lambda self: False)
        )
        self.sink = self.enterContext(SmtpSink(refused=["bob@acme.example.com"]))
        servers = self.env["ir.mail_server"].sudo()
        servers.search([]).active = False
        servers.create(
            {
                "name": "Sink",
                "smtp_host": "127.0.0.1",
                "smtp_port": self.sink.server_address[1],
                "smtp_encryption": "none",
            }
        )

    def _get_sent_files(self):
        """Return the files of each e-mail that arrived: (address, name, beginning)."""
        return [
            (address, part.get_filename(), part.get_payload(decode=True)[:5])
            for addresses, content in self.sink.emails
            for address in addresses
            for part in message_from_bytes(content).walk()
            if part.get_filename()
        ]

    def test_send_quotation_and_send_again(self):
        order = self._new_order()
        self.start_tour(
            f"/odoo/action-sale.action_quotations/{order.id}",
            "interaction_log_send_quotation",
            login=self.user_sales.login,
        )
        first, again = self._find(order)
        name = f"Quotation - {order.name}.pdf"
        self.assertEqual(
            [file for file in self._get_sent_files() if "anna@" in file[0]],
            [("anna@acme.example.com", name, b"%PDF-")] * 2,
        )
        self.assertEqual(again.resend_of_id, first)
        self.assertEqual(first.content_sha256, again.content_sha256)
        self.assertEqual((first | again).mapped("delivery_status"), ["sent", "sent"])

    def test_send_selection_again(self):
        order = self._new_order().with_user(self.user_sales)
        for subject in ("First news", "Second news", "Third news"):
            order.message_post(  # pylint: disable=translation-required # a test's own text
                body="Hello there",
                subject=subject,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.anna.ids,
            )
        first = self._find(order)[0]
        first.with_user(self.user_sales).action_resend()
        before = self._find(order)
        self.start_tour(
            "/odoo/interactions",
            "interaction_log_send_selection_again",
            login=self.user_sales.login,
        )
        self.assertEqual((self._find(order) - before).resend_of_id, before - first)

    @mute_logger(
        "odoo.addons.mail.models.mail_mail", "odoo.addons.base.models.ir_mail_server"
    )
    def test_send_invoice_in_vain(self):
        """The server refuses the address; the log says so, and why."""
        self.user_sales.sudo().group_ids |= self.env.ref(
            "account.group_account_invoice"
        )
        self.anna.email = "bob@acme.example.com"
        invoice = self._new_move()
        self.start_tour(
            f"/odoo/action-account.action_move_out_invoice_type/{invoice.id}",
            "interaction_log_send_invoice",
            login=self.user_sales.login,
        )
        entry = self._find(invoice)
        self.assertEqual(entry.delivery_status, "error")
        self.assertIn("no such person here", entry.delivery_error)
        self.assertFalse(self.sink.emails)
