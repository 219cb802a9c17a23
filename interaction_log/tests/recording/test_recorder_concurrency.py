from unittest.mock import patch

from psycopg2.errors import DeadlockDetected, SerializationFailure

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
                """DELETE FROM interaction_log_entry WHERE name = 'race';
                DELETE FROM interaction_skipped_event WHERE source = 'race';
                DELETE FROM interaction_rule WHERE name->>'en_US' = 'race'"""
            )
        self.registry.clear_cache("stable")

    def _new_rule(self):
        """Return the id of a rule that logs once per company, and is there for all."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            rule = env["interaction.rule"].create(
                {
                    "name": "race",
                    "event": "print",
                    "model_id": env["ir.model"]._get_id("res.company"),
                    "template_id": env.ref(
                        "interaction_log.interaction_template_note"
                    ).id,
                    "repeat": "once",
                    "partner_field": "partner_id",
                }
            )
            return rule.id

    def _record(self, cr, *numbers, may_retry=False, rule_id=False):
        """Record what has the numbers; return how many entries were made."""
        env = api.Environment(cr, SUPERUSER_ID, {})
        # what base and the addon bring, as only that is committed
        record = env.ref("base.main_company")
        matches = [
            Match(
                record=record,
                rule=env["interaction.rule"].browse(rule_id or []),
                source_key=None if rule_id else f"race,{number}",
                vals={
                    "template_id": env.ref(
                        "interaction_log.interaction_template_note"
                    ).id,
                    "partner_id": env.ref("base.main_partner").id,
                    "company_id": record.id,
                    "user_id": SUPERUSER_ID,
                    "event": "print",
                    "name": "race",
                    "rule_id": rule_id,
                    "res_model": record._name,
                    "res_id": record.id,
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

    def _record_while_locked(self):
        """Record while the log is locked, and commit when it is free again."""
        with self.registry.cursor() as first, self.registry.cursor() as second:
            first.execute("LOCK TABLE interaction_log_entry IN SHARE MODE")
            self._record(second, 1)
            first.rollback()
            second.commit()

    def _count(self, query):
        with self.registry.cursor() as cr:
            cr.execute(query)
            return cr.fetchone()[0]

    def _count_rows(self):
        return (
            self._count(
                "SELECT COALESCE(SUM(occurrence_count), 0) FROM interaction_log_entry"
                " WHERE name = 'race'"
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
                self.assertEqual(self._record(second, 1, 2), 0)
            self.assertEqual(self._count_rows(), (1, 0))
            # what only this one saw is logged then
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

    def test_what_is_rolled_back_is_not_logged(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            second.execute("SELECT 1")
            self._record(first, 1)
            first.commit()
            with mute_logger("odoo.sql_db"):
                self._record(second, 1, 2)
            second.rollback()
            second.commit()
        self.assertEqual(self._count_rows(), (1, 0))

    def test_every_print_of_a_document_that_is_logged_once_counts(self):
        rule_id = self._new_rule()
        with self.registry.cursor() as cr:
            self.assertEqual(self._record(cr, 1, rule_id=rule_id), 1)
        cursors = [self.registry.cursor() for _number in range(4)]
        for cursor in cursors:
            cursor.execute("SELECT 1")
        with mute_logger("odoo.sql_db"):
            for cursor in cursors:
                self._record(cursor, 1, rule_id=rule_id)
                cursor.commit()
                cursor.close()
        self.assertEqual(self._count_rows(), (5, 0))
        self.assertEqual(
            self._count(
                "SELECT COUNT(*) FROM interaction_log_entry WHERE name = 'race'"
            ),
            1,
        )

    def test_log_is_locked(self):
        """Nobody waits for who maintains the log: what happened is listed."""
        for number, (mode, may_retry) in enumerate(
            (
                ("SHARE", False),  # an index is built
                ("ACCESS EXCLUSIVE", False),
                ("ACCESS EXCLUSIVE", True),
            ),
            1,
        ):
            with (
                self.subTest(mode=mode, may_retry=may_retry),
                self.registry.cursor() as first,
                self.registry.cursor() as second,
            ):
                first.execute(f"LOCK TABLE interaction_log_entry IN {mode} MODE")
                second.execute("SET lock_timeout = '10s'")
                self.assertEqual(self._record(second, number, may_retry=may_retry), 0)
                second.commit()
                first.rollback()
                self.assertEqual(self._count_rows(), (number - 1, 1))
                env = api.Environment(second, SUPERUSER_ID, {})
                event = env["interaction.skipped.event"].search(
                    [("source", "=", "race"), ("state", "=", "todo")]
                )
                self.assertIn("The log was busy", event.reason)
                event.action_log_now()
                self.assertEqual(event.entry_id.source_key, f"race,{number}")
                event.unlink()
                second.commit()
                self.assertEqual(self._count_rows(), (number, 0))

    def test_what_a_manager_has_logged_is_not_logged_again(self):
        """Between the commit and what comes after it."""
        recorder = self.registry["interaction.recorder"]
        apart = recorder._log_apart

        def log_apart(recorder, matches, source, event_ids):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                events = env["interaction.skipped.event"].browse(event_ids)
                self.assertEqual(events.action_log_now()["params"]["type"], "success")
            apart(recorder, matches, source, event_ids)

        with patch.object(recorder, "_log_apart", log_apart):
            self._record_while_locked()
        # it stays on the list as what a manager did
        self.assertEqual(self._count_rows(), (1, 1))

    def test_what_others_log_after_the_commit(self):
        """It meets them again, and is logged all the same."""
        recorder = self.registry["interaction.recorder"]
        apart, log = recorder._log_apart, recorder._log_matches
        failures = [SerializationFailure(), DeadlockDetected()]

        def log_matches(recorder, matches, source):
            if failures:
                raise failures.pop()
            return log(recorder, matches, source)

        def log_apart(recorder, matches, source, event_ids):
            with patch.object(type(recorder), "_log_matches", log_matches):
                apart(recorder, matches, source, event_ids)

        with patch.object(recorder, "_log_apart", log_apart):
            self._record_while_locked()
        self.assertFalse(failures)
        self.assertEqual(self._count_rows(), (1, 0))

    def test_what_a_manager_is_logging_is_not_logged_again(self):
        """At the very moment: the manager's transaction has it."""
        recorder = self.registry["interaction.recorder"]
        apart = recorder._log_apart
        manager = self.enterContext(self.registry.cursor())

        def log_apart(recorder, matches, source, event_ids):
            env = api.Environment(manager, SUPERUSER_ID, {})
            events = env["interaction.skipped.event"].browse(event_ids)
            self.assertTrue(events.try_lock_for_update())
            apart(recorder, matches, source, event_ids)
            self.assertEqual(self._count_rows(), (0, 1))
            events.action_log_now()
            manager.commit()

        with patch.object(recorder, "_log_apart", log_apart):
            self._record_while_locked()
        self.assertEqual(self._count_rows(), (1, 1))

    def test_log_is_free_again_after_the_commit(self):
        self._record_while_locked()
        self.assertEqual(self._count_rows(), (1, 0))
