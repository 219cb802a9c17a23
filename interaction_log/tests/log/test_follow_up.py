from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from ..common import InteractionCommon, InteractionHttpCommon
from .common import CorrectCommon


@tagged("-at_install", "post_install")
class TestFollowUp(CorrectCommon, InteractionCommon):
    """What is planned after an interaction is found where one works."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # who works with contacts may change them
        cls.user_sales.sudo().group_ids |= cls.env.ref("base.group_partner_manager")
        cls.call_type = cls.env.ref("mail.mail_activity_data_call")
        cls.order = cls._new_order()

    def _log_with_follow_up(self, records, user=None, **vals):
        """Log by the dialog, opened from `records`.

        :return: (entries, their follow-ups, what the user is told)
        """
        user = user or self.user_sales
        action = records.with_user(user).action_log_interaction()
        form = Form(
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(lang=user.lang, **action["context"])
        )
        form.template_id = self.template_call
        form.follow_up_type_id = self.call_type
        form.follow_up_date = "2026-12-02"
        for name, value in vals.items():
            setattr(form, name, value)
        params = form.save().action_log()["params"]
        entries = self.Entry.browse(params["entry_ids"])
        return entries, entries.follow_up_ids, params["message"]

    def test_on_the_document(self):
        entry, activity, message = self._log_with_follow_up(self.order)
        self.assertRecordValues(
            activity,
            [
                {
                    "res_model": "sale.order",
                    "res_id": self.order.id,
                    "activity_type_id": self.call_type.id,
                    "date_deadline": date(2026, 12, 2),
                    "user_id": self.user_sales.id,
                    "interaction_entry_id": entry.id,
                    "automated": False,
                }
            ],
        )
        self.assertIn(activity, self.order.activity_ids)
        self.assertFalse(entry.activity_ids)
        # it says what it follows, and leads there
        self.assertIn("Follow-up of", activity.note)
        self.assertIn(f'data-oe-id="{entry.id}"', activity.note)
        self.assertEqual(
            message,
            f"Logged: Outgoing call {self.order.name}, with Acme, Anna. "
            "Call planned for Dec 2, 2026.",
        )

    def test_told_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.user_sales.lang = "fr_FR"
        _entry, _activity, message = self._log_with_follow_up(self.order)
        self.assertIn("2 déc. 2026", message)

    def test_on_the_contact(self):
        _entry, activity, _message = self._log_with_follow_up(self.anna)
        self.assertEqual(
            (activity.res_model, activity.res_id), ("res.partner", self.anna.id)
        )

    def test_several_contacts(self):
        """Each has one; of a document there is one, whoever was there."""
        people = self.anna | self.acme
        entries, activities, _message = self._log_with_follow_up(people)
        self.assertEqual(
            {activity.interaction_entry_id: activity.res_id for activity in activities},
            {entry: entry.partner_id.id for entry in entries},
        )
        _entries, activities, _message = self._log_with_follow_up(
            self.order, partner_ids=people
        )
        self.assertEqual(activities.mapped("res_model"), ["sale.order"])

    def test_where_the_user_may_not_plan(self):
        """On what is left: the contact, or the interaction itself."""
        user = self._new_user("il_reader", "interaction_log.group_user")
        self.assertFalse(self.order.with_user(user).has_access("read"))
        self.assertFalse(self.anna.with_user(user).has_access("write"))
        entry = self._log(user=user)
        vals = {"activity_type_id": self.call_type.id}
        activity = entry.with_user(user)._schedule_follow_up(vals)
        self.assertEqual(
            (activity.res_model, activity.res_id), ("interaction.log.entry", entry.id)
        )
        self.assertEqual(activity.interaction_entry_id, entry)
        partner_manager = self.env.ref("base.group_partner_manager")
        user.sudo().group_ids |= partner_manager
        entry = self._log(
            user=self.user_sales, res_model="sale.order", res_id=self.order.id
        )
        activity = entry.with_user(user)._schedule_follow_up(vals)
        self.assertEqual(
            (activity.res_model, activity.res_id), ("res.partner", self.anna.id)
        )

    def test_where_it_can_not_be(self):
        """The document is gone, knows no activities, or not those of that type."""
        vals = {"activity_type_id": self.call_type.id}
        gone = self._log(res_model="sale.order", res_id=self.order.id)
        self.order.unlink()
        without = self._log()
        without._write_facts({"res_model": "res.currency", "res_id": 1})
        unknown = self._log()
        unknown._write_facts({"res_model": "gone.model", "res_id": 1})
        for entry in (gone, without, unknown):
            activity = entry.with_user(self.user_sales)._schedule_follow_up(vals)
            self.assertEqual(activity.res_model, "res.partner")
        own_type = self.env["mail.activity.type"].create(
            {"name": "Own", "res_model": "interaction.log.entry"}
        )
        activity = self._log()._schedule_follow_up({"activity_type_id": own_type.id})
        self.assertEqual(activity.res_model, "interaction.log.entry")

    def test_undo(self):
        """It takes what was planned with it along, but not what is done by then."""
        entry, activity, _message = self._log_with_follow_up(self.order)
        entry.with_user(self.user_sales).action_undo()
        self.assertFalse(activity.exists())
        entry.with_user(self.user_sales).action_restore()
        self.assertFalse(entry.follow_up_ids)
        entry, activity, _message = self._log_with_follow_up(self.order)
        activity.with_user(self.user_sales).action_feedback()
        entry.with_user(self.user_sales).action_undo()
        self.assertRecordValues(activity, [{"active": False, "state": "done"}])
        self.assertEqual(entry.follow_up_ids, activity, "it is still seen")

    def test_undo_leaves_what_was_planned_later(self):
        entry = self._log()
        activity = entry._schedule_follow_up({"activity_type_id": self.call_type.id})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_activity SET create_date = %s WHERE id = %s",
            (fields.Datetime.now() + timedelta(hours=1), activity.id),
        )
        activity.invalidate_recordset()
        entry.with_user(self.user_sales).action_undo()
        self.assertTrue(activity.exists())

    def test_cancel(self):
        """The dialog counts it, and deletes it if the user says so."""
        for with_activities in (True, False):
            entry, activity, _message = self._log_with_follow_up(self.order)
            action = entry.with_user(self.user_sales).action_cancel()
            wizard = self.env[action["res_model"]].with_user(self.user_sales)
            wizard = wizard.with_context(**action["context"]).create(
                {"reason_id": self.reason.id, "with_activities": with_activities}
            )
            self.assertEqual(wizard.activity_count, 1)
            wizard.action_apply()
            self.assertEqual(bool(activity.exists()), not with_activities)

    def test_cancel_where_the_document_is_not_ones_own(self):
        """What the user may not delete stays; canceling goes on."""
        entry, activity, _message = self._log_with_follow_up(self.order)
        user = self._new_user("il_reader", "interaction_log.group_manager")
        wizard = self.env["interaction.log.cancel"].with_user(user)
        wizard.create(
            {"entry_ids": entry.ids, "reason_id": self.reason.id}
        ).action_apply()
        self.assertEqual(entry.state, "canceled")
        self.assertTrue(activity.exists())

    def test_document_and_contact_that_go(self):
        entry, activity, _message = self._log_with_follow_up(self.order)
        self.order.unlink()
        self.assertFalse(activity.exists())
        self.assertFalse(entry.follow_up_ids)
        ben = self.env["res.partner"].create({"name": "Ben"})
        entry, activity, _message = self._log_with_follow_up(ben)
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (ben | self.acme).ids, self.acme
        )
        self.assertEqual(entry.partner_id, self.acme)
        self.assertRecordValues(
            activity,
            [
                {
                    "res_model": "res.partner",
                    "res_id": self.acme.id,
                    "interaction_entry_id": entry.id,
                }
            ],
        )
        entry._cancel(self.reason)
        entry.with_user(self.user_admin).unlink()
        self.assertTrue(activity.exists())
        self.assertFalse(activity.interaction_entry_id)

    def test_client_can_not_link(self):
        """Nor unlink, by values or by the context."""
        entry = self._log()
        Activity = self.env["mail.activity"].with_user(self.user_sales)
        vals = {
            "activity_type_id": self.call_type.id,
            "res_model_id": self.env["ir.model"]._get_id("res.partner"),
            "res_id": self.anna.id,
            "user_id": self.user_sales.id,
        }
        with self.assertRaisesRegex(
            AccessError, "linked to interactions automatically"
        ):
            Activity.create({**vals, "interaction_entry_id": entry.id})
        activity = Activity.with_context(default_interaction_entry_id=entry.id).create(
            vals
        )
        self.assertFalse(activity.interaction_entry_id)
        with self.assertRaisesRegex(
            AccessError, "linked to interactions automatically"
        ):
            activity.write({"interaction_entry_id": entry.id})
        linked = entry._schedule_follow_up({"activity_type_id": self.call_type.id})
        with self.assertRaisesRegex(
            AccessError, "linked to interactions automatically"
        ):
            linked.with_user(self.user_sales).write({"interaction_entry_id": False})
        self.assertFalse(linked.copy().interaction_entry_id)

    def test_who_may_not_read_the_log(self):
        """That user sees what is planned, and nothing of the interaction."""
        assistant = self.user_assistant
        _entry, activity, _message = self._log_with_follow_up(self.order)
        activity = activity.with_user(assistant)
        self.assertTrue(activity.read(["summary", "note"]))
        self.assertNotIn("interaction_entry_id", activity.read()[0])
        with self.assertRaises(AccessError):
            activity.read(["interaction_entry_id"])
        own = activity.create(
            {
                "activity_type_id": self.call_type.id,
                "res_model_id": self.env["ir.model"]._get_id("sale.order"),
                "res_id": self.order.id,
            }
        )
        own.write({"summary": "Own"})
        own.action_feedback()

    def test_name_of_a_document_on_the_contact(self):
        """Who sees the contact need not see the document."""
        user = self._new_user(
            "il_reader", "interaction_log.group_user", "base.group_partner_manager"
        )
        entry = self._log(
            res_model="sale.order",
            res_id=self.order.id,
            document_name=self.order.name,
        )
        self.assertIn(self.order.name, entry.name)
        vals = {"activity_type_id": self.call_type.id}
        activity = entry.with_user(user)._schedule_follow_up(vals)
        self.assertEqual(activity.res_model, "res.partner")
        self.assertNotIn(self.order.name, activity.note)
        self.assertIn(self.template_call.name, activity.note)
        activity = entry._schedule_follow_up(vals)
        self.assertEqual(activity.res_model, "sale.order")
        self.assertIn(self.order.name, activity.note)

    def test_who_sees_them(self):
        """The list of the form has those that the user may read, open and done."""
        entry, activity, _message = self._log_with_follow_up(self.order)
        done = entry._schedule_follow_up({"activity_type_id": self.call_type.id})
        done.action_feedback()
        spec = {"follow_up_ids": {"fields": {"summary": {}, "state": {}}}}
        [read] = entry.with_user(self.user_other_sales).web_read(spec)
        self.assertEqual(
            {line["id"] for line in read["follow_up_ids"]}, set((activity | done).ids)
        )
        reader = self._new_user("il_reader", "interaction_log.group_user")
        self.env.invalidate_all()
        [read] = entry.with_user(reader).web_read(spec)
        self.assertEqual(read["follow_up_ids"], [])

    def test_filters(self):
        """*My Activities* and *Late Activities* find what is planned elsewhere."""
        entry, activity, _message = self._log_with_follow_up(self.order)
        old = self._log()  # as an earlier version planned it
        old.with_user(self.user_sales).activity_schedule(
            act_type_xmlid="mail.mail_activity_data_todo", user_id=self.user_sales.id
        )
        other = self._log()
        log = self.env["interaction.log.entry"].with_user(self.user_sales)
        found = log.search([("activity_user_id", "=", self.user_sales.id)])
        self.assertEqual(found.sudo() & (entry | old | other), entry | old)
        late = [("my_activity_date_deadline", "<", "today")]
        self.assertFalse(log.search(late) & (entry | old | other))
        activity.date_deadline = "2020-01-01"
        self.assertEqual(log.search(late) & (entry | old | other), entry)
        self.assertFalse(log.with_user(self.user_other_sales).search(late) & entry)
        activity.with_user(self.user_sales).action_feedback()
        self.assertFalse(log.search(late) & entry, "what is done is not late")

    def test_filters_look_up_the_activities(self):
        """Not each entry of a large log: there are few activities."""
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for domain in (
            [("activity_user_id", "=", self.user_sales.id)],
            [("my_activity_date_deadline", "<", "today")],
        ):
            query = self.Entry.with_user(self.user_sales)._search(domain)
            rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
            plan = "\n".join(line for (line,) in rows)
            with self.subTest(domain=domain):
                self.assertNotIn("Seq Scan on interaction_log_entry", plan)
                # which would be asked of each entry
                self.assertNotIn("SubPlan", plan)

    def test_correct(self):
        """What is planned and was said is seen on the version that counts."""
        entry, activity, _message = self._log_with_follow_up(self.order)
        done = entry._schedule_follow_up({"activity_type_id": self.call_type.id})
        done.action_feedback()
        file = ("a.txt", b"a")
        comment = entry.with_user(self.user_other_sales).message_post(  # pylint: disable=translation-required # a test's own text
            body="Well done", message_type="comment", attachments=[file]
        )
        entry.with_user(self.user_sales).note = "<p>x</p>"
        changes = entry.message_ids - comment.sudo()
        correction, _action = self._save_correction(self._open_correction(entry))
        self.assertEqual(correction.follow_up_ids, (activity | done).sudo())
        # it stays where it is done
        self.assertRecordValues(
            activity, [{"res_model": "sale.order", "res_id": self.order.id}]
        )
        self.assertIn(comment, correction.message_ids)
        self.assertEqual(entry.message_ids, changes, "it tells of that version")
        # deleting the old one takes nothing along
        self.assertEqual(comment.attachment_ids.sudo().res_id, correction.id)
        correction.with_user(self.user_sales).action_undo_correction()
        self.assertEqual(entry.follow_up_ids, (activity | done).sudo())
        self.assertIn(comment, entry.message_ids)
        self.assertFalse(correction.follow_up_ids)

    def test_query_count(self):
        """Of fifty contacts, what follows costs no more than activities do."""
        people = self.env["res.partner"].create(
            [{"name": f"P{number}"} for number in range(50)]
        )
        vals = {
            "activity_type_id": self.call_type.id,
            "user_id": self.user_sales.id,
            "date_deadline": date(2026, 12, 2),
        }
        entries = [
            self.Entry.browse(
                self.Entry.with_user(self.user_sales)
                .log_interactions(
                    [
                        {"template_id": self.template_call.id, "partner_id": partner.id}
                        for partner in people
                    ]
                )
                .ids
            ).with_user(self.user_sales)
            for _time in range(3)
        ]
        entries[0]._schedule_follow_up(vals)  # fills the caches

        def count(schedule):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            schedule()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        on_contacts = count(
            lambda: people.with_user(self.user_sales).activity_schedule(
                automated=False, **vals
            )
        )
        linked = count(lambda: entries[1]._schedule_follow_up(vals))
        self.assertLessEqual(linked, on_contacts + 8)


class FollowUpUi(InteractionHttpCommon):
    def _plan(self):
        """Log a call about a quotation and plan another one: it is in its chatter."""
        order = self._new_order()
        self._log()  # what was used last is offered
        self.start_tour(
            f"/odoo/action-sale.action_quotations/{order.id}",
            "interaction_log_follow_up",
            login=self.user_sales.login,
        )
        self.assertEqual(order.activity_ids.interaction_entry_id, self._find(order))


@tagged("-at_install", "post_install")
class TestFollowUpUi(FollowUpUi):
    def test_plan(self):
        self._plan()


@tagged("-at_install", "post_install")
class TestFollowUpPhone(FollowUpUi):
    browser_size = "390x844"
    touch_enabled = True

    def test_plan(self):
        self._plan()
