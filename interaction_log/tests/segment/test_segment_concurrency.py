from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import ConcurrencyError, UserError
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ...models.segment import interaction_segment_slice

NAME = "Segment of several connections"


@tagged("-at_install", "post_install")
class TestSegmentConcurrency(TransactionCase):
    """Several database connections work on one segment; what they do is committed."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._clean_up)
        with self.registry.cursor() as cr:
            env = self._env(cr)
            partners = env["res.partner"].create(
                [{"name": f"{NAME} {index}", "city": "Ghent"} for index in range(7)]
            )
            template = env.ref("interaction_log.interaction_template_note")
            segment = env["interaction.segment"].create(
                {
                    "name": NAME,
                    "template_id": template.id,
                    "line_ids": [
                        Command.create({"partner_id": partner.id})
                        for partner in partners
                    ],
                }
            )
            self.segment_id, self.partner_ids = segment.id, partners.ids

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM interaction_segment WHERE name = %s", [NAME])
            cr.execute(
                """DELETE FROM interaction_log_entry USING interaction_batch batch
                WHERE batch_id = batch.id AND batch.name = %s""",
                [NAME],
            )
            cr.execute("DELETE FROM interaction_batch WHERE name = %s", [NAME])
            cr.execute("DELETE FROM res_partner WHERE name LIKE %s", [f"{NAME}%"])

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _segment(self, cr):
        return self._env(cr)["interaction.segment"].browse(self.segment_id)

    def _count(self):
        """Return (number of entries, number of contacts that have one)."""
        with self.registry.cursor() as cr:
            cr.execute(
                """SELECT COUNT(*), COUNT(DISTINCT partner_id)
                FROM interaction_log_entry WHERE source_key LIKE %s""",
                [f"segment,{self.segment_id},%"],
            )
            return cr.fetchone()

    def test_two_log_at_once(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            self._segment(second).read(["state"])  # its snapshot: still open
            self._segment(first).action_log()
            with self.assertRaisesRegex(UserError, "Another user is working on"):
                self._segment(second).action_log()
            first.commit()
            # as Odoo runs a request: what fails so is run again
            with (
                mute_logger("odoo.sql_db"),
                patch("odoo.service.model.time.sleep"),
                self.assertRaisesRegex(
                    UserError, "already logged and can't be changed"
                ),
            ):
                retrying(lambda: self._segment(second).action_log(), self._env(second))
        self.assertEqual(self._count(), (7, 7))

    def test_worker_is_killed(self):
        log_set, calls = self.registry["interaction.segment"]._log_set, []

        def log_and_die(segment, upto):
            log_set(segment, upto)
            calls.append(upto)
            if len(calls) == 2:
                # the rows of the second slice are written, and its connection ends
                pid = segment.env.cr.connection.info.backend_pid
                with self.registry.cursor() as other:
                    other.execute("SELECT pg_terminate_backend(%s)", [pid])
                segment.env.cr.execute("SELECT 1")

        with patch.object(interaction_segment_slice, "SLICE", 2):
            with self.registry.cursor() as cr:
                self._segment(cr).action_log()
            model = self.registry["interaction.segment"]
            with (
                patch.object(model, "_log_set", log_and_die),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.Error),
                self.registry.cursor() as cr,
            ):
                self._segment(cr)._cron_log()
            self.assertEqual(self._count(), (2, 2))
            with self.registry.cursor() as cr:
                segment = self._segment(cr)
                self.assertEqual((segment.state, segment.log_done), ("logging", 2))
                segment._cron_log()
                self.assertEqual(segment.state, "logged")
                self.assertEqual((segment.log_done, segment.left_out_count), (7, 0))
        self.assertEqual(self._count(), (7, 7))

    def test_contact_is_deleted_at_that_moment(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            self._segment(second).read(["state"])  # its snapshot has the contact
            self._env(first)["res.partner"].browse(self.partner_ids[3]).unlink()
            first.commit()
            with (
                mute_logger("odoo.sql_db"),
                patch("odoo.service.model.time.sleep"),
            ):
                retrying(lambda: self._segment(second).action_log(), self._env(second))
            segment = self._segment(second)
            self.assertEqual(segment.left_out_count, 1)
            self.assertEqual(segment.line_ids[3].left_out, "deleted")
            second.commit()
        self.assertEqual(self._count(), (6, 6))

    def test_locked_slice_is_left_to_the_other(self):
        with patch.object(interaction_segment_slice, "SLICE", 2):
            with self.registry.cursor() as cr:
                self._segment(cr).action_log()
            with self.registry.cursor() as first, self.registry.cursor() as second:
                self._segment(first)._log_slice()
                with self.assertRaises(ConcurrencyError):
                    self._segment(second)._log_slice()
                first.commit()
        self.assertEqual(self._count(), (2, 2))

    def test_pause_while_a_slice_is_logged(self):
        with patch.object(interaction_segment_slice, "SLICE", 2):
            with self.registry.cursor() as cr:
                self._segment(cr).action_log()
            with self.registry.cursor() as worker, self.registry.cursor() as user:
                self._segment(worker)._log_slice()
                action = self._segment(user).action_pause()
                user.commit()
                self.assertIn("takes effect once", action["params"]["message"])
                worker.commit()
            with self.registry.cursor() as cr:
                segment = self._segment(cr)
                segment._cron_log()
                self.assertTrue(segment.is_paused)
                self.assertEqual(segment.log_done, 2)
                segment.action_continue()
                segment._log_slice()
                self.assertEqual(segment.log_done, 4)
            with self.registry.cursor() as worker, self.registry.cursor() as user:
                self._segment(worker)._log_slice()
                self._segment(user).action_stop()
                user.commit()
                worker.commit()
            with self.registry.cursor() as cr:
                segment = self._segment(cr)
                segment._cron_log()
                self.assertEqual(segment.state, "logged")
                self.assertEqual(segment.left_out_count, 1)
        self.assertEqual(self._count(), (6, 6))
