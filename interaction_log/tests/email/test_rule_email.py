from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import InteractionEmailCommon


@tagged("-at_install", "post_install")
class TestRuleEmail(InteractionEmailCommon):
    """Rules that record e-mails, set up by a manager."""

    def _new_rule(self, model, **vals):
        return (
            self.env["interaction.rule"]
            .with_user(self.user_manager)
            .create(
                {
                    "event": "email_out",
                    "model_id": self.env["ir.model"]._get_id(model),
                    "template_id": self._shipped("interaction_template_email_out").id,
                    **vals,
                }
            )
        )

    def test_document_without_contact(self):
        """No field of a product holds a contact; an e-mail about it has one."""
        product = self.product.product_tmpl_id.sudo()
        self._new_rule("product.template")
        self._post(
            product, self.anna | self.carol, self.env.user, subject="Our best one"
        )
        self.assertRecordValues(
            self._find(product).sorted("partner_name"),
            [
                {"partner_id": partner.id, "name": "Our best one"}
                for partner in (self.anna, self.carol)
            ],
        )

    def test_what_has_a_chatter_is_a_document(self):
        names = self.env["interaction.rule"]._get_document_models()
        self.assertLessEqual(
            {"product.template", "res.partner", "sale.order"}, {*names}
        )
        self.assertNotIn("mail.thread", names)

    def test_path_of_another_event_is_checked(self):
        with self.assertRaisesRegex(ValidationError, "must lead"):
            self._new_rule("product.template", event="print")
        rule = self._new_rule("product.template")
        with self.assertRaisesRegex(ValidationError, "must lead"):
            rule.event = "print"
        with self.assertRaisesRegex(ValidationError, "must lead"):
            rule.user_field = "nobody"

    def test_path_that_an_event_does_not_use(self):
        """It is read once the event uses it, with the rights of who says so."""
        field = self.env["sale.order"]._fields["partner_shipping_id"]
        with patch.object(field, "groups", "base.group_system"):
            rule = self._new_rule("sale.order", partner_field="partner_shipping_id")
            with self.assertRaisesRegex(ValidationError, "read .*Contact Field"):
                rule.event = "print"

    def test_switch(self):
        """It counts from the next e-mail on."""
        order = self._new_order()
        rules = self.Rule.search([("model_name", "=", "sale.order")])
        rules.with_user(self.user_manager).active = False
        self._post(order, self.anna)
        self.assertFalse(self._find(order))
        rules.with_user(self.user_manager).active = True
        self._post(order, self.anna)
        self.assertEqual(len(self._find(order)), 1)
        rules.sudo().unlink()
        self._post(order, self.anna)
        self.assertEqual(len(self._find(order)), 1)

    def test_files(self):
        self.Rule.search([("event", "=", "email_out")]).active = False
        rule = self._new_rule("sale.order")
        file = [("order.txt", b"as wished")]
        for choice, number in (("with", 1), ("without", 1), ("any", 2)):
            with self.subTest(choice=choice):
                rule.mail_files = choice
                order = self._new_order()
                self._post(order, self.anna)
                self._post(order, self.anna, attachments=file)
                self.assertEqual(len(self._find(order)), number)

    def test_documents(self):
        self.Rule.search([("event", "=", "email_out")]).active = False
        self._new_rule("sale.order", domain="[('state', '=', 'sale')]")
        order = self._new_order()
        self._post(order, self.anna)
        self.assertFalse(self._find(order))
        order.action_confirm()
        self._post(order, self.anna)
        self.assertEqual(len(self._find(order)), 1)

    def test_company(self):
        self.Rule.search([("event", "=", "email_out")]).active = False
        company = self._new_company()
        self.user_manager.sudo().company_ids |= company
        self._new_rule("sale.order", company_id=company.id)
        order = self._new_order()
        self._post(order, self.anna)
        self.assertFalse(self._find(order))

    def test_template_of_documents_names_them(self):
        """Also where the rule takes every e-mail; one without files has a subject."""
        self.Rule.search([("event", "=", "email_out")]).active = False
        template = self._shipped("interaction_template_quotation")
        self._new_rule("sale.order", template_id=template.id)
        order = self._new_order()
        file = [("order.txt", b"as wished")]
        self._post(order, self.anna, subject="Our offer", attachments=file)
        self._post(order, self.anna, subject="Your question")
        self.assertEqual(
            self._find(order).mapped("name"),
            [f"Quotation {order.name}", "Your question"],
        )

    def test_flow_is_a_fact(self):
        """Whatever the template says, as that of a bill does."""
        self.Rule.search([("event", "=", "email_out")]).active = False
        template = self._shipped("interaction_template_vendor_bill")
        self._new_rule("sale.order", template_id=template.id)
        order = self._new_order()
        self._post(order, self.anna)
        self.assertRecordValues(
            self._find(order),
            [{"flow": "outbound", "initiated_by": "us", "channel": "email"}],
        )

    def test_explain_reports(self):
        """An e-mail has no report, unless it is said which one."""
        order = self._new_order().with_user(self.user_manager)
        rules = self.env["interaction.rule"].with_user(self.user_manager)
        rule = self._shipped("interaction_rule_email_proforma")
        report = self.env.ref("sale.action_report_pro_forma_invoice")
        lines = rules._explain_rules(order, "email_out")
        reason = next(line["reason"] for line in lines if line["rule"] == rule)
        self.assertIn("with these reports only: PRO-FORMA Invoice", reason)
        lines = rules._explain_rules(order, "email_out", report.sudo())
        verdicts = {line["rule"]: line["verdict"] for line in lines}
        self.assertEqual(verdicts[rule], "logged")

    def test_explain_why_not_for_our_own(self):
        order = self._new_order(self.user_manager.partner_id)
        rules = self.env["interaction.rule"].with_user(self.user_manager)
        rule = self._shipped("interaction_rule_email_quotation")
        lines = rules._explain_rules(order.with_user(self.user_manager), "email_out")
        reason = next(line["reason"] for line in lines if line["rule"] == rule)
        self.assertIn("is an internal contact", reason)

    def test_explain(self):
        order = self._new_order()
        rules = self.env["interaction.rule"].with_user(self.user_sales)
        for event, rule in (
            ("email_out", "interaction_rule_email_quotation"),
            ("email_in", "interaction_rule_email_in_order"),
        ):
            with self.subTest(event=event):
                [answer] = rules.explain(order.with_user(self.user_sales), event)
                self.assertEqual(answer["rule_id"], self._shipped(rule).id)
                self.assertEqual(answer["partner_id"], self.anna.id)
                self.assertTrue(answer["logged"])
