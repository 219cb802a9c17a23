from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.interaction_log.tests.common import (
    InteractionAccountCommon,
    InteractionHttpCommon,
)

MODULE = "odoo.addons.base_report_to_printer.models.ir_actions_report"
QUOTATION = "sale.report_saleorder"


class AtOnce:
    """A thread that runs when it is started."""

    def __init__(self, target, args):
        self.start = lambda: target(*args)


class DirectPrintCommon(InteractionAccountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.printer = (
            cls.env["printing.printer"]
            .sudo()
            .create({"name": "Office", "system_name": "office", "default": True})
        )
        cls.report_quotation.sudo().printing_printer_id = cls.printer
        cls.order = cls._new_order()

    @classmethod
    def _set_action(cls, action):
        cls.report_quotation.sudo().property_printing_action_id = (
            cls.env["printing.action"]
            .sudo()
            .create({"name": action, "action_type": action})
        )

    @contextmanager
    def _printing(self, error=None):
        """Let the printer take the files, or fail.

        :return: as a context the list of the files that it took
        """
        taken = []

        def print_file(printer, file_name, report=None, **options):
            if error:
                raise error
            with open(file_name, "rb") as file:
                taken.append(file.read())
            return True

        Printer = self.env.registry["printing.printer"]
        with patch.object(Printer, "print_file", print_file):
            yield taken

    def _as(self, user=None, report=None):
        return (report or self.report_quotation).with_user(user or self.user_assistant)


@tagged("-at_install", "post_install")
class TestDirectPrint(DirectPrintCommon):
    def test_print(self):
        """A user without right on the log prints a quotation."""
        with self._printing() as taken:
            self.assertTrue(self._as().print_document(self.order.ids))
        entry = self._find(self.order)
        self.assertRecordValues(
            entry,
            [
                {
                    "name": f"Quotation {self.order.name}",
                    "event": "print",
                    "channel": "letter",
                    "partner_id": self.anna.id,
                    "user_id": self.user_sales.id,
                    "create_uid": self.user_assistant.id,
                    "company_id": self.company_a.id,
                    "document_name": self.order.display_name,
                    "report_id": self.report_quotation.id,
                    "rule_id": self.env.ref(
                        "interaction_log.interaction_rule_print_quotation"
                    ).id,
                    "batch_id": False,
                }
            ],
        )
        self.assertEqual(len(taken), 1)
        self.assertTrue(entry.content_sha256)

    def test_copy_is_the_file_that_was_printed(self):
        self._shipped("interaction_rule_print_quotation").keep_copy = True
        with self._printing() as taken:
            self._as().print_document(self.order.ids)
        self.assertEqual(self._find(self.order).attachment_ids.raw, taken[0])

    def test_several_documents(self):
        orders = self.order | self._new_order() | self._new_order(self.acme)
        with self._printing() as taken:
            self._as().print_document(orders.ids)
        entries = self._find(orders)
        self.assertEqual(len(taken), 1)
        self.assertEqual(entries.mapped("res_id"), orders.ids)
        self.assertEqual(entries.batch_id.entry_count, 3)
        # the file says nothing of what changed in one of them
        self.assertFalse(any(entries.mapped("content_fingerprint")))

    def test_printed_twice(self):
        with self._printing():
            self._as().print_document(self.order.ids)
            self._as().print_document(self.order.ids)
        self.assertEqual(len(self._find(self.order)), 2)

    def test_repeats_are_merged(self):
        self._shipped("interaction_rule_print_quotation").repeat = "merge"
        with self._printing():
            self._as().print_document(self.order.ids)
            self._as().print_document(self.order.ids)
        self.assertEqual(self._find(self.order).occurrence_count, 2)

    def test_text(self):
        report = self._new_text_report()
        with self._printing() as taken:
            self._as(report=report).print_document(self.order.ids)
        entry = self._find(self.order)
        self.assertEqual(entry.report_id, report)
        self.assertIn(b"Label", taken[0])

    def _new_text_report(self):
        self.env["ir.ui.view"].sudo().create(
            {
                "name": "label",
                "type": "qweb",
                "key": "interaction_log_printer.label",
                "arch": "<t t-name='label'>Label</t>",
            }
        )
        report = (
            self.env["ir.actions.report"]
            .sudo()
            .create(
                {
                    "name": "Label",
                    "model": "sale.order",
                    "report_type": "qweb-text",
                    "report_name": "interaction_log_printer.label",
                    "printing_printer_id": self.printer.id,
                }
            )
        )
        self._shipped("interaction_rule_print_quotation").report_ids += report
        return report

    # -- nothing is printed ----------------------------------------------

    def test_printer_that_fails(self):
        with self._printing(OSError("Out of paper")):
            with self.assertRaisesRegex(UserError, "Out of paper"):
                self._as().print_document(self.order.ids)
            self.assertFalse(self._as().print_document_client_action(self.order.ids))
        self.assertFalse(self._find(self.order))

    def test_no_printer(self):
        self.report_quotation.sudo().printing_printer_id = False
        self.printer.default = False
        with self.assertRaisesRegex(UserError, "No printer"):
            self._as().print_document(self.order.ids)
        self.assertFalse(self._find(self.order))

    def test_attachment(self):
        """It is no document that a report makes."""
        with self._printing() as taken:
            self.printer.print_document(None, b"%PDF", title="Other")
        self.assertEqual(len(taken), 1)
        self.assertFalse(self._find(self.order))

    def test_no_rule(self):
        self.Rule.search([("event", "=", "print")]).active = False
        with self._printing():
            self._as().print_document(self.order.ids)
        self.assertFalse(self._find(self.order))

    def test_queries_without_a_rule(self):
        self.Rule.search([("event", "=", "print")]).active = False
        report, order = self._as(), self.order.with_user(self.user_assistant)
        self._printer_takes(report, order)
        with self.assertQueryCount(0):
            self._printer_takes(report, order)

    def _printer_takes(self, report, order):
        printer = self.printer.with_user(self.user_assistant)
        printer.print_document(report, b"%PDF", res_ids=order.ids)

    # -- what is rendered ------------------------------------------------

    def test_rendering_that_prints(self):
        """Where the report is set up so, as for an e-mail that carries it."""
        self._set_action("server")
        with self._printing() as taken:
            self._as()._render_qweb_pdf(QUOTATION, self.order.ids)
        self.assertEqual(len(taken), 1)
        entry = self._find(self.order)
        self.assertEqual(entry.create_uid, self.user_assistant)
        self.assertEqual(entry.report_id, self.report_quotation)

    def test_rendering_that_does_not(self):
        for action in ("client", "user_default"):
            self._set_action(action)
            with self.subTest(action), self._printing() as taken:
                self._as()._render_qweb_pdf(QUOTATION, self.order.ids)
                self.assertFalse(taken)
                self.assertFalse(self._find(self.order))

    def test_default_of_the_user(self):
        self.user_assistant.sudo().printing_action = "server"
        self._set_action("user_default")
        with self._printing() as taken:
            self._as()._render_qweb_pdf(QUOTATION, self.order.ids)
        self.assertEqual(len(taken), 1)
        self.assertEqual(len(self._find(self.order)), 1)

    def test_customer(self):
        """What comes out of a printer of ours as a customer looks is no print of us."""
        self._set_action("server")
        self.order.message_subscribe(self.user_portal.partner_id.ids)
        with self._printing() as taken:
            report = self._as(self.user_portal).sudo()
            report._render_qweb_pdf(QUOTATION, self.order.ids)
        self.assertTrue(taken)
        self.assertFalse(self._find(self.order))

    # -- rights ----------------------------------------------------------

    def test_document_out_of_sight(self):
        """What the user may not read is not printed."""
        other = self._new_company()
        order = self._new_order(
            self.env["res.partner"].create({"name": "B"}), company_id=other.id
        )
        with self._printing() as taken, self.assertRaises(AccessError):
            self._as().print_document(order.ids)
        self.assertFalse(taken)
        self.assertFalse(self._find(order))

    def test_other_company(self):
        other = self._new_company()
        user = self._new_user(
            "il_b", "sales_team.group_sale_salesman_all_leads", company=other
        )
        order = self._new_order(
            self.env["res.partner"].create({"name": "B"}), company_id=other.id
        )
        with self._printing():
            self._as(user).print_document(order.ids)
        entry = self._find(order)
        self.assertEqual(entry.company_id, other)
        self.assertEqual(entry.create_uid, user)

    # -- another thread --------------------------------------------------

    def test_multi_thread(self):
        """The web client is answered before anything is printed."""
        self.printer.multi_thread = True
        with (
            self._printing() as taken,
            patch(f"{MODULE}.threading.Thread", AtOnce),
            mute_logger("py.warnings"),
            self.enter_registry_test_mode(),
        ):
            with self.registry.cursor() as cr:
                env = self.env(cr=cr, user=self.user_assistant.id)
                report = self.report_quotation.with_env(env)
                self.assertTrue(report.print_document_client_action(self.order.ids))
                cr.flush()
                waiting = list(cr.postcommit._funcs)
                self.assertFalse(taken)
            for launch in waiting:
                launch()
        self.env.invalidate_all()
        self.assertEqual(len(taken), 1)
        self.assertRecordValues(
            self._find(self.order),
            [{"event": "print", "create_uid": self.user_assistant.id}],
        )

    # -- what could go wrong ---------------------------------------------

    def test_error_while_logging(self):
        """The paper is there: it is listed, and can be logged later."""

        def fail(entries, vals_list):
            entries.env.cr.execute("SELECT 1 / 0")

        with (
            self._printing() as taken,
            patch.object(type(self.Entry), "_insert_entries", fail),
            mute_logger("odoo.sql_db"),
            self.assertLogs("odoo.addons.interaction_log", "ERROR"),
        ):
            self.assertTrue(self._as().print_document(self.order.ids))
        self.assertTrue(taken)
        skipped = self.Skipped.search([("res_id", "=", self.order.id)])
        self.assertEqual(skipped.event, "print")
        skipped.with_user(self.user_manager).action_log_now()
        self.assertEqual(self._find(self.order).create_uid, self.user_assistant)


@tagged("-at_install", "post_install")
class TestDirectPrintHttp(DirectPrintCommon, InteractionHttpCommon):
    """The requests of the web client."""

    def _call(self, method, *args, user=None):
        self._login(user)
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/ir.actions.report/{method}",
            {
                "model": "ir.actions.report",
                "method": method,
                "args": args,
                "kwargs": {},
            },
        )

    def test_print_from_the_web_client(self):
        with self._printing() as taken:
            done = self._call(
                "print_document_client_action",
                self.report_quotation.ids,
                self.order.ids,
            )
        self.assertTrue(done)
        self.assertEqual(len(taken), 1)
        self.assertEqual(self._find(self.order).create_uid, self.user_assistant)

    def test_notification(self):
        """With Undo, where the user may see the log and the rule says so."""
        rule = self._shipped("interaction_rule_print_quotation")
        for user, announce, told in (
            (self.user_sales, "notify", True),
            (self.user_sales, "ask", True),
            (self.user_sales, "quiet", False),
            (self.user_assistant, "notify", False),
        ):
            rule.announce = announce
            order = self._new_order()
            with (
                self.subTest(user.login, announce=announce),
                self._printing(),
                patch.object(self.env.registry["res.users"], "_bus_send") as send,
            ):
                self._call(
                    "print_document_client_action",
                    self.report_quotation.ids,
                    order.ids,
                    user=user,
                )
                entry = self._find(order)
                self.assertEqual(len(entry), 1)
                sent = [
                    call.args[1]["entry_ids"]
                    for call in send.call_args_list
                    if call.args[0] == "interaction_log_done"
                ]
                self.assertEqual(sent, [entry.ids] if told else [])

    def test_download_that_prints_as_well(self):
        """One print, whether the printer or the browser has it."""
        self._set_action("server")
        with self._printing() as taken:
            self.assertTrue(self._print(QUOTATION, self.order).ok)
        self.assertEqual(len(taken), 1)
        self.assertEqual(len(self._find(self.order)), 1)

    def test_download_after_the_printer_failed(self):
        """Odoo falls back to it: that is the one print."""
        with self._printing(OSError("Out of paper")):
            self._call(
                "print_document_client_action",
                self.report_quotation.ids,
                self.order.ids,
            )
        self.assertTrue(self._print(QUOTATION, self.order).ok)
        self.assertEqual(len(self._find(self.order)), 1)

    def test_download_whose_printer_fails(self):
        """The user gets an error, and no file."""
        self._set_action("server")
        with (
            self._printing(OSError("Out of paper")),
            mute_logger("odoo.addons.web.controllers.report"),
        ):
            self._print(QUOTATION, self.order)
        self.assertFalse(self._find(self.order))

    def test_client_that_calls_the_printer(self):
        """It says what it likes of documents and file: nothing of it is logged."""
        self._login()
        with self._printing() as taken:
            self.make_jsonrpc_request(
                "/web/dataset/call_kw/printing.printer/print_document",
                {
                    "model": "printing.printer",
                    "method": "print_document",
                    "args": [self.printer.ids, self.report_quotation.id, "forged"],
                    "kwargs": {"res_ids": self.order.ids},
                },
            )
        self.assertEqual(taken, [b"forged"])
        self.assertFalse(self._find(self.order))

    def test_private_method(self):
        with (
            mute_logger("odoo.http"),
            self.assertRaisesRegex(JsonRpcException, "AccessError|Private"),
        ):
            self._call("_record_print", self.report_quotation.ids, self.order.ids)
        self.assertFalse(self._find(self.order))
