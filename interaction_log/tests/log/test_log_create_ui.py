from odoo.tests import tagged

from ..common import InteractionHttpCommon


class LogCreateUi(InteractionHttpCommon):
    """What a salesperson does in the dialog, in the browser."""

    def _log_by_hand(self):
        """The first interaction takes three clicks, one undoes it; a favorite one."""
        self.start_tour(
            f"/odoo/contacts/{self.anna.id}",
            "interaction_log_by_hand",
            login=self.user_sales.login,
        )
        entries = self.Entry.search([("partner_id", "=", self.anna.id)], order="id")
        self.assertEqual(entries.mapped("state"), ["canceled", "logged"])
        self.assertIn("Wants two chairs", entries[0].note)

    def _resume_a_draft(self):
        self.start_tour(
            f"/odoo/contacts/{self.anna.id}",
            "interaction_log_postpone",
            login=self.user_sales.login,
        )
        self.start_tour(
            "/odoo/interaction-drafts",
            "interaction_log_resume",
            login=self.user_sales.login,
        )
        entry = self.Entry.search([("partner_id", "=", self.anna.id)])
        self.assertRecordValues(entry, [{"name": "Done", "state": "logged"}])
        self.assertIn("Half-way, done", entry.note)


@tagged("-at_install", "post_install")
class TestLogCreateUi(LogCreateUi):
    def test_log_by_hand(self):
        self._log_by_hand()

    def test_resume_a_draft(self):
        self._resume_a_draft()

    def test_call(self):
        """Its time runs, and what is typed is the note."""
        self.anna.phone = "+32 470 12 34 56"
        self.start_tour(
            f"/odoo/contacts/{self.anna.id}",
            "interaction_log_call",
            login=self.user_sales.login,
        )
        call = self.Entry.search([("partner_id", "=", self.anna.id)])
        self.assertRecordValues(
            call,
            [
                {
                    "outcome": "left_message",
                    "contact_via": "+32 470 12 34 56",
                    "is_duration_estimated": False,
                }
            ],
        )
        self.assertTrue(0 < call.duration < 0.25)
        self.assertIn("Rings…", call.note)


@tagged("-at_install", "post_install")
class TestLogCreatePhone(LogCreateUi):
    browser_size = "390x844"
    touch_enabled = True

    def test_log_by_hand(self):
        self._log_by_hand()

    def test_resume_a_draft(self):
        self._resume_a_draft()
