from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ...models.recording.match import Match


@tagged("-at_install", "post_install")
class TestRecorderConcurrency(TransactionCase):
    """Two database connections record the same happening at once."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute(
                """DELETE FROM interaction_log_entry WHERE source_key LIKE 'race,%';
                DELETE FROM interaction_skipped_event WHERE source = 'race'"""
            )

    def _record(self, cr, *numbers, may_retry=False):
        """Record what has the numbers; return how many entries were made."""
        env = api.Environment(cr, SUPERUSER_ID, {})
        # what base and the addon bring, as only that is committed
        record = env.ref("base.main_company")
        matches = [
            Match(
                record=record,
                rule=env["interaction.rule"],
                source_key=f"race,{number}",
                vals={
                    "template_id": env.ref(
                        "interaction_log.interaction_template_note"
                    ).id,
                    "partner_id": env.ref("base.main_partner").id,
                    "company_id": record.id,
                    "user_id": SUPERUSER_ID,
                    "event": "print",
                },
            )
            for number in numbers
        ]
        return len(
            env["interaction.recorder"]._record_event(
                "print",
                record,
                source="race",
                may_retry=may_retry,
                find=lambda: matches,
            )
        )

    def _count(self, query):
        with self.registry.cursor() as cr:
            cr.execute(query)
            return cr.fetchone()[0]

    def _count_rows(self):
        return (
            self._count(
                "SELECT COUNT(*) FROM interaction_log_entry"
                " WHERE source_key LIKE 'race,%'"
            ),
            self._count(
                "SELECT COUNT(*) FROM interaction_skipped_event WHERE source = 'race'"
            ),
        )

    def test_what_left_is_neither_doubled_nor_skipped(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            second.execute("SELECT 1")  # its snapshot knows nothing of the first
            self.assertEqual(self._record(first, 1), 1)
            first.commit()
            with mute_logger("odoo.sql_db"):
                # what only this one saw is logged
                self.assertEqual(self._record(second, 1, 2), 1)
            second.commit()
        self.assertEqual(self._count_rows(), (2, 0))

    def test_all_of_it_is_logged_by_another(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            second.execute("SELECT 1")
            self.assertEqual(self._record(first, 1, 2), 2)
            first.commit()
            with mute_logger("odoo.sql_db"):
                self.assertEqual(self._record(second, 1, 2), 0)
            second.commit()
        self.assertEqual(self._count_rows(), (2, 0))

    def test_what_can_be_run_again_is(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            second.execute("SELECT 1")
            self._record(first, 1)
            first.commit()
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                self._record(second, 1, may_retry=True)
            second.rollback()
            self.assertEqual(self._record(second, 1, may_retry=True), 1)
            second.commit()
        self.assertEqual(self._count_rows(), (1, 0))
