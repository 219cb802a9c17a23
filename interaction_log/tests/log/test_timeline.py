import ast
from datetime import datetime

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from ..common import InteractionCommon


@tagged("-at_install", "post_install")
class TestTimeline(InteractionCommon):
    def _as_sales(self, partner):
        return partner.with_user(self.user_sales)

    def _log_many(self, number, **vals):
        """Log `number` interactions with Anna, one a minute, in one call."""
        return (
            self.env["interaction.log.entry"]
            .with_user(self.user_sales)
            .log_interactions(
                [
                    {
                        "template_id": self.template_call.id,
                        "partner_id": self.anna.id,
                        "date": fields.Datetime.add(
                            datetime(2026, 1, 1), minutes=minute
                        ),
                        **vals,
                    }
                    for minute in range(number)
                ]
            )
        )

    def _find_contacts(self, *domain, user=None):
        """Return which of the contacts of the test are in `domain`."""
        contacts = self.acme | self.anna | self.bob | self.stranger
        return (
            self.env["res.partner"]
            .with_user(user or self.user_sales)
            .search([("id", "in", contacts.ids), *domain])
            .with_env(self.env)
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bob = cls.env["res.partner"].create(
            {"name": "Bob", "parent_id": cls.acme.id}
        )
        cls.stranger = cls.env["res.partner"].create({"name": "Stranger"})

    # ------------------------------------------------------------------
    # Whose
    # ------------------------------------------------------------------

    def test_company_shows_its_people_and_no_stranger(self):
        own = self._log(partner_id=self.acme.id, date="2026-01-01 10:00:00")
        anna = self._log(date="2026-01-03 10:00:00")
        bob = self._log(partner_id=self.bob.id, date="2026-01-02 10:00:00")
        stranger = self._log(partner_id=self.stranger.id)
        partners = self._as_sales(self.acme | self.anna | self.bob | self.stranger)
        self.assertEqual(
            [partner.interaction_timeline_ids.ids for partner in partners],
            [[anna.id, bob.id, own.id], anna.ids, bob.ids, stranger.ids],
        )

    def test_who_changes_company_keeps_the_history_and_so_does_the_company(self):
        new_company = self.env["res.partner"].create({"name": "N", "is_company": True})
        before = self._log(date="2026-01-01 10:00:00")
        self.anna.parent_id = new_company
        after = self._log(date="2026-01-02 10:00:00")
        partners = self._as_sales(self.acme | self.anna | new_company)
        self.assertEqual(
            [partner.interaction_timeline_ids.ids for partner in partners],
            [before.ids, [after.id, before.id], after.ids],
        )
        day = [("interaction_last_date", "=", "2026-01-01 10:00:00")]
        self.assertEqual(self._find_contacts(*day), self.acme)

    def test_newest_ten_that_count(self):
        entries = self._log_many(12)
        entries[11]._cancel(self.reason)
        self._log(date="2026-01-02 10:00:00", state="postponed")
        timeline = self._as_sales(self.anna).interaction_timeline_ids
        self.assertEqual(timeline.ids, entries[10:0:-1].ids)
        action = self._as_sales(self.anna).action_view_interactions()
        found = self.Entry.search(action["domain"])
        self.assertEqual(len(found), 13)
        self.assertEqual(found.partner_id, self.anna)
        entries[11].action_restore()
        self.assertEqual(
            self._as_sales(self.anna).interaction_timeline_ids[:1], entries[11]
        )

    def test_other_company_is_out_of_sight(self):
        other = self.env["res.company"].sudo().create({"name": "Other"})
        user = self._new_user(
            "il_elsewhere", "interaction_log.group_user", company=other
        )
        self._log()
        contact = self.anna.with_user(user)
        self.assertFalse(contact.interaction_timeline_ids)
        self.assertIn(
            self.anna,
            self._find_contacts(("interaction_last_date", "=", False), user=user),
        )
        self.assertNotIn(
            self.anna, self._find_contacts(("interaction_last_date", "=", False))
        )

    def test_user_without_right(self):
        self._log()
        anna = self.anna.with_user(self.user_assistant)
        form = anna.get_view(view_type="form")
        self.assertNotIn("interaction_timeline_ids", form["arch"])
        search = anna.get_view(view_type="search")
        self.assertNotIn("interaction_last_date", search["arch"])
        self.assertFalse(
            [
                badge
                for badge in anna.application_statistics or []
                if badge["iconClass"] == "fa-comments-o"
            ]
        )
        for domain in (
            [("interaction_last_date", "=", False)],
            [("interaction_last_failed", "=", True)],
        ):
            with self.assertRaises(AccessError):
                anna.search(domain)

    # ------------------------------------------------------------------
    # How many queries
    # ------------------------------------------------------------------

    def _open_form(self):
        """Open the form of Anna; return how many queries that took."""
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        with Form(self._as_sales(self.anna)) as form:
            self.assertEqual(len(form.interaction_timeline_ids), 10)
        return self.env.cr.sql_log_count - before

    def test_same_queries_with_10_and_with_1000(self):
        self._log_many(10)
        self._open_form()  # warms the caches
        queries = self._open_form()
        self._log_many(990)
        self.env.flush_all()
        self.assertEqual(self._open_form(), queries)
        self.assertEqual(self._as_sales(self.anna).interaction_count, 1000)

    def test_no_query_per_contact(self):
        partners = self._as_sales(
            self.env["res.partner"].create([{"name": str(n)} for n in range(20)])
        )
        for partner in partners:
            self._log(partner_id=partner.id)
        names = [
            "interaction_last_date",
            "interaction_last_inbound_date",
            "interaction_last_outbound_date",
            "interaction_count",
            "interaction_cost",
            "interaction_last_failed",
        ]
        partners[:1].read(names)  # warms the caches
        partners[:1].interaction_timeline_ids.mapped("summary")
        partners.invalidate_recordset()
        with self.assertQueryCount(1):
            for name in names:
                partners.mapped(name)
        self.env.invalidate_all()
        self.user_sales.has_group("base.group_user")
        partners[:1].mapped("name")
        with self.assertQueryCount(2):  # which, and what they are
            self.assertEqual(len(partners.mapped("interaction_timeline_ids")), 20)

    def test_badge(self):
        self._log()
        partners = self._as_sales(self.acme | self.anna | self.stranger)
        numbers = [
            [
                badge["value"]
                for badge in partner.application_statistics or []
                if badge["iconClass"] == "fa-comments-o"
            ]
            for partner in partners
        ]
        self.assertEqual(numbers, [[1], [1], []])

    # ------------------------------------------------------------------
    # Filters on contacts
    # ------------------------------------------------------------------

    def _get_filter(self, name):
        """Return the domain of a filter on contacts, as the view has it."""
        view = (
            self.env["res.partner"]
            .with_user(self.user_sales)
            .get_view(
                self.env.ref("base.view_res_partner_filter").id, view_type="search"
            )
        )
        node = etree.fromstring(view["arch"]).find(f".//filter[@name='{name}']")
        return ast.literal_eval(node.get("domain"))

    @freeze_time("2026-06-30 12:00:00")
    def test_not_contacted_for(self):
        self._log(date="2026-03-02 10:00:00")  # 120 days ago
        self._log(partner_id=self.bob.id, date="2026-06-20 10:00:00")
        none = self.stranger
        self.assertEqual(
            self._find_contacts(*self._get_filter("interaction_not_30")),
            self.anna | none,
        )
        self.assertEqual(
            self._find_contacts(*self._get_filter("interaction_not_90")),
            self.anna | none,
        )
        self.assertEqual(
            self._find_contacts(*self._get_filter("interaction_not_180")), none
        )
        self.assertEqual(
            self._find_contacts(*self._get_filter("interaction_never")), none
        )

    @freeze_time("2026-06-30 12:00:00")
    def test_what_moves_no_last_date(self):
        self._log(date="2026-01-01 10:00:00")
        self._log(date="2026-06-29 10:00:00", outcome="no_answer")
        self._log(date="2026-06-29 11:00:00", outcome="failed")
        self._log(date="2026-06-29 12:00:00", state="postponed")
        self._log(date="2026-06-29 13:00:00")._cancel(self.reason)
        self._log(partner_id=self.bob.id, outcome="failed")
        self._log(partner_id=self.stranger.id)._cancel(self.reason)
        self.assertEqual(
            self._find_contacts(*self._get_filter("interaction_not_180")),
            self.acme | self.anna | self.bob | self.stranger,
        )
        self.assertEqual(
            self._find_contacts(*self._get_filter("interaction_never")),
            self.bob | self.stranger,
        )

    def test_search_says_what_is_shown(self):
        self._log(date="2026-01-01 10:00:00", flow="inbound")
        self._log(date="2026-01-02 10:00:00", outcome="left_message")
        self._log(date="2026-01-03 10:00:00", outcome="no_answer")
        self._log(partner_id=self.bob.id, date="2026-01-04 10:00:00", flow="inbound")
        partners = self._find_contacts()
        dates = [False, *(datetime(2026, 1, day, 10) for day in (1, 2, 3, 4))]
        for name in (
            "interaction_last_date",
            "interaction_last_inbound_date",
            "interaction_last_outbound_date",
        ):
            for date in dates:
                for operator in ("=", "!=", "<", "<=", ">", ">="):
                    if date is False and operator not in ("=", "!="):
                        continue
                    with self.subTest(name=name, operator=operator, date=date):
                        self.assertEqual(
                            self._find_contacts((name, operator, date)),
                            self._as_sales(partners)
                            .filtered_domain([(name, operator, date)])
                            .with_env(self.env),
                        )

    def test_last_contact_failed(self):
        failed = [("interaction_last_failed", "=", True)]
        self._log(date="2026-01-01 10:00:00", outcome="no_answer")
        self._log(date="2026-01-02 10:00:00", outcome="no_answer")._cancel(self.reason)
        self._log(partner_id=self.bob.id, date="2026-01-02 10:00:00", outcome="failed")
        self.assertEqual(self._find_contacts(*failed), self.acme | self.anna | self.bob)
        self.assertTrue(self._as_sales(self.acme).interaction_last_failed)
        self._log(date="2026-01-03 10:00:00", outcome="left_message")
        self.assertEqual(self._find_contacts(*failed), self.bob)
        self.assertEqual(
            self._as_sales(self.acme | self.anna | self.bob | self.stranger).mapped(
                "interaction_last_failed"
            ),
            [False, False, True, False],
        )
        self.assertEqual(
            self._find_contacts(("interaction_last_failed", "=", False)),
            self.acme | self.anna | self.stranger,
        )

    def test_failed_in_another_company_is_out_of_sight(self):
        other = self.env["res.company"].sudo().create({"name": "Other"})
        user = self._new_user(
            "il_elsewhere", "interaction_log.group_user", company=other
        )
        self._log(outcome="failed")
        failed = ("interaction_last_failed", "=", True)
        self.assertFalse(self._find_contacts(failed, user=user))
        self.assertEqual(self._find_contacts(failed), self.acme | self.anna)
