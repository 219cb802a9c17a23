import threading
from contextlib import contextmanager
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.account.models.ir_actions_report import IrActionsReport

from ..common import InteractionHttpCommon

QUOTATION = "sale.report_saleorder"


@tagged("-at_install", "post_install")
class TestReplica(InteractionHttpCommon):
    """With a read replica, routes that only read get a connection that can't write.

    So do all routes of an HTTP test, by a read-only transaction.
    """

    def setUp(self):
        super().setUp()
        self.order = self._new_order(partner=self.user_portal.partner_id, state="sent")
        self.order._portal_ensure_token()

    @contextmanager
    def _watch(self):
        """Yield two lists: of the reports rendered, and of the cursors they had."""
        rendered, modes = [], []
        pre_render = IrActionsReport._pre_render_qweb_pdf

        def watched(report, *args, **kwargs):
            rendered.append(args[0] if args else kwargs["report_ref"])
            modes.append(
                (report.env.cr.readonly, threading.current_thread().cursor_mode)
            )
            return pre_render(report, *args, **kwargs)

        with patch.object(IrActionsReport, "_pre_render_qweb_pdf", watched):
            yield rendered, modes

    @contextmanager
    def _readonly(self, path):
        """Let the route of `path` be one that only reads, as far as Odoo knows."""
        self.url_open("/web/login")  # the map of routes is made by the first request
        (rule,) = (
            rule
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if rule.rule == path
        )
        with patch.dict(rule.endpoint.routing, {"readonly": True}):
            yield

    def test_print_is_rendered_once_and_logged_once(self):
        """The read-only route of a report writes where it is a print."""
        with self._watch() as (rendered, modes):
            response = self._open(f"/report/pdf/{QUOTATION}/{self.order.id}")
        self.assertTrue(response.ok)
        self.assertEqual(len(rendered), 1)
        self.assertEqual(modes, [(False, "rw")])
        self.assertEqual(len(self._find(self.order)), 1)

    def test_preview_stays_read_only(self):
        modes = []
        render = type(self.report_quotation)._render_qweb_html

        def watched(report, *args, **kwargs):
            modes.append(
                (report.env.cr.readonly, threading.current_thread().cursor_mode)
            )
            return render(report, *args, **kwargs)

        with (
            patch.object(type(self.report_quotation), "_render_qweb_html", watched),
            patch.object(
                IrActionsReport,
                "get_wkhtmltopdf_state",
                lambda report: "ok",
                create=True,
            ),
        ):
            self._open(f"/report/html/{QUOTATION}/{self.order.id}")
        self.assertEqual(modes, [(True, "ro")])
        self.assertFalse(self._find(self.order))

    def test_download_in_the_portal(self):
        self._shipped("interaction_rule_download_quotation").active = True
        with self._watch() as (rendered, modes):
            self._open(
                f"/my/orders/{self.order.id}?report_type=pdf&download=true",
                self.user_portal,
            )
        self.assertEqual(modes, [(False, "rw")])
        self.assertEqual(len(rendered), 1)
        self.assertEqual(len(self._find(self.order)), 1)

    def test_page_that_was_taken_for_read_only(self):
        """A portal route that another addon declares read-only is run once more."""
        rule = self._shipped("interaction_rule_portal_view_quotation")
        rule.active = True
        path = "/my/orders/<int:order_id>"
        with (
            self._readonly(path),
            mute_logger("odoo.sql_db"),
            self.assertLogs("odoo.http", "WARNING") as logs,
        ):
            self.assertTrue(
                self._open(f"/my/orders/{self.order.id}", self.user_portal).ok
            )
        self.assertIn("retrying with a read/write cursor", logs.output[0])
        self.assertEqual(len(self._find(self.order)), 1)
        self.assertEqual(self._find(self.order).occurrence_count, 1)
        self.assertFalse(self.Skipped.search([("res_id", "=", self.order.id)]))

    def test_page_that_is_read_only_and_not_recorded(self):
        with self._readonly("/my/orders/<int:order_id>"):
            self.assertTrue(
                self._open(f"/my/orders/{self.order.id}", self.user_portal).ok
            )
        self.assertFalse(self._find(self.order))


@tagged("-at_install", "post_install")
class TestTwoConnections(TransactionCase):
    """Event sources on two real connections to the database, with what they commit."""

    SOURCE = "interaction_log_test"

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            # what the addon brings is committed; the rest is taken away again
            self.partner_id = env["res.partner"].create({"name": "Two Connections"}).id
            rule = env.ref("interaction_log.interaction_rule_download_quotation")
            self.rule_vals = {
                "name": "Contacts",
                "event": "download",
                "model_id": env["ir.model"]._get("res.partner").id,
                "template_id": rule.template_id.id,
                "partner_field": "commercial_partner_id",
                "domain": f"[('id', '=', {self.partner_id})]",
            }
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM interaction_log_entry WHERE source_key LIKE %s"
                " OR rule_id IN (SELECT id FROM interaction_rule"
                " WHERE domain = %s)",
                [f"%{self.SOURCE}%", self.rule_vals["domain"]],
            )
            cr.execute(
                "DELETE FROM interaction_rule WHERE domain = %s",
                [self.rule_vals["domain"]],
            )
            api.Environment(cr, SUPERUSER_ID, {})["res.partner"].browse(
                self.partner_id
            ).unlink()
        self.registry.clear_cache()

    def _make_rule(self, **vals):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["interaction.rule"].create({**self.rule_vals, **vals})
        self.registry.clear_cache()

    def _record(self, cr, source=None):
        env = api.Environment(cr, SUPERUSER_ID, {})
        return env["interaction.recorder"]._record_event(
            "download",
            env["res.partner"].browse(self.partner_id),
            source=source or self.SOURCE,
            may_retry=True,
        )

    def _count(self, cr):
        cr.execute(
            "SELECT COUNT(*), SUM(occurrence_count) FROM interaction_log_entry"
            " WHERE res_model = 'res.partner' AND res_id = %s AND event = 'download'",
            [self.partner_id],
        )
        return cr.fetchone()

    def _race(self, first_source, second_source):
        """Record twice at a time; return (number of entries, of occurrences)."""
        with self.registry.cursor() as first, self.registry.cursor() as second:
            second.execute("SELECT 1")  # its snapshot knows nothing of the first
            self._record(first, first_source)
            first.commit()
            tries = []

            def attempt():
                tries.append(True)
                return self._record(second, second_source)

            env = api.Environment(second, SUPERUSER_ID, {})
            with mute_logger("odoo.sql_db"), patch("odoo.service.model.time.sleep"):
                retrying(attempt, env)
            self.assertEqual(len(tries), 2, "the database refuses the first try")
            return self._count(second)

    def test_same_request_twice(self):
        self._make_rule()
        self.assertEqual(self._race(self.SOURCE, self.SOURCE), (1, 1))

    def test_two_that_are_to_be_one_per_document(self):
        self._make_rule(repeat="once")
        self.assertEqual(self._race(f"{self.SOURCE}1", f"{self.SOURCE}2"), (1, 2))

    def test_rollback(self):
        self._make_rule()
        with self.registry.cursor() as cr:
            self.assertTrue(self._record(cr))
            cr.rollback()
            self.assertEqual(self._count(cr)[0], 0)

    def test_replay(self):
        self._make_rule()
        for _time in range(2):
            with self.registry.cursor() as cr:
                self._record(cr)
        with self.registry.cursor() as cr:
            self.assertEqual(self._count(cr), (1, 1))

    def test_connection_that_can_not_write(self):
        """What a replica refuses is told to Odoo, which runs the request elsewhere."""
        self._make_rule()
        with self.registry.cursor() as replica:
            replica.execute("SET TRANSACTION READ ONLY")
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.ReadOnlySqlTransaction),
            ):
                self._record(replica)
            replica.rollback()
            self.assertEqual(self._count(replica)[0], 0)
