import json
from types import SimpleNamespace
from unittest.mock import patch

from odoo import http
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.account.models.ir_actions_report import IrActionsReport

from ...controllers import report
from ..common import InteractionChartCommon, InteractionCommon, InteractionHttpCommon

INVOICE = "account.report_invoice_with_payments"
QUOTATION = "sale.report_saleorder"
LOGGER = "odoo.addons.interaction_log.models.recording.interaction_recorder"


@tagged("-at_install", "post_install")
class TestPrint(InteractionHttpCommon, InteractionChartCommon):
    """Every way to print, for a person without right on the log."""

    def _assert_logged(self, document, template, report, **vals):
        self.assertRecordValues(
            self._find(document),
            [
                {
                    "partner_id": document.partner_id.id,
                    "template_id": self._shipped(template).id,
                    "user_id": self.user_sales.id,
                    "create_uid": self.user_assistant.id,
                    "report_id": report.id,
                    "company_id": document.company_id.id,
                    "document_name": document.display_name,
                    "event": "print",
                    "state": "logged",
                    **vals,
                }
            ],
        )

    def test_invoice(self):
        invoice = self._new_move()
        self.assertTrue(self._print(INVOICE, invoice).ok)
        self._assert_logged(
            invoice,
            "interaction_template_invoice",
            self.report_invoice,
            name=f"Invoice {invoice.name}",
            commercial_partner_id=self.acme.id,
        )

    def test_credit_note(self):
        refund = self._new_move("out_refund")
        self._print("account.report_invoice", refund)
        self._assert_logged(
            refund,
            "interaction_template_credit_note",
            self.env.ref("account.account_invoices_without_payment"),
        )

    def test_quotation_and_order(self):
        quotation, order = self._new_order(), self._new_order()
        order.action_confirm()
        self._print(QUOTATION, quotation)
        self._print(QUOTATION, order)
        self._assert_logged(
            quotation, "interaction_template_quotation", self.report_quotation
        )
        self._assert_logged(order, "interaction_template_order", self.report_quotation)

    def test_direct_address(self):
        order = self._new_order()
        self.assertTrue(self._open(f"/report/pdf/{QUOTATION}/{order.id}").ok)
        self._assert_logged(
            order, "interaction_template_quotation", self.report_quotation
        )

    def test_text_report(self):
        report = self.report_quotation.sudo()
        report.report_type = "qweb-text"
        order = self._new_order()
        self.assertTrue(self._print(QUOTATION, order, type_="text").ok)
        self.assertEqual(len(self._find(order)), 1)

    def test_address_by_xml_id(self):
        order = self._new_order()
        self._open(f"/report/pdf/sale.action_report_saleorder/{order.id}")
        self._assert_logged(
            order, "interaction_template_quotation", self.report_quotation
        )

    def test_many_documents_are_one_call(self):
        invoices = self.env["account.move"].union(
            *(self._new_move() for _number in range(3))
        )
        calls = []
        log_interactions = type(self.Entry).log_interactions
        with patch.object(
            type(self.Entry),
            "log_interactions",
            lambda entries, vals_list: (
                calls.append(len(vals_list)) or log_interactions(entries, vals_list)
            ),
        ):
            self._print(INVOICE, invoices)
        self.assertEqual(calls, [3])
        self.assertEqual(self._find(invoices).mapped("res_id"), invoices.ids)

    def test_a_document_twice_in_one_print_is_one_entry(self):
        order = self._new_order()
        self._open(f"/report/pdf/{QUOTATION}/{order.id},{order.id}")
        self.assertEqual(len(self._find(order)), 1)

    def test_each_in_the_company_of_its_document(self):
        company = self._new_company()
        self.user_assistant.sudo().company_ids |= company
        order = self._new_order()
        order_b = (
            self.env["sale.order"]
            .sudo()
            .with_company(company)
            .create({"partner_id": self.partner.id, "company_id": company.id})
        )
        self._print(
            QUOTATION,
            order | order_b,
            context={"allowed_company_ids": [self.company_a.id, company.id]},
        )
        self.assertRecordValues(
            self._find(order | order_b),
            [
                {"company_id": self.company_a.id, "res_id": order.id},
                {"company_id": company.id, "res_id": order_b.id},
            ],
        )

    def test_in_the_language_of_the_user(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        template = self._shipped("interaction_template_quotation")
        template.with_context(lang="fr_FR").description = "Devis"
        self.user_assistant.sudo().lang = "fr_FR"
        self.anna.lang = "fr_FR"
        order = self._new_order()
        self._print(QUOTATION, order, context={"lang": "fr_FR"})
        self.assertRecordValues(
            self._find(order), [{"name": f"Devis {order.name}", "lang": "fr_FR"}]
        )

    # -- prints again ---------------------------------------------------

    def test_every_print_is_an_entry(self):
        order = self._new_order()
        self._print(QUOTATION, order)
        self._print(QUOTATION, order)
        self.assertEqual(len(self._find(order)), 2)

    def test_repeats_are_merged(self):
        rule = self._shipped("interaction_rule_print_quotation")
        rule.write({"repeat": "merge", "merge_minutes": 10})
        order = self._new_order()
        self._print(QUOTATION, order)
        self._print(QUOTATION, order)
        entry = self._find(order)
        self.assertEqual(entry.occurrence_count, 2)
        # another user's print is no repeat, and neither is one after the time
        self._print(QUOTATION, order, user=self.user_manager)
        self.assertEqual(len(self._find(order)), 2)
        entry._write_facts({"date": "2026-01-01", "last_date": "2026-01-01"})
        self._print(QUOTATION, order)
        self.assertEqual(self._find(order).mapped("occurrence_count"), [2, 1, 1])

    def test_once_per_document(self):
        rule = self._shipped("interaction_rule_print_quotation")
        rule.repeat = "once"
        order = self._new_order()
        self._print(QUOTATION, order)
        self._print(QUOTATION, order, user=self.user_manager)
        self.assertEqual(self._find(order).occurrence_count, 2)
        self._find(order)._cancel(self.reason)
        self._print(QUOTATION, order)
        self.assertEqual(self._find(order).mapped("state"), ["canceled", "logged"])
        with self.assertRaisesRegex(UserError, "was logged again"):
            self._find(order)[0].action_restore()
        self._find(order)[1]._cancel(self.reason)
        with self.assertRaisesRegex(UserError, "was logged again"):
            self._find(order).action_restore()  # the second one is the first again
        self._find(order)[0].action_restore()
        self._print(QUOTATION, order)
        self.assertEqual(self._find(order).mapped("state"), ["logged", "canceled"])
        self.assertEqual(self._find(order)[0].occurrence_count, 3)

    def test_once_however_many_print_at_a_time(self):
        """Neither of two workers sees the other's entry: the key does."""
        self._shipped("interaction_rule_print_quotation").repeat = "once"
        order = self._new_order()
        with patch.object(
            type(self.Recorder),
            "_merge_repeats",
            lambda _recorder, matches: (matches, self.Entry),
        ):
            self._print(QUOTATION, order)
            self._print(QUOTATION, order, user=self.user_manager)
        self.assertEqual(len(self._find(order)), 1)

    # -- no print -------------------------------------------------------

    def test_html_preview(self):
        order = self._new_order()
        with patch.object(
            IrActionsReport, "get_wkhtmltopdf_state", lambda report: "ok", create=True
        ):
            self.assertTrue(self._open(f"/report/html/{QUOTATION}/{order.id}").ok)
        self.assertFalse(self._find(order))

    def test_html_that_replaces_the_print(self):
        order = self._new_order()
        for state in ("install", "broken"):
            with patch.object(
                IrActionsReport,
                "get_wkhtmltopdf_state",
                lambda report, state=state: state,
                create=True,
            ):
                self._open(f"/report/html/{QUOTATION}/{order.id}")
        self.assertEqual(len(self._find(order)), 2)

    def test_opening_the_composer(self):
        order = self._new_order().with_user(self.user_assistant)
        action = order.action_quotation_send()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.user_assistant)
            .with_context(**action["context"])
            .create({})
        )
        self.assertTrue(composer.attachment_ids, "the composer renders the quotation")
        self.assertFalse(self._find(order))

    def test_send_invoice(self):
        invoice = self._new_move()
        wizard = (
            self.env["account.move.send.wizard"]
            .with_user(self.user_assistant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"sending_methods": ["manual"]})
        )
        wizard.action_send_and_print()
        self.assertTrue(invoice.invoice_pdf_report_id)
        self.assertFalse(self._find(invoice))

    @mute_logger("odoo.http")
    def test_portal(self):
        order = self._new_order(partner=self.user_portal.partner_id, state="sent")
        self._login(self.user_portal)
        page = self.url_open(f"/my/orders/{order.id}?report_type=pdf&download=true")
        self.assertTrue(page.ok)
        self.url_open(f"/report/pdf/{QUOTATION}/{order.id}")
        self.assertFalse(self._find(order))

    def test_head(self):
        order = self._new_order()
        self._login()
        self.opener.head(f"{self.base_url()}/report/pdf/{QUOTATION}/{order.id}")
        self.assertFalse(self._find(order))

    def test_vendor_bill(self):
        bill = self._new_move("in_invoice")
        self.assertTrue(self._print(INVOICE, bill).ok)
        self.assertFalse(self._find(bill))
        self.assertFalse(self.Skipped.search([("res_id", "=", bill.id)]))

    @mute_logger("odoo.http", "odoo.addons.web.controllers.report")
    def test_print_that_fails(self):
        order = self._new_order()

        def fail(*args, **kwargs):
            raise ValueError("No ink")

        with patch.object(IrActionsReport, "_pre_render_qweb_pdf", fail):
            self._print(QUOTATION, order)
        # after the rendering, where the file gets its name
        self.report_quotation.sudo().print_report_name = "1 / 0"
        self._print(QUOTATION, order)
        self.assertFalse(self._find(order))

    @mute_logger("odoo.http", "odoo.addons.web.controllers.report")
    def test_document_out_of_reach(self):
        user = self._new_user("il_clerk", "sales_team.group_sale_salesman")
        order = self._new_order(user_id=self.user_sales.id)
        self._open(f"/report/pdf/{QUOTATION}/{order.id}", user=user)
        self._open(f"/report/pdf/{QUOTATION}/{2**30}", user=user)
        self._open(f"/report/pdf/no.such_report/{order.id}", user=user)
        self.assertFalse(self._find(order))

    # -- the print goes on ----------------------------------------------

    def test_document_without_contact(self):
        rule = self._shipped("interaction_rule_print_quotation")
        rule.partner_field = "partner_id.parent_id"
        good, bad = self._new_order(), self._new_order(partner=self.partner)
        self.assertTrue(self._print(QUOTATION, good | bad).ok)
        self.assertEqual(self._find(good).partner_id, self.acme)
        self.assertFalse(self._find(bad))
        self.assertRecordValues(
            self.Skipped.search([("res_id", "=", bad.id)]),
            [
                {
                    "reason": "The document has no contact "
                    "(Customer > Related Company).",
                    "event": "print",
                    "res_model": "sale.order",
                    "document_name": bad.name,
                    "rule_id": rule.id,
                    "report_id": self.report_quotation.id,
                    "user_id": self.user_assistant.id,
                    "company_id": self.company_a.id,
                }
            ],
        )

    def test_one_refused_document_does_not_take_the_others_along(self):
        good, bad = self._new_order(), self._new_order(partner=self.partner)
        get_log_errors = type(self.Entry)._get_log_errors

        def refuse(entries, vals, *args):
            errors = get_log_errors(entries, vals, *args)
            return errors + ["Not this one."] * (vals["res_id"] == bad.id)

        with patch.object(type(self.Entry), "_get_log_errors", refuse):
            self.assertTrue(self._print(QUOTATION, good | bad).ok)
        self.assertEqual(self._find(good | bad).res_id, good.id)
        skipped = self.Skipped.search([("res_model", "=", "sale.order")])
        self.assertRecordValues(
            skipped, [{"res_id": bad.id, "reason": "Not this one."}]
        )

    def test_archived_template(self):
        self.template_invoice.sudo().active = False
        invoice = self._new_move()
        self.assertTrue(self._print(INVOICE, invoice).ok)
        self.assertFalse(self._find(invoice))
        skipped = self.Skipped.search([("res_id", "=", invoice.id)])
        self.assertEqual(skipped.reason, "The template Invoice is archived.")

    def test_error_while_logging(self):
        order = self._new_order()

        with self._broken_database(), self.assertLogs(LOGGER, "ERROR"):
            self.assertTrue(self._print(QUOTATION, order).ok)
        self.assertFalse(self._find(order))
        skipped = self.Skipped.search([("res_id", "=", order.id)])
        self.assertIn("see the server log", skipped.reason)
        self.assertNotIn("division by zero", skipped.reason)

    def test_error_of_the_database_while_matching(self):
        order = self._new_order()

        def fail(rule, *args):
            rule.env.cr.execute("SELECT 1 / 0")

        with (
            patch.object(type(self.Rule), "_match_record", fail),
            self.assertLogs(LOGGER, "ERROR"),
            mute_logger("odoo.sql_db"),
        ):
            self.assertTrue(self._print(QUOTATION, order).ok)
        skipped = self.Skipped.search([("res_id", "=", order.id)])
        self.assertIn("see the server log", skipped.reason)
        self.assertNotIn("division by zero", skipped.reason)

    def test_transaction_that_is_retried(self):
        order = self._new_order()
        with self._conflict_once() as tries:
            self.assertTrue(self._print(QUOTATION, order).ok)
        self.assertEqual(len(tries), 2)
        self.assertEqual(tries[0], tries[1])
        self.assertEqual(len(self._find(order)), 1)

    def test_conflict_of_what_has_no_key(self):
        """It is logged after the commit, and listed until then."""
        order = self._new_order()
        with self._conflict_once() as tries:
            self.Recorder._record_event("print", order, report=self.report_quotation)
            skipped = self.Skipped.search([("res_id", "=", order.id)])
            self.assertIn("The log was busy", skipped.reason)
            self.assertFalse(self._find(order))
            self.env.cr.postcommit.run()
        self.assertEqual(len(tries), 2)
        self.assertFalse(skipped.exists())
        self.assertEqual(len(self._find(order)), 1)

    def test_transaction_that_can_not_be_retried_for_ever(self):
        order = self._new_order()

        def conflict(*args):
            raise ConcurrencyError("met another transaction")

        with (
            patch.object(type(self.Recorder), "_log_matches", conflict),
            patch("odoo.service.model.time.sleep"),
        ):
            self.assertTrue(self._print(QUOTATION, order).ok)
        self.assertEqual(len(self.Skipped.search([("res_id", "=", order.id)])), 1)

    # -- the real thing -------------------------------------------------

    def test_real_pdf(self):
        """The real engine prints, and both ways to print are logged."""
        order, invoice = self._new_order(), self._new_move()
        real = {"force_report_rendering": True}
        pdf = self._print(QUOTATION, order, context=real)
        self.assertEqual(pdf.content[:5], b"%PDF-")
        query = f"context={json.dumps(real)}"
        pdf = self._open(f"/report/pdf/{INVOICE}/{invoice.id}?{query}")
        self.assertEqual(pdf.content[:5], b"%PDF-")
        self.assertEqual(len(self._find(order)), 1)
        self.assertEqual(len(self._find(invoice)), 1)

    @mute_logger("odoo.http", "odoo.addons.web.controllers.report")
    def test_real_pdf_of_several_documents(self):
        """What is printed is logged; an engine without patched Qt refuses to print."""
        orders = self._new_order() | self._new_order()
        pdf = self._print(QUOTATION, orders, context={"force_report_rendering": True})
        printed = orders.ids if pdf.content.startswith(b"%PDF-") else []
        self.assertEqual(self._find(orders).mapped("res_id"), printed)

    def test_routes_write_only_where_a_print_may_be(self):
        controller = report.InteractionReportController
        readonly = controller.report_routes.original_routing["readonly"]
        for state, converter, expected in (
            ("ok", "pdf", False),
            ("ok", "text", False),
            ("ok", "html", True),
            ("install", "html", False),
        ):
            with (
                self.subTest(state=state, converter=converter),
                patch.object(
                    IrActionsReport,
                    "get_wkhtmltopdf_state",
                    lambda _report, state=state: state,
                    create=True,
                ),
                patch.object(report, "request", SimpleNamespace(env=self.env)),
            ):
                args = {"converter": converter}
                self.assertEqual(readonly(None, None, args), expected)

    def test_csrf_is_asked_for(self):
        self._login()
        with mute_logger("odoo.http"):
            answer = self.url_open("/report/download", data={"data": "[]"})
        self.assertEqual(answer.status_code, 400)
        self.assertTrue(http.Request.csrf_token(self))


@tagged("-at_install", "post_install")
class TestPrintedBatch(InteractionCommon):
    """What a print costs, and that it is rolled back with the transaction."""

    def _log_print(self, orders, source):
        return (
            self.env["interaction.recorder"]
            .with_user(self.user_assistant)
            ._record_event(
                "print",
                orders.with_user(self.user_assistant),
                report=self.report_quotation,
                source=source,
            )
        )

    def test_query_budget(self):
        """At most 8 queries, with savepoint and batch, for 1 document and for 150."""
        order = self._new_order()
        partners = self.env["res.partner"].create(
            [{"name": f"P{number}"} for number in range(150)]
        )
        orders = (
            self.env["sale.order"]
            .sudo()
            .create([{"partner_id": partner.id} for partner in partners])
        )
        self._log_print(order | orders[:1], "warm")
        for documents in (order, orders):
            self.env.flush_all()
            self.env.invalidate_all()
            # what rendering has read
            documents.sudo().mapped("display_name")
            documents.mapped("company_id.currency_id.name")
            with self.subTest(documents=len(documents)), self.assertQueryCount(8):
                entries = self._log_print(documents, f"budget,{len(documents)}")
            self.assertEqual(len(entries), len(documents))

    def test_several_are_one_batch(self):
        """What was printed in one go can be canceled in one go."""
        orders = self._new_order() | self._new_order()
        entries = self._log_print(orders, "p,1").sudo()
        self.assertRecordValues(
            entries.batch_id,
            [
                {
                    "name": "Print of 2 documents",
                    "event": "print",
                    "company_id": self.company_a.id,
                    "create_uid": self.user_assistant.id,
                    "entry_count": 2,
                }
            ],
        )
        self.assertFalse(self._log_print(orders[0], "p,2").sudo().batch_id)
        batch = entries.batch_id.with_user(self.user_manager)
        batch._cancel(self.reason)
        self.assertEqual(set(entries.mapped("state")), {"canceled"})
        batch.action_restore()
        self.assertEqual(set(entries.mapped("state")), {"logged"})

    def test_batches_of_two_companies(self):
        company = self._new_company()
        user = self.user_assistant.sudo()
        user.company_ids += company
        orders = self.env["sale.order"].union(
            *(self._new_order(company_id=self.company_a.id) for _number in range(2)),
            *(
                self._new_order(company_id=company.id, order_line=[])
                for _number in range(2)
            ),
        )
        entries = self._log_print(orders, "p,1").sudo()
        self.assertEqual(len(entries.batch_id), 2)
        for entry in entries:
            self.assertEqual(entry.batch_id.company_id, entry.company_id)

    def test_replay(self):
        order = self._new_order()
        self.assertEqual(self._log_print(order, "p,1"), self._log_print(order, "p,1"))
        self.assertEqual(len(self._find(order)), 1)

    def test_rollback(self):
        order = self._new_order()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.assertTrue(self._log_print(order, "p,1"))
            raise ZeroDivisionError
        self.assertFalse(self._find(order))

    def test_deleted_document(self):
        order = self._new_order()
        entry = self._log_print(order, "p,1").sudo()
        order.unlink()
        self.assertTrue(entry.exists())
        with self.assertRaisesRegex(UserError, "no longer exists"):
            entry.action_open_document()

    def test_open_document(self):
        order = self._new_order()
        entry = self._log_print(order, "p,1").with_user(self.user_sales)
        action = entry.action_open_document()
        self.assertEqual(
            (action["res_model"], action["res_id"]), (order._name, order.id)
        )
        with self.assertRaisesRegex(UserError, "no document to open"):
            self._log().action_open_document()

    def test_button_of_the_document(self):
        order = self._new_order()
        entries = self._log_print(order, "p,1") | self._log_print(order, "p,2")
        entries[0].sudo()._cancel(self.reason)
        order = order.with_user(self.user_sales)
        self.assertEqual(order.interaction_count, 1)
        action = order.action_view_interactions()
        self.assertEqual(
            self.Entry.search(action["domain"], order="id"), entries.sudo()
        )

    def test_skipped_events_are_kept_ninety_days(self):
        """However long ago it was what happened, as of an e-mail that came late."""
        old, young = self.Skipped.create(
            [
                {
                    "event": "print",
                    "reason": "R",
                    "res_model": "sale.order",
                    "date": "2020-01-01",
                }
                for _number in range(2)
            ]
        )
        self.env.cr.execute(
            "UPDATE interaction_skipped_event SET create_date = %s WHERE id = %s",
            ("2020-01-01", old.id),
        )
        self.Skipped._gc_skipped_events()
        self.assertEqual((old | young).exists(), young)
