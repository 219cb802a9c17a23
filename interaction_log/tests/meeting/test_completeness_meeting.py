from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ActivityCommon, MeetingCommon


@tagged("-at_install", "post_install")
class TestCompletenessMeeting(MeetingCommon, ActivityCommon):
    """Meetings are in the log with each contact, whatever logged them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule.active = True
        start = fields.Datetime.now().replace(microsecond=0) - timedelta(days=2)
        cls.meeting = cls._new_meeting(
            cls.anna | cls.ben, start=start, stop=start + timedelta(hours=1)
        )

    def _get_missing(self):
        check = self.env["interaction.completeness.check"]
        check = check.with_user(self.user_manager).create({})
        check.action_check()
        self._run_slices(check)
        return check.sudo().line_ids.missing_ids

    def _cancel(self, entries):
        entries.with_user(self.user_manager)._cancel(self.reason)

    def test_from_the_meeting(self):
        self.assertEqual(self._get_missing().partner_id, self.anna | self.ben)
        self.meeting.action_log_meetings()
        self.assertFalse(self._get_missing())
        self._cancel(self._find_meeting(self.meeting))
        self.assertFalse(self._get_missing())

    def test_by_hand_about_the_meeting(self):
        """In the dialog, with one of the contacts."""
        self._log(res_model="calendar.event", res_id=self.meeting.id)
        self.assertEqual(self._get_missing().partner_id, self.ben)

    def test_activity(self):
        """Also after its entry is canceled, whose key is free again."""
        activity = self._schedule(self._new_order(), calendar_event_id=self.meeting.id)
        activity.action_feedback("Done")
        key = self.meeting._get_interaction_key(self.anna)
        entry = self.Entry.search([("source_key", "=", key)])
        self.assertEqual(entry.event, "activity")
        self.assertEqual(entry.partner_id, self.anna)
        self.assertEqual(self._get_missing().partner_id, self.ben)
        self._cancel(entry)
        self.assertEqual(self._get_missing().partner_id, self.ben)

    def test_purged(self):
        """It stays so, but who met can log it in earnest."""
        self.meeting.action_log_meetings()
        entries = self._find_meeting(self.meeting)
        self._cancel(entries)
        entries.with_user(self.user_admin).unlink()
        self.assertFalse(self._get_missing())
        self.meeting.action_log_meetings()
        self.assertEqual(len(self._find_meeting(self.meeting)), 2)

    def test_discarded(self):
        """What was postponed and discarded was never in the log."""
        entry = self._log(
            res_model="calendar.event", res_id=self.meeting.id, state="postponed"
        )
        entry.action_discard()
        self.assertFalse(entry.exists())
        self.assertEqual(self._get_missing().partner_id, self.anna | self.ben)
