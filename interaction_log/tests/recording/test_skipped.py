from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError
from psycopg2.errors import LockNotAvailable, QueryCanceled, SerializationFailure

from odoo import fields
from odoo.exceptions import (
    AccessError,
    LockError,
    MissingError,
    UserError,
    ValidationError,
)
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import InteractionAccountCommon, InteractionHttpCommon

LOGGER = "odoo.addons.interaction_log.models.recording.interaction_recorder"


@tagged("-at_install", "post_install")
class TestSkipped(InteractionAccountCommon):
    """What could not be logged is logged once its cause is fixed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._shipped("interaction_rule_print_quotation")
        cls.template = cls.rule.template_id
        cls.then = fields.Datetime.now() - timedelta(days=3)

    def _skip(self, order=None, source="print,abc", user=None):
        """Print where the template is archived; return the skipped event."""
        order = order or self._new_order()
        self.template.active = False
        user = user or self.user_assistant
        self.env["interaction.recorder"].with_user(user)._record_event(
            "print",
            order.with_user(user),
            report=self.report_quotation,
            source=source,
        )
        event = self.Skipped.search([("res_id", "in", order.ids)])
        self.assertEqual(len(event), len(order))
        event.date = self.then
        return event.with_user(self.user_manager)

    def test_logged_as_it_was_then(self):
        order = self._new_order(user_id=False, partner=self.partner)
        event = self._skip(order)
        self.template.active = True
        event.action_log_now()
        entry = self._find(order)
        self.assertRecordValues(
            entry,
            [
                {
                    "date": self.then,
                    "last_date": self.then,
                    "create_uid": self.user_assistant.id,
                    "user_id": self.user_assistant.id,
                    "report_id": self.report_quotation.id,
                    "rule_id": self.rule.id,
                    "event": "print",
                    "company_id": self.company_a.id,
                    "source_key": f"print,abc,sale.order,{order.id}",
                }
            ],
        )
        self.assertRecordValues(
            event.sudo(), [{"state": "logged", "entry_id": entry.id}]
        )
        self.assertEqual(event.action_open_entry()["res_id"], entry.id)

    def test_purged(self):
        """What was logged since and permanently deleted does not come back."""
        order, other = self._new_order(), self._new_order()
        event, kept = self._skip(order), self._skip(other, "print,def")
        self.template.active = True
        entry = self.env["interaction.recorder"]._record_event(
            "print", order, report=self.report_quotation, source="print,abc"
        )
        entry.sudo()._cancel(self.reason)
        entry.with_user(self.user_admin).unlink()
        (event | kept).action_log_now()
        self.assertEqual(event.state, "todo")
        self.assertIn("permanently deleted", event.reason)
        self.assertFalse(self._find(order))
        self.assertTrue(self._find(other))

    def test_purged_by_mistake(self):
        """A key that canceling releases can be logged again."""
        self.rule.repeat = "once"
        order = self._new_order()
        entry = self.env["interaction.recorder"]._record_event(
            "print", order, report=self.report_quotation, source="print,abc"
        )
        entry.sudo()._cancel(self.reason)
        entry.with_user(self.user_admin).unlink()
        event = self._skip(order, "print,def")
        self.template.active = True
        event.action_log_now()
        self.assertEqual(event.state, "logged")
        self.assertTrue(self._find(order))

    def test_what_the_document_was_called_then(self):
        order = self._new_order()
        name = order.name
        event = self._skip(order)
        self.template.active = True
        order.name = "Renamed"
        event.action_log_now()
        self.assertEqual(self._find(order).document_name, name)

    def test_once(self):
        order = self._new_order()
        event = self._skip(order)
        self.template.active = True
        event.action_log_now()
        with self.assertRaisesRegex(UserError, "nothing to do"):
            event.action_log_now()
        # nor where the same event was logged in the meantime
        event.sudo().state = "todo"
        event.action_log_now()
        self.assertEqual(len(self._find(order)), 1)

    def test_entry_that_is_gone(self):
        order = self._new_order()
        event = self._skip(order)
        self.template.active = True
        event.action_log_now()
        entry = self._find(order)
        entry._cancel(self.reason)
        entry.with_user(self.user_admin).unlink()
        event.invalidate_recordset()
        self.assertFalse(event.entry_id)
        self.assertEqual(event.state, "logged")

    def test_migration_of_the_entry(self):
        order = self._new_order()
        event = self._skip(order)
        self.template.active = True
        event.action_log_now()
        self.env.flush_all()
        self.env.cr.execute(
            """ALTER TABLE interaction_skipped_event
                RENAME COLUMN entry_res_id TO entry_id;
            ALTER TABLE interaction_skipped_event
                ADD CONSTRAINT interaction_skipped_event_entry_id_fkey
                FOREIGN KEY (entry_id) REFERENCES interaction_log_entry (id)"""
        )
        for _time in range(2):
            self._migrate("19.0.1.7.0", "pre", "skipped-entry")
        self.env.cr.execute(
            """SELECT confrelid::regclass::text FROM pg_constraint
            WHERE conrelid = 'interaction_skipped_event'::regclass AND contype = 'f'"""
        )
        tables = {table for [table] in self.env.cr.fetchall()}
        self.assertIn("interaction_rule", tables)
        self.assertNotIn("interaction_log_entry", tables)
        self.assertEqual(event.entry_id, self._find(order))

    def test_event_without_source(self):
        order = self._new_order()
        event = self._skip(order, source=None)
        self.template.active = True
        event.action_log_now()
        key = f"skipped,{event.id},sale.order,{order.id}"
        self.assertEqual(self._find(order).source_key, key)
        with self.assertRaisesRegex(UserError, "are reserved"):
            self._log(source_key="skipped,1,sale.order,1")

    def test_rules_that_can_not_be_asked(self):
        order = self._new_order()
        with (
            patch.object(type(self.Rule), "_match", side_effect=UserError("refused")),
        ):
            self.Recorder._record_event("print", order, report=self.report_quotation)
        skipped = self.Skipped.search([("res_id", "=", order.id)])
        self.assertEqual(skipped.reason, "refused")

    def test_email_of_which_nothing_is_known(self):
        """Who got it is not guessed from the document."""
        order = self._new_order()
        self.Recorder._skip(
            lambda: self.Recorder._get_unmatched("email_out", order), "broken"
        )
        event = self.Skipped.search([("res_id", "=", order.id)])
        event.with_user(self.user_manager).action_log_now()
        self.assertIn("in Completeness", event.reason)
        self.assertFalse(self._find(order))

    def test_still_not_logged(self):
        order = self._new_order()
        event = self._skip(order)
        self.template.active = True
        self.rule.partner_field = "partner_id.parent_id.parent_id"
        action = event.action_log_now()
        self.assertFalse(self._find(order))
        self.assertEqual(event.state, "todo")
        self.assertIn("has no contact", event.reason)
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn("has no contact", action["params"]["message"])

    def test_many_of_which_one_can_not(self):
        good = self._new_order() | self._new_order()
        bad = self._new_order(partner=self.partner)
        events = self._skip(good | bad)
        self.template.active = True
        self.rule.partner_field = "partner_id.parent_id"
        action = events.action_log_now()
        self.assertEqual(self._find(good | bad).mapped("res_id"), good.ids)
        self.assertIn("Logged: 2. Not logged: 1", action["params"]["message"])

    def test_rule_that_is_switched_off_since(self):
        event = self._skip()
        self.template.active = True
        self.rule.active = False
        event.action_log_now()
        self.assertEqual(event.state, "todo")
        self.assertIn("The rule is disabled.", event.reason)

    def test_document_that_is_deleted(self):
        order = self._new_order()
        event = self._skip(order)
        order.unlink()
        event.action_log_now()
        self.assertIn("no longer exists", event.reason)
        with self.assertRaisesRegex(UserError, "no longer exists"):
            event.action_explain()

    def test_error_that_is_mended(self):
        """Where matching itself failed: the rules are asked again."""
        order = self._new_order()

        def fail(*args):
            raise ValueError("Bad rule")

        with (
            patch.object(type(self.Rule), "_match", fail),
            self.assertLogs(LOGGER, "ERROR") as log,
        ):
            self.Recorder.with_user(self.user_assistant)._record_event(
                "print", order, report=self.report_quotation, source="print,x"
            )
        event = self.Skipped.search([("res_id", "=", order.id)])
        self._assert_for_developers(event, log, "Bad rule")
        event.with_user(self.user_manager).action_log_now()
        self.assertRecordValues(
            self._find(order),
            [
                {
                    "source_key": f"print,x,sale.order,{order.id}",
                    "create_uid": self.user_assistant.id,
                }
            ],
        )

    def test_error_while_it_is_logged(self):
        order = self._new_order()
        event = self._skip(order)
        self.template.active = True

        def fail(*args):
            raise ValueError("No disk")

        logger = (
            "odoo.addons.interaction_log.models.recording.interaction_skipped_event"
        )
        with (
            patch.object(type(self.Entry), "_insert_entries", fail),
            self.assertLogs(logger, "ERROR") as log,
        ):
            event.action_log_now()
        self.assertEqual(event.state, "todo")
        self._assert_for_developers(event, log, "No disk")
        refused = SerializationFailure("could not serialize access")
        for error, sentence in (
            (refused, None),
            (LockNotAvailable("could not obtain lock on row"), None),
            (LockError("Cannot grab a lock"), "at the same time"),
            (QueryCanceled("canceling statement"), "took too long"),
            (MissingError("Record: sale.order(5,)"), "deleted in the meantime"),
            (AccessError("You may not.\n\n(Records: x, Operation: read)"), "may not.$"),
            (ValidationError("Choose a contact."), "^Choose a contact.$"),
            (ValidationError(""), "Unexpected error"),
            (IntegrityError("null value in column"), "Unexpected error"),
            (KeyError("x"), "Unexpected error"),
        ):
            with (
                self.subTest(error=error),
                patch.object(type(self.Entry), "_insert_entries", side_effect=error),
                mute_logger(logger),
            ):
                if sentence is None:  # Odoo runs it again
                    self.assertRaises(type(error), event.action_log_now)
                    continue
                event.action_log_now()
                self.assertRegex(event.reason, sentence)
                for text in ("lock", "statement", "sale.order", "Records", "null"):
                    self.assertNotIn(text, event.reason)

    def _assert_for_developers(self, event, log, error):
        """Check that the error is in the log only, and can be found there."""
        self.assertNotIn(error, event.reason)
        self.assertIn("see the server log", event.reason)
        reference = event.reason.split()[-1]
        self.assertIn(f"[{reference}]", log.output[0])
        self.assertIn(error, log.output[0])

    # -- repeats --------------------------------------------------------

    def test_merged_with_what_is_near(self):
        self.rule.write({"repeat": "merge", "merge_minutes": 10})
        order = self._new_order()
        event = self._skip(order)
        self.template.active = True
        recorder = self.Recorder.with_user(self.user_assistant)
        now = recorder._record_event("print", order, report=self.report_quotation)
        event.action_log_now()
        entries = self._find(order)
        self.assertEqual(len(entries), 2, "three days later is no repeat")
        self.assertEqual(entries.mapped("occurrence_count"), [1, 1])
        then = entries - now
        again = event.sudo().copy(
            {"state": "todo", "date": self.then + timedelta(minutes=5)}
        )
        again.with_user(self.user_manager).action_log_now()
        self.assertRecordValues(
            then,
            [
                {
                    "occurrence_count": 2,
                    "last_date": self.then + timedelta(minutes=5),
                    "date": self.then,
                }
            ],
        )

    def test_once_per_document(self):
        self.rule.repeat = "once"
        order = self._new_order()
        event = self._skip(order)
        self.template.active = True
        entry = self.Recorder._record_event("print", order)
        last_date = entry.last_date
        event.action_log_now()
        self.assertEqual(self._find(order), entry)
        self.assertEqual(entry.occurrence_count, 2)
        self.assertEqual(entry.last_date, last_date)

    # -- where the event source decides ---------------------------------

    def test_activity(self):
        activity_type = self.env["mail.activity.type"].sudo().create({"name": "Visit"})
        activity_type.interaction_template_id = self.template_call
        order = self._new_order()
        self.template_call.active = False
        activity = order.activity_schedule(
            activity_type_id=activity_type.id,
            user_id=self.user_sales.id,
            summary="About the offer",
        )
        activity.with_user(self.user_sales).action_feedback("They like it")
        event = self.Skipped.search([("event", "=", "activity")])
        self.assertEqual(event.res_id, order.id)
        event.date = self.then
        self.template_call.active = True
        event.with_user(self.user_manager).action_log_now()
        entry = self._find(order)
        self.assertRecordValues(
            entry,
            [
                {
                    "name": "About the offer",
                    "date": self.then,
                    "create_uid": self.user_sales.id,
                    "user_id": self.user_sales.id,
                    "partner_id": self.anna.id,
                    "source_key": f"activity,{activity.id}",
                    "event": "activity",
                }
            ],
        )
        self.assertIn("They like it", entry.note)

    def test_activity_of_a_document_that_gets_its_contact(self):
        activity_type = self.env["mail.activity.type"].sudo().create({"name": "Visit"})
        activity_type.interaction_template_id = self.template_call
        move = self.env["account.move"].sudo().create({"move_type": "entry"})
        activity = move.activity_schedule(
            activity_type_id=activity_type.id, user_id=self.env.uid
        )
        activity.action_feedback()
        event = self.Skipped.search([("event", "=", "activity")])
        event = event.with_user(self.user_manager)
        event.action_log_now()
        self.assertIn("The document has no contact", event.reason)
        move.partner_id = self.anna
        event.action_log_now()
        self.assertEqual(self._find(move).partner_id, self.anna)

    def test_activity_whose_source_failed(self):
        activity_type = self.env["mail.activity.type"].sudo().create({"name": "Visit"})
        activity_type.interaction_template_id = self.template_call
        activity = self.anna.activity_schedule(
            activity_type_id=activity_type.id, user_id=self.user_sales.id
        )

        def fail(*args):
            raise ValueError("Broken source")

        with (
            patch.object(type(activity), "_match_interactions", fail),
            self.assertLogs(LOGGER, "ERROR") as log,
        ):
            activity.with_user(self.user_sales).action_feedback("They like it")
        event = self.Skipped.search([("event", "=", "activity")])
        self._assert_for_developers(event, log, "Broken source")
        event.with_user(self.user_manager).action_log_now()
        self.assertIn("They like it", event.entry_id.note)
        self.assertEqual(event.entry_id.source_key, f"activity,{activity.id}")
        self.assertEqual(event.entry_id.create_uid, self.user_sales)

    def test_contacts_that_are_merged_or_deleted(self):
        activity_type = self.env["mail.activity.type"].sudo().create({"name": "Visit"})
        activity_type.interaction_template_id = self.template_call
        order = self._new_order()
        self.template_call.active = False
        for _number in range(2):
            order.activity_schedule(
                activity_type_id=activity_type.id, user_id=self.env.uid
            ).action_feedback()
        merged, deleted = self.Skipped.search([("event", "=", "activity")])
        bert, gone = self.env["res.partner"].create([{"name": "Bert"}, {"name": "X"}])
        merged.partner_id = bert
        deleted.partner_id = gone
        gone.unlink()
        self.template_call.active = True
        (merged | deleted).with_user(self.user_manager).action_log_now()
        self.assertEqual(merged.entry_id.partner_id, bert)
        self.assertEqual(deleted.state, "todo")
        self.assertIn("or the contact was deleted", deleted.reason)

    def test_meeting(self):
        rule = self._shipped("interaction_rule_meeting")
        rule.active = True
        start = fields.Datetime.now() - timedelta(days=1)
        meeting = (
            self.env["calendar.event"]
            .with_user(self.user_sales)
            .create(
                {
                    "name": "Kick-off",
                    "start": start,
                    "stop": start + timedelta(hours=2),
                    "partner_ids": [(6, 0, self.anna.ids)],
                }
            )
        )
        rule.template_id._write({"active": False})
        rule.template_id.invalidate_recordset()
        meeting.sudo()._record_meetings()
        event = self.Skipped.search([("event", "=", "meeting")])
        self.assertEqual(event.partner_id, self.anna)
        self.assertEqual(meeting.sudo().interaction_state, "by_hand")
        rule.template_id.active = True
        event.with_user(self.user_manager).action_log_now()
        self.assertRecordValues(
            self._find(meeting),
            [
                {
                    "date": start.replace(microsecond=0),
                    "duration": 2,
                    "partner_id": self.anna.id,
                    "source_key": f"meeting,{meeting.id},{self.anna.id}",
                }
            ],
        )
        self.assertTrue(self._find(meeting).batch_id)
        self.assertEqual(meeting.sudo().interaction_state, "logged")

    # -- dismiss, who ---------------------------------------------------

    def test_dismiss(self):
        event = self._skip()
        event.action_dismiss()
        self.assertEqual(event.state, "dismissed")
        self.template.active = True
        with self.assertRaisesRegex(UserError, "nothing to do"):
            event.action_log_now()

    def test_who_may(self):
        event = self._skip()
        self.template.active = True
        for user in (self.user_sales, self.user_assistant):
            for method in ("action_log_now", "action_dismiss"):
                with self.assertRaises(AccessError):
                    getattr(event.with_user(user), method)()
        with self.assertRaises(AccessError):
            event.date = "2020-01-01"
        with self.assertRaises(AccessError):
            event.read(["match_vals"])
        with self.assertRaises(AccessError):
            event.create({"event": "print", "reason": "R"})

    def test_manager_without_right_on_the_document(self):
        manager = self._new_user("il_only_manager", "interaction_log.group_manager")
        event = self._skip().with_user(manager)
        self.template.active = True
        event.action_log_now()
        self.assertEqual(event.state, "logged")

    def test_other_company(self):
        company = self._new_company()
        manager_b = self._new_user(
            "il_manager_b", "interaction_log.group_manager", company=company
        )
        event = self._skip()
        self.template.active = True
        with self.assertRaises(AccessError):
            event.with_user(manager_b).action_log_now()
        order_b = (
            self.env["sale.order"]
            .sudo()
            .with_company(company)
            .create({"partner_id": self.partner.id, "company_id": company.id})
        )
        sales_b = self._new_user(
            "il_sales_b", "sales_team.group_sale_salesman_all_leads", company=company
        )
        event_b = self._skip(order_b, user=sales_b).with_user(manager_b)
        self.template.active = True
        event_b.action_log_now()
        self.assertEqual(self._find(order_b).company_id, company)

    def test_in_the_language_of_who_acted(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.user_assistant.sudo().lang = "fr_FR"
        self.template.with_context(lang="fr_FR").description = "Devis"
        order = self._new_order()
        event = self._skip(order)
        self.template.active = True
        event.action_log_now()
        self.assertEqual(self._find(order).name, f"Devis {order.name}")

    def test_document_without_company(self):
        """It is the company in which it happened, whatever the user starts in."""
        company = self._new_company()
        for user in (self.user_assistant, self.user_manager):
            user.sudo().company_ids |= company
        self.rule.create(
            {
                "event": "print",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "template_id": self.template.id,
            }
        )
        self.template.active = False
        contact = self.anna.with_user(self.user_assistant).with_company(company)
        contact.env["interaction.recorder"]._record_event("print", contact)
        event = self.Skipped.search([("res_model", "=", "res.partner")])
        self.template.active = True
        event.with_user(self.user_manager).with_context(
            allowed_company_ids=(self.company_a | company).ids
        ).action_log_now()
        self.assertEqual(event.entry_id.company_id, company)

    def test_user_who_is_gone(self):
        event = self._skip()
        event.sudo().user_id = False
        self.template.active = True
        event.action_log_now()
        self.assertEqual(event.entry_id.sudo().create_uid, self.user_manager)


@tagged("-at_install", "post_install")
class TestSkippedUi(InteractionHttpCommon):
    def test_explain_and_log_now(self):
        """A manager sees why a print was skipped, fixes it, and logs it."""
        rule = self._shipped("interaction_rule_print_quotation")
        order = self._new_order()
        rule.template_id.active = False
        self._print("sale.report_saleorder", order)
        self.start_tour(
            "/odoo/skipped-interactions",
            "interaction_log_skipped",
            login=self.user_manager.login,
        )
        entry = self._find(order)
        self.assertEqual(entry.create_uid, self.user_assistant)
        self.assertEqual(entry.template_id.code, "LETTER")
        self.assertEqual(
            self.Skipped.search([("res_id", "=", order.id)]).state, "logged"
        )
        rule.template_id = self._shipped("interaction_template_letter")
        self.user_manager.sudo().group_ids |= self.env.ref(
            "sales_team.group_sale_salesman_all_leads"
        )
        self.start_tour(
            f"/odoo/action-sale.action_quotations/{order.id}",
            "interaction_log_explain",
            login=self.user_manager.login,
        )
        self.assertEqual(self._find(order), entry)
