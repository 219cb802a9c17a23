from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import InteractionHttpCommon
from .common import ActivityCommon

NOTIFICATION = (
    "odoo.addons.interaction_log.models.recording.interaction_log_entry_notification"
)


@tagged("-at_install", "post_install")
class TestAnnounceDone(ActivityCommon, InteractionHttpCommon):
    """Who marks an activity as done is told what was logged of it."""

    def _watch(self, action, session="a"):
        """Return the announcements that `action` sends: list of (channel, message)."""
        sent = []

        def send(_bus, channel, notification_type, message):
            if notification_type == "interaction_log_done":
                sent.append((channel, message))

        with (
            patch.object(self.env.registry["bus.bus"], "_sendone", send),
            patch.object(
                self.env.registry["ir.http"],
                "_get_interaction_session",
                lambda _http: session,
            ),
        ):
            action()
        return sent

    def test_one(self):
        activity = self._schedule(self.anna, summary="Ask about the order")
        sent = self._watch(activity.action_feedback)
        entry = self._find_activity(activity)
        self.assertEqual(
            sent,
            [
                (
                    self.user_sales.partner_id,
                    {
                        "message": "Logged: Ask about the order, for Acme, Anna",
                        "entry_ids": entry.ids,
                        "undo_method": "action_undo",
                        "undone": "Interaction canceled.",
                        "session": "a",
                    },
                )
            ],
        )

    def test_never_stops_the_activity(self):
        activity = self._schedule(self.anna)

        def fail(entries, _repeats):
            entries.env.cr.execute("SELECT 1 / 0")

        with (
            patch.object(
                self.env.registry["interaction.log.entry"],
                "_prepare_announcement",
                fail,
            ),
            mute_logger("odoo.sql_db"),
            self.assertLogs(NOTIFICATION, "ERROR") as logs,
        ):
            self.assertEqual(self._watch(activity.action_feedback), [])
        self.assertIn("Could not tell", logs.output[0])
        self.assertFalse(activity.active)
        self.assertEqual(self._find_activity(activity).state, "logged")

    def test_every_method(self):
        for method in (
            "action_done",
            "action_feedback",
            "action_done_schedule_next",
            "action_feedback_schedule_next",
        ):
            with self.subTest(method=method):
                activity = self._schedule(self.anna)
                self.assertEqual(len(self._watch(getattr(activity, method))), 1)
        self._schedule(self.anna)
        anna = self.anna.with_user(self.user_sales)
        sent = self._watch(
            lambda: anna.activity_ids._action_done(feedback="by other code")
        )
        self.assertEqual(len(sent), 1)

    def test_several_are_one_notification(self):
        activities = self._schedule(self.anna) | self._schedule(self.acme)
        ((_channel, announcement),) = self._watch(activities.action_done)
        self.assertEqual(
            announcement["message"], "Logged: 2 activities, for Acme, Anna; Acme"
        )
        entries = self._find_activity(activities)
        self.assertEqual(set(announcement["entry_ids"]), set(entries.ids))
        entries.with_user(self.user_sales).action_undo()
        self.assertEqual(entries.mapped("state"), ["canceled"] * 2)

    def test_nothing_to_tell(self):
        plain = self._schedule(self.anna, activity_type_id=self.type_plain.id)
        self.assertFalse(self._watch(plain.action_done))
        self.template_call.active = False
        skipped = self._schedule(self.anna)
        self.assertFalse(self._watch(skipped.action_done))

    def test_what_was_logged_before_is_no_news(self):
        activity = self._schedule(self.anna)
        entry = self._log(user=self.user_sales)
        entry.sudo()._write_facts({"source_key": f"activity,{activity.id}"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE interaction_log_entry SET create_date = '2026-01-01' WHERE id = %s",
            [entry.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self._watch(activity.action_done))
        self.assertEqual(self._find_activity(activity), entry.sudo())

    def test_without_right_on_the_log(self):
        activity = self._schedule(self.anna, user=self.user_assistant)
        self.assertFalse(self._watch(activity.action_done))
        self.assertTrue(self._find_activity(activity))

    def test_without_a_session(self):
        """A remote system or a scheduled action has no web client to tell."""
        activity = self._schedule(self.anna)
        self.assertFalse(self._watch(activity.action_done, session=None))
        self.assertFalse(self.env["ir.http"]._get_interaction_session())
        self.assertTrue(self._find_activity(activity))

    def test_session(self):
        """Every page of a session has the same, and no two sessions have one."""
        found = []
        for user in (self.user_sales, self.user_sales, self.user_manager):
            self._login(user)
            info = self.make_jsonrpc_request("/web/session/get_session_info", {})
            found.append(info["interaction_log_session"])
            self.assertNotIn(found[-1], self.session.sid)
        self.assertTrue(all(found))
        self.assertEqual(len(set(found)), 3, "each time a new one")
        again = self.make_jsonrpc_request("/web/session/get_session_info", {})
        self.assertEqual(again["interaction_log_session"], found[-1])

    def test_tour(self):
        self._schedule(self.anna, summary="Ask about the order")
        self._schedule(self.anna, summary="Ask about the delivery")
        self.start_tour(
            f"/odoo/contacts/{self.anna.id}",
            "interaction_log_announce_done",
            login=self.user_sales.login,
        )
        entries = self.Entry.search([("partner_id", "=", self.anna.id)], order="id")
        self.assertEqual(entries.mapped("state"), ["canceled", "logged"])
