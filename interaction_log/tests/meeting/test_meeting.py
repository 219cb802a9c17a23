from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import (
    AccessError,
    ConcurrencyError,
    UserError,
    ValidationError,
)
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import InteractionHttpCommon
from .common import NOW, MeetingCommon

CALENDAR_EVENT = "odoo.addons.interaction_log.models.meeting.calendar_event"


@tagged("-at_install", "post_install")
@freeze_time(NOW)
class TestMeeting(MeetingCommon):
    def test_log_by_hand(self):
        self.template_meeting.unit_cost = 20
        meeting = self._new_meeting(notes="<p>Agreed</p>")
        self.assertEqual(meeting.interaction_partner_ids, self.guests)
        self.assertEqual(self._offered(), meeting)
        action = meeting.action_log_meetings()
        entries = self.Entry.browse(action["params"]["entry_ids"])
        self.assertEqual(entries.partner_id, self.guests)
        batch = entries.batch_id
        self.assertRecordValues(
            batch, [{"name": "Plans", "event": "meeting", "entry_count": 3}]
        )
        for entry in entries:
            self.assertRecordValues(
                entry,
                [
                    {
                        "name": "Plans",
                        "template_id": self.template_meeting.id,
                        "event": "meeting",
                        "date": datetime(2026, 3, 2, 9),
                        "duration": 1.5,
                        "cost": 20,
                        "user_id": self.user_sales.id,
                        "create_uid": self.user_sales.id,
                        "company_id": self.company_a.id,
                        "batch_id": batch.id,
                        "res_model": "calendar.event",
                        "res_id": meeting.id,
                        "document_name": "Plans",
                        "note": "<p>Agreed</p>",
                        "source_key": f"meeting,{meeting.id},{entry.partner_id.id}",
                    }
                ],
            )
        self.assertFalse(self._offered())
        self.assertFalse(meeting.interaction_partner_ids)
        self.assertEqual(meeting.interaction_count, 3)
        with self.assertRaisesRegex(UserError, "no contact to log"):
            meeting.action_log_meetings()
        self.assertEqual(len(self._find_meeting(meeting)), 3)

    def test_several_in_one_go(self):
        meetings = self._new_meeting() | self._new_meeting(partners=self.cleo)
        meetings.action_log_meetings()
        entries = self._find_meeting(meetings)
        self.assertEqual(len(entries), 4)
        self.assertEqual(len(entries.batch_id), 2)

    def test_our_own_people_are_not_logged(self):
        employee, colleague = self.env["res.partner"].create(
            [
                {"name": "Eve", "employee": True},
                {"name": "Carl", "parent_id": self.company_a.partner_id.id},
            ]
        )
        ours = employee | colleague | self.user_other_sales.partner_id
        ours |= self.company_a.partner_id
        meeting = self._new_meeting(partners=ours)
        self.assertFalse(self._offered())
        with self.assertRaisesRegex(UserError, "has no contacts"):
            meeting.action_log_meetings()
        meeting.partner_ids |= self.anna | self.user_portal.partner_id
        meeting.action_log_meetings()
        self.assertEqual(
            self._find_meeting(meeting).partner_id,
            self.anna | self.user_portal.partner_id,
        )

    def test_declined_is_left_out(self):
        meeting = self._new_meeting()
        attendee = meeting.attendee_ids.filtered(
            lambda attendee: attendee.partner_id == self.ben
        )
        attendee.do_decline()
        meeting.action_log_meetings()
        self.assertEqual(self._find_meeting(meeting).partner_id, self.anna | self.cleo)

    def test_not_over(self):
        meeting = self._new_meeting(
            start=datetime(2026, 3, 2, 11, 30), stop=datetime(2026, 3, 2, 12, 30)
        )
        self.assertFalse(self._offered())
        self.assertFalse(meeting.interaction_partner_ids)
        with self.assertRaisesRegex(UserError, "Plans is not over"):
            meeting.action_log_meetings()

    def test_moved_or_deleted_before(self):
        before = self.Entry.search_count([])
        moved, deleted = self._new_meeting(), self._new_meeting()
        moved.write({"start": "2026-03-09 09:00:00", "stop": "2026-03-09 10:00:00"})
        deleted.unlink()
        self.rule.active = True
        self._run_cron()
        self.assertFalse(self._offered())
        self.assertEqual(self.Entry.search_count([]), before)
        self.assertFalse(self.Skipped.search([("event", "=", "meeting")]))

    def test_moved_after(self):
        meeting = self._new_meeting()
        meeting.action_log_meetings()
        entries = self._find_meeting(meeting)
        meeting.write({"start": "2026-03-01 09:00:00", "stop": "2026-03-01 12:00:00"})
        self.assertEqual(set(entries.mapped("date")), {datetime(2026, 3, 2, 9)})
        self.assertEqual(set(entries.mapped("duration")), {1.5})
        self.assertFalse(self._offered())
        meeting.unlink()
        self.assertEqual(len(entries.exists()), 3)

    def test_who_was_added_later(self):
        meeting = self._new_meeting(partners=self.anna)
        meeting.action_log_meetings()
        meeting.partner_ids |= self.ben
        self.assertEqual(meeting.interaction_partner_ids, self.ben)
        meeting.action_log_meetings()
        entries = self._find_meeting(meeting)
        self.assertEqual(entries.partner_id, self.anna | self.ben)
        self.assertEqual(len(entries.batch_id), 1, "one batch for a meeting")

    def _new_series(self, **vals):
        """Return a daily meeting with Anna: two are over, the third is tomorrow."""
        series = {
            "partners": self.anna,
            "recurrency": True,
            "rrule_type": "daily",
            "rrule_type_ui": "daily",
            "end_type": "count",
            "count": 3,
            "start": datetime(2026, 3, 1, 9),
            "stop": datetime(2026, 3, 1, 10),
        }
        return self._new_meeting(**series | vals)

    def test_recurring(self):
        occurrences = self._new_series().recurrence_id.calendar_event_ids
        self.assertEqual(len(occurrences), 3)
        self.assertEqual(len(self._offered()), 2, "the third is tomorrow")
        self._offered()[0].action_log_meetings()
        self.assertEqual(len(self._offered()), 1)
        self._offered().action_log_meetings()
        self.assertEqual(len(self._find_meeting(occurrences)), 2)

    def test_series_is_changed(self):
        """What was logged stays logged, whatever is made anew by the change."""
        self.rule.active = True
        hour_later = {
            "start": datetime(2026, 3, 1, 10),
            "stop": datetime(2026, 3, 1, 11),
        }
        for update, changed in (
            ("all_events", {"count": 5}),
            ("all_events", {"interval": 2}),
            ("all_events", hour_later),
            ("future_events", hour_later),
            ("all_events", {"name": "Renamed"}),
        ):
            with self.subTest(update=update, changed=changed):
                series = self._new_series().recurrence_id.calendar_event_ids
                series = series.sorted("start")
                self._run_cron()
                entries = self._find_meeting(series)
                self.assertEqual(len(entries), 2)
                entries[0].with_user(self.user_sales)._cancel(self.reason)
                series[0].write({"recurrence_update": update, **changed})
                self._run_cron()
                logged = self.Entry.search(
                    [("id", ">=", min(entries.ids)), ("event", "=", "meeting")]
                )
                self.assertEqual(logged, entries)
                # the canceled one is offered still, unless it is in the series no more
                offered = 0 if "interval" in changed else 1
                self.assertEqual(len(self._offered()), offered)
                meetings = self.env["calendar.event"].browse(entries.mapped("res_id"))
                if "interval" not in changed:
                    self.assertTrue(all(meetings.mapped("active")))
                # and what it was can be restored, once
                entries[0].with_user(self.user_sales).action_restore()
                self.assertFalse(self._offered())
                series.sudo().exists().recurrence_id.calendar_event_ids.unlink()

    def test_series_is_moved(self):
        """What was to log stays so, by hand and by the rule; also over midnight."""
        for shift in (timedelta(minutes=30), timedelta(hours=16), timedelta(days=1)):
            with self.subTest(shift=shift), freeze_time("2026-03-06 12:00:00"):
                self.rule.active = False
                series = self._new_series(count=7).recurrence_id.calendar_event_ids
                series = series.sorted("start")
                self.assertEqual(len(self._offered()), 6)
                logged, dismissed = series[:2]
                logged.with_user(self.user_sales).action_log_meetings()
                dismissed.with_user(self.user_sales).action_dismiss_meetings()
                entry = self._find_meeting(logged)
                series[0].write(
                    {
                        "recurrence_update": "all_events",
                        "start": series[0].start + shift,
                        "stop": series[0].stop + shift,
                    }
                )
                meetings = self.env["calendar.event"].browse(entry.res_id)
                meetings = meetings.recurrence_id.calendar_event_ids.sorted("start")
                self.assertEqual(entry.res_id, meetings[0].id)
                over = meetings.filtered(lambda event: event.stop <= datetime.now())
                self.assertEqual(
                    over.sudo().mapped("interaction_state"),
                    ["logged", "dismissed", *[False] * (len(over) - 2)],
                )
                self.assertEqual(self._offered(), over[2:])
                self.rule.active = True
                self._run_cron()
                self.assertEqual(len(self._find_meeting(over)), len(over) - 1)
                meetings.sudo().unlink()

    def test_migration_of_series_that_were_moved(self):
        """The text of a Python False is no status."""
        logged, moved = self._new_meeting(), self._new_meeting()
        logged.action_log_meetings()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE calendar_event SET interaction_state = 'false' WHERE id = %s",
            moved.ids,
        )
        self.env.invalidate_all()
        self.assertFalse(self._offered())
        self._migrate("19.0.1.7.0", "pre", "meeting-state")
        self.assertEqual(self._offered(), moved)
        self.assertEqual(logged.sudo().interaction_state, "logged")

    def test_series_made_longer_in_the_past(self):
        """Meetings that were not in the calendar when they were are nobody's facts."""
        self.rule.active = True
        series = self._new_series(interval=2).recurrence_id.calendar_event_ids
        self._run_cron()
        self.assertEqual(len(self._find_meeting(series)), 1)
        first = series.sorted("start")[0]
        first.write({"recurrence_update": "all_events", "interval": 1})
        before = self.Entry.search_count([("event", "=", "meeting")])
        self._run_cron()
        self.assertEqual(self.Entry.search_count([("event", "=", "meeting")]), before)
        self.assertEqual(self._offered().mapped("start"), [datetime(2026, 3, 2, 9)])

    def test_all_day_of_the_organizer(self):
        """A day is that of who organizes; it is over when it is over for the user."""
        self.user_sales.sudo().tz = "Pacific/Honolulu"
        meeting = self._new_meeting(
            allday=True, start_date="2026-03-01", stop_date="2026-03-01"
        )
        user = self.user_sales.with_user(self.user_sales)
        meetings = meeting.with_context(tz=user.tz)
        with freeze_time("2026-03-02 09:00:00"):
            self.assertFalse(meetings.search([("interaction_to_log", "=", True)]))
        meetings.action_log_meetings()
        entries = self._find_meeting(meeting)
        self.assertEqual(set(entries.mapped("date")), {datetime(2026, 3, 1, 22)})

    def test_all_day(self):
        meeting = self._new_meeting(
            allday=True, start_date="2026-03-01", stop_date="2026-03-01"
        )
        today = self._new_meeting(
            allday=True, start_date="2026-03-02", stop_date="2026-03-02"
        )
        self.assertEqual(self._offered(), meeting)
        self.assertFalse(today.interaction_partner_ids)
        meeting.action_log_meetings()
        self.assertEqual(
            set(self._find_meeting(meeting).mapped("duration")),
            {self.template_meeting.unit_duration},
        )

    def test_template_of_a_tag(self):
        visit = self._shipped("interaction_template_visit")
        tag = self.env["calendar.event.type"].sudo().create({"name": "Visit"})
        tag.interaction_template_id = visit
        meeting = self._new_meeting(categ_ids=[Command.set(tag.ids)])
        meeting.action_log_meetings()
        self.assertEqual(self._find_meeting(meeting).template_id, visit)
        with self.assertRaisesRegex(ValidationError, "in all companies: Visit"):
            visit.company_id = self.company_a
        with self.assertRaisesRegex(UserError, "tags of meetings .*Visit"):
            visit.with_user(self.user_manager).unlink()
        with self.assertRaisesRegex(ValidationError, "to all companies"):
            tag.interaction_template_id = visit.copy({"company_id": self.company_a.id})

    def test_archived_template(self):
        tag = self.env["calendar.event.type"].sudo().create({"name": "Visit"})
        tag.interaction_template_id = self._shipped("interaction_template_visit")
        tag.interaction_template_id.active = False
        meeting = self._new_meeting(categ_ids=[Command.set(tag.ids)])
        with self.assertRaisesRegex(UserError, "is archived"):
            meeting.action_log_meetings()
        self.assertFalse(self._find_meeting(meeting))

    def test_no_template(self):
        self.env["interaction.template"].sudo().search(
            [("channel", "=", "meeting")]
        ).channel = "other"
        with self.assertRaisesRegex(UserError, "no interaction template for meetings"):
            self._new_meeting().action_log_meetings()

    def test_undo_offers_it_again(self):
        meeting = self._new_meeting()
        meeting.action_log_meetings()
        self._find_meeting(meeting).with_user(self.user_sales).action_undo()
        self.assertEqual(self._offered(), meeting)
        self.rule.active = True
        self._run_cron()
        self.assertEqual(self._offered(), meeting, "no rule decides against a user")
        meeting.action_log_meetings()
        entries = self._find_meeting(meeting)
        self.assertEqual(len(entries.filtered(lambda e: e.state == "logged")), 3)
        self.assertEqual(len(entries), 6)

    def test_restored_is_not_logged_twice(self):
        meeting = self._new_meeting()
        meeting.action_log_meetings()
        first = self._find_meeting(meeting)
        first.with_user(self.user_sales)._cancel(self.reason)
        self.assertEqual(self._offered(), meeting)
        meeting.action_log_meetings()
        with self.assertRaisesRegex(UserError, "was logged again"):
            first.with_user(self.user_sales).action_restore()
        again = self._find_meeting(meeting) - first
        again.with_user(self.user_sales)._cancel(self.reason)
        first.with_user(self.user_sales).action_restore()
        self.assertFalse(self._offered())
        with self.assertRaisesRegex(UserError, "no contact to log"):
            meeting.action_log_meetings()
        logged = self._find_meeting(meeting).filtered(lambda e: e.state == "logged")
        self.assertEqual(logged, first)

    def test_dismiss(self):
        meeting = self._new_meeting()
        meeting.action_dismiss_meetings()
        self.assertFalse(self._offered())
        self.rule.active = True
        self._run_cron()
        self.assertFalse(self._find_meeting(meeting))
        meeting.action_log_meetings()
        entries = self._find_meeting(meeting)
        self.assertEqual(len(entries), 3)
        meeting.action_dismiss_meetings()
        self.assertEqual(meeting.interaction_state, "logged", "it was logged")

    def test_dismissed_stays_so(self):
        """What was logged of it before may be canceled all the same."""
        meeting = self._new_meeting(partners=self.anna)
        meeting.action_log_meetings()
        meeting._set_interaction_state("dismissed")
        entry = self._find_meeting(meeting).with_user(self.user_sales)
        entry._cancel(self.reason)
        self.assertFalse(self._offered())
        entry.action_restore()
        self.assertEqual(meeting.interaction_state, "dismissed")

    def test_contact_out_of_sight(self):
        """It is neither shown nor logged, and stops nothing."""
        company = self._new_company()
        hidden = (
            self.env["res.partner"]
            .sudo()
            .create({"name": "Hidden", "company_id": company.id})
        )
        meeting = self._new_meeting(partners=self.anna)
        meeting.sudo().partner_ids += hidden
        self.assertIn(hidden, meeting.sudo().attendee_ids.partner_id)
        meeting.invalidate_recordset()
        names = meeting.web_read(
            {"interaction_partner_ids": {"fields": {"display_name": {}}}}
        )[0]["interaction_partner_ids"]
        self.assertEqual([name["id"] for name in names], self.anna.ids)
        meeting.action_log_meetings()
        self.assertEqual(self._find_meeting(meeting).partner_id, self.anna)

    def test_private(self):
        meeting = self._new_meeting(privacy="private", notes="<p>Secret</p>")
        self.assertFalse(self._offered(self.user_other_sales))
        others = meeting.with_user(self.user_other_sales)
        self.assertFalse(others.interaction_partner_ids)
        with self.assertRaisesRegex(UserError, "Only attendees of a private meeting"):
            others.action_log_meetings()
        self.rule.active = True
        self._run_cron()
        self.assertFalse(self._find_meeting(meeting), "never by itself")
        self.assertEqual(self._offered(), meeting)
        meeting.action_log_meetings()
        for entry in self._find_meeting(meeting):
            self.assertRecordValues(
                entry, [{"name": "Meeting", "document_name": False, "note": False}]
            )
        self.assertEqual(self._find_meeting(meeting).batch_id.name, "Meeting")

    def test_private_calendar(self):
        user = self.user_sales.with_user(self.user_sales)
        user.calendar_default_privacy = "private"
        meeting = self._new_meeting()
        self.rule.active = True
        self._run_cron()
        self.assertFalse(self._find_meeting(meeting))
        self.assertFalse(self._offered(self.user_other_sales))

    def test_rights(self):
        meeting = self._new_meeting()
        with self.assertRaises(AccessError):
            meeting.with_user(self.user_assistant).action_log_meetings()
        with self.assertRaises(AccessError):
            meeting.with_user(self.user_assistant).action_dismiss_meetings()
        self.assertFalse(self._find_meeting(meeting))
        meeting.with_user(self.user_other_sales).action_log_meetings()
        self.assertEqual(self._find_meeting(meeting).user_id, self.user_sales)
        self.assertEqual(self._find_meeting(meeting).create_uid, self.user_other_sales)

    def test_other_company(self):
        company = self._new_company()
        user = self._new_user("il_b", "interaction_log.group_user", company=company)
        meeting = self._new_meeting()
        with self.assertRaisesRegex(UserError, "Switch to this company"):
            meeting.with_user(user).action_log_meetings()
        theirs = self._new_meeting(user=user)
        theirs.action_log_meetings()
        entries = self._find_meeting(theirs)
        self.assertEqual(entries.company_id, company)
        self.assertFalse(entries.with_user(self.user_sales)._filtered_access("read"))

    def test_contact_merged(self):
        meeting = self._new_meeting(partners=self.cleo)
        meeting.action_log_meetings()
        twin = self.env["res.partner"].create({"name": "Cleo"})
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (self.cleo | twin).ids, twin
        )
        meeting.invalidate_recordset()
        self.assertIn(twin, meeting.partner_ids)
        self.assertFalse(meeting.interaction_partner_ids)

    def test_activity_that_is_a_meeting(self):
        """Once, whether the activity is done or the meeting is logged first."""
        activity_type = self.env["mail.activity.type"].sudo()
        activity_type = activity_type.create(
            {"name": "Meet", "interaction_template_id": self.template_meeting.id}
        )
        for first in ("activity", "meeting"):
            with self.subTest(first=first):
                order = self._new_order()
                activity = (
                    self.env["mail.activity"]
                    .with_user(self.user_sales)
                    .create(
                        {
                            "res_model_id": self.env["ir.model"]._get_id("sale.order"),
                            "res_id": order.id,
                            "activity_type_id": activity_type.id,
                            "user_id": self.user_sales.id,
                        }
                    )
                )
                meeting = self._new_meeting(partners=self.anna)
                activity.sudo().calendar_event_id = meeting
                if first == "activity":
                    activity.action_done()
                    self.assertFalse(meeting.interaction_partner_ids)
                else:
                    meeting.action_log_meetings()
                    activity.action_done()
                key = meeting._get_interaction_key(self.anna)
                entry = self.Entry.search([("source_key", "=", key)])
                self.assertEqual(entry.event, first)
                self.assertEqual(entry.date, datetime(2026, 3, 2, 9))
                self.assertEqual(entry.duration, 1.5)
                keys = [f"activity,{activity.id}"]
                self.assertFalse(self.Entry.search([("source_key", "in", keys)]))


@tagged("-at_install", "post_install")
@freeze_time(NOW)
class TestMeetingRule(MeetingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule.active = True

    def test_recorded(self):
        meeting = self._new_meeting()
        self._run_cron()
        entries = self._find_meeting(meeting)
        self.assertEqual(entries.partner_id, self.guests)
        self.assertEqual(entries.rule_id, self.rule)
        self.assertEqual(entries.user_id, self.user_sales)
        self.assertEqual(len(entries.batch_id), 1)
        self.assertFalse(self._offered())

    def test_exactly_once(self):
        meeting = self._new_meeting()
        self._run_cron()
        self._run_cron()
        self.assertEqual(len(self._find_meeting(meeting)), 3)
        # as by another worker that did not see what the first one did
        matches = meeting._match_interactions(self.rule)
        self.assertFalse(matches)

    @mute_logger("odoo.addons.interaction_log.models.meeting.calendar_event")
    def test_one_that_fails_stops_no_other(self):
        bad, good = self._new_meeting(), self._new_meeting()
        match = type(self.Rule)._match

        def fail(rules, event, records, *args):
            if bad in records:
                raise ZeroDivisionError
            return match(rules, event, records, *args)

        with patch.object(type(self.Rule), "_match", fail):
            self._run_cron()
        self.assertFalse(self._find_meeting(bad))
        self.assertEqual(len(self._find_meeting(good)), 3)
        self.assertEqual(self._offered(), bad)
        skipped = self.Skipped.search([("event", "=", "meeting")])
        self.assertEqual(skipped.mapped("res_id"), bad.ids, "nothing goes silently")

    @mute_logger("odoo.addons.interaction_log.models.meeting.calendar_event")
    def test_met_another_transaction(self):
        """The next run records what somebody changed at this moment."""
        meeting = self._new_meeting()
        match = type(self.Rule)._match
        with patch.object(
            type(self.Rule), "_match", side_effect=ConcurrencyError("now")
        ):
            self._run_cron()
        self.assertFalse(meeting.interaction_state)
        with patch.object(type(self.Rule), "_match", match):
            self._run_cron()
        self.assertEqual(len(self._find_meeting(meeting)), 3)

    def test_repeats_are_no_matter_of_meetings(self):
        """A rule that merges repeats counts no contact of a meeting on another's."""
        self.rule.repeat = "once"
        meeting = self._new_meeting(partners=self.anna)
        self._run_cron()
        first = self._find_meeting(meeting)
        meeting.sudo().write({"partner_ids": [Command.link(self.ben.id)]})
        meeting._set_interaction_state(None)
        self._run_cron()
        self.assertEqual(self._find_meeting(meeting).partner_id, self.anna | self.ben)
        self.assertEqual(first.occurrence_count, 1)

    def test_two_at_a_time(self):
        meeting = self._new_meeting()
        matches = meeting._match_interactions(self.rule)
        self._run_cron()
        entries = self.Recorder._log_matches(matches, None)
        self.assertEqual(entries, self._find_meeting(meeting).sorted("id"))
        self.assertEqual(len(entries.batch_id.entry_ids), 3)

    def test_canceled_and_purged_is_not_recorded_again(self):
        meeting = self._new_meeting()
        self._run_cron()
        self._find_meeting(meeting)._cancel(self.reason)
        self._run_cron()
        self.Entry.with_user(self.user_admin)._purge([("res_id", "=", meeting.id)])
        self._run_cron()
        self.assertFalse(self._find_meeting(meeting))

    def test_when(self):
        just_over = self._new_meeting(hours=2.95)  # three minutes ago
        long_ago = self._new_meeting(
            start=datetime(2026, 1, 2, 9), stop=datetime(2026, 1, 2, 10)
        )
        self._run_cron()
        self.assertFalse(self._find_meeting(just_over | long_ago))
        self.assertEqual(self._offered(), just_over | long_ago)
        with freeze_time("2026-03-02 12:10:00"):
            self._run_cron()
        self.assertEqual(len(self._find_meeting(just_over)), 3)
        self.assertFalse(self._find_meeting(long_ago))

    def test_domain_and_template(self):
        visit = self._shipped("interaction_template_visit")
        self.rule.write(
            {"domain": "[('location', '!=', False)]", "template_id": visit.id}
        )
        here, there = self._new_meeting(), self._new_meeting(location="At Acme's")
        self._run_cron()
        self.assertFalse(self._find_meeting(here))
        self.assertEqual(self._find_meeting(there).template_id, visit)
        self.assertEqual(self._offered(), here)

    def test_rule_of_another_company(self):
        company = self._new_company()
        user = self._new_user("il_b", "interaction_log.group_user", company=company)
        self.rule.company_id = company
        ours, theirs = self._new_meeting(), self._new_meeting(user=user)
        self._run_cron()
        self.assertFalse(self._find_meeting(ours))
        self.assertEqual(self._find_meeting(theirs).company_id, company)

    def test_skipped_is_offered_by_hand(self):
        self.template_meeting.with_context(active_test=False)._write({"active": False})
        self.template_meeting.invalidate_recordset()
        meeting = self._new_meeting()
        self._run_cron()
        self._run_cron()
        skipped = self.Skipped.search([("event", "=", "meeting")])
        self.assertEqual(len(skipped), 3, "once for each contact")
        self.assertIn("is archived", skipped[0].reason)
        self.assertEqual(skipped.mapped("res_id"), meeting.ids * 3)
        self.assertEqual(self._offered(), meeting)

    def test_slices(self):
        meetings = self.env["calendar.event"].union(
            *(self._new_meeting(partners=self.anna) for _number in range(3))
        )
        with patch(f"{CALENDAR_EVENT}.SLICE", 2):
            self._run_cron()
        self.assertEqual(len(self._find_meeting(meetings)), 3)

    def test_queries_do_not_grow(self):
        counts = []
        for number in (2, 10):
            meetings = self.env["calendar.event"].union(
                *(self._new_meeting() for _number in range(number))
            )
            meetings = meetings.with_user(self.env.ref("base.user_root")).sudo()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            meetings._record_meetings()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(self._find_meeting(meetings)), 3 * number)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_explain(self):
        meeting = self._new_meeting().with_user(self.user_manager)
        rules = self.env["interaction.rule"].with_user(self.user_manager)
        answers = rules.explain(meeting, "meeting")
        self.assertEqual(
            sorted(answer["partner_id"] for answer in answers),
            sorted(self.guests.ids),
        )
        self.assertEqual({answer["logged"] for answer in answers}, {True})

    def test_only_meetings(self):
        with self.assertRaisesRegex(ValidationError, "Choose the document Meeting"):
            self.rule.model_id = self.env["ir.model"]._get_id("sale.order")

    def test_document_is_known(self):
        """A client need not say what a rule for meetings is about, unlike the form."""
        rules = self.Rule.with_user(self.user_manager).sudo(False)
        vals = {"event": "meeting", "template_id": self.template_meeting.id}
        rule = rules.browse(call_kw(rules, "create", [vals], {}))
        self.assertRecordValues(
            rule.sudo(), [{"model_name": "calendar.event", "name": "Meeting: Meeting"}]
        )
        other = rules.create(
            {
                **vals,
                "event": "print",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
            }
        )
        self.assertEqual(other.model_name, "sale.order")
        call_kw(rules, "write", [other.ids, {"event": "meeting"}], {})
        self.assertEqual(other.model_name, "calendar.event")
        call_kw(rules, "write", [other.ids, {"sequence": 1}], {})
        self.assertEqual(other.model_name, "calendar.event")

    def test_rule_that_may_not_read_its_conditions(self):
        meeting = self._new_meeting()
        self.rule.active = True
        rule = self.rule.with_user(self.user_manager).sudo(False)
        rule.domain = "[('location', '=', False)]"
        field = self.env["calendar.event"]._fields["location"]
        with patch.object(field, "groups", "base.group_system"):
            self.Rule._check_rights()
            self._run_cron()
            self.assertFalse(self._find_meeting(meeting))
            skipped = self.Skipped.search([("res_id", "=", meeting.id)])
            self.assertEqual(set(skipped.mapped("reason")), {rule.access_warning})


@tagged("-at_install", "post_install")
class TestMeetingTour(MeetingCommon, InteractionHttpCommon):
    def test_meeting_with_three_people(self):
        yesterday = datetime.now().replace(microsecond=0) - timedelta(days=1)
        meeting = self._new_meeting(
            start=yesterday, stop=yesterday + timedelta(hours=2)
        )
        self.start_tour(
            "/odoo/meetings-to-log",
            "interaction_log_meeting",
            login=self.user_sales.login,
        )
        self.assertEqual(len(self._find_meeting(meeting)), 3)
