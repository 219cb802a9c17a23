from lxml import etree

from odoo.tests import tagged

from odoo.addons.interaction_log.tests.email.common import InteractionEmailCommon

from .common import InteractionPurchaseCommon


@tagged("-at_install", "post_install")
class TestPurchaseOrder(InteractionPurchaseCommon, InteractionEmailCommon):
    """What is e-mailed to vendors and what they answer, and the form of the order."""

    def _send(self, order, send_rfq):
        """Press *Send RFQ* or *Send PO*, and *Send* in the composer."""
        order = order.with_user(self.buyer).with_context(send_rfq=send_rfq)
        action = order.action_rfq_send()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.buyer)
            .with_context(**action["context"])
            .create({})
        )
        with self.mock_mail_gateway(mail_unlink_sent=True):
            composer.action_send_mail()

    # -- e-mails ---------------------------------------------------------

    def test_rfq_and_order_by_email(self):
        order = self._new_purchase()
        self._send(order, send_rfq=True)
        self.assertEqual(order.state, "sent")
        order.button_confirm()
        self._send(order, send_rfq=False)
        common = {
            "event": "email_out",
            "channel": "email",
            "flow": "outbound",
            "partner_id": self.anna.id,
            "commercial_partner_id": self.acme.id,
            "contact_via": "anna@acme.example.com",
            "user_id": self.user_buyer_log.id,
            "create_uid": self.buyer.id,
            "company_id": self.company_a.id,
            "delivery_status": "sent",
        }
        self.assertRecordValues(
            self._find(order),
            [
                {
                    "name": f"Request for quotation {order.display_name}",
                    "template_id": self.template_rfq.id,
                    "rule_id": self._get_own("interaction_rule_email_rfq").id,
                    **common,
                },
                {
                    "name": f"Purchase order {order.display_name}",
                    "template_id": self.template_order.id,
                    "rule_id": self._get_own("interaction_rule_email_order").id,
                    **common,
                },
            ],
        )

    def test_message_and_answer(self):
        order = self._new_purchase()
        self._post(order, self.anna, self.buyer, subject="Can you deliver on Friday?")
        message = order.message_ids[0]
        message.sudo().date = "2026-04-09 10:00:00"
        self._receive("anna@acme.example.com", message)
        self.assertRecordValues(
            self._find(order),
            [
                {
                    "name": "Can you deliver on Friday?",
                    "event": "email_out",
                    "template_id": self._shipped("interaction_template_email_out").id,
                    "flow": "outbound",
                    "initiated_by": "us",
                },
                {
                    "name": "Re: your offer",
                    "event": "email_in",
                    "template_id": self._shipped("interaction_template_email_in").id,
                    "flow": "inbound",
                    "initiated_by": "them",
                },
            ],
        )
        self.assertEqual(self._find(order).partner_id, self.anna)
        self.assertEqual(self._find(order)[0].create_uid, self.buyer)

    def test_internal_note_is_not_logged(self):
        order = self._new_purchase()
        self._post(order, self.anna, self.buyer, subtype_xmlid="mail.mt_note")
        self.assertFalse(self._find(order))

    # -- the form --------------------------------------------------------

    def test_form_of_a_user_of_the_log(self):
        """The button counts, the dialog knows vendor and order, the tab shows both."""
        order = self._new_purchase()
        self._log(
            self.user_buyer_log,
            res_model="purchase.order",
            res_id=order.id,
            name="Call",
        )
        own = order.with_user(self.user_buyer_log)
        self.assertEqual(own.interaction_count, 1)
        self.assertEqual(
            self.Entry.search(own.action_view_interactions()["domain"]).name, "Call"
        )
        self.assertEqual(
            self._get_timeline(order, self.user_buyer_log), self._find(order)
        )
        context = own.action_log_interaction()["context"]
        self.assertEqual(context["default_res_model"], "purchase.order")
        self.assertEqual(context["default_res_id"], order.id)
        dialog = (
            self.env["interaction.log.create"]
            .with_user(self.user_buyer_log)
            .with_context(**context)
            .create({})
        )
        self.assertEqual(dialog.partner_ids, self.anna)

    def test_form_of_a_buyer_without_rights(self):
        for user, expected in ((self.user_buyer_log, 1), (self.buyer, 0)):
            with self.subTest(user=user.login):
                orders = self.env["purchase.order"].with_user(user)
                arch = orders.get_view(
                    self.env.ref("purchase.purchase_order_form").id, "form"
                )["arch"]
                root = etree.fromstring(arch)
                for path in (
                    "//button[@name='action_view_interactions']",
                    "//header/button[@name='action_log_interaction']",
                    "//page[@name='interactions']",
                ):
                    self.assertEqual(len(root.xpath(path)), expected, path)
