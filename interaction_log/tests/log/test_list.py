import itertools
import re
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL

from ..common import InteractionCommon


@tagged("-at_install", "post_install")
class TestGroups(InteractionCommon):
    """What core answers, in another way: grouped lists, pivot, currencies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        bob, carl = cls.env["res.partner"].create([{"name": "Bob"}, {"name": "Carl"}])
        for number, (partner, template) in enumerate(
            itertools.product(
                (bob, cls.anna, carl), (cls.template_call, cls.template_invoice)
            )
        ):
            for month in range(1, 3 + number % 2):
                cls._log(
                    cls.user_sales if number % 3 else cls.user_manager,
                    partner_id=partner.id,
                    template_id=template.id,
                    date=f"2026-0{month}-10 10:00:00",
                    cost=number + month,
                    duration=0.5,
                )
        cls.log = cls.env["interaction.log.entry"].with_user(cls.user_manager)
        cls.log.search([], limit=2).sudo()._cancel(cls.reason)
        gone = cls.log.search([("partner_id", "=", carl.id)], limit=1)
        gone.sudo()._write_facts({"partner_id": False, "user_id": False})
        failed = cls.log.search([("state", "=", "logged")], limit=1)
        failed.sudo().outcome = "no_answer"
        cls.domain = [("date", ">=", "2026-01-01"), ("date", "<", "2026-06-01")]

    AGGREGATES = (
        "__count",
        "entry_count:sum",
        "duration:sum",
        "cost:sum",
        "currency_id:array_agg_distinct",
        "cost:sum_currency",
    )

    def _check(self, method, *args, **kwargs):
        """Check that the answer is that of core, which sorts and joins."""
        log = type(self.log)
        found = getattr(self.log, method)(*args, **kwargs)
        core = next(
            base
            for base in reversed(log.__mro__)
            if "_read_grouping_sets" in vars(base)
        )
        self.assertEqual(core.__name__, "BaseModel")
        with (
            patch.object(log, "_read_group", core._read_group),
            patch.object(log, "_read_grouping_sets", core._read_grouping_sets),
            patch.object(log, "_get_currencies", lambda log: log.currency_id),
            patch.object(
                log,
                "_is_page_of_records",
                lambda _log, *_args: False,
            ),
            patch.object(log, "_is_graph_of_records", lambda _log, *_args: False),
        ):
            self.assertEqual(found, getattr(self.log, method)(*args, **kwargs))
        return found

    def test_groups_are_those_of_core(self):
        for spec, page in itertools.product(
            (
                "partner_id",
                "user_id",
                "template_id",
                "batch_id",
                "channel",
                "date:month",
            ),
            (
                {},
                {"limit": 80},
                {"limit": 2},
                {"limit": 1, "offset": 1},
                {"limit": 2, "offset": 2},
                {"limit": 1, "offset": 3},
                {"limit": 80, "offset": 4},
            ),
        ):
            with self.subTest(spec=spec, page=page):
                found = self._check(
                    "web_read_group", self.domain, [spec], self.AGGREGATES, **page
                )
                self.assertTrue(found["groups"] or page.get("offset"))

    def test_pivot_is_that_of_core(self):
        for sets in (
            [[], ["template_id"]],
            [["template_id"], ["template_id", "user_id"]],
            [[], ["date:month"], ["group_id"], ["date:month", "group_id"]],
            [[], ["partner_id"]],
            [[], ["is_automatic"], ["event", "user_id"]],
            [[], ["outcome"], ["campaign_response", "outcome"]],
        ):
            with self.subTest(sets=sets):
                self._check(
                    "formatted_read_grouping_sets", self.domain, sets, self.AGGREGATES
                )
        self._check(
            "formatted_read_grouping_sets",
            [("id", "=", 0)],
            [[], ["user_id"]],
            self.AGGREGATES,
        )

    def test_graph_is_that_of_core(self):
        for groupby in (
            ["date:month", "group_id"],
            ["user_id", "outcome"],
            ["group_id"],
            ["date:month"],
        ):
            with self.subTest(groupby=groupby):
                found = self._check(
                    "formatted_read_group", self.domain, groupby, ["__count"]
                )
                self.assertTrue(found)

    def test_several_currencies(self):
        other = self.env.ref("base.CHF").sudo()
        other.rate_ids.unlink()
        other.write({"active": True, "rate_ids": [(0, 0, {"rate": 2.0})]})
        entry = self.log.search(self.domain, limit=1)
        entry.sudo()._write_facts({"currency_id": other.id})
        self.assertIn(other, self.log._get_currencies())
        for spec in ("partner_id", "channel"):
            self._check(
                "web_read_group", self.domain, [spec], self.AGGREGATES, limit=80
            )
        self._check(
            "formatted_read_grouping_sets",
            self.domain,
            [[], ["user_id"]],
            self.AGGREGATES,
        )

    def test_no_sum_of_documents(self):
        """One that was printed and e-mailed would be in it twice."""
        field = self.log.fields_get(["document_total"])["document_total"]
        self.assertNotIn("aggregator", field)


@tagged("-at_install", "post_install")
class TestPlans(InteractionCommon):
    """Which pages of a large log PostgreSQL answers without reading all of it."""

    ENTRIES = 100_000
    # what differs between the entries, as SQL of their number
    VALUES = {
        "name": "'Subject ' || number",
        "partner_name": "'Contact ' || number % 5000",
        "partner_id": "CASE WHEN number % 5000 = 0 THEN partner_id END",
        "commercial_partner_id": "NULL::integer",
        "date": "TIMESTAMP '2026-06-01' - number * INTERVAL '10 minutes'",
        "last_date": "TIMESTAMP '2026-06-01' - number * INTERVAL '10 minutes'",
        "channel": "CASE WHEN number % 2 = 0 THEN 'phone' ELSE 'email' END",
        "state": "CASE WHEN number % 100 = 1 THEN 'canceled' ELSE 'logged' END",
        "outcome": "CASE WHEN number % 100 = 2 THEN 'no_answer' END",
        "evaluation": "CASE WHEN number % 500 = 3 THEN 'negative' END",
        "delivery_status": "CASE WHEN number % 500 = 5 THEN 'error' ELSE 'none' END",
        "is_backfilled": "number % 1000 = 7",
        "content_changed": "number % 1000 = 9",
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        entry = cls._log()
        cls.env.flush_all()
        cr, table = cls.env.cr, SQL.identifier(entry._table)
        # foreign keys are nearly all of the time; the rollback brings them back
        cr.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = %s"
            "::regclass",
            [entry._table],
        )
        drops = SQL(", ").join(
            SQL("DROP CONSTRAINT %s", SQL.identifier(name)) for (name,) in cr.fetchall()
        )
        cr.execute(SQL("ALTER TABLE %s %s", table, drops))
        columns = [
            name
            for name, field in entry._fields.items()
            if field.store and field.column_type and name not in ("id", "source_key")
        ]
        cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s, generate_series(1, %s) number "
                "WHERE id = %s",
                table,
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(
                    SQL(cls.VALUES[name].replace("%", "%%"))
                    if name in cls.VALUES
                    else SQL.identifier(name)
                    for name in columns
                ),
                table,
                cls.ENTRIES,
                entry.id,
            )
        )
        cr.execute(SQL("ANALYZE %s", table))

    def _get_scans(self, call):
        """Return the queries of `call` that read the whole log."""
        queries = []
        execute = Cursor.execute

        def record(cr, query, *args, **kwargs):
            result = execute(cr, query, *args, **kwargs)
            sql = cr._obj.query.decode()
            if sql.startswith(("SELECT", "WITH")) and "interaction_log_entry" in sql:
                queries.append(sql)
            return result

        self.env.invalidate_all()
        with patch.object(Cursor, "execute", record):
            call()
        self.assertTrue(queries)
        return [query for query in queries if self._is_scan(query)]

    def _is_scan(self, query):
        self.env.cr._obj.execute(f"EXPLAIN {query}")
        plan = "\n".join(line for (line,) in self.env.cr._obj.fetchall())
        return bool(re.search(r"Seq Scan on interaction_log_entry\b", plan))

    def test_pages(self):
        """The pages that are used most, and the filters that find few."""
        log = self.env["interaction.log.entry"].with_user(self.user_sales)
        for title, domain, options in (
            ("page 100", [], {"offset": 8000}),
            ("contact", [("partner_id", "=", self.anna.id)], {}),
            ("month", [("date", ">=", "2026-05-01"), ("date", "<", "2026-06-01")], {}),
            ("Drafts", [("state", "=", "postponed")], {}),
            ("Canceled", [("state", "=", "canceled")], {}),
            ("channel", [("channel", "in", ["visit"])], {}),
            ("Failed Attempts", [("outcome", "in", ["no_answer", "failed"])], {}),
            ("Left Message", [("outcome", "=", "left_message")], {}),
            ("Negative", [("evaluation", "in", ["negative", "very_negative"])], {}),
            ("Not Delivered", [("delivery_status", "in", ["bounced", "error"])], {}),
            ("Not Yet Sent", [("delivery_status", "=", "pending")], {}),
            ("Filled In Later", [("is_backfilled", "=", True)], {}),
            ("Content Changed", [("content_changed", "=", True)], {}),
            ("by contact", [], {"order": "partner_name ASC"}),
            ("by subject", [], {"order": "name ASC"}),
        ):
            with self.subTest(page=title):
                scans = self._get_scans(
                    lambda domain=domain, options=options: log.web_search_read(
                        domain, {"name": {}}, limit=80, count_limit=10001, **options
                    )
                )
                # of the whole log as many are counted as are said
                scans = [sql for sql in scans if domain or "COUNT" not in sql]
                self.assertFalse(scans)

    def test_own_level(self):
        """Where few are the user's own, they are looked up, whatever is asked."""
        user = self._new_user(
            "il_own", "sales_team.group_sale_salesman", "interaction_log.group_user_own"
        )
        self.anna.user_id = user
        self._new_order(user_id=user.id)
        self._log(user, partner_id=self.acme.id)
        log = self.env["interaction.log.entry"].with_user(user)
        anna = self.anna.with_user(user)
        for title, call in (
            ("page", lambda: log.web_search_read([], {"name": {}}, limit=80)),
            ("count", lambda: log.search_count([])),
            ("groups", lambda: log.web_read_group([], ["user_id"], ["cost:sum"])),
            ("months", lambda: log.formatted_read_group([], ["date:month"], [])),
            ("contact", lambda: anna.read(["interaction_count", "interaction_cost"])),
            ("timeline", anna.get_interaction_timeline),
            ("silent", lambda: anna.search([("interaction_last_date", "=", False)])),
        ):
            with self.subTest(page=title):
                self.assertFalse(self._get_scans(call))
        self.assertGreater(log.search_count([]), 20)

    def test_calendar(self):
        log = self.env["interaction.log.entry"].with_user(self.user_sales)
        scans = self._get_scans(
            lambda: log.get_calendar_entries(
                [], ["name"], start="2026-04-26 22:00:00", end="2026-06-06 21:59:59"
            )
        )
        self.assertFalse(scans)
