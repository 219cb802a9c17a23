from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..common import InteractionAccountCommon

RENDER_LOGGER = "odoo.addons.mail.models.mail_render_mixin"


@tagged("-at_install", "post_install")
class TestRuleSubject(InteractionAccountCommon):
    """What a rule says an interaction is about."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.editor = cls.env.ref("mail.group_mail_template_editor")
        cls.user_manager.sudo().group_ids |= cls.editor
        cls.rule = cls._shipped("interaction_rule_print_invoice")
        cls.rule = cls.rule.with_user(cls.user_manager)

    def _record(self, documents):
        """Print as the assistant, who may not read what is logged."""
        entries = self.Recorder.with_user(self.user_assistant)._record_event(
            "print",
            documents.with_user(self.user_assistant),
            report=self.report_invoice,
        )
        return entries.sudo()

    def test_fields_of_the_document(self):
        self.rule.subject = "Invoice {{ object.name }} of {{ object.invoice_date }}"
        invoice = self._new_move()
        entry = self._record(invoice)
        self.assertEqual(entry.name, f"Invoice {invoice.name} of 2026-01-15")

    def test_in_the_language_of_the_contact(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        self.rule.subject = "Invoice of {{ format_date(object.invoice_date) }}"
        self.rule.with_context(
            lang="fr_FR"
        ).subject = "Facture du {{ format_date(object.invoice_date) }}"
        self.anna.lang = "fr_FR"
        entries = self._record(self._new_move() | self._new_move(partner=self.acme))
        self.assertEqual(
            entries.mapped("name"), ["Facture du 15/01/2026", "Invoice of 01/15/2026"]
        )

    def test_language_that_is_not_installed(self):
        self.rule.subject = "Invoice {{ object.name }}"
        self.anna.sudo()._write({"lang": "fr_FR"})
        self.anna.invalidate_recordset()
        invoice = self._new_move()
        self.assertEqual(self._record(invoice).name, f"Invoice {invoice.name}")

    def test_what_can_not_be_logged_is_not_rendered(self):
        """Why it can't is not hidden by a subject that can't be made either."""
        self.rule.write({"subject": "{{ object.ref.upper() }}", "domain": "[]"})
        self.rule.number_required = False
        self.assertFalse(self._record(self._new_move(post=False, partner_id=False)))
        skipped = self.Skipped.search([("event", "=", "print")], limit=1)
        self.assertIn("has no contact", skipped.reason)

    def test_default_value_and_empty_subject(self):
        invoice = self._new_move(ref=False)
        self.rule.subject = "About {{ object.ref ||| nothing }}"
        self.assertEqual(self._record(invoice).name, "About nothing")
        self.rule.subject = "{{ object.ref }}"
        self.assertEqual(self._record(invoice).name, f"Invoice {invoice.name}")

    def test_lines_of_the_document(self):
        self.rule.subject = (
            "{{ ', '.join(object.invoice_line_ids.mapped('product_id.name')) }} for "
            "{{ format_amount(object.amount_total, object.currency_id) }}"
        )
        entry = self._record(self._new_move())
        self.assertIn("Test Product for", entry.name)

    def test_one_that_can_not_be_made_takes_no_other_along(self):
        self.rule.subject = "{{ object.ref.upper() }}"
        good, bad = self._new_move(ref="abc"), self._new_move()
        with mute_logger(RENDER_LOGGER):
            entries = self._record(good | bad)
        self.assertRecordValues(entries, [{"res_id": good.id, "name": "ABC"}])
        skipped = self.Skipped.search([("res_id", "=", bad.id)])
        self.assertIn("can't be generated for this document", skipped.reason)

    def test_bad_subjects(self):
        self._new_move()
        for subject, sentence in (
            ("{{ object.no_such_field }}", "has no field no_such_field"),
            ("{{ object.partner_id.nme }}", "Contact has no field nme"),
            ("{{ object.name", "Write fields as"),
            ("{{ object. }}", "is not a valid expression"),
            ("{{ invoice.name }}", "invoice is unknown"),
            ("{{ __import__('os') }}", "forbidden name '__import__'"),
            ("{{ object['nme'] }}", "nme is unknown"),
            ("{{ object.write({'ref': 'other'}) }}", "it changes data"),
            ("{{ env.cr.execute('DELETE FROM res_lang') }}", "it changes data"),
        ):
            with (
                self.subTest(subject=subject),
                self.assertRaisesRegex(ValidationError, sentence),
                mute_logger("odoo.sql_db", RENDER_LOGGER),
                self.env.cr.savepoint(),
            ):
                self.rule.subject = subject

    def test_translation_is_checked(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        self.rule.subject = "Invoice {{ object.name }}"
        with self.assertRaisesRegex(ValidationError, "no field nom"):
            self.rule.update_field_translations(
                "subject", {"fr_FR": "Facture {{ object.nom }}"}
            )

    def test_model_that_changes(self):
        self.rule.subject = "{{ object.invoice_date }}"
        with self.assertRaisesRegex(ValidationError, "no field invoice_date"):
            self.rule.write(
                {
                    "model_id": self.env["ir.model"]._get_id("sale.order"),
                    "report_ids": [Command.clear()],
                    "domain": "[]",
                }
            )

    def test_only_template_editors_use_any_field(self):
        self.env["ir.config_parameter"].sudo().set_param(
            "mail.restrict.template.rendering", True
        )
        self.user_manager.sudo().group_ids -= self.editor
        self.rule.subject = "Invoice {{ object.name }}"
        self.assertIn("INV/", self._record(self._new_move()).name)
        with self.assertRaisesRegex(ValidationError, "Only members of"):
            self.rule.subject = "Invoice {{ object.amount_total }}"
        # what was saved by who may is rendered for everybody
        self.rule.sudo().subject = "{{ object.amount_total }}"
        self.assertNotIn(self.editor, self.user_assistant.all_group_ids)
        self.assertEqual(self._record(self._new_move()).name, "1150.0")

    def test_query_budget(self):
        """As many queries for 1 document as for 60, in two languages."""
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        self.rule.subject = "Invoice {{ object.name }} {{ object.partner_id.city }}"
        partners = self.env["res.partner"].create(
            [
                {"name": f"P{number}", "lang": ("en_US", "fr_FR")[number % 2]}
                for number in range(60)
            ]
        )
        moves = self.env["account.move"].union(
            *(self._new_move(partner=partner, post=False) for partner in partners)
        )
        moves.action_post()
        self._match(moves[:2])
        counts = []
        for documents in (moves[:2], moves):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(len(self._match(documents)), len(documents))
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def _match(self, documents):
        return self.Rule._match("print", documents, self.report_invoice)


@tagged("-at_install", "post_install")
class TestRuleDocuments(InteractionAccountCommon):
    """Which documents are wanted, of any model, and whose they are."""

    def _new_rule(self, model, user=None, **vals):
        self.user_manager.sudo().group_ids |= self.env.ref(
            "mail.group_mail_template_editor"
        )
        return self.Rule.with_user(user or self.user_manager).create(
            {
                "model_id": self.env["ir.model"]._get_id(model),
                "template_id": self.template_call.id,
                "sequence": 1,
                **vals,
            }
        )

    # -- number ---------------------------------------------------------

    def test_document_without_number(self):
        draft = self._new_move(post=False)
        self.assertFalse(draft.name)
        self.assertFalse(self.Rule._match("print", draft, self.report_invoice))
        record = self.Recorder._record_event("print", draft, report=self.report_invoice)
        self.assertFalse(record)
        self.assertFalse(self.Skipped.search([("res_id", "=", draft.id)]))
        rule = self._shipped("interaction_rule_print_invoice")
        rule.number_required = False
        self.assertTrue(self.Rule._match("print", draft, self.report_invoice))
        rule.number_required = True
        for name in ("/", ""):
            draft.name = name
            self.assertFalse(self.Rule._match("print", draft, self.report_invoice))
        draft.action_post()
        self.assertTrue(self.Rule._match("print", draft, self.report_invoice))

    def test_number_of_a_document_that_has_none(self):
        with self.assertRaisesRegex(ValidationError, "has no number field"):
            self._new_rule(
                "mail.notification",
                partner_field="res_partner_id",
                number_required=True,
            )

    # -- any model ------------------------------------------------------

    def test_models_offered_for_an_event(self):
        models = self.Rule._get_event_models("email_out")
        # the contact is who gets the e-mail, whatever the document leads to
        self.assertLessEqual(
            {"sale.order", "account.move", "res.partner", "product.template"},
            {*models},
        )
        self.assertNotIn("sale.order.line", models, "there is no discussion")
        models = self.Rule._get_event_models("print")
        self.assertLessEqual({"sale.order", "account.move"}, {*models})
        self.assertNotIn("product.template", models, "it leads to no contact")
        self.assertEqual(self.Rule._get_event_models("meeting"), ["calendar.event"])
        form = Form(self.Rule.with_user(self.user_manager))
        form.event = "meeting"
        self.assertEqual(form.allowed_model_ids[:].mapped("model"), ["calendar.event"])

    def test_way_to_the_contact_is_found(self):
        for model, path in (
            ("res.partner", "self"),
            ("sale.order", "partner_id"),
            ("sale.order.line", "order_partner_id"),
            ("account.payment.term.line", False),
            ("product.template", False),
        ):
            with self.subTest(model=model):
                self.assertEqual(self.Rule._find_partner_path(self.env[model]), path)
        # by what it belongs to
        self.assertEqual(
            self.Rule._find_partner_path(self.env["sale.order.line"].browse()),
            "order_partner_id",
        )

    def test_a_contact_is_a_document_too(self):
        rule = self._new_rule("res.partner")
        match = rule.sudo()._match("print", self.anna)[0]
        self.assertEqual(match.vals["partner_id"], self.anna.id)
        self.assertEqual(match.vals["res_model"], "res.partner")

    def test_model_of_which_nobody_thought(self):
        rule = self._new_rule(
            "sale.order.line",
            partner_field="order_id.partner_invoice_id",
            user_field="order_id.user_id",
            subject="{{ object.product_id.name }}",
        )
        line = self._new_order().order_line
        self.assertEqual(
            {
                name: value
                for name, value in rule.sudo()._match("print", line)[0].vals.items()
                if name in ("partner_id", "user_id", "name", "res_model")
            },
            {
                "partner_id": self.anna.id,
                "user_id": self.user_sales.id,
                "name": "Test Product",
                "res_model": "sale.order.line",
            },
        )

    # -- the right contact ----------------------------------------------

    def test_delivery_and_invoice_address(self):
        invoicing, delivery = self.env["res.partner"].create(
            [
                {"name": "Accounts", "parent_id": self.acme.id, "type": "invoice"},
                {"name": "Warehouse", "parent_id": self.acme.id, "type": "delivery"},
            ]
        )
        order = self._new_order(partner=self.acme)
        self.assertEqual(order.partner_invoice_id, invoicing)
        order.action_confirm()
        order.order_line.qty_delivered = 1
        invoice = order._create_invoices()
        invoice.action_post()

        def contact_of(document, report):
            match = self.Rule._match("print", document, report)[0]
            return self.env["res.partner"].browse(match.vals["partner_id"])

        # each is addressed to whom it is printed for
        self.assertEqual(contact_of(order, self.report_quotation), self.acme)
        self.assertEqual(contact_of(invoice, self.report_invoice), invoicing)
        rule = self._shipped("interaction_rule_print_order")
        rule.with_user(self.user_manager).partner_field = "partner_shipping_id"
        self.assertEqual(contact_of(order, self.report_quotation), delivery)

    def test_our_own_people_are_no_contacts(self):
        colleague = self.user_other_sales.partner_id
        clerk = self.env["res.partner"].create({"name": "Clerk", "employee": True})
        at_home = self.env["res.partner"].create(
            {"name": "Desk", "parent_id": self.company_a.partner_id.id}
        )
        other_company = self._new_company().partner_id
        for partner in (colleague, clerk, at_home, other_company):
            with self.subTest(partner=partner.name):
                order = self._new_order(partner=partner)
                self.assertFalse(
                    self.Recorder._record_event(
                        "print", order, report=self.report_quotation
                    )
                )
                self.assertFalse(self.Skipped.search([("res_id", "=", order.id)]))
        customer = self.user_portal.partner_id
        self.assertTrue(
            self.Rule._match("print", self._new_order(partner=customer)),
            "a user of the portal is a contact",
        )

    def test_company_that_becomes_ours(self):
        order = self._new_order(partner=self.acme)
        self.assertTrue(self.Rule._match("print", order))
        self._new_company().sudo().partner_id = self.acme
        self.assertFalse(self.Rule._match("print", order))
