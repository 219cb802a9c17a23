from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..common import InteractionAccountCommon
from .common import SegmentCommon


@tagged("-at_install", "post_install")
class TestScale(SegmentCommon, InteractionAccountCommon):
    """Who had none of something is found by a join, also among very many.

    A plan with a *SubPlan* of `NOT IN` looks through all of them again for each contact
    as soon as they don't fit in the memory of the database.
    """

    def _assert_joined(self, query):
        self.env.flush_all()
        rows = self.env.execute_query(SQL("EXPLAIN %s", query))
        plan = "\n".join(line for (line,) in rows)
        self.assertNotIn("SubPlan", plan)
        self.assertRegex(plan, "Join|Nested Loop")

    def test_steps(self):
        batch, _entries = self._new_batch(self.bea)
        segment = self._new_segment()
        for operation in ("add", "reduce", "refine"):
            for vals in (
                {"interaction_match": "none"},
                {"interaction_match": "none", "interaction_days": 90},
                {"interaction_match": "none", "interaction_delivery_status": "bounced"},
                {"document_kind": "orders", "document_match": "none"},
                {"document_kind": "invoices", "document_match": "none"},
                {"document_kind": "invoices", "document_match": "had"},
                {"batch_id": batch.id, "batch_result": "answered"},
                {"batch_id": batch.id, "batch_result": "not_answered"},
            ):
                with self.subTest(operation=operation, **vals):
                    step = segment.env["interaction.segment.step"].new(
                        {"segment_id": segment.id, "operation": operation, **vals}
                    )
                    self._assert_joined(step._get_contacts_sql())
            self._run(segment, operation, interaction_match="none")
        self._assert_joined(segment._get_replayed_contacts_sql())

    def test_last_never_before_first(self):
        entry = self._log(date="2026-03-01 10:00:00").sudo()
        for value in (False, "2026-02-28 10:00:00"):
            with (
                self.subTest(value=value),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                entry._write_facts({"last_date": value})
                entry.flush_recordset()

    def test_migration_repairs_last_dates(self):
        entries = self._log() | self._log() | self._log()
        entries[2].sudo()._write_facts({"last_date": "2100-01-01"})
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE interaction_log_entry "
            "DROP CONSTRAINT interaction_log_entry_last_date_check"
        )
        self.env.cr.execute(
            "UPDATE interaction_log_entry SET last_date = NULL WHERE id = %s",
            [entries[0].id],
        )
        self.env.cr.execute(
            "UPDATE interaction_log_entry SET last_date = '2000-01-01' WHERE id = %s",
            [entries[1].id],
        )
        for _time in range(2):
            self._migrate("19.0.1.7.0", "pre", "last-date")
        entries.invalidate_recordset()
        self.assertEqual(entries[:2].mapped("last_date"), entries[:2].mapped("date"))
        self.assertEqual(entries[2].last_date.year, 2100)
