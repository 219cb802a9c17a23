from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..common import InteractionAccountCommon


@tagged("-at_install", "post_install")
class TestExplain(InteractionAccountCommon):
    """What would be logged, rule by rule, in the dialog."""

    def _open(self, document, user=None, **context):
        """Open the dialog as the menu of the document does."""
        wizard = self.env["interaction.rule.explain"].with_user(
            user or self.user_manager
        )
        return Form(
            wizard.with_context(
                active_model=document._name, active_id=document.id, **context
            ),
            view="interaction_log.interaction_rule_explain_view_form",
        )

    def _line(self, form, rule):
        return next(
            line for line in form.line_ids._records if line["rule_id"] == rule.id
        )

    def _reason(self, document, rule, user=None):
        return self._line(self._open(document, user), rule)["reason"]

    def test_offered_to_who_sets_up_rules(self):
        """A user is not asked to think about rules."""
        actions = self.env["ir.actions.actions"]
        for model in ("account.move", "account.payment", "sale.order"):
            for user, offered in ((self.user_sales, False), (self.user_manager, True)):
                bindings = actions.with_user(user).get_bindings(model)
                names = [action["name"] for action in bindings.get("action", ())]
                with self.subTest(model=model, user=user.login):
                    self.assertEqual("What Would Be Logged?" in names, offered)

    def test_what_is_logged(self):
        rule = self._shipped("interaction_rule_print_invoice")
        rule.subject = "Invoice of {{ object.invoice_date }}"
        invoice = self._new_move()
        before = self.Entry.search_count([])
        form = self._open(invoice, self.user_manager)
        self.assertEqual(form.document, f"account.move,{invoice.id}")
        self.assertEqual(form.verdict, "logged")
        self.assertEqual(form.summary, f"{invoice.display_name} would be logged.")
        line = self._line(form, rule)
        self.assertEqual(
            (line["verdict"], line["subject"], line["reason"]),
            ("logged", "Invoice of 2026-01-15", False),
        )
        self.assertEqual(line["partner_id"], self.anna.id)
        self.assertEqual(line["template_id"], self.template_invoice.id)
        self.assertEqual(line["user_id"], self.user_sales.id)
        form.save()
        self.assertEqual(self.Entry.search_count([]), before)
        self.assertFalse(self.Skipped.search([("res_id", "=", invoice.id)]))

    def test_why_not_rule_by_rule(self):
        invoice = self._new_move()
        company = self._new_company()
        self.user_manager.sudo().company_ids |= company
        self.env.user.company_ids |= company

        def new_rule(**vals):
            return self.Rule.create(
                {
                    "model_id": self.env["ir.model"]._get_id("account.move"),
                    "template_id": self.template_call.id,
                    "sequence": 1,
                    "domain": "[('amount_total', '>', 1000000), ('ref', '=', False)]",
                    **vals,
                }
            )

        conditions = new_rule()
        off = new_rule(active=False)
        foreign = new_rule(company_id=company.id)
        later = new_rule(sequence=100, domain="[]")
        form = self._open(invoice, allowed_company_ids=[self.company_a.id, company.id])
        for rule, sentence in (
            (conditions, "The document does not meet the conditions (Total)."),
            (off, "The rule is disabled."),
            (foreign, f"The rule is for documents of {company.name} only."),
            (later, "Printed customer invoice has priority."),
            (
                self._shipped("interaction_rule_print_credit_note"),
                "The document does not meet the conditions (Type).",
            ),
        ):
            with self.subTest(sentence=sentence):
                line = self._line(form, rule)
                self.assertEqual((line["verdict"], line["reason"]), ("no", sentence))

    def test_report(self):
        rule = self._shipped("interaction_rule_print_quotation")
        form = self._open(self._new_order())
        pro_forma = self.env.ref("sale.action_report_pro_forma_invoice")
        form.report_id = pro_forma.with_user(self.user_manager)
        line = self._line(form, rule)
        self.assertEqual(line["verdict"], "no")
        self.assertIn("is not one of the reports", line["reason"])
        line = self._line(form, self._shipped("interaction_rule_print_proforma"))
        self.assertEqual(line["verdict"], "logged")

    def test_number_and_our_own_people(self):
        rule = self._shipped("interaction_rule_print_invoice")
        draft = self._new_move(post=False)
        self.assertEqual(self._reason(draft, rule), "The document has no number yet.")
        invoice = self._new_move(partner=self.user_sales.partner_id)
        self.assertIn("is an internal contact", self._reason(invoice, rule))

    def test_what_would_be_skipped(self):
        rule = self._shipped("interaction_rule_print_quotation")
        rule.partner_field = "partner_id.parent_id"
        form = self._open(self._new_order(partner=self.partner))
        self.assertEqual(form.verdict, "skipped")
        self.assertIn("Skipped Events", form.summary)
        self.assertEqual(
            self._line(form, rule)["reason"],
            "The document has no contact (Customer > Related Company).",
        )
        rule.partner_field = "partner_id"
        rule.template_id.active = False
        reason = self._reason(self._new_order(), rule)
        self.assertEqual(reason, "The template Quotation is archived.")

    def test_logged_once_already(self):
        rule = self._shipped("interaction_rule_print_quotation")
        rule.repeat = "once"
        order = self._new_order()
        self.assertFalse(self._reason(order, rule))
        self.Recorder._record_event("print", order)
        self.assertIn("Already logged", self._reason(order, rule))
        # no word of an interaction that is not the own
        user = self._new_user(
            "il_own",
            "sales_team.group_sale_salesman_all_leads",
            "interaction_log.group_user_own",
        )
        self.assertFalse(self._reason(order, rule, user))

    def test_no_rule(self):
        rules = self.Rule.with_context(active_test=False)
        rules.search([("model_id.model", "=", "account.payment")]).unlink()
        payment = self.env["account.payment"].create(
            {"amount": 1, "partner_id": self.anna.id, "payment_type": "inbound"}
        )
        form = self._open(payment)
        self.assertEqual(form.verdict, "no")
        self.assertIn("no rule applies", form.summary)

    def test_meeting_with_several(self):
        rule = self._shipped("interaction_rule_meeting")
        rule.active = True
        bert = self.env["res.partner"].create({"name": "Bert"})
        meeting = self.env["calendar.event"].create(
            {
                "name": "Kick-off",
                "start": "2026-01-01 10:00:00",
                "stop": "2026-01-01 11:00:00",
                "partner_ids": [(6, 0, (self.anna | bert).ids)],
            }
        )
        form = self._open(meeting.with_user(self.user_manager))
        form.event = "meeting"
        self.assertEqual(
            {line["partner_id"] for line in form.line_ids._records},
            set((self.anna | bert).ids),
        )
        self.assertEqual(
            {line["subject"] for line in form.line_ids._records}, {"Kick-off"}
        )
        # nor are those told whom the user may not read
        self.anna.sudo().company_id = self._new_company()
        form = self._open(meeting.with_user(self.user_manager))
        form.event = "meeting"
        self.assertEqual(
            {line["partner_id"] for line in form.line_ids._records}, {False, bert.id}
        )

    # -- a rule ---------------------------------------------------------

    def test_try_a_rule(self):
        """A rule is tried with the youngest document that it wants."""
        rule = self._shipped("interaction_rule_print_order")
        rule = rule.with_user(self.user_manager)
        order = self._new_order()
        order.action_confirm()
        quotation = self._new_order()
        action = rule.action_explain()
        form = self._open(rule, **action["context"])
        self.assertEqual(form.document, f"sale.order,{order.id}")
        self.assertEqual(form.line_ids._records[0]["rule_id"], rule.id)
        self.assertEqual(form.verdict, "logged")
        form.document = f"sale.order,{quotation.id}"
        self.assertEqual(form.verdict, "logged", "by another rule")
        self.assertIn("conditions (Status)", self._line(form, rule)["reason"])
        self.assertEqual(
            [line["rule_id"] for line in form.line_ids._records],
            [rule.id, self._shipped("interaction_rule_print_quotation").id],
        )

    def test_try_a_rule_that_needs_a_number(self):
        invoice = self._new_move()
        self._new_move(post=False)
        rule = self._shipped("interaction_rule_print_invoice")
        context = rule.with_user(self.user_manager).action_explain()["context"]
        self.assertEqual(context["default_document"], f"account.move,{invoice.id}")

    def test_try_a_rule_that_comes_too_late(self):
        rule = self._shipped("interaction_rule_print_quotation").copy(
            {"sequence": 99, "name": "Too late"}
        )
        order = self._new_order()
        form = self._open(
            rule, **rule.with_user(self.user_manager).action_explain()["context"]
        )
        self.assertEqual(form.document, f"sale.order,{order.id}")
        self.assertIn("has priority", self._line(form, rule)["reason"])

    def test_try_a_rule_without_documents(self):
        manager = self._new_user("il_only_manager", "interaction_log.group_manager")
        rule = self._shipped("interaction_rule_print_order").with_user(manager)
        context = rule.action_explain()["context"]
        form = self._open(rule, user=manager, **context)
        self.assertFalse(form.document)
        self.assertEqual(form.summary, "Choose a document.")

    # -- who ------------------------------------------------------------

    def test_user_without_right_on_rules(self):
        form = self._open(self._new_order(), self.user_sales)
        self.assertEqual(form.verdict, "logged")

    def test_rule_out_of_sight(self):
        """A client may name any rule."""
        rule = self._shipped("interaction_rule_print_invoice").copy(
            {"company_id": self._new_company().id}
        )
        wizard = self.env["interaction.rule.explain"].with_user(self.user_manager)
        vals = {
            "document": f"account.move,{self._new_move().id}",
            "event": "print",
            "rule_id": rule.id,
        }
        with self.assertRaises(AccessError):
            wizard.create(vals).line_ids.mapped("reason")

    def test_document_out_of_sight(self):
        user = self._new_user("il_no_sales", "interaction_log.group_user")
        invoice = self._new_move().with_user(user)
        with self.assertRaises(AccessError):
            self.Rule.with_user(user)._explain_rules(invoice, "print")
        with self.assertRaises(AccessError):
            self._open(invoice, user)

    # -- no more than the asker may read ---------------------------------

    def test_conditions_that_the_user_may_not_read(self):
        """They decide, and are not told: not even which of them fails."""
        rule = self._shipped("interaction_rule_print_quotation")
        order = self._new_order()
        asks = "you are not allowed to read"
        for domain, user, sentence in (
            ("[('partner_id.signup_type', '=', 'x')]", self.user_manager, asks),
            ("[('partner_id', 'any', [('signup_type', '=', 'x')])]", None, asks),
            (
                "[('partner_id.signup_type', '=', 'x'), ('locked', '=', True)]",
                self.user_manager,
                r"conditions \(Locked\)",
            ),
            ("[('partner_id.ref', '=', 'x')]", self.user_manager, r"\(Customer\)"),
        ):
            with self.subTest(domain=domain):
                rule.domain = domain
                reason = self._reason(order, rule, user or self.user_manager)
                self.assertRegex(reason, sentence)

    def test_conditions_on_a_record_out_of_sight(self):
        rule = self._shipped("interaction_rule_print_quotation")
        order = self._new_order()
        self.anna.sudo().write({"company_id": self._new_company().id})
        for domain in (
            "[('partner_id.ref', '=', 'x')]",
            f"[('partner_id', '=', {self.acme.id})]",
        ):
            with self.subTest(domain=domain):
                rule.domain = domain
                self.assertIn("you are not allowed to read", self._reason(order, rule))

    def test_what_is_logged_without_what_the_user_may_not_read(self):
        rule = self._shipped("interaction_rule_print_quotation")
        order = self._new_order()
        hidden = "The subject uses data you are not allowed to read."
        for subject, shown in (
            ("Of {{ object.partner_id.ref }}", "Of A-1"),
            ("Of {{ object.partner_id.signup_type or 'nobody' }}", hidden),
            ("Of {{ object.sudo().partner_id.signup_type or 'nobody' }}", hidden),
        ):
            with self.subTest(subject=subject):
                self.anna.sudo().ref = "A-1"
                rule.subject = subject
                line = self._line(self._open(order), rule)
                self.assertEqual(line["subject"], shown)
                self.assertEqual(line["partner_id"], self.anna.id)
                self.assertEqual(line["user_id"], self.user_sales.id)
        self.anna.sudo().company_id = self._new_company()
        line = self._line(self._open(order), rule)
        self.assertEqual((line["verdict"], line["partner_id"]), ("logged", False))
        (answer,) = rule.with_user(self.user_manager).explain(
            order.with_user(self.user_manager), "print"
        )
        self.assertFalse(answer["partner_id"])

    def test_salesperson_of_a_contact_out_of_sight(self):
        """Who it is says something of the contact, though users may be read."""
        rule = self._shipped("interaction_rule_print_quotation")
        rule.user_field = "partner_id.user_id"
        self.anna.sudo().user_id = self.user_sales
        order = self._new_order()
        line = self._line(self._open(order), rule)
        self.assertEqual(line["user_id"], self.user_sales.id)
        self.anna.sudo().company_id = self._new_company()
        line = self._line(self._open(order), rule)
        self.assertEqual((line["verdict"], line["user_id"]), ("logged", False))

    def test_contact_field_that_leads_to_ourselves(self):
        """It is no fault of this document: the rule is told, before others."""
        rule = self._shipped("interaction_rule_print_quotation")
        order = self._new_order()
        rule.partner_field = "user_id.partner_id"
        sentence = (
            "The contact field Salesperson > Related Partner leads to your own company "
            "or its users, who are not logged. Choose the field with the customer or "
            "vendor."
        )
        self.assertEqual(self._reason(order, rule), sentence)
        self.assertFalse(self.Rule._match("print", order))

    def test_who_is_one_of_us_out_of_sight(self):
        partner = self.acme.sudo().create(
            {"name": "Our Shop", "parent_id": self.company_a.partner_id.id}
        )
        order = self._new_order(partner=partner)
        rule = self._shipped("interaction_rule_print_quotation")
        self.assertIn(partner.name, self._reason(order, rule))
        partner.company_id = self._new_company()
        reason = self._reason(order, rule)
        self.assertTrue(reason.startswith("The contact is an internal contact"), reason)
