import hashlib

from odoo.tests import tagged

from odoo.addons.interaction_log.tests.common import InteractionHttpCommon

from .common import InteractionPurchaseCommon

RFQ = "purchase.report_purchasequotation"
ORDER = "purchase.report_purchaseorder"


@tagged("-at_install", "post_install")
class TestPurchaseOrderHttp(InteractionPurchaseCommon, InteractionHttpCommon):
    """What a buyer without rights on the log prints, and what vendors write."""

    def test_printed_rfq(self):
        """The button *Print* of the form, which marks the request as sent."""
        order = self._new_purchase()
        action = order.with_user(self.buyer).print_quotation()
        self.assertTrue(self._print(action["report_name"], order, self.buyer).ok)
        self.assertRecordValues(
            self._find(order),
            [
                {
                    "name": f"Request for quotation {order.display_name}",
                    "event": "print",
                    "channel": "letter",
                    "flow": "outbound",
                    "partner_id": self.anna.id,
                    "commercial_partner_id": self.acme.id,
                    "template_id": self.template_rfq.id,
                    "report_id": self.env.ref("purchase.report_purchase_quotation").id,
                    "rule_id": self._get_own("interaction_rule_print_rfq").id,
                    "user_id": self.user_buyer_log.id,
                    "create_uid": self.buyer.id,
                    "company_id": self.company_a.id,
                    "document_state": "RFQ Sent",
                }
            ],
        )

    def test_state_says_which_document_it_is(self):
        """Both reports are in the menu, whatever the order is."""
        draft, confirmed = self._new_purchase(), self._new_purchase()
        confirmed.button_confirm()
        for report_name in (RFQ, ORDER):
            self._print(report_name, draft | confirmed, self.buyer)
        self.assertEqual(self._find(draft).template_id, self.template_rfq)
        self.assertEqual(len(self._find(draft)), 2)
        self.assertEqual(self._find(confirmed).template_id, self.template_order)
        self.assertEqual(len(self._find(confirmed)), 2)

    def test_canceled_order_is_not_logged(self):
        order = self._new_purchase()
        order.button_cancel()
        self.assertTrue(self._print(ORDER, order, self.buyer).ok)
        self.assertFalse(self._find(order))

    def test_real_pdf(self):
        order = self._new_purchase()
        with self._real_pdfs() as made:
            response = self._print(RFQ, order, self.buyer)
        self.assertEqual(made, ["pdf"])
        self.assertTrue(response.content.startswith(b"%PDF"))
        self.assertEqual(
            self._find(order).content_sha256,
            hashlib.sha256(response.content).hexdigest(),
        )

    def test_other_company(self):
        company = self._new_company()
        self.buyer.sudo().company_ids |= company
        order = self._new_purchase(company_id=company.id, order_line=False)
        self._print(
            RFQ,
            order,
            self.buyer,
            context={"allowed_company_ids": [self.company_a.id, company.id]},
        )
        entry = self._find(order)
        self.assertEqual(entry.company_id, company)
        # who works in the first company sees nothing of it
        self.assertFalse(
            self.env["interaction.log.entry"]
            .with_user(self.user_buyer_log)
            .search([("id", "=", entry.id)])
        )

    def test_written_in_the_portal(self):
        vendor = self.user_portal.partner_id
        order = self._new_purchase(vendor, state="sent")
        self._login(self.user_portal)
        answer = self.opener.post(
            f"{self.base_url()}/mail/message/post",
            json={
                "jsonrpc": "2.0",
                "method": "call",
                "params": {
                    "thread_model": order._name,
                    "thread_id": order.id,
                    "post_data": {
                        "body": "We can deliver on Friday.",
                        "message_type": "comment",
                        "subtype_xmlid": "mail.mt_comment",
                    },
                    "token": order._portal_ensure_token(),
                },
            },
        ).json()
        self.assertIn("result", answer, answer)
        entry = self._find(order)
        self.assertRecordValues(
            entry,
            [
                {
                    "event": "portal_comment",
                    "channel": "web",
                    "flow": "inbound",
                    "initiated_by": "them",
                    "partner_id": vendor.id,
                    "user_id": self.user_buyer_log.id,
                }
            ],
        )
        self.assertIn("We can deliver on Friday.", entry.note)
