import json
from datetime import datetime, timedelta
from random import Random

from psycopg2 import IntegrityError

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from ...models.segment.domain_text import read_domain
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
                {"interaction_match": "had"},
                {"interaction_match": "had", "interaction_days": 90},
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

    @freeze_time("2026-06-30 12:00:00")
    def test_steps_mean_what_python_says(self):
        """The same in the count while one chooses, in each operation and a refresh."""
        random = Random(16)
        contacts = self.env["res.partner"].create(
            [{"name": f"Contact {number}"} for number in range(12)]
        )
        contacts[:6].parent_id = self.acme
        contacts |= self.acme
        contacts[-3].active = False
        entries = self.Entry.log_interactions(
            [
                {
                    "template_id": self.template_call.id,
                    "partner_id": random.choice(contacts[:9]).id,
                    "date": datetime(2026, 6, 30) - timedelta(days=random.choice(days)),
                    "outcome": random.choice(["success", "no_answer", False]),
                    "state": random.choice(["logged", "logged", "postponed"]),
                }
                for days in [(3, 30, 80, 100, 300)] * 15
            ]
        )
        entries[0]._write_facts({"last_date": "2026-06-30"})
        for match in ("had", "none"):
            for days in (0, 1, 31, 90):
                vals = {"interaction_match": match, "interaction_days": days}
                first = datetime(2026, 6, 30) - timedelta(days=days - 1)
                found = self.env["res.partner"].union(
                    *(
                        entry.partner_id | entry.commercial_partner_id
                        for entry in entries
                        if entry.state == "logged"
                        and (match == "had" or entry.outcome != "no_answer")
                        and (not days or entry.last_date >= first)
                    )
                )
                found = found.with_env(self.env)
                met = contacts & found if match == "had" else contacts - found
                segment = self._new_segment()
                own = {**vals, "domain": str([("id", "in", contacts.ids)])}
                self._run(segment, **own)
                active = met.filtered("active")
                with self.subTest(**vals):
                    self.assertEqual(self._get_partners(segment), active)
                    segment.step_ids.sudo().unlink()
                    self._add(segment, contacts)
                    for operation, left in (
                        ("refine", met),
                        ("reduce", self.env["res.partner"]),
                    ):
                        step = segment.env["interaction.segment.step"].new(
                            {"segment_id": segment.id, "operation": operation, **own}
                        )
                        self.assertEqual(step.match_count, len(met))
                        self._run(segment, operation, **own)
                        self.assertEqual(self._get_partners(segment), left)
                    other = self._new_segment()
                    self._run(other, domain=own["domain"])
                    self._run(other, "refine", **own)
                    self._run(other, "refresh")
                    self.assertEqual(self._get_partners(other), active)

    def test_many_ids(self):
        """More than Odoo lets an expression have; a list of ids is data."""
        ids = [*range(2_000_000, 2_020_000), self.bea.id, self.carl.id]
        for text in (
            str([("id", "in", ids)]),
            str(["|", ("id", "in", tuple(ids)), ("name", "ilike", "[1, 2]")]),
            json.dumps([["id", "in", ids]], indent=1),
        ):
            segment = self._new_segment()
            step = segment.env["interaction.segment.step"].new(
                {"segment_id": segment.id, "domain": text}
            )
            self.assertEqual((step.is_broken, step.match_count), (False, 2))
            self._run(segment, domain=text)
            self.assertEqual(self._get_partners(segment), self.bea | self.carl)
            self.assertIn("ID", segment.step_ids.summary)

    def test_text_with_many_ids(self):
        ids = list(range(200))
        name = f"it's {ids}"
        for domain in (
            [("name", "ilike", name), ("id", "in", ids)],
            [("name", "ilike", f'"{name}"')],
            [["id", "in", ids], ["id", "not in", ids]],
        ):
            self.assertEqual(read_domain(repr(domain)), domain)
        for text in (
            "[{0}]",
            f"[{{7}}, {ids}]",
            f"[{{0}}, ('id', 'in', {ids})]",
            f"'''it's {ids}'''",
            f"[{ids}",
            f"[{ids}()]",
            "[" + "1," * 100_000 + "x]",
        ):
            with self.subTest(text=text[:20]):
                step = self.Step.with_user(self.user_sales).new(
                    {"segment_id": self._new_segment().id, "domain": text}
                )
                self.assertTrue(step.is_broken)

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
