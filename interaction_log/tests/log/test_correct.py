from datetime import datetime
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common import InteractionCommon, InteractionHttpCommon
from .common import CorrectCommon


@tagged("-at_install", "post_install")
class TestCorrect(CorrectCommon, InteractionCommon):
    def test_correct(self):
        """What was logged is canceled, and counts once, as it is now."""
        campaign = self.env["utm.campaign"].sudo().create({"title": "Spring"})
        order = self._new_order()
        facts = {
            "template_id": self.template_call.id,
            "partner_id": self.anna.id,
            "partner_name": "Acme, Anna",
            "commercial_partner_id": self.acme.id,
            "name": "Prices",
            "date": datetime(2026, 3, 2, 10),
            "duration": 0.5,
            "cost": 0,
            "channel": "phone",
            "flow": "inbound",
            "initiated_by": "them",
            "outcome": "success",
            "evaluation": "positive",
            "campaign_id": campaign.id,
            "campaign_target": False,
            "campaign_response": True,
            "contact_via": "+32 470 12 34 56",
            "user_id": self.user_sales.id,
            "event": "call",
            "res_model": "sale.order",
            "res_id": order.id,
            "document_name": order.display_name,
        }
        self.template_call.write({"unit_cost": 5, "campaign_target": True})
        entry = self._log(note="<p>Wants a lowre price</p>", **facts)
        count = self.anna.with_user(self.user_sales).interaction_count
        form = self._open_correction(entry)
        form.note = "<p>Wants a lower price</p>"
        correction, action = self._save_correction(form)
        self.assertRecordValues(correction, [{**facts, "state": "logged"}])
        self.assertIn("lower", correction.note)
        self.assertRecordValues(
            entry,
            [
                {
                    **facts,
                    "state": "canceled",
                    "cancel_uid": self.user_sales.id,
                    "corrected_by_id": correction.id,
                }
            ],
        )
        self.assertIn("lowre", entry.note)
        self.assertEqual(entry.cancel_reason_id.kind, "corrected")
        self.assertEqual(correction.corrects_id, entry.sudo())
        # as other dates are written
        self.assertRegex(
            correction.correction, r"^Corrected by Sales on [A-Z][a-z]{2} \d+, \d{4}$"
        )
        self.assertFalse(entry.correction)
        self.assertIn("Corrected: Prices", action["params"]["message"])
        anna = self.anna.with_user(self.user_sales)
        self.assertEqual(anna.interaction_count, count)
        self.assertIn(correction.sudo(), self._get_timeline(anna))
        self.assertNotIn(entry.sudo(), self._get_timeline(anna))
        action = correction.with_user(self.user_sales).action_open_corrected()
        self.assertEqual(action["res_id"], entry.id)

    def test_everything_can_be_corrected(self):
        """What is emptied is empty, and does not come from the template again."""
        self.template_call.unit_cost = 5
        entry = self._log(
            note="<p>x</p>", outcome="success", evaluation="positive", name="Prices"
        )
        form = self._open_correction(entry)
        visit = self._shipped("interaction_template_visit")
        form.template_id = visit
        form.partner_ids = self.acme
        form.note = False
        form.outcome = False
        form.evaluation = False
        form.cost = 7
        form.duration = 0
        form.date = datetime(2026, 3, 3, 9)
        form.user_id = self.user_other_sales
        correction, _action = self._save_correction(form)
        self.assertRecordValues(
            correction,
            [
                {
                    "template_id": visit.id,
                    "group_id": visit.group_id.id,
                    "channel": "visit",
                    "partner_id": self.acme.id,
                    "partner_name": "Acme",
                    "name": "Prices",
                    "outcome": False,
                    "evaluation": False,
                    "cost": 7,
                    "duration": 0,
                    "date": datetime(2026, 3, 3, 9),
                    "last_date": datetime(2026, 3, 3, 9),
                    "user_id": self.user_other_sales.id,
                    "create_uid": self.user_sales.id,
                }
            ],
        )
        self.assertFalse(correction.note)

    def test_estimated_time(self):
        """It stays what it is, unless the duration is another one now."""
        for said, new, expected in (
            ({}, None, True),
            ({"duration": 0.25}, None, False),
            ({}, 0.5, False),
        ):
            with self.subTest(said=said, new=new):
                form = self._open_correction(self._log(**said))
                if new:
                    form.duration = new
                correction, _action = self._save_correction(form)
                self.assertEqual(correction.is_duration_estimated, expected)
        visit = self._shipped("interaction_template_visit")
        form = self._open_correction(self._log())
        form.template_id = visit
        correction, _action = self._save_correction(form)
        self.assertTrue(correction.is_duration_estimated)
        self.assertEqual(correction.duration, visit.unit_duration)

    def test_event(self):
        """A call stays one, unless it was none."""
        for channel, event in (("phone", "call"), ("visit", "manual")):
            entry = self._log(event="call")
            form = self._open_correction(entry)
            form.channel = channel
            correction, _action = self._save_correction(form)
            self.assertRecordValues(correction, [{"event": event, "channel": channel}])

    def test_text_of_the_template(self):
        """It is not made again: a person says what the e-mail was."""
        mail_template = self.env["mail.template"].sudo()
        mail_template = mail_template.create(
            {
                "name": "Text",
                "model_id": self.env["ir.model"]._get_id("interaction.log.entry"),
                "subject": "Offer",
                "body_html": "<p>Dear customer</p>",
            }
        )
        self.template_call.write(
            {"channel": "email", "mail_template_id": mail_template.id}
        )
        entry = self._log()
        self.assertEqual(entry.name, "Offer")
        form = self._open_correction(entry)
        form.note = False
        with patch.object(type(entry), "_render_mail") as render:
            correction, _action = self._save_correction(form)
        render.assert_not_called()
        self.assertEqual(correction.name, "Offer")
        self.assertFalse(correction.note)

    def test_contact_that_is_gone(self):
        """Who tells of it chooses another one."""
        entry = self._log()
        entry._write_facts({"partner_id": False})
        form = self._open_correction(entry)
        with self.assertRaisesRegex(UserError, "Choose one contact"):
            form.save().action_log()
        form.partner_ids = self.acme
        correction, _action = self._save_correction(form)
        self.assertEqual(correction.partner_name, "Acme")

    def test_undo(self):
        """Undone by its notification, it is as if nothing had happened."""
        entry = self._log(source_key="crm.example,1", event="api")
        activity = entry.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.user_other_sales.id
        )
        correction, action = self._save_correction(self._open_correction(entry))
        self.assertEqual(correction.source_key, "crm.example,1")
        self.assertEqual(activity.res_id, correction.id)
        self.assertEqual(action["params"]["undo_method"], "action_undo_correction")
        correction = correction.with_user(self.user_sales)
        with self.assertRaisesRegex(UserError, "Only one version can be logged"):
            entry.action_restore()
        correction.action_undo_correction()
        self.assertRecordValues(
            entry | correction,
            [
                {"state": "logged", "source_key": "crm.example,1"},
                {
                    "state": "canceled",
                    "source_key": f"released,{correction.id},crm.example,1",
                },
            ],
        )
        self.assertEqual(activity.res_id, entry.id)
        with self.assertRaisesRegex(UserError, "Only logged"):
            correction.action_undo_correction()
        with self.assertRaisesRegex(UserError, "Only one version can be logged"):
            correction.action_restore()
        with self.assertRaisesRegex(UserError, "no earlier version"):
            entry.action_undo_correction()
        # and the other way round
        entry._cancel(self.reason)
        with self.assertRaisesRegex(UserError, "Only one version can be logged"):
            (entry | correction).action_restore()
        correction.action_restore()
        self.assertEqual(correction.source_key, "crm.example,1")
        self.assertEqual(self._log(source_key="crm.example,1", event="api"), correction)

    def test_correction_of_a_correction(self):
        """One version counts at most, also when one in between was deleted."""
        first = self._log()
        second, _action = self._save_correction(self._open_correction(first))
        third, _action = self._save_correction(self._open_correction(second))
        self.assertEqual(second.state, "canceled")
        for entry in (first, second):
            with self.assertRaisesRegex(UserError, "Only one version can be logged"):
                entry.with_user(self.user_sales).action_restore()
        second.with_user(self.user_admin).unlink()
        self.assertEqual(third.corrects_id, first.sudo())
        with self.assertRaisesRegex(UserError, "Only one version can be logged"):
            first.action_restore()
        first.with_user(self.user_admin).unlink()
        self.assertRecordValues(third, [{"corrects_id": False, "state": "logged"}])
        self.assertFalse(third.correction)

    def test_who_may_correct(self):
        entry = self._log(user=self.user_other_sales)
        with self.assertRaisesRegex(AccessError, "your own interactions"):
            entry.with_user(self.user_sales).action_correct()
        context = entry.with_user(self.user_manager).action_correct()["context"]
        Wizard = self.env["interaction.log.create"].with_context(**context)
        for user in (self.user_sales, self.user_assistant):
            with self.assertRaises(AccessError):
                Wizard.with_user(user).create({}).action_log()
        stranger = self._new_user(
            "il_stranger", "interaction_log.group_manager", company=self._new_company()
        )
        with self.assertRaises(AccessError):
            entry.with_user(stranger).action_correct()
        with self.assertRaises(AccessError):
            Wizard.with_user(stranger).create({}).action_log()
        self.assertEqual(entry.state, "logged")
        self.assertFalse(entry.correction_ids)
        Wizard.with_user(self.user_manager).create({}).action_log()
        self.assertRecordValues(
            entry, [{"state": "canceled", "cancel_uid": self.user_manager.id}]
        )
        self.assertEqual(entry.correction_ids.user_id, self.user_other_sales)

    def test_two_users_correct(self):
        """The second one is told, and the dialog keeps what was typed."""
        entry = self._log()
        first = self._open_correction(entry)
        second = self._open_correction(entry, self.user_manager)
        first.note = "<p>first</p>"
        second.note = "<p>second</p>"
        correction, _action = self._save_correction(first)
        wizard = second.save()
        with self.assertRaisesRegex(UserError, "corrected by Sales in the meantime"):
            wizard.action_log()
        self.assertIn("second", wizard.note)
        self.assertEqual(entry.correction_ids, correction)

    def test_what_can_not_be_corrected(self):
        entry = self._log()
        form = self._open_correction(entry)
        form.note = "<p>x</p>"
        wizard = form.save()
        entry._cancel(self.reason)
        with self.assertRaisesRegex(UserError, "Only logged"):
            wizard.action_log()
        with self.assertRaisesRegex(UserError, "Only logged"):
            entry.action_correct()
        entry.with_user(self.user_admin).unlink()
        with self.assertRaisesRegex(UserError, "permanently deleted"):
            wizard.action_log()
        with self.assertRaisesRegex(UserError, "permanently deleted"):
            entry.action_correct()
        with self.assertRaisesRegex(UserError, "or discard it"):
            wizard.action_postpone()
        with self.assertRaisesRegex(UserError, "one interaction at a time"):
            (self._log() | self._log()).action_correct()
        with self.assertRaisesRegex(UserError, "Only logged"):
            self._log(state="postponed").action_correct()
        entry = self._log()
        form = self._open_correction(entry)
        form.partner_ids = self.acme | self.anna
        with self.assertRaisesRegex(UserError, "Choose one contact"):
            form.save().action_log()
        form = self._open_correction(entry)
        wizard = form.save()
        wizard.user_id = False
        with (
            self.assertRaisesRegex(ValidationError, "Choose the salesperson"),
            self.env.cr.savepoint(),
        ):
            wizard.action_log()
        self.assertEqual(entry.state, "logged")

    def test_archived_since(self):
        """Kind and contact stay what they were; others can't be chosen."""
        entry = self._log(note="<p>a</p>")
        self.template_call.active = False
        self.anna.active = False
        form = self._open_correction(entry)
        form.note = "<p>b</p>"
        correction, _action = self._save_correction(form)
        self.assertRecordValues(
            correction,
            [{"template_id": self.template_call.id, "partner_id": self.anna.id}],
        )
        with self.assertRaisesRegex(ValidationError, "is archived"):
            self._log()

    def test_files(self):
        """Each version has its own: deleting the old one takes none away."""
        file = (
            self.env["ir.attachment"]
            .with_user(self.user_sales)
            .create({"name": "a.txt", "raw": b"a"})
        )
        other = file.copy({"name": "b.txt", "raw": b"b"})
        entry = self._log(attachment_ids=[Command.set((file | other).ids)])
        form = self._open_correction(entry)
        form.attachment_ids.remove(id=other.id)
        correction, _action = self._save_correction(form)
        self.assertEqual(len(entry.attachment_ids), 2)
        self.assertEqual(correction.attachment_ids.mapped("name"), ["a.txt"])
        entry.with_user(self.user_admin).unlink()
        self.assertEqual(correction.attachment_ids.raw, b"a")

    def test_company_stays(self):
        """In whatever company the user works at the moment."""
        company = self._new_company(currency_id=self.env.ref("base.CHF").id)
        self.user_sales.sudo().company_ids += company
        companies = [self.company_a.id, company.id]
        entry = self._log()
        entry = entry.with_context(allowed_company_ids=companies[::-1])
        action = entry.action_correct()
        wizard = (
            entry.env["interaction.log.create"]
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(wizard.currency_id, entry.currency_id)
        wizard.action_log()
        self.assertEqual(entry.correction_ids.company_id, self.company_a)

    def test_client_can_not_forge(self):
        """No client says that one entry is the correction of another."""
        entry = self._log()
        with self.assertRaisesRegex(ValidationError, "recorded automatically"):
            self._log(corrects_id=entry.id)
        with self.assertRaisesRegex(UserError, "can't be changed after logging"):
            self._log().write({"corrects_id": entry.id})
        self.template_call.active = False
        with self.assertRaisesRegex(ValidationError, "is archived"):
            self.env["interaction.log.entry"].with_user(self.user_sales).with_context(
                interaction_corrected=entry.id
            ).log_interactions(
                [{"template_id": self.template_call.id, "partner_id": self.anna.id}]
            )

    def test_reason_of_the_system(self):
        """Not offered, refused, and made again where somebody deleted it."""
        reason = self._shipped("interaction_cancel_reason_corrected")
        entry = self._log()
        wizard = (
            self.env["interaction.log.cancel"]
            .with_user(self.user_sales)
            .create({"entry_ids": entry.ids, "reason_id": reason.id})
        )
        offered = wizard.offered_reason_ids
        self.assertNotIn(reason, offered)
        self.assertIn(self.reason, offered)
        with self.assertRaisesRegex(UserError, "Choose another reason"):
            wizard.action_apply()
        reason.unlink()
        self._save_correction(self._open_correction(entry))
        self.assertEqual(entry.cancel_reason_id.kind, "corrected")

    def test_actor_stays(self):
        """Who printed it printed it, whoever corrects it."""
        entry = self._log()
        entry._write_facts({"event": "print"})
        correction, _action = self._save_correction(
            self._open_correction(entry, self.user_manager)
        )
        self.assertEqual(correction._get_actor(), self.user_sales)
        self.assertIn("printed by Sales", correction.summary)

    def test_actor_who_left(self):
        leaver = self._new_user("il_leaver", "interaction_log.group_user")
        entry = self._log(user=leaver, user_id=self.user_sales.id)
        entry._write_facts({"event": "print"})
        correction, _action = self._save_correction(
            self._open_correction(entry, self.user_manager)
        )
        leaver.sudo().unlink()
        self.env.invalidate_all()
        self.assertIn("printed by Leaver", correction.summary)


@tagged("-at_install", "post_install")
class TestHistory(InteractionCommon):
    def _track(self, entry):
        """Let Odoo track changes, which its test classes switch off."""
        return entry.with_context(tracking_disable=False, mail_notrack=False)

    def _end_transaction(self):
        """Let Odoo log what it tracked, as at the end of a request."""
        self.env.flush_all()
        self.cr.precommit.run()

    def test_changes_are_in_the_chatter(self):
        """Of note, evaluation and outcome: who, when, and what it said before."""
        entry = self._log(evaluation="negative", note="<p>Will <b>buy</b></p>")
        entry = self._track(entry)
        self._end_transaction()
        self.assertFalse(entry.message_ids)
        entry.write(
            {"evaluation": "positive", "outcome": "success", "note": "<p>Bought</p>"}
        )
        self._end_transaction()
        messages = entry.message_ids.sudo()
        self.assertEqual(messages.author_id, self.user_sales.partner_id)
        self.assertEqual(
            sorted(
                (value.field_id.name, value.old_value_char, value.new_value_char)
                for value in messages.tracking_value_ids
            ),
            [("evaluation", "Negative", "Positive"), ("outcome", "", "Reached")],
        )
        [body] = [message.body for message in messages if message.body]
        self.assertIn("<b>buy</b>", body)
        entry.note = "<p>Bought</p>"
        self._end_transaction()
        self.assertEqual(entry.message_ids.sudo(), messages)

    def test_canceling_is_no_change_of_it(self):
        entry = self._track(self._log(evaluation="negative"))
        entry._cancel(self.reason)
        entry.action_restore()
        # nothing is read or compared at the end either
        self.assertNotIn(f"mail.tracking.{entry._name}", self.cr.precommit.data)
        self._end_transaction()
        self.assertFalse(entry.message_ids)

    def test_first_note(self):
        entry = self._log()
        entry.note = "<p>x</p>"
        self.assertIn("added", entry.message_ids.sudo().body)


class CorrectUi(InteractionHttpCommon):
    def _correct(self):
        """Correct the note of a call, as a salesperson; undo it, and do it again."""
        self._log(name="Call about prices", note="<p>Wants a lowre price</p>")
        self.start_tour(
            f"/odoo/contacts/{self.anna.id}",
            "interaction_log_correct",
            login=self.user_sales.login,
        )
        entries = self.Entry.search([("partner_id", "=", self.anna.id)], order="id")
        self.assertEqual(entries.mapped("state"), ["canceled", "canceled", "logged"])
        self.assertIn("lower", entries[2].note)
        self.assertEqual(entries[2].corrects_id, entries[0])


@tagged("-at_install", "post_install")
class TestCorrectUi(CorrectUi):
    def test_correct(self):
        self._correct()


@tagged("-at_install", "post_install")
class TestCorrectPhone(CorrectUi):
    browser_size = "390x844"
    touch_enabled = True

    def test_correct(self):
        self._correct()
