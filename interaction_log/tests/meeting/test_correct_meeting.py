from odoo.tests import freeze_time, tagged

from ..log.common import CorrectCommon
from .common import NOW, MeetingCommon


@tagged("-at_install", "post_install")
@freeze_time(NOW)
class TestCorrectMeeting(CorrectCommon, MeetingCommon):
    def test_meeting_stays_logged(self):
        """It is not to log again: the correction is what was logged of it."""
        meeting = self._new_meeting(partners=self.anna)
        meeting.action_log_meetings()
        entry = self._find_meeting(meeting)
        form = self._open_correction(entry)
        form.duration = 2
        correction, _action = self._save_correction(form)
        self.assertEqual(correction.source_key, f"meeting,{meeting.id},{self.anna.id}")
        self.assertEqual(meeting.interaction_state, "logged")
        self.assertFalse(self._offered())
        correction.with_user(self.user_sales).sudo(False).action_undo_correction()
        self.assertEqual(meeting.interaction_state, "logged")
        self.assertEqual(entry.source_key, f"meeting,{meeting.id},{self.anna.id}")
        entry._cancel(self.reason)
        self.assertEqual(meeting.interaction_state, "by_hand")

    def test_one_of_a_meeting(self):
        """It stays with the others, and is canceled and restored with them."""
        meeting = self._new_meeting()
        meeting.action_log_meetings()
        entries = self._find_meeting(meeting)
        batch = entries.batch_id.with_user(self.user_sales)
        entry = entries[0]
        correction, _action = self._save_correction(self._open_correction(entry))
        self.assertEqual(correction.batch_id, batch.sudo())
        self.assertEqual(batch.entry_count, 3)
