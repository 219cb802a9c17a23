from odoo.tests import tagged

from .common import InteractionEmailCommon


@tagged("-at_install", "post_install")
class TestExplainedAndRecorded(InteractionEmailCommon):
    """What is said of a document is what becomes of it."""

    def _explain(self, document, event):
        """Return what would be logged, and what would be skipped, and the rest."""
        rules = self.Rule.with_user(self.user_manager)
        lines = rules._explain_rules(document.with_user(self.user_manager), event)
        return {
            verdict: {
                (
                    line["rule"].id,
                    line["vals"].get("template_id"),
                    line["vals"].get("partner_id"),
                )
                for line in lines
                if line["verdict"] == verdict
            }
            for verdict in ("logged", "skipped")
        }

    def _recorded(self, document):
        """Return what was logged and skipped of it."""
        skipped = self.Skipped.search([("res_id", "=", document.id)])
        return {
            "logged": {
                (entry.rule_id.id, entry.template_id.id, entry.partner_id.id)
                for entry in self._find(document)
            },
            "skipped": {
                (row.rule_id.id, row.match_vals["template_id"], row.partner_id.id)
                for row in skipped
            },
        }

    def _check(self, document, event, act):
        explained = self._explain(document, event)
        act(document)
        self.assertEqual(self._recorded(document), explained)
        return explained

    def _record(self, event):
        return lambda document: self.Recorder._record_event(event, document)

    def test_downloads_and_views(self):
        for event in ("download", "portal_view"):
            rule = self._shipped(f"interaction_rule_{event}_quotation")
            with self.subTest(event=event):
                explained = self._check(self._new_order(), event, self._record(event))
                self.assertFalse(explained["logged"], "the rule is off")
                rule.active = True
                explained = self._check(self._new_order(), event, self._record(event))
                self.assertTrue(explained["logged"])
                own = self._new_order(partner=self.user_sales.partner_id)
                explained = self._check(own, event, self._record(event))
                self.assertFalse(any(explained.values()))
                rule.template_id.active = False
                explained = self._check(self._new_order(), event, self._record(event))
                self.assertTrue(explained["skipped"])
                rule.template_id.active = True

    def test_email_out(self):
        """With a file and without one it is another rule."""

        def act(order):
            self._post(order, self.anna)
            self._post(order, self.anna, attachments=[("offer.txt", b"offer")])

        explained = self._check(self._new_order(), "email_out", act)
        self.assertEqual(len(explained["logged"]), 2)
        quotation = self._shipped("interaction_rule_email_quotation")
        quotation.template_id.active = False
        explained = self._check(self._new_order(), "email_out", act)
        self.assertEqual(len(explained["skipped"]), 1)
        self.assertEqual(len(explained["logged"]), 1)

    def test_public_method(self):
        """One answer for a document and contact, that of a case that is logged."""
        rules = self.Rule.with_user(self.user_manager)
        orders = self._new_order() | self._new_order()
        orders = orders.with_user(self.user_manager)
        quotation = self._shipped("interaction_rule_email_quotation")
        about = self._shipped("interaction_rule_email_about_order")
        for rule, asked in ((quotation, rules), (about, rules.browse(about.id))):
            answers = asked.explain(orders, "email_out")
            self.assertEqual(
                [(answer["res_id"], answer["rule_id"]) for answer in answers],
                [(order.id, rule.id) for order in orders],
            )
        quotation.template_id.active = False
        (answer,) = rules.explain(orders[0], "email_out")
        self.assertEqual((answer["rule_id"], answer["logged"]), (about.id, True))

    def test_notes_of_the_lines(self):
        rules = self.Rule.with_user(self.user_manager)
        order = self._new_order().with_user(self.user_manager)
        reasons = {
            line["rule"].name: line["reason"]
            for line in rules._explain_rules(order, "email_out")
        }
        self.assertEqual(reasons["E-mailed quotation"], "The e-mail has files.")
        self.assertEqual(
            reasons["E-mail about a quotation or order"], "The e-mail has no files."
        )
        late = self._shipped("interaction_rule_email_about_order").copy(
            {"name": "Late", "sequence": 999}
        )
        lines = late.with_user(self.user_manager)._explain_rules(order, "email_out")
        self.assertEqual(
            lines[0]["reason"],
            "E-mailed quotation, E-mail about a quotation or order have priority.",
        )

    def test_report_is_a_file(self):
        """A rule for e-mails without files is none for one with a report."""
        order = self._new_order()
        self.Rule.search([("event", "=", "email_out")]).mail_files = "without"
        rules = self.Rule.with_user(self.user_manager)
        for report in (None, self.report_quotation):
            lines = rules._explain_rules(order, "email_out", report)
            verdicts = [line["verdict"] for line in lines]
            self.assertEqual("logged" in verdicts, not report)

    def test_email_in(self):
        def act(order):
            self._receive("anna@acme.example.com", None, "sale.order", order)

        explained = self._check(self._new_order(), "email_in", act)
        self.assertEqual(len(explained["logged"]), 1)

    def test_email_on_a_document_without_contact(self):
        """No field of the document need lead to a contact."""
        self.env["interaction.rule"].sudo().create(
            {
                "name": "About products",
                "event": "email_out",
                "model_id": self.env["ir.model"]._get_id("product.template"),
                "template_id": self.template_call.id,
            }
        )
        product = self.product.product_tmpl_id
        lines = self.Rule._explain_rules(product, "email_out")
        self.assertEqual([line["verdict"] for line in lines], ["no"])
        self.assertIn("logged with each recipient", lines[0]["reason"])
        self._post(product, self.anna, user=self.env.user)
        self.assertEqual(self._find(product).partner_id, self.anna)
