import random
from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import AnalysisCommon

REPORT = "interaction.answer.report"


@tagged("-at_install", "post_install")
class TestAnswers(AnalysisCommon):
    def _assert_state(self, entry, state):
        self.assertEqual(self._report(entry).state, state)
        self.assertEqual(entry.answer_state, state)
        unanswered = self.env[entry._name].with_user(self.user_sales)
        found = unanswered.search([("is_unanswered", "=", True), ("id", "=", entry.id)])
        self.assertEqual(bool(found), state == "waiting")

    # ------------------------------------------------------------------
    # Working hours
    # ------------------------------------------------------------------

    def test_hours_worked_out_by_hand(self):
        self._new_holiday("2026-06-10")
        # of an employee: the others answer
        resource = self.env["resource.resource"].sudo().create({"name": "Employee"})
        self._new_holiday("2026-06-03", resource_id=resource.id)
        # not of this company
        self._new_holiday("2026-06-03", self._new_company("Company C"))
        rows = (
            ("in the morning", "2026-06-01 09:00", "2026-06-01 11:30", 2.5),
            ("over lunch", "2026-06-01 11:00", "2026-06-01 14:00", 2),
            ("in the night", "2026-06-01 22:00", "2026-06-02 09:00", 1),
            ("before dawn", "2026-06-02 05:15", "2026-06-02 08:30", 0.5),
            ("all in one night", "2026-06-02 20:00", "2026-06-02 23:00", 0),
            ("of two days", "2026-06-02 16:00", "2026-06-04 09:00", 10),
            ("over a weekend", "2026-06-05 16:00", "2026-06-08 09:00", 2),
            ("on a Sunday", "2026-06-07 10:00", "2026-06-08 08:10", 1 / 6),
            ("over a holiday", "2026-06-09 16:00", "2026-06-11 09:00", 2),
            ("on a holiday", "2026-06-10 09:00", "2026-06-11 10:00", 2),
            ("when summer time begins", "2026-03-27 16:00", "2026-03-30 09:00", 2),
            ("over the turn of the year", "2025-12-31 16:30", "2026-01-01 08:30", 1),
        )
        contacts = self._new_contacts(len(rows))
        entries = self.Entry
        for contact, (_text, asked, answered, _hours) in zip(
            contacts, rows, strict=True
        ):
            entries |= self._ask(self._at(asked), contact)
            self._answer(self._at(answered), contact)
        for report, (text, _asked, answered, hours) in zip(
            self._report(entries), rows, strict=True
        ):
            with self.subTest(text):
                self.assertAlmostEqual(report.hours, hours, 6)
                self.assertEqual(report.answer_date, self._at(answered))
                self.assertEqual(report.state, "answered")
        (average,) = (
            self.env[REPORT]
            .with_user(self.user_sales)
            ._read_group([("id", "in", entries.ids)], [], ["hours:avg"])[0]
        )
        self.assertAlmostEqual(average, sum(row[-1] for row in rows) / len(rows), 6)

    def test_two_companies_in_two_time_zones(self):
        """Each works by its own clock, whatever the time zone of who reads."""
        company = self._new_company()
        company.resource_calendar_id = self._new_calendar("America/New_York", company)
        self.user_sales.sudo().company_ids |= company
        self.user_sales.sudo().tz = "Asia/Tokyo"
        # 14:00 to 18:00 in Brussels, 8:00 to 12:00 in New York
        asked, answered = datetime(2026, 6, 1, 12), datetime(2026, 6, 1, 16)
        here = self._ask(asked)
        there = self._ask(asked, company_id=company.id)
        self._answer(answered, company_id=company.id)
        report = self.env[REPORT].with_user(self.user_sales)
        rows = report.with_context(
            allowed_company_ids=[self.company_a.id, company.id]
        ).search([("id", "in", (here | there).ids)], order="id")
        # the other company is not ours: its answer is none
        self.assertRecordValues(
            rows, [{"state": "waiting", "hours": 0}, {"state": "answered", "hours": 4}]
        )
        self._answer(answered)
        self.env.invalidate_all()
        self.assertRecordValues(rows, [{"hours": 3}, {"hours": 4}])
        # who is in one company only sees that one
        rows = report.with_context(allowed_company_ids=self.company_a.ids).search([])
        self.assertEqual(rows.company_id.ids, self.company_a.ids)

    def test_as_odoo_counts(self):
        """The hours are those of `resource.calendar`, on whatever data."""
        chance = random.Random(17)
        start = datetime(2025, 11, 1)

        def choose_time():
            return start + timedelta(seconds=chance.randrange(240 * 24 * 3600))

        contacts = self._new_contacts(25)
        entries = self.Entry
        for contact in contacts:
            asked, answered = sorted((choose_time(), choose_time()))
            entries |= self._ask(asked, contact)
            self._answer(answered, contact)
        two_weeks = self._new_calendar("Pacific/Auckland")
        two_weeks.switch_calendar_type()
        two_weeks.attendance_ids.filtered(
            lambda attendance: (
                attendance.week_type == "1" and attendance.dayofweek in "024"
            )
        ).unlink()
        calendars = (
            self.company_a.resource_calendar_id,
            self._new_calendar("America/St_Johns", hours=((0, 3.5), (6, 7), (20, 24))),
            two_weeks,
        )
        for _number in range(12):
            begin = choose_time()
            self._new_holiday(
                "2026-06-01",
                date_from=begin,
                date_to=begin + timedelta(minutes=chance.randrange(1, 6000)),
                calendar_id=chance.choice([False, *(c.id for c in calendars)]),
            )
        for calendar in calendars:
            self.company_a.resource_calendar_id = calendar
            self.env.invalidate_all()
            for report in self._report(entries):
                expected = calendar.get_work_duration_data(
                    report.date, report.answer_date
                )["hours"]
                self.assertAlmostEqual(report.hours, expected, 3)

    def test_changed_working_schedule(self):
        """What changes counts at once."""
        entry = self._ask(self._at("2026-06-01 09:00"))
        self._answer(self._at("2026-06-02 09:00"))
        self.assertEqual(self._report(entry).hours, 8)
        holiday = self._new_holiday("2026-06-01")
        self.env.invalidate_all()
        self.assertEqual(self._report(entry).hours, 1)
        holiday.unlink()
        calendar = self.company_a.resource_calendar_id
        calendar.attendance_ids.filtered(lambda a: a.hour_from == 13).unlink()
        self.env.invalidate_all()
        self.assertEqual(self._report(entry).hours, 4)

    def test_no_working_schedule(self):
        """Without hours that are worked, all hours count, and the settings say so."""
        entry = self._ask(self._at("2026-06-05 09:00"))
        self._answer(self._at("2026-06-08 09:00"))
        calendar = self.company_a.resource_calendar_id
        flexible = calendar.copy({"flexible_hours": True})
        empty = calendar.copy({"attendance_ids": [Command.clear()]})
        for without in (flexible, empty, self.env["resource.calendar"]):
            self.company_a.sudo().resource_calendar_id = without
            self.env.invalidate_all()
            self.assertEqual(self._report(entry).hours, 72)
            settings = self.env["res.config.settings"].sudo().create({})
            self.assertFalse(settings.interaction_has_schedule)
        self.company_a.resource_calendar_id = calendar
        settings = self.env["res.config.settings"].sudo().create({})
        self.assertTrue(settings.interaction_has_schedule)

    @freeze_time("2026-06-04 07:00:00")  # 9:00 in Brussels
    def test_time_waiting(self):
        entry = self._ask(self._at("2026-06-02 16:00"))
        self.assertRecordValues(
            self._report(entry),
            [
                {
                    "state": "waiting",
                    "waiting_hours": 10,
                    "waiting_count": 1,
                    "answered_count": 0,
                    "answer_date": False,
                }
            ],
        )
        self.assertEqual(entry.answer_hours, 10)

    # ------------------------------------------------------------------
    # What is an answer
    # ------------------------------------------------------------------

    def test_one_answer_for_all_before_it(self):
        first = self._ask("2026-06-01 08:00:00")
        second = self._ask("2026-06-01 09:00:00", self.acme)
        self._answer("2026-06-01 07:59:59")
        self.assertEqual(self._report(first | second).mapped("state"), ["waiting"] * 2)
        answer = self._answer("2026-06-01 10:00:00", self.acme)
        self._answer("2026-06-01 11:00:00")
        later = self._ask("2026-06-01 12:00:00")
        self.assertRecordValues(
            self._report(first | second | later),
            [
                {"state": "answered", "answer_date": answer.date},
                {"state": "answered", "answer_date": answer.date},
                {"state": "waiting", "answer_date": False},
            ],
        )

    def test_answers_of_the_same_second(self):
        """What was logged later is the answer."""
        self._answer("2026-06-01 08:00:00")
        entry = self._ask("2026-06-01 08:00:00")
        self._assert_state(entry, "waiting")
        self._answer("2026-06-01 08:00:00")
        self._assert_state(entry, "answered")

    def test_answer_of_another_salesperson(self):
        entry = self._ask("2026-06-01 08:00:00")
        self._answer("2026-06-01 09:00:00", user=self.user_other_sales)
        self.assertRecordValues(
            self._report(entry),
            [
                {
                    "user_id": self.user_sales.id,
                    "answer_user_id": self.user_other_sales.id,
                    "is_answered_by_other": True,
                }
            ],
        )
        self.assertEqual(entry.answer_user_id, self.user_other_sales)

    def test_what_is_no_answer(self):
        entry = self._ask("2026-06-01 08:00:00")
        call = {"template_id": self.template_call.id}
        self._answer("2026-06-01 09:00:00", outcome="no_answer", **call)
        self._answer("2026-06-01 09:00:00", outcome="failed", **call)
        self._answer("2026-06-01 09:00:00", state="postponed")
        self._answer("2026-06-01 09:00:00", self._new_contacts(1))
        canceled = self._answer("2026-06-01 09:00:00")
        canceled._cancel(self.reason)
        system = self.Entry.with_user(self.user_sales).sudo()
        for vals in (
            {"is_automatic": True},
            {"delivery_status": "bounced"},
            {"delivery_status": "error"},
        ):
            system.log_interactions(
                [
                    {
                        "template_id": self.template_out.id,
                        "partner_id": self.anna.id,
                        "date": "2026-06-01 09:00:00",
                        **vals,
                    }
                ]
            )
        self._assert_state(entry, "waiting")
        canceled.action_restore()
        self._assert_state(entry, "answered")

    def test_what_waits_for_no_answer(self):
        """A call is answered as it happens; a message left on the phone is not."""
        call = self._shipped("interaction_template_call_in").id
        self._assert_state(
            self._ask("2026-06-01 08:00:00", template_id=call), "not_needed"
        )
        message = self._ask(
            "2026-06-01 08:00:00", template_id=call, outcome="left_message"
        )
        self._assert_state(message, "waiting")
        complaint = self._shipped("interaction_template_complaint").id
        self._assert_state(
            self._ask("2026-06-01 08:00:00", template_id=complaint), "waiting"
        )
        system = self.Entry.with_user(self.user_sales).sudo()
        others = system.log_interactions(
            [
                {
                    "template_id": self.template_in.id,
                    "partner_id": self.anna.id,
                    "date": "2026-06-01 08:00:00",
                    **vals,
                }
                for vals in (
                    {"event": "portal_view"},
                    {"event": "print"},
                    {"is_automatic": True},
                    {"state": "postponed"},
                    {"outcome": "no_answer"},
                )
            ]
        )
        self.assertFalse(self._report(others))
        self.assertFalse(others.filtered("is_unanswered"))
        canceled = self._ask("2026-06-01 08:00:00")
        canceled._cancel(self.reason)
        self.assertFalse(self._report(canceled))

    def test_template_says_whether_an_answer_is_expected(self):
        template = self.env["interaction.template"].with_user(self.user_manager)
        template = template.create(
            {"name": "Order", "group_id": self.template_call.group_id.id}
        )
        for channel, flow, expected in (
            ("email", "outbound", False),
            ("email", "inbound", True),
            ("meeting", "inbound", False),
        ):
            template.write({"channel": channel, "flow": flow})
            self.assertEqual(template.is_answer_expected, expected)
        entry = self._ask("2026-06-01 08:00:00", template_id=template.id)
        self._assert_state(entry, "not_needed")
        template.is_answer_expected = True
        self._assert_state(entry, "waiting")

    def test_update(self):
        """What the channel of a default template does not tell."""
        complaint, bill, call, email = (
            self._shipped(f"interaction_template_{name}")
            for name in ("complaint", "vendor_bill", "call_in", "email_in")
        )
        complaint.is_answer_expected = False
        bill.is_answer_expected = True
        self._migrate("19.0.1.11.0", name="analysis")
        self.assertEqual(
            [
                template.is_answer_expected
                for template in (complaint, bill, call, email)
            ],
            [True, False, False, True],
        )

    def test_no_answer_needed(self):
        """Whoever may change an interaction says so, and takes it back."""
        entry = self._ask("2026-06-01 08:00:00")
        other = entry.with_user(self.user_other_sales)
        with self.assertRaises(AccessError):
            other.action_waive_answer()
        entry.with_context(
            tracking_disable=False, mail_notrack=False
        ).action_waive_answer()
        self._assert_state(entry, "not_needed")
        self.assertTrue(entry.is_answer_waived)
        with self.assertRaisesRegex(UserError, "None of these interactions waits"):
            entry.action_waive_answer()
        self.cr.flush()
        self.env.invalidate_all()
        self.assertIn(
            "is_answer_waived",
            entry.message_ids.sudo().tracking_value_ids.field_id.mapped("name"),
        )
        entry.action_expect_answer()
        self._assert_state(entry, "waiting")
        entry.with_user(self.user_manager).action_waive_answer()
        self._assert_state(entry, "not_needed")

    def test_who_initiates(self):
        """The figures of the page, by who initiates and by flow."""
        self._ask("2026-06-01 08:00:00")
        self._ask("2026-06-01 08:00:00")._cancel(self.reason)
        self._answer("2026-06-02 08:00:00")
        self._answer("2026-06-03 08:00:00", initiated_by="them")
        entries = self.env["interaction.log.entry"].with_user(self.user_sales)
        self.assertEqual(
            entries._read_group(
                [("partner_id", "=", self.anna.id)],
                ["initiated_by", "flow"],
                ["entry_count:sum"],
            ),
            [("them", "inbound", 1), ("them", "outbound", 1), ("us", "outbound", 1)],
        )

    def test_unanswered_are_those_that_wait(self):
        """The list and the report tell the same, on whatever data."""
        chance = random.Random(18)
        contacts = self._new_contacts(4) | self.anna | self.acme
        templates = [self.template_in, self.template_out, self.template_call]
        entries = self.Entry
        for _number in range(60):
            entries |= self._ask(
                datetime(2026, 6, 1) + timedelta(hours=chance.randrange(200)),
                chance.choice(contacts),
                template_id=chance.choice(templates).id,
                outcome=chance.choice([False, "success", "no_answer"]),
            )
        waiting = self._report(entries).filtered(lambda row: row.state == "waiting")
        found = entries.with_user(self.user_sales).search(
            [("id", "in", entries.ids), ("is_unanswered", "=", True)], order="id"
        )
        self.assertTrue(found)
        self.assertEqual(found.ids, waiting.ids)
        self.assertEqual(entries.filtered("is_unanswered").sorted("id").ids, found.ids)

    # ------------------------------------------------------------------
    # Where it is shown
    # ------------------------------------------------------------------

    def test_rights(self):
        entry = self._ask("2026-06-01 08:00:00")
        for user in (self.user_assistant, self.user_portal):
            with self.assertRaises(AccessError):
                self._report(entry, user)
        stranger = self._new_user(
            "il_stranger", "interaction_log.group_user", company=self._new_company()
        )
        self.assertFalse(self._report(entry, stranger))
        self.assertEqual(len(self._report(entry)), 1)
        with self.assertRaises(AccessError):
            self._report(entry).write({"user_id": self.user_other_sales.id})

    def test_own_interactions_only(self):
        """Reports, contact and search tell of no other entry."""
        user = self._new_user(
            "il_own", "sales_team.group_sale_salesman", "interaction_log.group_user_own"
        )
        [contact] = self._new_contacts(1)
        own = self._ask("2026-03-02 09:00:00", contact, user_id=user.id)
        foreign = self._ask("2026-03-02 09:00:00", contact)
        both = own | foreign
        self.assertEqual(self._report(both, user).ids, own.ids)
        log = self.env["interaction.log.entry"].with_user(user)
        found = log.search([("is_unanswered", "=", True), ("id", "in", both.ids)])
        self.assertEqual(found.ids, own.ids)
        costs = self.env["interaction.cost.report"].with_user(user)
        rows = costs._read_group(
            [("partner_id", "=", contact.id)], [], ["interaction_count:sum"]
        )
        self.assertEqual(rows, [(1,)])

    def test_contact(self):
        """The tab counts, and each number opens what it counts."""
        now = datetime.now().replace(microsecond=0)
        self._ask(now - timedelta(days=500))
        asked = self._ask(now - timedelta(days=3))
        self._answer(now - timedelta(days=2), self.acme)
        waiting = self._ask(now - timedelta(days=1))
        for partner, ours, answered in ((self.acme, 1, 1), (self.anna, 0, 1)):
            contact = partner.with_user(self.user_sales)
            self.env.invalidate_all()
            self.assertRecordValues(
                contact,
                [
                    {
                        "interaction_by_us_count": ours,
                        "interaction_by_them_count": 2,
                        "interaction_answered_count": answered,
                        "interaction_waiting_count": 1,
                        "interaction_answer_hours": self._report(asked).hours,
                    }
                ],
            )
            for action, expected in (
                (contact.action_view_initiators(), ours + 2),
                (contact.action_view_unanswered(), 1),
                (contact.action_view_answers(), 2),
            ):
                found = self.env[action["res_model"]].with_user(self.user_sales)
                self.assertEqual(found.search_count(action["domain"]), expected)
        found = self.Entry.search(self.acme.action_view_unanswered()["domain"])
        self.assertEqual(found, waiting)

    def test_digest(self):
        """Odoo's own job sends it, to each what the reader may read."""
        now = datetime.now().replace(microsecond=0)
        # all hours count: it may be a Sunday
        self.company_a.sudo().resource_calendar_id.flexible_hours = True
        self._ask(now - timedelta(hours=6))
        self._answer(now - timedelta(hours=3, minutes=30))
        self._ask(now - timedelta(hours=1))
        digests = self.env["digest.digest"].sudo()
        digests.search([]).state = "deactivated"
        digests.create(
            {
                "name": "Interactions of the day",
                "company_id": self.company_a.id,
                "user_ids": [Command.set((self.user_sales | self.user_assistant).ids)],
                "next_run_date": "2020-01-01",
                "kpi_interaction": True,
                "kpi_interaction_answer_hours": True,
                "kpi_interaction_unanswered": True,
            }
        )
        with self.enter_registry_test_mode():
            self.env.ref(
                "digest.ir_cron_digest_scheduler_action"
            ).sudo().method_direct_trigger()
        mails = (
            self.env["mail.mail"]
            .sudo()
            .search([("subject", "like", "Interactions of the day")])
        )
        body = {
            user: mails.filtered(
                lambda mail, user=user: user.email in mail.email_to
            ).body_html
            for user in (self.user_sales, self.user_assistant)
        }
        self.assertIn("Hours to Answer", body[self.user_sales])
        self.assertIn("Unanswered Interactions", body[self.user_sales])
        self.assertIn("2.50", body[self.user_sales])
        self.assertTrue(body[self.user_assistant])
        self.assertNotIn("Hours to Answer", body[self.user_assistant])

    def test_number_of_queries(self):
        """It does not depend on how much there is."""
        Report = self.env[REPORT].with_user(self.user_sales)
        contacts = self._new_contacts(3)
        self._ask("2026-06-01 08:00:00", contacts[0])
        aggregates = ["hours:avg", "waiting_count:sum"]

        def read():
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.cr.sql_log_count
            Report._read_group([], ["date:month"], aggregates)
            return self.cr.sql_log_count - before

        read()
        count = read()
        for contact in contacts:
            self._ask("2026-06-02 08:00:00", contact)
            self._answer("2026-06-03 08:00:00", contact)
        self.assertEqual(read(), count)
        self.assertLessEqual(count, 12)
