from unittest.mock import patch

from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ..common import InteractionCommon, InteractionHttpCommon

QUOTATION = "sale.report_saleorder"


@tagged("-at_install", "post_install")
class TestRecordPrint(InteractionCommon):
    """Print routes beside Odoo's own, which say that they have printed."""

    def _as(self, user=None):
        return self.report_quotation.with_user(user or self.user_assistant)

    def test_server_code(self):
        order = self._new_order()
        entries = self._as()._record_print(order, b"^XA^XZ", "zpl")
        entry = self._find(order)
        self.assertEqual(entries.sudo(), entry)
        self.assertRecordValues(
            entry,
            [
                {
                    "name": f"Quotation {order.name}",
                    "event": "print",
                    "partner_id": self.anna.id,
                    "create_uid": self.user_assistant.id,
                    "report_id": self.report_quotation.id,
                    "document_name": order.display_name,
                }
            ],
        )
        self.assertTrue(entry.content_fingerprint)

    def test_copy(self):
        self._shipped("interaction_rule_print_quotation").keep_copy = True
        order = self._new_order()
        self._as()._record_print(order, "Label", "txt")
        file = self._find(order).attachment_ids
        self.assertEqual(file.raw, b"Label")
        self.assertTrue(file.name.endswith(".txt"))

    def test_file_that_odoo_stores(self):
        self.report_quotation.sudo().attachment = "'stored.pdf'"
        order = self._new_order()
        stored = self.env["ir.attachment"].sudo()
        stored = stored.create(
            {
                "name": "stored.pdf",
                "raw": b"%PDF",
                "res_model": order._name,
                "res_id": order.id,
            }
        )
        self._as()._record_print(order, b"%PDF")
        self.assertEqual(self._find(order).content_attachment_id, stored)

    def test_several_documents(self):
        orders = self._new_order() | self._new_order()
        self._as()._record_print(orders, b"%PDF")
        entries = self._find(orders)
        self.assertEqual(entries.mapped("res_id"), orders.ids)
        self.assertEqual(entries.batch_id.entry_count, 2)

    def test_queries_without_a_rule(self):
        self.Rule.search([("event", "=", "print")]).active = False
        order = self._new_order()
        report = self._as()
        self.assertFalse(report._record_print(order))
        with self.assertQueryCount(0):
            report._record_print(order, b"%PDF")

    def test_by_the_client(self):
        order = self._new_order()
        self.assertIs(self._as().record_print(order.ids), True)
        entry = self._find(order)
        self.assertEqual(entry.create_uid, self.user_assistant)
        self.assertFalse(entry.content_sha256)

    def test_document_out_of_sight(self):
        order = self._new_order(
            self.env["res.partner"].create({"name": "B"}),
            company_id=self._new_company().id,
        )
        with self.assertRaises(AccessError):
            self._as().record_print((self._new_order() | order).ids)
        self.assertFalse(self._find(order))
        # server code that says so of it is told nothing, and logs nothing
        self._as()._record_print(order)
        self.assertFalse(self._find(order))

    def test_customer(self):
        order = self._new_order(self.user_portal.partner_id)
        self._as(self.user_portal).sudo()._record_print(order)
        self.assertFalse(self._find(order))

    def test_bad_input(self):
        report = self._as()
        for ids in ([], [0], ["1"], [True], None, "1", {"id": 1}):
            with self.subTest(ids), self.assertRaisesRegex(UserError, "IDs"):
                report.record_print(ids)
        gone = self._new_order()
        gone.unlink()
        self.assertTrue(report.record_print(gone.ids))
        self.assertFalse(self._find(gone))
        for model in ("x_gone", "mail.thread"):
            broken = self.report_quotation.sudo().copy({"model": model})
            with self.assertRaisesRegex(UserError, "does not print documents"):
                self._as().browse(broken.id).record_print([1])

    def test_quiet_rule(self):
        sent = []
        Entry = type(self.Entry)
        with patch.object(
            Entry, "_announce_done", lambda entries: sent.append(entries.ids)
        ):
            rule = self._shipped("interaction_rule_print_quotation")
            for announce in ("notify", "quiet"):
                rule.announce = announce
                entry = self._as()._record_print(self._new_order())
                self.assertEqual(sent.pop(), entry.ids if announce == "notify" else [])


@tagged("-at_install", "post_install")
class TestRecordPrintHttp(InteractionHttpCommon):
    def _call(self, method, *args):
        self._login()
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/ir.actions.report/{method}",
            {
                "model": "ir.actions.report",
                "method": method,
                "args": args,
                "kwargs": {},
            },
        )

    def test_rpc(self):
        order = self._new_order()
        self.assertTrue(
            self._call("record_print", self.report_quotation.ids, order.ids)
        )
        self.assertEqual(self._find(order).create_uid, self.user_assistant)

    def test_rpc_with_a_file(self):
        """A client says that something was printed, not what it was."""
        order = self._new_order()
        for method, *args in (
            ("_record_print", order.ids, "forged"),
            ("record_print", order.ids, "forged"),
        ):
            with (
                self.subTest(method),
                mute_logger("odoo.http"),
                self.assertRaises(JsonRpcException),
            ):
                self._call(method, self.report_quotation.ids, *args)
        self.assertFalse(self._find(order))

    def test_transaction_that_is_retried(self):
        """A request is one print, however often Odoo runs it."""
        order = self._new_order()
        Report = self.env.registry["ir.actions.report"]
        record_print, keys = Report.record_print, []

        def conflict_once(report, res_ids):
            record_print(report, res_ids)
            entries = report.env["interaction.log.entry"].sudo()
            keys.append(entries.search([("res_id", "=", res_ids[0])]).source_key)
            if len(keys) == 1:
                raise ConcurrencyError("met another transaction")

        with (
            patch.object(Report, "record_print", conflict_once),
            patch("odoo.service.model.time.sleep"),
        ):
            self._call("record_print", self.report_quotation.ids, order.ids)
        self.assertEqual(len(keys), 2)
        self.assertEqual(keys[0], keys[1])
        self.assertEqual(self._find(order).source_key, keys[0])

    def test_print_that_a_controller_records(self):
        """A print of Odoo's own that another route prints as well is one print."""
        order = self._new_order()
        report = self.env.registry["ir.actions.report"]
        render = report._render_qweb_pdf

        def render_and_print(reports, report_ref, res_ids=None, data=None):
            result = render(reports, report_ref, res_ids=res_ids, data=data)
            documents = reports.env["sale.order"].browse(res_ids)
            self.report_quotation.with_env(reports.env)._record_print(documents)
            return result

        with patch.object(report, "_render_qweb_pdf", render_and_print):
            self.assertTrue(self._print(QUOTATION, order).ok)
        self.assertEqual(len(self._find(order)), 1)
