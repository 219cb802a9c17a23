from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import InteractionCommon

JOB = "ir_cron_measure_completeness"


@tagged("-at_install", "post_install")
class TestShareRecorded(InteractionCommon):
    """A daily job stores how much of the last 30 days is in the log."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Share = cls.env["interaction.completeness.share"].sudo()

    def _get_share(self, company=None):
        return self.Share.search(
            [
                ("event", "=", "print"),
                ("company_id", "=", (company or self.company_a).id),
            ]
        )

    def test_job(self):
        company = self._new_company()
        sent, printed = self._new_order(), self._new_order()
        (sent | printed).action_quotation_sent()
        self.Recorder.with_user(self.user_assistant)._record_event(
            "print", printed, report=self.report_quotation
        )
        order_b = self.env["sale.order"].sudo().with_company(company)
        order_b = order_b.create(
            {"partner_id": self.partner.id, "company_id": company.id}
        )
        order_b.action_quotation_sent()
        self._run_job(JOB)
        share = self._get_share()
        self.assertRecordValues(
            share | self._get_share(company),
            [
                {"trace_count": 2, "logged_count": 1, "missing_count": 1, "share": 50},
                {"trace_count": 1, "logged_count": 0, "missing_count": 1, "share": 0},
            ],
        )
        self.assertAlmostEqual(
            share.date, fields.Datetime.now(), delta=timedelta(minutes=5)
        )
        measured = set(self.Share.search([]).mapped("event"))
        self.assertEqual(
            measured, set(self.env["interaction.completeness"].sudo()._get_events())
        )
        seen = self.Share.with_user(self.user_manager).sudo(False).search([])
        self.assertEqual(seen.company_id, self.company_a)

    def test_what_is_fresh_is_left(self):
        """The job goes on where it was interrupted, and replaces what is old."""
        self._run_job(JOB)
        measured, measure = [], type(self.Share)._measure

        def note(share, event):
            measured.append(event)
            return measure(share, event)

        old = self.Share.search([("event", "=", "print")])
        old.date = fields.Datetime.now() - timedelta(days=1)
        self._new_order().action_quotation_sent()
        self.env.flush_all()
        with patch.object(type(self.Share), "_measure", note):
            self._run_job(JOB)
        self.assertEqual(measured, ["print"])
        self.assertFalse(old.exists())
        self.assertEqual(self._get_share().trace_count, 1)

    def test_nobody_writes_it(self):
        shares = self.env["interaction.completeness.share"].with_user(self.user_admin)
        with self.assertRaises(AccessError):
            shares.create({})
        self.Share._measure("print")
        with self.assertRaises(AccessError):
            shares.search([]).write({"logged_count": 9})
        with self.assertRaises(AccessError):
            shares.search([]).unlink()
