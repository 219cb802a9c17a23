from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from ..common import InteractionAccountCommon


@tagged("-at_install", "post_install")
class TestRule(InteractionAccountCommon):
    def _new_rule(self, **vals):
        return self.Rule.with_user(self.user_manager).create(
            {
                "name": "R",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "template_id": self.template_call.id,
                **vals,
            }
        )

    def test_first_rule_counts(self):
        order = self._new_order()
        first = self._new_rule(sequence=1, domain="[('state', '=', 'draft')]")
        match = self.Rule._match("print", order, self.report_quotation)[0]
        self.assertEqual(match.rule, first)
        self.assertEqual(match.vals["template_id"], self.template_call.id)
        first.active = False
        match = self.Rule._match("print", order, self.report_quotation)[0]
        self.assertEqual(match.rule, self._shipped("interaction_rule_print_quotation"))

    def test_values_of_a_document(self):
        order = self._new_order(user_id=False)
        vals = self.Rule._match("print", order, self.report_quotation)[0].vals
        self.assertEqual(
            vals,
            {
                "template_id": self._shipped("interaction_template_quotation").id,
                "partner_id": self.anna.id,
                # the document has no salesperson, the contact has one
                "user_id": self.user_sales.id,
                "company_id": self.company_a.id,
                "event": "print",
                "rule_id": self._shipped("interaction_rule_print_quotation").id,
                "report_id": self.report_quotation.id,
                "res_model": "sale.order",
                "res_id": order.id,
                "document_name": order.name,
            },
        )

    def test_user_where_nobody_else_is_salesperson(self):
        order = self._new_order(partner=self.partner, user_id=False)
        vals = self.Rule.with_user(self.user_assistant).sudo()
        vals = vals._match("print", order, self.report_quotation)[0].vals
        self.assertEqual(vals["user_id"], self.user_assistant.id)

    def test_other_layout_of_the_same_document(self):
        layout = self.report_quotation.sudo().copy(
            {"report_name": "sale.report_saleorder_raw"}
        )
        other = self.report_quotation.sudo().copy({"report_name": "my.labels"})
        order = self._new_order()
        self.assertTrue(self.Rule._match("print", order, layout))
        self.assertFalse(self.Rule._match("print", order, other))

    def test_path_of_fields(self):
        rule = self._new_rule(
            sequence=1,
            partner_field="partner_id.parent_id",
            user_field="team_id.user_id",
        )
        match = rule._match("print", self._new_order())[0]
        self.assertEqual(match.vals["partner_id"], self.acme.id)

    def test_path_to_ourselves(self):
        """Documents with it are never logged: the form says so at once."""
        rule = self._new_rule(event="print")
        form = Form(rule, view="interaction_log.interaction_rule_view_form")
        self.assertFalse(form.partner_warning)
        for path in (
            "company_id.partner_id",
            "user_id.partner_id",
            "partner_id.user_id.partner_id",
        ):
            with self.subTest(path=path):
                form.partner_field = path
                self.assertIn("leads to your own company", form.partner_warning)
        form.partner_field = "partner_id.parent_id"
        self.assertFalse(form.partner_warning)
        form.save()
        # who got the e-mail is logged, no field says who
        rule.write({"event": "email_out", "partner_field": "company_id.partner_id"})
        self.assertFalse(rule.partner_warning)
        self.assertFalse(self._shipped("interaction_rule_meeting").partner_warning)

    def test_rule_of_a_company(self):
        company = self._new_company()
        rule = self._new_rule(sequence=1, company_id=self.company_a.id)
        self.assertTrue(rule._match("print", self._new_order()))
        order_b = self._new_order().sudo()
        order_b._write({"company_id": company.id})
        order_b.invalidate_recordset()
        self.assertFalse(rule._match("print", order_b))

    def test_rule_of_a_company_is_for_its_branches(self):
        branch = (
            self.env["res.company"]
            .sudo()
            .create({"name": "Branch", "parent_id": self.company_a.id})
        )
        rule = self._new_rule(sequence=1, company_id=self.company_a.id)
        order = self._new_order()
        order._write({"company_id": branch.id})
        order.invalidate_recordset()
        self.assertTrue(rule._match("print", order))
        rule.company_id = branch
        self.assertFalse(rule._match("print", self._new_order()))

    def test_no_query_where_no_rule_could_match(self):
        contacts = self.acme | self.anna
        bill = self._new_move("in_invoice")
        bill.mapped("move_type")
        self.Rule._match("print", bill, self.report_invoice)
        self.Rule._match("print", contacts)
        self.Rule._may_match("print", bill._name)
        with self.assertQueryCount(0):
            self.assertFalse(self.Rule._match("print", contacts))
            self.assertFalse(self.Rule._match("print", bill, self.report_invoice))
            self.assertFalse(self.Recorder._record_event("print", contacts))
        with self.assertQueryCount(2):  # the savepoint, where a rule names the model
            self.assertFalse(
                self.Recorder._record_event("print", bill, report=self.report_invoice)
            )

    def test_archived_rule_stays_out_whatever_the_context(self):
        rule = self._new_rule(sequence=1)
        rule.active = False
        order = self._new_order()
        match = self.Rule.with_context(active_test=False)._match("print", order)[0]
        self.assertNotEqual(match.rule.id, rule.id)

    def test_template_that_went_to_another_company(self):
        company = self._new_company()
        template = self._shipped("interaction_template_quotation")
        # as data from before this was refused
        template._write({"company_id": company.id})
        template.invalidate_recordset()
        match = self.Rule._match("print", self._new_order())[0]
        self.assertIn("belongs to another company", match.reason)

    # -- explain --------------------------------------------------------

    def test_explain(self):
        order = self._new_order()
        rules = self.Rule.with_user(self.user_manager)
        before = self.Entry.search_count([])
        self.assertEqual(
            rules.explain(order.with_user(self.user_manager), "print"),
            [
                {
                    "res_model": "sale.order",
                    "res_id": order.id,
                    "document_name": order.name,
                    "rule_id": self._shipped("interaction_rule_print_quotation").id,
                    "template_id": self._shipped("interaction_template_quotation").id,
                    "partner_id": self.anna.id,
                    "logged": True,
                    "reason": False,
                }
            ],
        )
        self.assertEqual(self.Entry.search_count([]), before)

    def test_explain_says_why_not(self):
        bill = self._new_move("in_invoice").with_user(self.user_manager)
        rules = self.Rule.with_user(self.user_manager)
        self.assertIn("No automatic", rules.explain(bill, "print")[0]["reason"])
        invoice = self._new_move().with_user(self.user_manager)
        self.template_invoice.sudo().active = False
        answer = rules.explain(invoice, "print")[0]
        self.assertFalse(answer["logged"])
        self.assertIn("archived", answer["reason"])

    def test_explain_shows_nothing_of_foreign_documents(self):
        user = self._new_user("il_no_sales", "interaction_log.group_user")
        with self.assertRaises(AccessError):
            self.Rule.with_user(user).explain(self._new_move().with_user(user), "print")

    # -- bad input ------------------------------------------------------

    def test_bad_input(self):
        archived = self.template_call.sudo().copy({"active": False})
        for sentence, vals in (
            (
                "are not valid for Sales Order",
                {"domain": "[('no_such_field', '=', 1)]"},
            ),
            ("are not valid for Sales Order", {"domain": "[('state', '='"}),
            ("are not valid for Sales Order", {"domain": "__import__('os')"}),
            (
                "are not valid for Sales Order",
                {"domain": "[('amount_total', '>', 'x')]"},
            ),
            ("must lead from Sales Order", {"partner_field": "no_such_field"}),
            ("must lead from Sales Order", {"partner_field": "name"}),
            ("must lead from Sales Order", {"partner_field": "user_id"}),
            ("must lead from Sales Order", {"partner_field": "order_line"}),
            ("must lead from Sales Order", {"user_field": "partner_id"}),
            ("does not print Sales Order", {"report_ids": self.report_invoice.ids}),
            ("is archived", {"template_id": archived.id}),
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaisesRegex(ValidationError, sentence),
                self.env.cr.savepoint(),
            ):
                self._new_rule(**vals)

    def test_who_may_change_rules(self):
        with self.assertRaises(AccessError):
            self.Rule.with_user(self.user_sales).search([], limit=1).active = False
