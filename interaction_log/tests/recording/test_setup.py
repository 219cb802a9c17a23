from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from ..common import InteractionAccountCommon, InteractionHttpCommon


@tagged("-at_install", "post_install")
class TestSetup(InteractionAccountCommon):
    """What is recorded with which template, set up by who never heard of rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Setup = cls.env["interaction.rule"].with_user(cls.user_manager)

    def _add_row(self, model, user=None, **vals):
        return self.Setup.with_user(user or self.user_manager).create(
            {
                "model_id": self.env["ir.model"]._get_id(model),
                "template_id": self.template_call.id,
                **vals,
            }
        )

    def _match(self, document, report):
        return self.Rule._match("print", document, report)

    # -- new rows -------------------------------------------------------

    def test_document_and_template_are_enough(self):
        orders, invoices, payments = (
            self._add_row(model)
            for model in ("sale.order", "account.move", "account.payment")
        )
        self.assertRecordValues(
            orders | invoices | payments,
            [
                {
                    "name": "Quotation or Order: Printed",
                    "event": "print",
                    "partner_field": "partner_id",
                    "user_field": "user_id",
                    "active": True,
                },
                {
                    "name": "Invoice or Bill: Printed",
                    "event": "print",
                    "partner_field": "partner_id",
                    "user_field": "invoice_user_id",
                    "active": True,
                },
                {
                    "name": "Payment: Printed",
                    "event": "print",
                    "partner_field": "partner_id",
                    "user_field": False,
                    "active": True,
                },
            ],
        )

    def test_name_in_the_form(self):
        """A name made here follows the document; one typed is kept."""
        models = {
            name: self.env["ir.model"].with_user(self.user_manager)._get(name)
            for name in ("sale.order", "account.move", "account.payment")
        }
        form = Form(self.Setup)
        form.model_id = models["account.payment"]
        self.assertEqual(form.name, "Payment: Printed")
        form.model_id = models["account.move"]
        self.assertEqual(form.name, "Invoice or Bill: Printed")
        self.assertEqual(form.user_field, "invoice_user_id")
        form.name = "Every invoice"
        form.model_id = models["sale.order"]
        self.assertEqual(form.name, "Every invoice")
        self.assertEqual(form.user_field, "user_id")
        form.template_id = self.template_call.with_user(self.user_manager)
        row = form.save()
        row.name = False
        self.assertEqual(row.name, "Quotation or Order: Printed")

    def test_empty_name_and_fields_given(self):
        row = self._add_row(
            "sale.order",
            name="",
            partner_field="partner_shipping_id",
            user_field="partner_id.user_id",
        )
        self.assertEqual(row.name, "Quotation or Order: Printed")
        row.model_id = self.env["ir.model"]._get("account.move")
        # the paths that lead to a contact and a user stay
        self.assertEqual(row.name, "Invoice or Bill: Printed")
        self.assertEqual(row.partner_field, "partner_shipping_id")
        self.assertEqual(row.user_field, "partner_id.user_id")
        row.model_id = self.env["ir.model"]._get("account.payment")
        self.assertEqual(row.partner_field, "partner_id")

    def test_document_without_contact(self):
        with self.assertRaisesRegex(ValidationError, "must lead from Product to"):
            self._add_row("product.template")

    def test_new_row_takes_nothing_from_those_before(self):
        self._shipped("interaction_rule_print_proforma").active = False
        row = self._add_row("sale.order")
        quotation = self._new_order()
        match = self._match(quotation, self.report_quotation)[0]
        self.assertEqual(match.rule, self._shipped("interaction_rule_print_quotation"))
        pro_forma = self.env.ref("sale.action_report_pro_forma_invoice")
        self.assertEqual(self._match(quotation, pro_forma)[0].rule, row.sudo())

    # -- documents ------------------------------------------------------

    def test_documents_offered(self):
        models = self.Setup._get_document_models()
        self.assertLessEqual(
            {"sale.order", "account.move", "account.payment"}, {*models}
        )
        # a report, but no contact; a contact, but no report
        printed = self.Setup._get_event_models("print")
        self.assertFalse({"product.template", "res.partner.bank"} & {*printed})
        domain = self.Setup.fields_get(["model_id"])["model_id"]["domain"]
        self.assertEqual(domain, [("model", "in", models)])

    def test_documents_have_names_that_people_know(self):
        Model = self.env["ir.model"].with_user(self.user_manager)
        move = Model._get("account.move")
        self.assertEqual(move.display_name, "Journal Entry")
        Model = Model.with_context(interaction_log_document=True)
        found = Model.name_search("bill", [("model", "=", "account.move")])
        self.assertEqual(found, [(move.id, "Invoice or Bill")])
        found = Model.name_search("journal", [("model", "=", "account.move")])
        self.assertEqual(found, [(move.id, "Invoice or Bill")])
        groups = self.Setup.with_context(interaction_log_document=True).web_read_group(
            [("active", "in", [True, False]), ("model_id", "=", move.id)], ["model_id"]
        )["groups"]
        self.assertEqual(
            [group["model_id"] for group in groups], [(move.id, "Invoice or Bill")]
        )

    # -- rows switched off ----------------------------------------------

    def test_shipped_rows_record_once_switched_on(self):
        payment = (
            self.env["account.payment"]
            .sudo()
            .create(
                {
                    "amount": 1,
                    "partner_id": self.anna.id,
                    "payment_type": "inbound",
                    "partner_type": "customer",
                }
            )
        )
        original = self.env.ref("account.action_account_original_vendor_bill")
        for name, template, document, report in (
            (
                "proforma",
                "proforma",
                self._new_order(),
                self.env.ref("sale.action_report_pro_forma_invoice"),
            ),
            (
                "sales_receipt",
                "sales_receipt",
                self._new_move("out_receipt"),
                self.report_invoice,
            ),
            ("vendor_bill", "vendor_bill", self._new_move("in_invoice"), original),
            (
                "vendor_bill",
                "vendor_bill",
                self._new_move("in_receipt"),
                self.report_invoice,
            ),
            (
                "vendor_credit_note",
                "vendor_credit_note",
                self._new_move("in_refund"),
                self.report_invoice,
            ),
            (
                "payment_receipt",
                "payment_receipt",
                payment,
                self.env.ref("account.action_report_payment_receipt"),
            ),
        ):
            with self.subTest(name=name, document=document):
                rule = self._shipped(f"interaction_rule_print_{name}")
                rule.with_user(self.user_manager).active = False
                self.assertFalse(self._match(document, report))
                rule.with_user(self.user_manager).active = True
                match = self._match(document, report)[0]
                self.assertEqual(match.rule, rule)
                self.assertFalse(match.reason)
                self.assertEqual(match.vals["partner_id"], self.anna.id)
                self.assertEqual(
                    match.vals["template_id"],
                    self._shipped(f"interaction_template_{template}").id,
                )

    def test_shipped_rows(self):
        data = self.env["ir.model.data"].sudo()
        shipped = data.search(
            [("module", "=", "interaction_log"), ("model", "=", "interaction.rule")]
        )
        self.assertTrue(all(shipped.mapped("noupdate")))
        rules = self.Rule.browse(shipped.mapped("res_id"))
        on = rules.filtered("active")
        self.assertEqual(
            set(on.mapped("name")),
            {
                "Printed quotation",
                "Printed order",
                "Printed customer invoice",
                "Printed credit note",
                "E-mailed pro-forma invoice",
                "E-mailed quotation",
                "E-mailed order",
                "E-mailed customer invoice",
                "E-mailed credit note",
                "E-mailed payment receipt",
                "Customer invoice sent electronically",
                "Credit note sent electronically",
                "E-mail with the log in copy",
                "E-mail forwarded to the log",
                "E-mail about a quotation or order",
                "E-mail about an invoice or bill",
                "E-mail to a contact",
                "E-mail received on a quotation or order",
                "E-mail received on an invoice or bill",
                "E-mail received from a contact",
                "Written in the portal on a quotation or order",
                "Written in the portal on an invoice",
                "Printed pro-forma invoice",
                "Printed payment receipt",
            },
        )
        self.assertEqual(len(rules - on), 12)
        # the page shows both
        page = self.Setup.get_recording_page()
        shown = {row["id"] for event in page["events"] for row in event["rules"]}
        self.assertLessEqual(set(rules.ids), shown)

    def _make_old(self, rules, **vals):
        """Let `rules` be as they were created by an earlier version."""
        self.env.flush_all()
        for name, value in {**vals, "write_date": SQL("create_date")}.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE interaction_rule SET %s = %s WHERE id IN %s",
                    SQL.identifier(name),
                    value,
                    rules._ids,
                )
            )
        self.env.invalidate_all()

    def test_migration(self):
        """Rules that nobody has changed become what is shipped now."""
        numbered = self.Rule.union(
            *(
                self._shipped(f"interaction_rule_print_{name}")
                for name in (
                    "invoice",
                    "credit_note",
                    "sales_receipt",
                    "vendor_bill",
                    "vendor_credit_note",
                )
            )
        )
        activated = self._shipped("interaction_rule_print_proforma")
        activated |= self._shipped("interaction_rule_print_payment_receipt")
        quotation = self._shipped("interaction_rule_print_quotation")
        own = numbered[0].copy({"number_required": False})
        off = numbered.filtered(lambda rule: not rule.active)
        self._make_old(numbered, number_required=False)
        self._make_old(activated, active=False)
        self._make_old(quotation, active=False)
        dates = {rule: rule.write_date for rule in numbered | activated}
        self._migrate("19.0.1.3.0")
        self.assertTrue(all(numbered.mapped("number_required")))
        self.assertFalse(any(off.mapped("active")))
        self.assertTrue(all(activated.mapped("active")))
        self.assertFalse((quotation | activated).filtered("number_required"))
        self.assertFalse(quotation.active)
        self.assertFalse(own.number_required)
        self.assertEqual({rule: rule.write_date for rule in dates}, dates)

    def test_update_brings_the_page(self):
        """Two lists give their place and their address to pages, and go."""
        old = self.env["ir.actions.act_window"].sudo()
        old = old.create(
            {"name": "Old", "res_model": "interaction.event", "path": "old-test-list"}
        )
        data = self.env["ir.model.data"].sudo()
        data = data.create(
            {
                "module": "interaction_log",
                "name": "interaction_event_action",
                "model": old._name,
                "res_id": old.id,
            }
        )
        self._migrate("19.0.1.11.0", stage="pre", name="recording-page")
        self.assertFalse(old.path)
        self.assertEqual(data.name, "interaction_event_action_list")
        page = self.env.ref("interaction_log.interaction_rule_action_setup")
        self.assertEqual(page.path, "interaction-setup")

    def test_update_brings_a_rule_for_an_archived_template(self):
        """It is switched off: the update does not fail."""
        vals = {
            "event": "download",
            "model_id": self.env["ir.model"]._get_id("sale.order"),
            "template_id": self.template_call.id,
        }
        data = [{"xml_id": "interaction_log.rule_of_an_update", "values": vals}]
        self.template_call.active = False
        with self.assertRaisesRegex(ValidationError, "is archived"):
            self.Rule.create(vals)
        rule = self.Rule.with_context(install_mode=True)._load_records(data)
        self.assertFalse(rule.active)
        self.template_call.active = True
        rule = self.Rule.with_context(install_mode=True).create(vals)
        self.assertTrue(rule.active)

    def test_migration_leaves_what_users_changed(self):
        numbered = self._shipped("interaction_rule_print_invoice")
        proforma = self._shipped("interaction_rule_print_proforma")
        receipt = self._shipped("interaction_rule_print_payment_receipt")
        self._make_old(numbered, number_required=False)
        self._make_old(proforma | receipt, active=False)
        numbered.with_user(self.user_manager).sequence = 5
        proforma.with_user(self.user_manager).active = True
        proforma.with_user(self.user_manager).active = False
        receipt.template_id.active = False
        self._migrate("19.0.1.3.0")
        self.assertFalse(numbered.number_required)
        self.assertFalse(proforma.active)
        self.assertFalse(receipt.active, "its template is archived")

    # -- warnings -------------------------------------------------------

    def test_warning_where_the_template_can_not_be_used(self):
        row = self._add_row("sale.order")
        self.assertFalse(row.template_warning)
        self.template_call.active = False
        self.assertIn("is archived", row.template_warning)
        self.template_call.active = True
        company = self._new_company()
        # as data from before this was refused
        self.template_call._write({"company_id": company.id})
        self.template_call.invalidate_recordset()
        self.assertIn("another company", row.template_warning)

    # -- who ------------------------------------------------------------

    def test_salesperson_may_not_change_it(self):
        row = self._shipped("interaction_rule_print_quotation")
        with self.assertRaises(AccessError):
            row.with_user(self.user_sales).active = False
        with self.assertRaises(AccessError):
            self._add_row("sale.order", user=self.user_sales)

    def test_rows_of_another_company(self):
        company = self._new_company()
        manager_b = self._new_user(
            "il_manager_b", "interaction_log.group_manager", company=company
        )
        row_a = self._add_row("sale.order", company_id=self.company_a.id)
        row_b = self._add_row("sale.order", user=manager_b, company_id=company.id)
        shared = self._shipped("interaction_rule_print_quotation")
        rows = row_a | row_b | shared.with_user(self.user_manager)
        seen = self.Setup.with_user(manager_b).search([("id", "in", rows.ids)])
        self.assertEqual(seen.ids, [shared.id, row_b.id])
        with self.assertRaises(AccessError):
            row_a.with_user(manager_b).active = False


@tagged("-at_install", "post_install")
class TestSetupPrint(InteractionHttpCommon):
    def test_change_counts_from_the_next_print(self):
        row = self._shipped("interaction_rule_print_quotation")
        row = row.with_user(self.user_manager)
        order = self._new_order()
        self._print("sale.report_saleorder", order)
        letter = self._shipped("interaction_template_letter")
        row.template_id = letter
        self._print("sale.report_saleorder", order)
        row.active = False
        self._print("sale.report_saleorder", order)
        self.assertEqual(
            self._find(order).mapped("template_id.code"), ["QUOTATION", "LETTER"]
        )
        row.active = True
        self._print("sale.report_saleorder", order)
        self.assertEqual(len(self._find(order)), 3)

    def _set_up(self, tour):
        """Let a manager set up recording who may read payments, but no orders."""
        manager = self._new_user(
            "il_only_manager",
            "interaction_log.group_manager",
            "account.group_account_invoice",
        )
        proforma = self._shipped("interaction_rule_print_proforma")
        # as data from before this was refused
        proforma.template_id._write({"active": False})
        proforma.template_id.invalidate_recordset()
        self.start_tour("/odoo/interaction-setup", tour, login=manager.login)
        rules = {
            name: self._shipped(f"interaction_rule_print_{name}")
            for name in ("quotation", "order", "credit_note")
        }
        letter = self._shipped("interaction_template_letter")
        self.assertEqual(rules["quotation"].template_id, letter)
        self.assertFalse(rules["credit_note"].active)
        self.assertEqual(rules["order"].announce, "ask")
        self.assertTrue(self._shipped("interaction_event_print").is_recorded)
        return manager, rules, letter

    def test_setup_page(self):
        """A rule is added, and a template archived with which others record."""
        manager, rules, letter = self._set_up("interaction_log_setup")
        row = self.Rule.search([("name", "=", "Payment: Printed")])
        self.assertRecordValues(
            row,
            [
                {
                    "model_name": "account.payment",
                    "template_id": self._shipped("interaction_template_note").id,
                    "create_uid": manager.id,
                }
            ],
        )
        self.assertEqual(rules["order"].template_id, letter)
        self.assertTrue(rules["order"].active)
        self.assertFalse(self._shipped("interaction_template_order").active)

    def test_setup_page_on_a_phone(self):
        with (
            patch.object(type(self), "browser_size", "390x844"),
            patch.object(type(self), "touch_enabled", True),
        ):
            self._set_up("interaction_log_setup_phone")
