from datetime import datetime, timedelta
from random import Random

from odoo.fields import Domain
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ...models.base.constants import FAILED_OUTCOMES, UNDELIVERED
from ..common import InteractionCommon

NOW = datetime(2026, 6, 30, 12)
INDEX = "interaction_log_entry"


@tagged("-at_install", "post_install")
class TestContactSearch(InteractionCommon):
    """Contacts by their interactions: SQL means what is told here in Python."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        random = Random(16)
        Partner = cls.env["res.partner"]
        companies = Partner.create(
            [{"name": f"Company {number}", "is_company": True} for number in range(5)]
        )
        people = Partner.create(
            [
                {"name": f"Person {number}", "parent_id": companies[number % 5].id}
                for number in range(25)
            ]
        )
        cls.contacts = companies | people | Partner.create({"name": "Nobody"})
        cls.other_company = cls._new_company()
        cls.entries = cls.Entry.log_interactions(
            [
                {
                    "template_id": cls.template_call.id,
                    # the last ones have none
                    "partner_id": random.choice(cls.contacts[:-6]).id,
                    "company_id": random.choice(
                        [*[cls.company_a.id] * 4, cls.other_company.id]
                    ),
                    "date": NOW - timedelta(days=random.randrange(120)),
                    "outcome": random.choice(
                        ["success", "left_message", *FAILED_OUTCOMES, False]
                    ),
                    "flow": random.choice(["inbound", "outbound"]),
                    "delivery_status": random.choice(
                        ["none", "none", "sent", *UNDELIVERED]
                    ),
                    "is_automatic": random.random() < 0.1,
                    "state": random.choice(["logged"] * 4 + ["postponed"]),
                }
                for _number in range(70)
            ]
        )
        for entry in cls.entries[::3]:
            entry._write_facts(
                {"last_date": entry.date + timedelta(days=random.randrange(9))}
            )
        cls.entries.filtered(lambda entry: entry.state == "logged")[::7]._cancel(
            cls.reason
        )
        # who changes company keeps the history, and so does the company
        people[3].parent_id = companies[0]
        cls.env.flush_all()

    def _get_dates(self, contact, is_failed=False, flows=("inbound", "outbound")):
        """Return when the contact was reached, or when that failed."""
        return [
            entry.last_date
            for entry in self.entries
            if contact in (entry.partner_id, entry.commercial_partner_id)
            and entry.company_id == self.company_a
            and entry.state == "logged"
            and not entry.is_automatic
            and entry.flow in flows
            and is_failed
            == (
                entry.outcome in FAILED_OUTCOMES or entry.delivery_status in UNDELIVERED
            )
        ]

    def _assert_found(self, name, operator, value, expected):
        Partner = self.env["res.partner"].with_user(self.user_sales)
        domain = Domain("id", "in", self.contacts.ids) & Domain(name, operator, value)
        self.assertEqual(
            set(Partner.search(domain)._ids),
            {contact.id for contact in expected},
            (name, operator, value),
        )

    def _generate(self):
        """Add some thousands of entries that reached, and let the database know."""
        names = SQL(", ").join(
            SQL.identifier(field.name)
            for field in self.Entry._fields.values()
            if field.store
            and field.column_type
            and field.name not in ("id", "batch_id")
        )
        batches = (
            self.env["interaction.batch"]
            .sudo()
            .create([{"name": f"Batch {number}"} for number in range(50)])
        )
        reached = self.entries.filtered(
            lambda entry: (
                entry.outcome not in FAILED_OUTCOMES
                and entry.delivery_status not in UNDELIVERED
            )
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO interaction_log_entry (batch_id, %(names)s)
                SELECT %(batch)s + number %% 50, %(names)s
                FROM interaction_log_entry CROSS JOIN generate_series(1, 500) number
                WHERE id IN %(ids)s""",
                names=names,
                batch=batches[0].id,
                ids=tuple(reached.ids),
            )
        )
        self.env.cr.execute(f"ANALYZE {INDEX}")

    def _explain(self, records, domain, *ways):
        """Return how the database answers a search, as a user's, where it can't in
        some ways: those which it does not take where there is much to look through.
        """
        query = records.with_user(self.user_sales)._search(domain)
        for way in ways:
            self.env.cr.execute(f"SET LOCAL enable_{way} TO off")
        rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        plan = "\n".join(line for (line,) in rows)
        self.assertNotIn(f"Seq Scan on {INDEX}", plan)
        return plan

    def test_last_date(self):
        names = {
            "interaction_last_date": ("inbound", "outbound"),
            "interaction_last_inbound_date": ("inbound",),
            "interaction_last_outbound_date": ("outbound",),
        }
        for name, flows in names.items():
            last = {
                contact: max(self._get_dates(contact, flows=flows), default=None)
                for contact in self.contacts
            }
            reached = [contact for contact in self.contacts if last[contact]]
            never = set(self.contacts) - set(reached)
            self.assertTrue(reached and never)
            self._assert_found(name, "=", False, never)
            for days in (0, 30, 60, 90):
                date = NOW - timedelta(days=days)
                before = {contact for contact in reached if last[contact] < date}
                self._assert_found(name, "<", date, before)
                self._assert_found(name, ">=", date, set(reached) - before)

    @freeze_time(NOW)
    def test_no_contact_since(self):
        name = "interaction_no_contact_since"
        last = {
            contact: max(self._get_dates(contact), default=datetime.min)
            for contact in self.contacts
        }
        for days in (0, 30, 60, 90):
            date = NOW - timedelta(days=days)
            before = {contact for contact in last if last[contact] < date}
            for value in (date, f"-{days}d"):
                self._assert_found(name, "<", value, before)
                self._assert_found(name, ">=", value, set(last) - before)
        never = {contact for contact in last if last[contact] == datetime.min}
        self._assert_found(name, "=", False, never)

    def test_last_failed(self):
        failed = {
            contact
            for contact in self.contacts
            if max(self._get_dates(contact, is_failed=True), default=datetime.min)
            > max(self._get_dates(contact), default=datetime.min)
        }
        self.assertTrue(failed)
        name = "interaction_last_failed"
        self._assert_found(name, "=", True, failed)
        self._assert_found(name, "=", False, set(self.contacts) - failed)
        shown = self.contacts.with_user(self.user_sales).filtered(name)
        self.assertEqual(set(shown._ids), {contact.id for contact in failed})

    def test_plans(self):
        """Nothing is read of an entry but what the indexes have."""
        # a database of before may have kept what these replace
        self._migrate("19.0.1.10.0", "pre", "contact-indexes")
        self._generate()
        partners, contacts = self.env["res.partner"], ("contact", "company_contact")
        for model, domain, indexes in (
            (partners, [("interaction_no_contact_since", "<", "-90d")], contacts),
            (partners, [("interaction_last_date", "=", False)], contacts),
            (
                partners,
                [("interaction_last_failed", "=", True)],
                (*contacts, "failed_contact"),
            ),
            (self.env["interaction.batch"], [("state", "=", "canceled")], ["batch"]),
        ):
            plan = self._explain(
                model,
                domain,
                *("seqscan", "bitmapscan", "hashjoin", "mergejoin", "material"),
            )
            for name in indexes:
                with self.subTest(domain=domain, index=name):
                    self.assertIn(f"Index Only Scan using {INDEX}_{name}_idx", plan)

    def test_search_box(self):
        """What the box of the log looks in has an index for parts of words."""
        names = ("name", "partner_name", "document_name")
        domain = Domain.OR(Domain(name, "ilike", "nothing like") for name in names)
        self._generate()
        for name in names:
            # what was added a moment ago is in no order yet
            self.env.cr.execute(
                "SELECT gin_clean_pending_list(%s)", [f"{INDEX}__{name}_index"]
            )
        plan = self._explain(self.Entry, domain, "seqscan", "indexscan")
        for name in names:
            self.assertIn(f"Bitmap Index Scan on {INDEX}__{name}_index", plan)

    def test_migration(self):
        self.env.cr.execute(
            f"CREATE INDEX IF NOT EXISTS {INDEX}__partner_id_index ON {INDEX} (state)"
        )
        for _time in range(2):
            self._migrate("19.0.1.10.0", "pre", "contact-indexes")
        self.env.cr.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = %s", [INDEX]
        )
        names = {name for (name,) in self.env.cr.fetchall()}
        for field in ("partner_id", "commercial_partner_id", "batch_id"):
            self.assertNotIn(f"{INDEX}__{field}_index", names)
        self.assertIn(f"{INDEX}_contact_idx", names)
