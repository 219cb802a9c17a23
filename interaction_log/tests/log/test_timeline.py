import ast
from datetime import datetime

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from ..common import InteractionCommon, InteractionHttpCommon


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
        cls.order = cls._new_order()
        cls.template_note = cls._shipped("interaction_template_note")

    def test_note_template_that_is_another_company_s_now(self):
        note = self._log(template_id=self.template_note.id)
        self.template_note.company_id = self._new_company()
        self.env.invalidate_all()
        timeline = self._as_sales(self.anna).get_interaction_timeline()
        self.assertEqual([row["id"] for row in timeline["entries"]], note.ids)
        self.assertFalse(timeline["has_notes"])

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
            [self._get_timeline(partner).ids for partner in partners],
            [[anna.id, bob.id, own.id], anna.ids, bob.ids, stranger.ids],
        )

    def test_who_changes_company_keeps_the_history_and_so_does_the_company(self):
        new_company = self.env["res.partner"].create({"name": "N", "is_company": True})
        before = self._log(date="2026-01-01 10:00:00")
        self.anna.parent_id = new_company
        after = self._log(date="2026-01-02 10:00:00")
        partners = self._as_sales(self.acme | self.anna | new_company)
        self.assertEqual(
            [self._get_timeline(partner).ids for partner in partners],
            [before.ids, [after.id, before.id], after.ids],
        )
        day = [("interaction_last_date", "=", "2026-01-01 10:00:00")]
        self.assertEqual(self._find_contacts(*day), self.acme)

    def test_newest_ten_that_count(self):
        entries = self._log_many(12)
        entries[11]._cancel(self.reason)
        self._log(date="2026-01-02 10:00:00", state="postponed")
        self.assertEqual(self._get_timeline(self.anna).ids, entries[10:0:-1].ids)
        action = self._as_sales(self.anna).action_view_interactions()
        found = self.Entry.search(action["domain"])
        self.assertEqual(len(found), 13)
        self.assertEqual(found.partner_id, self.anna)
        entries[11].action_restore()
        self.assertEqual(self._get_timeline(self.anna)[:1].ids, entries[11].ids)

    def test_other_company_is_out_of_sight(self):
        other = self.env["res.company"].sudo().create({"name": "Other"})
        user = self._new_user(
            "il_elsewhere", "interaction_log.group_user", company=other
        )
        self._log()
        contact = self.anna.with_user(user)
        timeline = contact.get_interaction_timeline()
        self.assertFalse(timeline["entries"])
        self.assertFalse(timeline["channels"])
        self.assertFalse(timeline["summary"]["count"])
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
        for name in ("res.partner", "sale.order", "account.move"):
            for user, is_shown in (
                (self.user_assistant, False),
                (self.user_admin, True),
            ):
                Model = self.env[name].with_user(user)
                arch = Model.get_view(view_type="form")["arch"]
                for shown in ("interaction_timeline", "action_view_interactions"):
                    self.assertEqual(shown in arch, is_shown, (name, user))
                if name != "res.partner":  # there by the favorites
                    self.assertEqual("action_log_interaction" in arch, is_shown)
        for call in (
            anna.get_interaction_timeline,
            lambda: anna.log_interaction_note("Called"),
            self.Entry.with_user(self.user_assistant).get_log_action,
        ):
            with self.assertRaises(AccessError):
                call()
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

    def _open_form(self, record):
        """Open the form of the record; return how many queries that took."""
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        with Form(self._as_sales(record)) as form:
            self.assertTrue(form.interaction_count)
        return self.env.cr.sql_log_count - before

    def test_same_queries_with_10_and_with_1000(self):
        about = {"res_model": self.order._name, "res_id": self.order.id}
        for record, vals in ((self.anna, {}), (self.order, about)):
            with self.subTest(record=record):
                self._log_many(10, **vals)
                self._open_form(record)  # warms the caches
                queries = self._open_form(record)
                self._log_many(990, **vals)
                self.env.flush_all()
                self.assertEqual(self._open_form(record), queries)
                self.assertEqual(self._as_sales(record).interaction_count, 1000)

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
            "interaction_last_attempt_date",
            "interaction_last_failed",
        ]
        partners[:1].read(names)  # warms the caches
        partners.invalidate_recordset()
        with self.assertQueryCount(1):
            for name in names:
                partners.mapped(name)

    def test_same_queries_for_1_row_and_for_100(self):
        self._log()
        self._log(state="postponed")
        for record in (self.anna, self.order):
            self._log(res_model=record._name, res_id=record.id)

        def count(record, limit):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get_timeline(record, limit=limit)
            return self.env.cr.sql_log_count - before

        for record, budget in ((self.anna, 14), (self.acme, 14), (self.order, 12)):
            with self.subTest(record=record):
                count(record, 100)  # warms the caches
                queries = count(record, 100)
                self.assertLessEqual(queries, budget)
                self._log_many(
                    50, res_model=self.order._name, res_id=self.order.id, note="Note"
                )
                self.env.flush_all()
                self.assertEqual(count(record, 100), queries)

    # ------------------------------------------------------------------
    # What is shown
    # ------------------------------------------------------------------

    def _get_rows(self, record, **kwargs):
        return self._as_sales(record).get_interaction_timeline(**kwargs)["entries"]

    def test_only_another_contact_is_named(self):
        self._log()
        self._log(partner_id=self.acme.id, date="2026-01-01 10:00:00")
        contacts = [row["contact"] for row in self._get_rows(self.acme)]
        self.assertEqual(contacts, ["Acme, Anna", False])
        self.assertEqual([row["contact"] for row in self._get_rows(self.anna)], [False])

    def test_row(self):
        self._log(
            name="Prices",
            outcome="left_message",
            evaluation="positive",
            note="<p>About</p><p>prices</p>",
            res_model=self.order._name,
            res_id=self.order.id,
            document_name=self.order.display_name,
            date="2026-01-01 10:00:00",
        )
        [row] = self._get_rows(self.anna)
        expected = {
            "name": "Prices",
            "channel": "phone",
            "kind": "Phone",
            "flow": "outbound",
            "flow_label": "Outbound",
            "actor": "Sales",
            "note": "About prices",
            "document": self.order.display_name,
            "file_count": 0,
            "evaluation": "Positive",
            "status": "Left Message",
        }
        self.assertEqual({name: row[name] for name in expected}, expected)
        # a document does not repeat its own name
        [row] = self._get_rows(self.order)
        self.assertFalse(row["document"])
        self._log()
        self.assertFalse(self._get_rows(self.anna)[0]["status"])

    def test_filter_by_channel(self):
        calls = self._log_many(2)
        letter = self._log(template_id=self._shipped("interaction_template_letter").id)
        timeline = self._as_sales(self.acme).get_interaction_timeline("phone")
        self.assertEqual(
            timeline["channels"],
            [
                {"value": "letter", "label": "Letter", "count": 1},
                {"value": "phone", "label": "Phone", "count": 2},
            ],
        )
        self.assertEqual(
            [row["id"] for row in timeline["entries"]], calls.sorted("id").ids[::-1]
        )
        self.assertEqual(
            self._get_timeline(self.acme, channel="letter").ids, letter.ids
        )

    def test_bad_arguments_show_the_first_ones(self):
        self._log_many(12)
        for channel, limit in (
            ("telepathy", 10),
            (["phone"], 10),
            (None, "many"),
            (False, -1),
            (False, True),
        ):
            with self.subTest(channel=channel, limit=limit):
                shown = self._get_timeline(self.anna, channel=channel, limit=limit)
                self.assertEqual(len(shown), 10)
        self.assertEqual(len(self._get_timeline(self.anna, limit=10**9)), 12)

    def test_more(self):
        self._log_many(12)
        anna = self._as_sales(self.anna)
        self.assertTrue(anna.get_interaction_timeline()["has_more"])
        self.assertTrue(anna.get_interaction_timeline(limit=11)["has_more"])
        self.assertFalse(anna.get_interaction_timeline(limit=12)["has_more"])

    def test_timeline_of_a_document(self):
        self._log()
        about = self._log(res_model=self.order._name, res_id=self.order.id)
        # the same id of another model
        self.Entry.log_interactions(
            [
                {
                    "template_id": self.template_call.id,
                    "partner_id": self.anna.id,
                    "res_model": "account.move",
                    "res_id": self.order.id,
                }
            ]
        )
        self.assertEqual(self._get_timeline(self.order).ids, about.ids)
        timeline = self._as_sales(self.order).get_interaction_timeline()
        self.assertEqual([row["count"] for row in timeline["channels"]], [1])
        self.assertFalse(timeline["summary"])

    def test_who_may_not_read_the_record_sees_no_timeline(self):
        own = self._new_user(
            "il_own", "sales_team.group_sale_salesman", "interaction_log.group_user"
        )
        self._log(res_model=self.order._name, res_id=self.order.id)
        self.order.sudo().user_id = self.user_sales
        for user in (own, self.user_portal):
            with self.subTest(user=user), self.assertRaises(AccessError):
                self.order.with_user(user).get_interaction_timeline()
        # nor which channels there are, where no entry of one is shown
        with self.assertRaises(AccessError):
            self.order.with_user(own).get_interaction_timeline("visit")

    def test_summary(self):
        self._log(date="2026-01-01 10:00:00", flow="inbound", duration=0.5)
        self._log(date="2026-01-02 10:00:00", duration=1)
        self._log(date="2026-01-03 10:00:00", outcome="no_answer", duration=0)
        self._log(date="2026-01-04 10:00:00", outcome="no_answer", duration=0)
        summary = self._as_sales(self.acme).get_interaction_timeline()["summary"]
        expected = {
            "last": datetime(2026, 1, 2, 10),
            "inbound": datetime(2026, 1, 1, 10),
            "outbound": datetime(2026, 1, 2, 10),
            "attempt": datetime(2026, 1, 4, 10),
            "count": 4,
            "duration": 1.5,
        }
        self.assertEqual({name: summary[name] for name in expected}, expected)
        self._log(date="2026-01-05 10:00:00")
        summary = self._as_sales(self.acme).get_interaction_timeline()["summary"]
        self.assertFalse(summary["attempt"])

    def test_drafts_are_the_users_own(self):
        own = self._log(state="postponed", name="Half-way")
        self._log(user=self.user_other_sales, state="postponed")
        self._log(partner_id=self.stranger.id, state="postponed")
        self._log(state="postponed")._discard()
        for contact in (self.anna, self.acme):
            drafts = self._as_sales(contact).get_interaction_timeline()["drafts"]
            self.assertEqual(
                drafts, [{"id": own.id, "name": "Half-way", "date": own.date}]
            )

    def test_drafts_for_and_of_somebody_else(self):
        """Who began it and whose interaction it is both see it."""
        by_other = self._log(
            user=self.user_other_sales, user_id=self.user_sales.id, state="postponed"
        )
        for_other = self._log(user_id=self.user_other_sales.id, state="postponed")
        self._log(user=self.user_other_sales, state="postponed")
        drafts = self._as_sales(self.anna).get_interaction_timeline()["drafts"]
        self.assertEqual({draft["id"] for draft in drafts}, {by_other.id, for_other.id})

    def test_files_out_of_reach_are_counted(self):
        entry = self._log(res_model=self.order._name, res_id=self.order.id)
        file = self.env["ir.attachment"].sudo()
        file = file.create(
            {"name": "a.txt", "res_model": self.order._name, "res_id": self.order.id}
        )
        entry._write_facts({"attachment_ids": [Command.link(file.id)]})
        reader = self._new_user("il_reader", "interaction_log.group_user")
        self.assertFalse(file.with_user(reader).has_access("read"))
        timeline = self.anna.with_user(reader).get_interaction_timeline()
        self.assertEqual([row["file_count"] for row in timeline["entries"]], [1])

    def test_draft_with_several_contacts_is_told_once(self):
        batch = self.env["interaction.batch"].with_user(self.user_sales)
        batch = batch.create({"name": "Round"})
        for partner in self.anna | self.bob:
            self._log(partner_id=partner.id, state="postponed", batch_id=batch.id)
        drafts = self._as_sales(self.acme).get_interaction_timeline()["drafts"]
        self.assertEqual(len(drafts), 1)

    # ------------------------------------------------------------------
    # Notes
    # ------------------------------------------------------------------

    def test_note(self):
        action = self._as_sales(self.anna).log_interaction_note("  1 < 2\nSecond line ")
        entry = self.Entry.browse(action["params"]["entry_ids"])
        self.assertEqual(entry.template_id, self.template_note)
        self.assertEqual(entry.partner_id, self.anna)
        self.assertEqual(entry.user_id, self.user_sales)
        self.assertEqual(entry.note_preview, "1 < 2 Second line")
        self.assertEqual(self._get_timeline(self.anna), entry)

    def test_note_about_a_document(self):
        action = self._as_sales(self.order).log_interaction_note("Wants it in blue")
        entry = self.Entry.browse(action["params"]["entry_ids"])
        self.assertEqual(entry.partner_id, self.order.partner_id)
        self.assertEqual(self._find(self.order), entry)

    def test_note_that_is_none(self):
        anna = self._as_sales(self.anna)
        for note in ("", "  \n", None, False, 5, ["Note"]):
            with (
                self.subTest(note=note),
                self.assertRaisesRegex(UserError, "Enter the note"),
            ):
                anna.log_interaction_note(note)
        with self.assertRaisesRegex(UserError, "too long"):
            anna.log_interaction_note("x" * 10_000_001)
        self.assertFalse(self._get_timeline(anna))

    def test_note_of_who_may_not(self):
        """Without right on the log, or on the record."""
        with self.assertRaisesRegex(AccessError, "Interaction Log Entry"):
            self.anna.with_user(self.user_assistant).log_interaction_note("Called")
        self.env["ir.rule"].sudo().create(
            {
                "name": "Not Anna",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.anna.id})]",
            }
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self._as_sales(self.anna).log_interaction_note("Called")
        self.assertFalse(self.Entry.search([("partner_id", "=", self.anna.id)]))

    def test_note_without_its_template(self):
        anna = self._as_sales(self.anna)
        self.assertTrue(anna.get_interaction_timeline()["has_notes"])
        self.template_note.active = False
        self.assertFalse(anna.get_interaction_timeline()["has_notes"])
        with self.assertRaisesRegex(UserError, "archived or deleted"):
            anna.log_interaction_note("Called")

    # ------------------------------------------------------------------
    # The dialog from the record that is open
    # ------------------------------------------------------------------

    def _get_log_context(self, *args, user=None):
        Entry = self.env["interaction.log.entry"].with_user(user or self.user_sales)
        return Entry.get_log_action(*args)["context"]

    def test_log_from_the_record_that_is_open(self):
        for record, expected in (
            (self.anna, {"default_partner_ids": self.anna.ids}),
            (
                self.order,
                {
                    "default_partner_ids": self.order.partner_id.ids,
                    "default_res_model": "sale.order",
                    "default_res_id": self.order.id,
                },
            ),
            (self._log(), {"default_partner_ids": self.anna.ids}),
            (self.product, {"default_partner_ids": []}),
            # internal users are no contacts
            (self.user_other_sales, {"default_partner_ids": []}),
        ):
            with self.subTest(record=record):
                self.assertEqual(
                    self._get_log_context(record._name, record.id), expected
                )

    def test_log_from_a_record_with_activities(self):
        """What follows is planned there, also where it is no document of ours."""
        bank = self.env["res.partner.bank"].sudo()
        bank = bank.create({"acc_number": "42", "partner_id": self.anna.id})
        self.assertEqual(
            self._get_log_context(bank._name, bank.id),
            {
                "default_partner_ids": self.anna.ids,
                "default_res_model": bank._name,
                "default_res_id": bank.id,
            },
        )

    def test_log_from_nothing_that_is_known(self):
        for args in (
            (),
            ("no.model", 1),
            ("res.partner", "1"),
            ("res.partner", [self.anna.id]),
            ("res.partner", -1),
            ("res.partner", True),
            ("mail.thread", 1),
            (5, 5),
        ):
            with self.subTest(args=args):
                self.assertEqual(
                    self._get_log_context(*args), {"default_partner_ids": []}
                )

    def test_log_from_what_is_gone_or_out_of_reach(self):
        gone = self.stranger.id
        self.stranger.sudo().unlink()
        with self.assertRaisesRegex(UserError, "was deleted"):
            self._get_log_context("res.partner", gone)
        own = self._new_user(
            "il_own", "sales_team.group_sale_salesman", "interaction_log.group_user"
        )
        self.order.sudo().user_id = self.user_sales
        self.assertEqual(
            self._get_log_context("sale.order", self.order.id, user=own),
            {"default_partner_ids": []},
        )

    def test_log_from_without_right_on_the_log(self):
        for user in (self.user_assistant, self.user_portal):
            with (
                self.subTest(user=user),
                self.assertRaisesRegex(AccessError, "Interaction Log Entry"),
            ):
                self._get_log_context("res.partner", self.anna.id, user=user)

    def test_log_from_an_entry_whose_contact_is_out_of_reach(self):
        entry = self._log()
        self.env["ir.rule"].sudo().create(
            {
                "name": "Not Anna",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.anna.id})]",
            }
        )
        self.env.invalidate_all()
        self.assertEqual(
            self._get_log_context(entry._name, entry.id), {"default_partner_ids": []}
        )

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


@tagged("-at_install", "post_install")
class TestSession(InteractionHttpCommon):
    def test_who_has_no_right_has_no_button_on_top(self):
        for user, is_shown in ((self.user_assistant, False), (self.user_sales, True)):
            self._login(user)
            info = self.url_open("/web/session/get_session_info", json={}).json()
            self.assertEqual("can_log_interactions" in info["result"], is_shown)


@tagged("-at_install", "post_install")
class TestTimelineUi(InteractionHttpCommon):
    """The timeline of contacts and documents, as a salesperson."""

    document_tour = "interaction_log_document"

    def _start(self, tour, path=None):
        path = path or f"/odoo/contacts/{self.anna.id}"
        self.start_tour(path, tour, login=self.user_sales.login)
        return self.Entry.search([("partner_id", "=", self.anna.id)], order="id")

    def test_note(self):
        note = self._start("interaction_log_timeline_note")
        self.assertEqual(note.note_preview, "Wants it in blue")
        self.assertEqual(note.state, "canceled")

    def test_drafts(self):
        self._log(state="postponed", name="Half-way")
        self._log(state="postponed", name="Slip")
        logged = self._start("interaction_log_timeline_draft")
        self.assertEqual(logged.mapped("name"), ["Half-way"])
        self.assertEqual(logged.state, "logged")

    def test_systray(self):
        self._log()  # what was used last is offered
        entries = self._start("interaction_log_systray")
        self.assertEqual(entries.mapped("state"), ["logged"] * 2)

    def test_document(self):
        self._log()  # what was used last is offered
        order = self._new_order()
        entries = self._start(
            self.document_tour, f"/odoo/action-sale.action_quotations/{order.id}"
        )
        self.assertEqual(self._find(order), entries[1:])
        self.assertEqual(entries[1:].mapped("state"), ["logged"] * 2)


@tagged("-at_install", "post_install")
class TestTimelinePhone(TestTimelineUi):
    """The same on a phone."""

    browser_size = "390x844"
    touch_enabled = True
    document_tour = "interaction_log_document_phone"
