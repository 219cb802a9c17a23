from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.calendar.models.mail_activity import MailActivity as CalendarActivity

from ..common import InteractionAccountCommon, InteractionHttpCommon
from .common import ActivityCommon

RECORDER = "odoo.addons.interaction_log.models.recording.interaction_recorder"


# What Odoo's own types log with
ODOO_TYPES = {
    "call": "interaction_template_call_out",
    "meeting": "interaction_template_meeting",
    "email": "interaction_template_email_out",
}


@tagged("-at_install", "post_install")
class TestActivity(ActivityCommon, InteractionAccountCommon):
    @freeze_time("2026-03-02 10:00:00")
    def test_done_on_a_contact(self):
        activity = self._schedule(self.anna, summary="About the delivery")
        activity.action_feedback(feedback="Wants <two>\nby Monday")
        self.assertRecordValues(
            self._find_activity(activity),
            [
                {
                    "partner_id": self.anna.id,
                    "template_id": self.template_call.id,
                    "name": "About the delivery",
                    "event": "activity",
                    "user_id": self.user_sales.id,
                    "create_uid": self.user_sales.id,
                    "company_id": self.company_a.id,
                    "date": datetime(2026, 3, 2, 10),
                    "duration": 0.25,
                    "channel": "phone",
                    "res_model": False,
                    "res_id": False,
                    "rule_id": False,
                    "state": "logged",
                }
            ],
        )
        self.assertEqual(
            str(self._find_activity(activity).note),
            "<p>Wants &lt;two&gt;<br>by Monday</p>",
        )
        self.assertFalse(activity.active)

    def test_done_on_documents_of_a_contact(self):
        for document in (self._new_order(), self._new_move()):
            with self.subTest(document=document):
                activity = self._schedule(document, user=self.user_manager)
                activity.action_done()
                entry = self._find_activity(activity)
                self.assertRecordValues(
                    entry,
                    [
                        {
                            "partner_id": self.anna.id,
                            "res_model": document._name,
                            "res_id": document.id,
                            "document_name": document.display_name,
                            "note": False,
                        }
                    ],
                )
                self.assertIn(entry, document.sudo().interaction_ids)

    def test_types_of_odoo(self):
        """Its calls, meetings and e-mails are logged from the start."""
        order = self._new_order()
        for name, template in ODOO_TYPES.items():
            with self.subTest(type=name):
                activity = self._schedule(
                    order,
                    activity_type_id=self.env.ref(f"mail.mail_activity_data_{name}").id,
                )
                activity.action_done()
                entry = self._find_activity(activity)
                self.assertEqual(entry.template_id, self._shipped(template))
        todo = self.env.ref("mail.mail_activity_data_todo")
        self.assertFalse(todo.sudo().interaction_template_id)

    def _update_types(self):
        """Return the names of Odoo's types that have a template after an update."""
        self._migrate("19.0.1.9.0", name="activity-types")
        return {
            name
            for name in ODOO_TYPES
            if self.env.ref(f"mail.mail_activity_data_{name}")
            .sudo()
            .interaction_template_id
        }

    def _forget_types(self):
        types = self.env["mail.activity.type"].sudo().with_context(active_test=False)
        types.search([]).interaction_template_id = False
        self.Entry.search([("event", "=", "activity")])._write_facts({"event": "api"})

    def test_update_where_nobody_has_chosen(self):
        self._forget_types()
        self.assertEqual(self._update_types(), set(ODOO_TYPES))
        call = self.env.ref("mail.mail_activity_data_call").sudo()
        self.assertEqual(
            call.interaction_template_id, self._shipped(ODOO_TYPES["call"])
        )

    def test_update_where_a_type_has_a_template(self):
        """Somebody has chosen what is logged: the rest is not."""
        self._forget_types()
        self.type_plain.interaction_template_id = self.template_call
        self.assertEqual(self._update_types(), set())

    def test_update_where_activities_were_logged(self):
        """Somebody has stopped it."""
        self._schedule(self.anna).action_done()
        types = self.env["mail.activity.type"].sudo()
        types.search([]).interaction_template_id = False
        self.assertEqual(self._update_types(), set())

    def test_update_without_what_it_takes(self):
        """A type or a template that was deleted, archived or is a company's."""
        self._forget_types()
        self.env.ref("mail.mail_activity_data_email").sudo().unlink()
        self._shipped(ODOO_TYPES["meeting"]).active = False
        self._shipped(ODOO_TYPES["call"]).company_id = self.company_a
        self._migrate("19.0.1.9.0", name="activity-types")
        for name in ("call", "meeting"):
            activity_type = self.env.ref(f"mail.mail_activity_data_{name}").sudo()
            self.assertFalse(activity_type.interaction_template_id)

    def test_every_method(self):
        order = self._new_order()
        methods = {
            "list": lambda activity: activity.action_done(),
            "next": lambda activity: activity.action_done_schedule_next(),
            "chatter": lambda activity: activity.action_feedback(feedback="Done"),
            "chatter_next": lambda activity: activity.action_feedback_schedule_next(
                feedback="Done"
            ),
            "redirect": lambda activity: activity.action_done_redirect_to_other(),
        }
        for name, method in methods.items():
            with self.subTest(method=name):
                activity = self._schedule(order)
                method(activity)
                self.assertEqual(len(self._find_activity(activity)), 1)
        todo = self.env.ref("mail.mail_activity_data_todo").sudo()
        todo.interaction_template_id = self.template_call
        order.activity_schedule("mail.mail_activity_data_todo")
        activity = order.activity_ids.filtered(lambda act: act.activity_type_id == todo)
        order.activity_feedback(["mail.mail_activity_data_todo"], feedback="By code")
        self.assertIn("By code", self._find_activity(activity).note)

    def test_once(self):
        activity = self._schedule(self.anna)
        activity.action_feedback(feedback="First")
        activity.action_feedback(feedback="Again")
        activity._action_done(feedback="And again")
        self.assertIn("First", self._find_activity(activity).note)
        self.assertEqual(self.anna.with_user(self.user_sales).interaction_count, 1)

    def test_two_at_a_time(self):
        activity = self._schedule(self.anna)
        matches = activity._match_interactions("Mine")
        activity.action_feedback(feedback="Theirs")
        # as where the other one did not see yet that it is done
        entry = self.Recorder._record_event("activity", activity, find=lambda: matches)
        self.assertEqual(entry, self._find_activity(activity))
        self.assertIn("Theirs", entry.note)

    def test_several_in_one_go(self):
        activities = self._schedule(self.anna) | self._schedule(self._new_order())
        activities |= self._schedule(self.anna, activity_type_id=self.type_plain.id)
        activities.action_done()
        self.assertEqual(len(self._find_activity(activities)), 2)

    def test_user_without_rights_on_the_log(self):
        order = self._new_order()
        activity = self._schedule(order, user=self.user_assistant)
        activity.action_feedback(feedback="Called")
        entry = self._find_activity(activity)
        self.assertEqual(entry.user_id, self.user_assistant)
        self.assertEqual(entry.create_uid, self.user_assistant)

    def test_done_by_another_user(self):
        activity = self._schedule(self._new_order(), user=self.user_sales)
        activity.with_user(self.user_other_sales).action_done()
        self.assertEqual(self._find_activity(activity).user_id, self.user_other_sales)

    def test_done_by_the_system(self):
        """No robot is a salesperson: who was to do it is."""
        activity = self._schedule(self._new_order(), user=self.user_sales)
        activity.with_user(self.env.ref("base.user_root")).action_done()
        self.assertEqual(self._find_activity(activity).user_id, self.user_sales)

    def test_done_with_our_own_people(self):
        colleague = self.user_other_sales.partner_id
        activity = self._schedule(colleague, user=self.user_admin)
        activity.action_done()
        self.assertFalse(self._find_activity(activity))
        self.assertFalse(self.Skipped.search([("event", "=", "activity")]))

    def test_document_out_of_sight(self):
        order = self._new_order()
        activity = self._schedule(order, user=self.user_sales)
        colleague = self._new_user("il_colleague")
        activity.sudo().user_id = colleague
        with self.assertRaises(AccessError):
            order.with_user(colleague).check_access("read")
        activity.with_user(colleague).action_done()
        self.assertEqual(self._find_activity(activity).partner_id, self.anna)

    def test_no_contact(self):
        user = self.user_sales
        free = (
            self.env["mail.activity"]
            .with_user(user)
            .create(
                {
                    "activity_type_id": self.type_call.id,
                    "user_id": user.id,
                    "summary": "Think",
                }
            )
        )
        free.action_done()
        self.assertFalse(free.active)
        self.assertFalse(self._find_activity(free))
        skipped = self.Skipped.search([("res_model", "=", "mail.activity")])
        self.assertRecordValues(
            skipped,
            [{"event": "activity", "res_id": free.id, "user_id": user.id}],
        )
        self.assertIn("Think has no contact", skipped.reason)

    def test_failure_never_blocks(self):
        activity = self._schedule(self.anna)
        with (
            patch.object(
                self.env.registry["interaction.log.entry"],
                "_prepare_log_vals",
                side_effect=ZeroDivisionError("broken"),
            ),
            mute_logger(RECORDER),
        ):
            activity.action_done()
        self.assertFalse(activity.active)
        skipped = self.Skipped.search([("event", "=", "activity")])
        self.assertIn("see the server log", skipped.reason)
        self.assertEqual(skipped.res_id, self.anna.id)

    def test_failure_to_match_never_blocks(self):
        activity = self._schedule(self.anna)
        with (
            patch.object(
                self.env.registry["mail.activity"],
                "_match_interaction",
                side_effect=ZeroDivisionError("broken"),
            ),
            mute_logger(RECORDER),
        ):
            activity.action_done()
        self.assertFalse(activity.active)
        skipped = self.Skipped.search([("event", "=", "activity")])
        self.assertEqual(skipped.res_id, activity.id)

    def test_archived_template(self):
        self.template_call.active = False
        activity = self._schedule(self.anna)
        activity.action_done()
        self.assertFalse(self._find_activity(activity))
        skipped = self.Skipped.search([("event", "=", "activity")])
        self.assertIn("is archived", skipped.reason)

    def test_canceling_an_activity_logs_nothing(self):
        before = self.Entry.search_count([])
        self._schedule(self.anna).unlink()
        activity = self._schedule(self.anna)
        self.anna.activity_unlink(["mail.mail_activity_data_todo"])
        activity.sudo().unlink_w_meeting()
        self.assertEqual(self.Entry.search_count([]), before)

    def test_type_without_template_costs_nothing(self):
        counts = []
        for done in (
            CalendarActivity._action_done,  # without this addon
            type(self.env["mail.activity"])._action_done,
        ):
            activity = self._schedule(self.anna, activity_type_id=self.type_plain.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            done(activity)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
        self.assertFalse(self.Entry.search([("event", "=", "activity")]))

    def test_document_of_another_company(self):
        company = self._new_company()
        user = self._new_user("il_b", "interaction_log.group_user", company=company)
        partner = self.env["res.partner"].create({"name": "Bea"})
        activity = self._schedule(partner, user=user)
        activity.action_done()
        entry = self._find_activity(activity)
        self.assertEqual(entry.company_id, company)
        self.assertFalse(entry.with_user(self.user_sales)._filtered_access("read"))
        # whatever company the user works in, that of the document counts
        user.sudo().company_ids |= self.company_a
        user.sudo().company_id = self.company_a
        partner.company_id = company
        activity = self._schedule(partner, user=user)
        activity.action_done()
        self.assertEqual(self._find_activity(activity).company_id, company)

    def test_template_is_for_every_company(self):
        with self.assertRaisesRegex(ValidationError, "to all companies"):
            self._new_type(
                template=self.template_call.copy({"company_id": self.company_a.id})
            )
        with self.assertRaisesRegex(
            ValidationError, "in all companies: Call, Call back"
        ):
            self.template_call.company_id = self.company_a
        with self.assertRaisesRegex(UserError, "activity types .*Call back"):
            self.template_call.with_user(self.user_manager).unlink()

    # -- follow-ups of an interaction -------------------------------------

    def _fill(self, partners=None):
        action = (partners or self.anna).with_user(self.user_sales)
        form = Form(
            self.env["interaction.log.create"]
            .with_user(self.user_sales)
            .with_context(**action.action_log_interaction()["context"])
        )
        form.template_id = self.template_call
        return form

    def _log_it(self, form):
        action = form.save().action_log()
        return self.Entry.browse(action["params"]["entry_ids"])

    @freeze_time("2026-03-02 10:00:00")
    def test_scheduled_from_the_dialog(self):
        self.type_call.write({"summary": "Call again", "delay_count": 3})
        form = self._fill()
        self.assertFalse(form.follow_up_date)
        form.follow_up_type_id = self.type_call
        self.assertEqual(form.follow_up_summary, "Call again")
        self.assertEqual(form.follow_up_user_id, self.user_sales)
        self.assertEqual(str(form.follow_up_date), "2026-03-05")
        form.follow_up_date = "2026-03-06"
        form.follow_up_user_id = self.user_other_sales
        # on the contact or the interaction: apps say who may plan on contacts
        activity = self._log_it(form).follow_up_ids
        self.assertRecordValues(
            activity,
            [
                {
                    "activity_type_id": self.type_call.id,
                    "summary": "Call again",
                    "user_id": self.user_other_sales.id,
                }
            ],
        )
        self.assertEqual(str(activity.date_deadline), "2026-03-06")

    def test_one_for_each_contact(self):
        form = self._fill(self.anna | self.acme)
        form.follow_up_type_id = self.type_plain
        entries = self._log_it(form)
        self.assertEqual(
            [len(entry.follow_up_ids) for entry in entries], [1, 1], "one on each"
        )

    def test_due_date_is_needed(self):
        form = self._fill()
        form.follow_up_type_id = self.type_call
        wizard = form.save()
        wizard.follow_up_date = False
        with self.assertRaisesRegex(UserError, "the due date of the follow-up"):
            wizard.action_log()
        self.assertFalse(self.anna.with_user(self.user_sales).interaction_count)

    def test_postponed_is_planned_when_finished(self):
        form = self._fill()
        form.follow_up_type_id = self.type_call
        form.save().action_postpone()
        entry = self.anna.with_user(self.user_sales).interaction_ids
        self.assertEqual(entry.state, "postponed")
        self.assertFalse(entry.activity_ids)

    def test_linked_both_ways(self):
        first = self._log(name="First call")
        activity = self._schedule(first, user=self.user_other_sales)
        activity.action_feedback(feedback="Reached her")
        second = self._find_activity(activity)
        self.assertRecordValues(
            second,
            [
                {
                    "partner_id": self.anna.id,
                    "res_model": "interaction.log.entry",
                    "res_id": first.id,
                    "document_name": first.display_name,
                    "company_id": first.company_id.id,
                }
            ],
        )
        action = second.with_user(self.user_sales).action_open_document()
        self.assertEqual(action["res_id"], first.id)
        first = first.with_user(self.user_sales)
        self.assertEqual(first.interaction_count, 1)
        action = first.action_view_interactions()
        self.assertEqual(self.Entry.search(action["domain"]), second)

    def test_reader_schedules_and_finishes(self):
        entry = self._log(user=self.user_sales)
        other = self.user_other_sales
        activity = self._schedule(entry, user=other, by=other)
        activity.with_user(self.user_sales).action_done()
        self.assertFalse(activity.active)
        with self.assertRaises(AccessError):
            self._schedule(entry, by=self.user_assistant)

    def test_only_who_reads_subscribes_colleagues(self):
        entry = self._log(user=self.user_sales)
        colleague = self.user_other_sales.partner_id
        with self.assertRaises(AccessError):
            entry.with_user(self.user_assistant).message_subscribe(colleague.ids)
        self.assertNotIn(colleague, entry.sudo().message_partner_ids)
        entry.with_user(self.user_other_sales).message_subscribe(colleague.ids)
        self.assertIn(colleague, entry.sudo().message_partner_ids)

    def test_follow_up_is_not_named_twice(self):
        entry = self._log()
        activity = self._schedule(entry)
        activity.action_done()
        self.assertEqual(self._find_activity(activity).name, "Outgoing call")

    def test_undone_and_done_again(self):
        """An activity that was undone and is done again is logged again."""
        activity = self._schedule(self.anna)
        activity.action_done()
        first = self._find_activity(activity)
        first.with_user(self.user_sales).action_undo()
        activity.sudo().active = True
        activity.action_done()
        again = self.anna.with_user(self.user_sales).interaction_ids - first
        self.assertEqual(again.mapped("state"), ["logged"])

    def _cancel_by_dialog(self, entries, **vals):
        self.env["interaction.log.cancel"].with_user(self.user_sales).create(
            {
                "entry_ids": entries.ids,
                "reason_id": self.reason.id,
                **vals,
            }
        ).action_apply()

    def test_cancel_and_purge(self):
        kept, dropped = self._log(), self._log()
        activities = {}
        for entry in kept | dropped:
            activities[entry] = self._schedule(entry)
        done = self._schedule(dropped)
        done.action_done()
        wizard = self.env["interaction.log.cancel"].with_user(self.user_sales)
        wizard = wizard.new({"entry_ids": (kept | dropped).ids})
        self.assertEqual(wizard.activity_count, 2)
        self._cancel_by_dialog(kept, with_activities=False)
        self._cancel_by_dialog(dropped)
        self.assertTrue(activities[kept].exists().active)
        self.assertFalse(activities[dropped].exists())
        self.assertTrue(done.exists(), "what was done stays")
        activities[kept].action_done()
        self.assertEqual(len(self._find_activity(activities[kept])), 1)
        other = self._schedule(kept)
        self.Entry.with_user(self.user_admin)._purge(
            [("id", "in", (kept | dropped).ids)]
        )
        self.assertFalse((kept | dropped).exists())
        self.assertFalse((other | done).exists())

    def test_undo_takes_the_plan_back(self):
        form = self._fill()
        form.follow_up_type_id = self.type_call
        entry = self._log_it(form)
        activity = entry.activity_ids
        other = self._schedule(entry)
        self.env.flush_all()
        self.env.cr.execute(  # what was planned later
            "UPDATE mail_activity SET create_date = create_date + interval '1 minute' "
            "WHERE id = %s",
            [other.id],
        )
        other.invalidate_recordset()
        entry.with_user(self.user_sales).action_undo()
        self.assertFalse(activity.exists())
        self.assertTrue(other.exists())

    def test_list_shows_activities(self):
        entry = self._log()
        self._schedule(entry)
        entries = self.env["interaction.log.entry"].with_user(self.user_sales)
        found = entries.search([("activity_state", "in", ["today", "planned"])])
        self.assertEqual(found, entry)
        self.assertEqual(
            entries.search([("activity_user_id", "=", self.user_sales.id)]), entry
        )

    # -- comments on an interaction ---------------------------------------

    def test_logging_makes_no_message(self):
        entries = self._log() | self._log(user=self.user_manager)
        self.assertFalse(entries.message_ids)
        self.assertFalse(entries.message_follower_ids)
        entries.with_user(self.user_manager).write({"evaluation": "positive"})
        entries.with_user(self.user_manager)._cancel(self.reason)
        self.env.flush_all()
        self.cr.precommit.run()
        self.assertFalse(entries.message_ids, "no tracking either")

    def test_nobody_logs_messages(self):
        for name in ("message_ids", "message_follower_ids", "activity_ids"):
            with (
                self.subTest(field=name),
                self.assertRaisesRegex(UserError, f"Unknown field: {name}"),
            ):
                self._log(**{name: []})

    def test_who_comments(self):
        entry = self._log(user=self.user_sales)
        message = entry.with_user(self.user_other_sales).message_post(  # pylint: disable=translation-required # a test's own text
            body="Ask her about the price", message_type="comment"
        )
        self.assertEqual(message.author_id, self.user_other_sales.partner_id)
        self.assertEqual(entry.with_user(self.user_sales).message_ids, message)
        for user in (self.user_assistant, self.user_portal):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    entry.with_user(user).message_post(body="Hello")  # pylint: disable=translation-required # a test's own text
                with self.assertRaises(AccessError):
                    message.with_user(user).read(["body"])

    def test_other_company(self):
        company = self._new_company()
        user = self._new_user("il_b", "interaction_log.group_user", company=company)
        entry = self._log()
        with self.assertRaises(AccessError):
            entry.with_user(user).message_post(body="Hello")  # pylint: disable=translation-required # a test's own text

    def test_contact_is_not_told(self):
        self.anna.email = "anna@example.com"
        entry = self._log(user=self.user_manager, user_id=self.user_sales.id)
        suggested = entry.with_user(self.user_manager)
        suggested = suggested._message_get_suggested_recipients()
        self.assertEqual(
            [recipient["partner_id"] for recipient in suggested],
            self.user_sales.partner_id.ids,
        )

    def test_purge_takes_the_conversation(self):
        entry = self._log()
        message = entry.with_user(self.user_sales).message_post(body="Hello")  # pylint: disable=translation-required # a test's own text
        entry.message_subscribe(self.user_manager.partner_id.ids)
        followers = entry.message_follower_ids
        self.assertTrue(followers)
        entry._cancel(self.reason)
        self.Entry.with_user(self.user_admin)._purge([("id", "=", entry.id)])
        self.assertFalse(message.exists())
        self.assertFalse(followers.exists())


@tagged("-at_install", "post_install")
class TestActivityTour(ActivityCommon, InteractionHttpCommon):
    def test_activity_done_on_a_contact(self):
        activity = self._schedule(self.anna, summary="Ask about the order")
        self.start_tour(
            f"/odoo/contacts/{self.anna.id}",
            "interaction_log_activity_done",
            login=self.user_sales.login,
        )
        entry = self._find_activity(activity)
        self.assertIn("She wants two", entry.note)
        self.assertEqual(entry.user_id, self.user_sales)
