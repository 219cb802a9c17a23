from odoo.tests import tagged

from ..common import InteractionHttpCommon
from .common import RoundCommon


class RoundUi(RoundCommon, InteractionHttpCommon):
    def _start_tour(self, tour, user):
        self.start_tour(
            f"/odoo/interaction-segments/{self.segment.id}", tour, login=user.login
        )


@tagged("-at_install", "post_install")
class TestRoundUi(RoundUi):
    def test_two_users(self):
        """Two users call five contacts; together they call each once."""
        self._start(self.user_other_sales)
        self._start_tour("interaction_log_round", self.user_sales)
        self._start_tour("interaction_log_round_end", self.user_other_sales)
        self.env.invalidate_all()
        logged = self.Entry.search([("segment_id", "=", self.segment.id)], order="id")
        self.assertEqual(
            [(entry.partner_id.name, entry.outcome, entry.user_id) for entry in logged],
            [
                ("Tour Ben", "success", self.user_sales),
                ("Tour Cyd", "no_answer", self.user_sales),
                ("Tour Eve", "left_message", self.user_sales),
                ("Tour Ada", "success", self.user_other_sales),
                ("Tour Dan", "failed", self.user_other_sales),
            ],
        )
        self.assertIn("Wants two chairs", logged[0].note)
        self.assertIn("In the middle of a call", logged[1].note)
        self.assertEqual(self.segment.state, "logged")


@tagged("-at_install", "post_install")
class TestRoundPhone(RoundUi):
    """The same on a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_phone(self):
        self._start_tour("interaction_log_round_phone", self.user_sales)
        entries = self.Entry.search([("segment_id", "=", self.segment.id)], order="id")
        ada = self.contacts[0].id
        self.assertRecordValues(
            entries,
            [
                {"partner_id": ada, "outcome": "success", "state": "canceled"},
                {"partner_id": ada, "outcome": "left_message", "state": "logged"},
            ],
        )
        skipped, later = self.segment.line_ids[1:3]
        self.assertEqual((skipped.call_state, later.call_state), ("skipped", "later"))
