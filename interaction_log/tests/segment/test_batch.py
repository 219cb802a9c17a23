from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...models.base import interaction_operation_mixin
from ...models.email import interaction_batch
from ...models.log import interaction_batch_operation
from .common import BatchCommon


class KilledError(BaseException):
    """What ends a worker: nobody catches it."""


@tagged("-at_install", "post_install")
class TestBatch(BatchCommon):
    def test_figures(self):
        batch, entries = self._new_batch(5)
        entries[0].with_user(self.user_sales)._cancel(self.reason)
        for entry, status in zip(
            entries[1:], ("sent", "opened", "bounced", "error"), strict=True
        ):
            entry._write_facts({"delivery_status": status})
        self.assertRecordValues(
            batch,
            [
                {
                    "entry_count": 4,
                    "canceled_count": 1,
                    "restorable_count": 0,
                    "cost": 8,
                    "duration_total": 2,
                    "state": "partly",
                    "delivery": "1 sent, 1 opened, 1 bounced, 1 failed",
                    "undelivered_count": 2,
                }
            ],
        )
        self.assertFalse(self._new_batch(1)[0].delivery)

    def test_figures_of_many_cost_what_those_of_one_do(self):
        batches = self.env["interaction.batch"].with_user(self.user_sales)
        for _number in range(10):
            batches |= self._new_batch(3)[0]
        names = ("entry_count", "cost", "delivery", "state", "response_count")

        def read(batches):
            self.env.invalidate_all()
            return batches.read(names)

        read(batches)  # what is cached for good
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        read(batches[:1])
        one = self.cr.sql_log_count - before
        with self.assertQueryCount(one):
            read(batches)

    def test_search_by_state(self):
        logged, _entries = self._new_batch(2)
        partly, entries = self._new_batch(2)
        entries[0]._cancel(self.reason)
        canceled, entries = self._new_batch(2)
        entries._cancel(self.reason)
        all_batches = logged | partly | canceled
        for operator, state, found in (
            ("=", "logged", logged),
            ("=", "partly", partly),
            ("=", "canceled", canceled),
            ("!=", "canceled", logged | partly),
            ("in", ["partly", "canceled"], partly | canceled),
        ):
            with self.subTest(operator=operator, state=state):
                domain = [("id", "in", all_batches.ids), ("state", operator, state)]
                self.assertEqual(logged.search(domain, order="id"), found)

    def test_views(self):
        batch, _entries = self._new_batch()
        for user in (self.user_sales, self.user_manager, self.user_admin):
            with self.subTest(user=user.login), Form(batch.with_user(user)) as form:
                self.assertEqual(form.entry_count, 3)
        self.assertEqual(batch.action_view_segment()["res_id"], self.segment.id)
        other, _entries = self._new_batch(event="manual")
        with self.assertRaisesRegex(UserError, "not logged from a segment"):
            other.action_view_segment()

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_who_sees_a_batch(self):
        batch, _entries = self._new_batch()
        self.assertEqual(batch.with_user(self.user_other_sales).entry_count, 3)
        company = self._new_company()
        other = self._new_user("il_b", "interaction_log.group_admin", company=company)
        for user in (self.user_assistant, other):
            for name in ("action_restore", "action_delete", "read"):
                with (
                    self.subTest(user=user.login, name=name),
                    self.assertRaises(AccessError),
                ):
                    getattr(batch.with_user(user), name)()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                batch.with_user(user)._cancel(self.reason)

    def test_segment_of_the_log(self):
        _batch, entries = self._new_batch()
        self._log()
        Entry = self.Entry.with_user(self.user_sales)
        found = Entry.search([("segment_id", "=", self.segment.id)])
        self.assertEqual(found, entries)
        groups = Entry._read_group(
            [("segment_id", "!=", False)], ["segment_id"], ["__count"]
        )
        self.assertIn((self.segment, 3), groups)

    # -- canceling and restoring ------------------------------------------

    def test_cancel_keeps_who_when_and_why(self):
        batch, entries = self._new_batch()
        self._cancel(batch)
        self.assertRecordValues(
            entries,
            [
                {
                    "state": "canceled",
                    "canceled_with_batch": True,
                    "cancel_reason_id": self.reason.id,
                    "cancel_note": "Wrong",
                    "cancel_uid": self.user_sales.id,
                    "write_uid": self.user_sales.id,
                }
            ]
            * 3,
        )
        self.assertTrue(all(entries.mapped("cancel_date")))
        self.assertRecordValues(
            batch,
            [
                {
                    "state": "canceled",
                    "entry_count": 0,
                    "restorable_count": 3,
                    "operation": False,
                }
            ],
        )
        self.assertEqual(self.template_call.with_user(self.user_sales).cost_total, 0)
        with self.assertRaisesRegex(UserError, "no logged interactions to cancel"):
            batch._cancel(self.reason)

    def test_one_of_a_canceled_batch(self):
        """Of a segment it is restored with all of it; of a meeting or prints alone."""
        for event in ("segment", "manual"):
            with self.subTest(event=event):
                batch, entries = self._new_batch(event=event)
                self._cancel(batch)
                entry = entries[0].with_user(self.user_sales)
                if event == "segment":
                    with self.assertRaisesRegex(UserError, "Restore the batch"):
                        entry.action_restore()
                    self.assertEqual(entry.state, "canceled")
                    # one that was canceled on its own before is restored on its own
                    batch.action_restore()
                    entry._cancel(self.reason)
                entry.action_restore()
                self.assertEqual(entry.state, "logged")

    def test_restore_leaves_what_was_canceled_before(self):
        for event in ("segment", "manual"):
            with self.subTest(event=event):
                batch, entries = self._new_batch(event=event)
                entries[0].with_user(self.user_sales)._cancel(self.reason, "before")
                self._cancel(batch)
                self.assertEqual(entries[0].cancel_note, "before")
                batch.action_restore()
                self.assertEqual(
                    entries.mapped("state"), ["canceled", "logged", "logged"]
                )
                self.assertRecordValues(
                    entries[1],
                    [
                        {
                            "canceled_with_batch": False,
                            "cancel_reason_id": False,
                            "cancel_note": False,
                            "cancel_uid": False,
                            "cancel_date": False,
                        }
                    ],
                )
                with self.assertRaisesRegex(UserError, "individually canceled"):
                    batch.action_restore()

    def test_restored_and_canceled_one_by_one_after(self):
        batch, entries = self._new_batch(event="manual")
        self._cancel(batch)
        entries[0].with_user(self.user_sales).action_restore()
        entries[0].with_user(self.user_sales)._cancel(self.reason)
        batch.action_restore()
        self.assertEqual(entries.mapped("state"), ["canceled", "logged", "logged"])

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_who_may_cancel(self):
        batch, entries = self._new_batch()
        other = batch.with_user(self.user_other_sales)
        with self.assertRaisesRegex(AccessError, "your own interactions"):
            other._cancel(self.reason)
        self._cancel(batch, user=self.user_manager)
        with self.assertRaisesRegex(AccessError, "your own interactions"):
            other.action_restore()
        self.assertEqual(set(entries.mapped("state")), {"canceled"})
        batch.with_user(self.user_manager).action_restore()
        # what a colleague has in it is not the user's to cancel
        entries[0]._write_facts({"user_id": self.user_other_sales.id})
        entries[0].flush_recordset()
        self.assertEqual(entries[0].create_uid, self.user_sales)
        self._cancel(batch)
        self.assertEqual(entries[0].state, "canceled", "who logged it may")

    def test_one_foreign_entry_stops_all(self):
        batch, entries = self._new_batch(user=self.user_manager)
        entries[1:]._write_facts({"user_id": self.user_sales.id})
        with self.assertRaisesRegex(AccessError, "your own interactions"):
            self._cancel(batch.with_user(self.user_sales))
        self.assertEqual(set(entries.mapped("state")), {"logged"})

    def test_several_batches(self):
        first, entries = self._new_batch()
        second, more = self._new_batch(event="manual")
        third, _entries = self._new_batch()
        self._cancel(third)
        batches = first | second | third
        action = batches.action_cancel()
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(self.user_sales)
            .with_context(**action["context"])
        )
        self.assertEqual(wizard.entry_count, 6)
        wizard.reason_id = self.reason.with_user(self.user_sales)
        wizard.save().action_apply()
        self.assertEqual(set((entries | more).mapped("state")), {"canceled"})

    def test_activities(self):
        batch, entries = self._new_batch()
        entries[0].with_user(self.user_sales).activity_schedule(summary="Call again")
        action = batch.action_cancel()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.user_sales)
            .with_context(**action["context"])
            .create({"reason_id": self.reason.id})
        )
        self.assertEqual((wizard.entry_count, wizard.activity_count), (3, 1))
        wizard.action_apply()
        self.assertFalse(entries.activity_ids)
        batch.action_restore()
        entries[0].with_user(self.user_sales).activity_schedule(summary="Call again")
        self._cancel(batch, with_activities=False)
        self.assertTrue(entries.activity_ids)

    def test_released_keys(self):
        self.template_call.sudo()
        for few in (0, 500):
            with (
                self.subTest(few=few),
                patch.object(interaction_batch_operation, "SINGLE_LIMIT", few),
            ):
                batch, entries = self._new_batch(2, event="print")
                key = f"once,{few}"
                entries[0]._write_facts({"source_key": key})
                self._cancel(batch)
                self.assertEqual(
                    entries[0].source_key, f"released,{entries[0].id},{key}"
                )
                again = self.Entry.log_interactions(
                    [
                        {
                            "template_id": self.template_call.id,
                            "partner_id": self.anna.id,
                            "source_key": key,
                        }
                    ]
                )
                with self.assertRaisesRegex(UserError, "was logged again"):
                    batch.action_restore()
                self.assertEqual(set(entries.mapped("state")), {"canceled"})
                again._cancel(self.reason)
                batch.action_restore()
                self.assertEqual(entries[0].source_key, key)

    def test_no_reason(self):
        batch, _entries = self._new_batch()
        with self.assertRaisesRegex(UserError, "Choose a reason"):
            batch._cancel(self.env["interaction.cancel.reason"])

    def test_segment_that_is_being_logged(self):
        batch, _entries = self._new_batch()
        self.segment.sudo().state = "logging"
        with self.assertRaisesRegex(UserError, "being logged"):
            self._cancel(batch)

    def test_a_thousand_cost_what_a_hundred_do(self):
        small, _entries = self._new_batch(100)
        large, entries = self._new_batch(1_000)

        def count(act, *args):
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.cr.sql_log_count
            act(*args)
            return self.cr.sql_log_count - before

        self._cancel(self._new_batch(2)[0])  # what is cached for good
        canceled = count(self._cancel, small)
        restored = count(small.action_restore)
        self.assertLessEqual(count(self._cancel, large), canceled)
        self.assertEqual(large.state, "canceled")
        self.assertLessEqual(count(large.action_restore), restored)
        self.assertEqual(set(entries.mapped("state")), {"logged"})

    # -- in the background ------------------------------------------------

    def test_large_batch_is_canceled_and_restored_in_the_background(self):
        batch, entries = self._new_batch(5)
        entries[0].with_user(self.user_sales)._cancel(self.reason, "before")
        with self._large():
            action = self._cancel(batch)
            self.assertIn("background", action["params"]["message"])
            self.assertEqual(batch.entry_count, 4)
            self.assertRecordValues(
                batch, [{"operation": "cancel", "operation_progress": 0}]
            )
            with self.assertRaisesRegex(UserError, "being processed in the background"):
                batch.action_restore()
            self._run_cron()
            self.assertRecordValues(
                batch,
                [{"operation": False, "state": "canceled", "restorable_count": 4}],
            )
            self.assertEqual(entries[1].cancel_uid, self.user_sales)
            self.assertEqual(entries[1].write_uid, self.user_sales)
            batch.action_restore()
            self._run_cron()
        self.assertEqual(batch.entry_count, 4)
        self.assertEqual(entries[0].cancel_note, "before")

    def test_killed_worker_goes_on(self):
        batch, entries = self._new_batch(5)
        cancel_set, slices = type(self.Entry)._cancel_set, []

        def kill_second(entries, *args):
            slices.append(entries)
            if len(slices) == 2:
                raise KilledError
            return cancel_set(entries, *args)

        with self._large():
            self._cancel(batch)
            with (
                patch.object(type(self.Entry), "_cancel_set", kill_second),
                suppress(KilledError),  # assertRaises would roll back the first slice
            ):
                self._run_cron()
            self.env.invalidate_all()
            self.assertEqual(len(slices), 2)
            self.assertRecordValues(
                batch,
                [{"operation": "cancel", "entry_count": 3, "operation_progress": 40}],
            )
            self._run_cron()
        self.assertEqual(set(entries.mapped("state")), {"canceled"})
        self.assertEqual(set(entries.mapped("cancel_note")), {"Wrong"})
        self.assertFalse(batch.operation)

    def test_failure_is_told_and_stops_no_other(self):
        first, entries = self._new_batch(3)
        second, more = self._new_batch(3)
        cancel_set = type(self.Entry)._cancel_set

        def fail_first(slice_, *args):
            if slice_ & entries:
                raise ValueError("broken")
            return cancel_set(slice_, *args)

        with self._large():
            self._cancel(first | second)
            with (
                patch.object(type(self.Entry), "_cancel_set", fail_first),
                mute_logger(interaction_operation_mixin.__name__),
            ):
                self._run_cron()
        self.assertFalse(first.operation)
        self.assertIn("see the server log", first.operation_problem)
        self.assertNotIn("broken", first.operation_problem)
        self.assertEqual(set(entries.mapped("state")), {"logged"})
        self.assertEqual(set(more.mapped("state")), {"canceled"})

    def test_logged_again_while_it_is_restored(self):
        batch, entries = self._new_batch(4, event="print")
        entries[3]._write_facts({"source_key": "once,meanwhile"})
        with self._large(at_once=10):
            self._cancel(batch)
        with self._large():
            batch.action_restore()
            self.Entry.log_interactions(
                [
                    {
                        "template_id": self.template_call.id,
                        "partner_id": self.anna.id,
                        "source_key": "once,meanwhile",
                    }
                ]
            )
            self._run_cron()
        self.assertEqual(batch.state, "partly")
        self.assertFalse(batch.operation)
        self.assertIn("1", batch.operation_problem)
        self.assertEqual(entries[3].state, "canceled")

    # -- deleting ---------------------------------------------------------

    def test_delete(self):
        batch, entries = self._new_batch()
        admin = batch.with_user(self.user_admin)
        entries[:2]._cancel(self.reason)
        for act in (admin.action_ask_delete, admin.action_delete):
            with self.assertRaisesRegex(UserError, "Spring is not fully canceled"):
                act()
        self._cancel(batch)
        action = admin.action_ask_delete()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.user_admin)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual((wizard.batch_count, wizard.entry_count), (1, 3))
        self.assertIn("3", wizard.action_apply()["params"]["message"])
        self.assertFalse(batch.exists() or entries.exists())

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_who_may_delete(self):
        batch, entries = self._new_batch()
        self._cancel(batch)
        for user in (self.user_sales, self.user_manager):
            for name in ("action_ask_delete", "action_delete"):
                with (
                    self.subTest(user=user.login, name=name),
                    self.assertRaises(AccessError),
                ):
                    getattr(batch.with_user(user), name)()
        self.assertTrue(batch.exists() and entries.exists())

    def test_large_one_in_the_background(self):
        batch, entries = self._new_batch(5)
        self._cancel(batch)
        other, more = self._new_batch(1)
        self._cancel(other)
        with self._large():
            (batch | other).with_user(self.user_admin).action_delete()
            self.assertEqual(batch.operation, "delete")
            self._run_cron()
        self.assertFalse((batch | other).exists() or (entries | more).exists())

    def test_what_is_not_in_it_stays(self):
        batch, _entries = self._new_batch()
        canceled = self._log()
        canceled._cancel(self.reason)
        self._cancel(batch)
        batch.with_user(self.user_admin).action_delete()
        self.assertTrue(canceled.exists())

    # -- sending again ----------------------------------------------------

    def test_nothing_to_resend(self):
        batch, _entries = self._new_batch()
        with self.assertRaisesRegex(UserError, "Only e-mails can"):
            batch.action_resend()

    def test_those_that_did_not_arrive(self):
        batch, entries = self._new_batch(5)
        for entry, status in zip(
            entries, ("sent", "bounced", "error", "error", "bounced"), strict=True
        ):
            entry._write_facts({"delivery_status": status})
        entries[3].with_user(self.user_sales)._cancel(self.reason)
        # sent again already, and on the way
        self._log()._write_facts(
            {"resend_of_id": entries[4].id, "delivery_status": "pending"}
        )
        asked = []

        def ask(entries):
            asked.append(entries)
            return {"params": {"message": "Send?"}}

        with patch.object(type(self.Entry), "action_ask_resend", ask):
            batch.action_resend()
            with patch.object(interaction_batch, "RESEND_LIMIT", 1):
                action = batch.action_resend()
        self.assertEqual(asked, [entries[1:3], entries[1]])
        self.assertIn("first 1", action["params"]["message"])


@tagged("-at_install", "post_install")
class TestJobs(BatchCommon):
    """The jobs that go on with what is begun."""

    def test_what_a_killed_worker_left_is_taken_up_within_a_minute(self):
        """After three kills Odoo gives the job up until its next time."""
        for name in ("ir_cron_run_batch_operations", "ir_cron_log_segments"):
            job = self._shipped(name)
            now = fields.Datetime.now()
            job.nextcall = now
            [row] = job.read(["nextcall", "interval_type", "interval_number"])
            job._reschedule_later(row)
            job.invalidate_recordset()
            with self.subTest(job=name):
                self.assertLessEqual(job.nextcall - now, timedelta(minutes=1))

    def test_migration(self):
        """Jobs as they were shipped run more often; what somebody has set stays."""
        cancels = self._shipped("ir_cron_run_batch_operations")
        logs = self._shipped("ir_cron_log_segments")
        cancels.write({"interval_number": 1, "interval_type": "hours"})
        logs.write({"interval_number": 30, "interval_type": "minutes"})
        now = fields.Datetime.now()
        (cancels | logs).nextcall = now + timedelta(minutes=50)
        self.env.flush_all()
        for _time in range(2):
            self._migrate("19.0.1.7.0", "post", "job-intervals")
        self.assertRecordValues(
            cancels | logs,
            [
                {"interval_number": 1, "interval_type": "minutes"},
                {"interval_number": 30, "interval_type": "minutes"},
            ],
        )
        # they don't wait for the hour that they would have waited for
        self.assertLess(cancels.nextcall, now + timedelta(minutes=1))
        self.assertGreater(logs.nextcall, now)
