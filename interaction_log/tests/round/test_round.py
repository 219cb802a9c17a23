from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import NOW, RoundCommon


@tagged("-at_install", "post_install")
class TestRound(RoundCommon):
    # ------------------------------------------------------------------
    # From contact to contact
    # ------------------------------------------------------------------

    def test_calls_are_logged_once(self):
        with freeze_time(NOW):
            call_round = self._start()
        ada, ben = self.segment.line_ids[:2]
        self.assertEqual(call_round.partner_id, self.contacts[0])
        self.assertEqual((ada.call_uid, ada.call_claim_date), (self.user_sales, NOW))
        self.assertEqual(call_round.progress_text, "0 of 5")
        with freeze_time(NOW + timedelta(minutes=6)):
            entry = self._next(
                call_round, "no_answer", note="Try\nlater", evaluation="neutral"
            )
        self.assertRecordValues(
            entry,
            [
                {
                    "partner_id": self.contacts[0].id,
                    "template_id": self.template_call.id,
                    "event": "call",
                    "channel": "phone",
                    "outcome": "no_answer",
                    "evaluation": "neutral",
                    "note": "<p>Try<br>later</p>",
                    "contact_via": "+32 470 12 34 50",
                    "user_id": self.user_sales.id,
                    "create_uid": self.user_sales.id,
                    "date": NOW,
                    "duration": 0.1,
                    "is_duration_estimated": False,
                    "state": "logged",
                    "segment_id": self.segment.id,
                }
            ],
        )
        self.assertEqual(ada.call_state, "done")
        self.assertEqual(call_round.line_id, ben)
        self.assertFalse(call_round.note or call_round.outcome or call_round.evaluation)
        self.assertEqual(call_round.progress_text, "1 of 5")
        other = self._next(call_round)
        self.assertEqual(entry.batch_id, other.batch_id)
        self.assertEqual(entry.batch_id.segment_id, self.segment)
        # a click that arrives twice is one call
        with self.assertRaisesRegex(UserError, "Choose how the call went"):
            call_round.action_next()

    def test_duration_of_the_template(self):
        """It counts where there is one; else the time on the page is measured."""
        self.template_call.unit_duration = 0.25
        segment = self._new_segment(self.contacts[:2])
        segment.line_ids[1].duration = 0
        call_round = self._start(segment=segment)
        self.assertTrue(call_round.has_duration)
        entry = self._next(call_round)
        self.assertEqual((entry.duration, entry.is_duration_estimated), (0.25, True))
        self.assertFalse(call_round.has_duration)
        self.assertFalse(self._next(call_round).is_duration_estimated)

    def test_no_sign_of_life_is_no_call(self):
        with freeze_time(NOW):
            call_round = self._start()
        with freeze_time(NOW + timedelta(minutes=20)):
            call_round.note = "Still talking"
        with freeze_time(NOW + timedelta(hours=9)):
            entry = self._next(call_round)
        self.assertAlmostEqual(entry.duration, 50 / 60)

    def test_two_users_never_meet(self):
        one, other = self._start(), self._start(self.user_other_sales)
        self.assertEqual(one.line_id, self.segment.line_ids[0])
        self.assertEqual(other.line_id, self.segment.line_ids[1])
        entries = self._next(one) | self._next(other) | self._next(one)
        self.assertEqual(entries.partner_id, self.contacts[:3])
        self.assertEqual(
            entries.mapped("user_id"), self.user_sales | self.user_other_sales
        )
        self.assertEqual(len(entries.batch_id), 1)
        self.assertEqual(one.progress_text, "3 of 5")

    def test_done(self):
        """The last call logs the segment; contacts that are left out are told."""
        self.contacts[1].interaction_segment_excluded = True
        self.contacts[2].active = False
        other = self._start(self.user_other_sales)
        call_round = self._start()
        self._next(call_round)
        self._next(call_round)
        self.assertEqual((call_round.state, call_round.line_id.id), ("waiting", False))
        self.assertIn("being called by Other Sales", call_round.summary)
        call_round.action_continue()
        self.assertEqual(self.segment.state, "draft")
        self._next(other)
        self.assertEqual(self.segment.state, "logged")
        call_round.invalidate_recordset()
        self.assertRecordValues(
            call_round, [{"state": "done", "summary": False, "results": "Reached: 3"}]
        )
        self.assertEqual(
            self.segment.line_ids.mapped("left_out"),
            [False, "excluded", "archived", False, False],
        )
        self.assertEqual((self.segment.log_done, self.segment.left_out_count), (5, 2))
        self.assertEqual(self.segment.interaction_count, 3)
        self.assertIn("contacts left out: 2", self.segment.message_ids[0].body)

    def test_skip_and_call_back(self):
        with freeze_time(NOW):
            call_round = self._start()
            ada, ben, cyd = self.segment.line_ids[:3]
            call_round.note = "No time"
            call_round.action_skip()
            self.assertEqual(call_round.line_id, ben)
            self.assertFalse(call_round.note)
            call_round.write({"note": "In a meeting", "again_date": NOW})
            with self.assertRaisesRegex(UserError, "in the future"):
                call_round.action_later()
            call_round.again_date = NOW + timedelta(minutes=20)
            call_round.action_later()
            self.assertEqual(call_round.line_id, cyd)
            self.assertEqual(
                call_round.progress_text, "0 of 5, 1 to call back, 1 skipped"
            )
            self.assertEqual(ben.call_note, "In a meeting")
        with freeze_time(NOW + timedelta(minutes=21)):
            # whoever is free calls back first, with what was noted
            other = self._start(self.user_other_sales)
            self.assertEqual((other.line_id, other.note), (ben, "In a meeting"))
            entry = self._next(other)
            self.assertIn("In a meeting", entry.note)
            self.assertFalse(ben.call_note)
            for _index in range(2):
                self._next(other)
            self.assertFalse(other.line_id)
            self._next(call_round)
            self.assertEqual(self.segment.state, "draft")
            self.assertEqual(call_round.again_count, 1)
            call_round.action_call_rest()
            self.assertEqual((call_round.line_id, call_round.note), (ada, "No time"))

    def test_next_call_is_told(self):
        segment = self._new_segment(self.contacts[0])
        call_round = self._start(segment=segment)
        call_round.action_later()
        self.assertEqual(call_round.state, "waiting")
        self.assertRegex(call_round.progress_text, "^0 of 1, 1 to call back, next call")
        call_round.action_continue()
        self.assertFalse(call_round.line_id)

    def test_undo(self):
        """Who was logged by mistake is on the page again, with what was entered."""
        call_round = self._start()
        ada = call_round.line_id
        entry = self._next(call_round, note="Wrong button", evaluation="positive")
        self.assertEqual(call_round.last_text, "Tour Ada: Reached")
        call_round.note = "Half a"
        ben = call_round.line_id
        call_round.action_undo()
        self.assertEqual(entry.state, "canceled")
        self.assertRecordValues(
            call_round,
            [
                {
                    "line_id": ada.id,
                    "note": "Wrong button",
                    "outcome": "success",
                    "evaluation": "positive",
                    "last_text": False,
                }
            ],
        )
        self.assertEqual(ben.call_note, "Half a")
        again = self._next(call_round, "failed")
        self.assertEqual((again.state, again.outcome), ("logged", "failed"))
        self.assertEqual(call_round.note, "Half a")
        with self.assertRaisesRegex(UserError, "was logged again"):
            entry.with_user(self.user_sales).action_restore()

    def test_cancel_restore_correct(self):
        """What is canceled in the log is to be called again, until it is restored."""
        call_round = self._start()
        ada = call_round.line_id
        entry = self._next(call_round).with_user(self.user_sales)
        entry._cancel(self.reason)
        self.assertFalse(ada.call_state)
        entry.action_restore()
        self.assertEqual((ada.call_state, ada.call_uid), ("done", self.user_sales))
        self.assertEqual(self._get_entry(ada), entry)
        correction = entry._correct(
            {
                "template_id": self.template_call.id,
                "partner_id": entry.partner_id.id,
                "note": "Corrected",
            }
        )
        self.assertEqual(self._get_entry(ada), correction.sudo())
        self.assertEqual(ada.call_state, "done")

    def test_follow_up(self):
        call_round = self._start()
        activity_type = self.env.ref("mail.mail_activity_data_todo")
        form = Form(call_round)
        form.outcome = "success"
        form.follow_up_type_id = activity_type
        form.follow_up_date = "2026-04-01"
        form.save()
        call_round.action_next()
        activity = self.contacts[0].activity_ids
        self.assertEqual(activity.activity_type_id, activity_type)
        self.assertEqual(activity.user_id, self.user_sales)
        self.assertEqual(fields.Date.to_string(activity.date_deadline), "2026-04-01")
        self.assertFalse(call_round.follow_up_type_id or call_round.follow_up_date)
        call_round.write(
            {
                "outcome": "success",
                "follow_up_type_id": activity_type.id,
                "follow_up_date": False,
            }
        )
        with self.assertRaisesRegex(UserError, "Set the due date"):
            call_round.action_next()

    def test_script(self):
        """What to say is in the language of the contact."""
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        mail_template = (
            self.env["mail.template"]
            .sudo()
            .create(
                {
                    "name": "Script",
                    "model_id": self.env["ir.model"]._get_id(self.Entry._name),
                    "subject": "Hello {{ object.partner_name }}",
                    "body_html": "<p>From <t t-out='object.company_id.name'/></p>",
                }
            )
        )
        mail_template.with_context(
            lang="fr_FR"
        ).subject = "Bonjour {{ object.partner_name }}"
        call_round = self._start()
        self.assertEqual(call_round.script_subject, "Spring Call")
        self.assertFalse(call_round.script)
        self.template_call.mail_template_id = mail_template
        self.contacts[1].lang = "fr_FR"
        call_round.invalidate_recordset()
        self.assertEqual(call_round.script_subject, "Hello Tour Ada")
        self.assertIn("From Company A", call_round.script)
        entry = self._next(call_round)
        self.assertFalse(entry.note, "The script is not what was said")
        self.assertEqual(call_round.script_subject, "Bonjour Tour Ben")
        mail_template.body_html = "<p>Changed</p>"
        mail_template.with_context(
            lang="fr_FR"
        ).subject = "{{ 1 / (object.partner_id.name != 'Tour Ben') }}"
        call_round.invalidate_recordset()
        self.assertIn("can't be generated", call_round.script)

    # ------------------------------------------------------------------
    # Who is not called
    # ------------------------------------------------------------------

    def test_without_a_number(self):
        self.contacts[:4].phone = False
        self.acme.phone = "+32 2 555 12 12"
        self.contacts[1].parent_id = self.acme
        call_round = self._start()
        self.assertEqual(call_round.partner_id, self.contacts[1])
        entry = self._next(call_round)
        self.assertEqual(entry.contact_via, "+32 2 555 12 12")
        self.assertEqual(call_round.partner_id, self.contacts[4])
        self._next(call_round)
        self.assertEqual(call_round.state, "waiting")
        self.assertIn("No phone number (3)", call_round.summary)
        self.assertEqual(self.segment.state, "draft", "They can still be logged")
        call_round.with_phone = False
        call_round.action_continue()
        self.assertEqual(call_round.partner_id, self.contacts[0])

    def test_blocked_number(self):
        if "phone.blacklist" not in self.env:
            self.skipTest("needs an app with phone numbers")
        self.contacts.country_id = self.env.ref("base.be")
        self.assertTrue(self.contacts[0].phone_sanitized)
        self.env["phone.blacklist"].sudo().create(
            {"number": self.contacts[0].phone_sanitized}
        )
        call_round = self._start()
        self.assertEqual(call_round.partner_id, self.contacts[1])
        call_round.segment_id.action_view_lines()
        call_round._go_on()
        self.assertEqual(
            self.segment._count_call_reasons(), {"phone_blocked": 1, None: 4}
        )

    def test_contact_out_of_sight(self):
        self.contacts[0].company_id = self._new_company()
        self.assertEqual(self._start().partner_id, self.contacts[1])

    def test_merged_contacts_are_called_once(self):
        call_round = self._start()
        call_round.action_skip()
        self._next(call_round)  # Ben, who is Ada
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            self.contacts[:2].ids, self.contacts[0]
        )
        self.env.invalidate_all()
        self.segment.line_ids.sudo().write({"call_state": False})
        call_round.action_skip()
        self.assertEqual(call_round.partner_id, self.contacts[3])
        self.assertEqual(self.segment.line_ids[0].warning, "called")

    # ------------------------------------------------------------------
    # The rest
    # ------------------------------------------------------------------

    def test_log_the_rest(self):
        """Those who were called are left out, and the dialog says how many."""
        call_round = self._start()
        self._next(call_round)
        self._next(call_round)
        call_round.action_stop()
        action = call_round.action_log_rest()
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(self.user_sales)
            .with_context(**action["context"])
        )
        self.assertEqual(wizard.logged_count, 3)
        self.assertEqual(wizard.left_out, "Already called (2)")
        action = wizard.save().action_apply()
        self.assertIn(
            "Interactions: 3, contacts left out: 2", action["params"]["message"]
        )
        entries = self.Entry.search([("batch_id.segment_id", "=", self.segment.id)])
        self.assertEqual(len(entries), 5)
        self.assertEqual(entries.partner_id, self.contacts)
        self.assertEqual(self.segment.interaction_count, 5)
        # both batches
        self.assertEqual(
            self.segment.action_view_batch()["domain"],
            [("id", "in", self.segment.batch_ids.ids)],
        )
        # who was called gets a label
        self.assertEqual(len(self.segment._get_addressees()[0]), 0)  # no city
        self.contacts.city = "Ghent"
        self.assertEqual(len(self.segment._get_addressees()[0]), 5)

    def test_finish(self):
        """The rest is left out, unless somebody is calling."""
        call_round = self._start()
        other = self._start(self.user_other_sales)
        self._next(call_round)
        self.contacts[4].phone = False
        with self.assertRaisesRegex(UserError, "are being called by Other Sales"):
            call_round.action_finish()
        other.note = "Half"
        with self.assertRaises(AccessError):
            other.action_finish()
        other.action_stop()
        call_round.action_finish()
        self.assertEqual(self.segment.state, "logged")
        self.assertEqual(
            self.segment.line_ids.mapped("left_out"),
            [False, "not_called", "not_called", "not_called", "no_phone"],
        )
        self.assertEqual(self.segment.line_ids[1].call_note, "Half")

    # ------------------------------------------------------------------
    # Nothing is lost
    # ------------------------------------------------------------------

    def test_browser_is_closed(self):
        with freeze_time(NOW):
            call_round = self._start()
            call_round.write({"note": "In the middle", "outcome": "success"})
        with freeze_time(NOW + timedelta(minutes=29)):
            same = self._start()
            self.assertEqual((same.note, same.start_date), ("In the middle", NOW))
        with freeze_time(NOW + timedelta(hours=2)):
            same = self._start()
            self.assertRecordValues(
                same,
                [
                    {
                        "id": call_round.id,
                        "note": "In the middle",
                        "line_id": self.segment.line_ids[0].id,
                        # the time between is no call
                        "start_date": NOW + timedelta(hours=2),
                    }
                ],
            )

    def test_another_user_takes_over(self):
        """After half an hour, with what was entered; who comes back goes on."""
        with freeze_time(NOW):
            one = self._start()
            one.note = "Wants a"
        with freeze_time(NOW + timedelta(minutes=31)):
            other = self._start(self.user_other_sales)
            self.assertEqual(
                (other.partner_id, other.note), (self.contacts[0], "Wants a")
            )
            # on the page that was open all the time
            one.write({"note": "Wants a chair", "outcome": "success"})
            action = one.action_next()
        self.assertIn("saved as a draft", action["params"]["message"])
        draft = self._get_drafts()
        self.assertRecordValues(
            draft,
            [
                {
                    "partner_id": self.contacts[0].id,
                    "user_id": self.user_sales.id,
                    "outcome": "success",
                    "event": "call",
                    "source_key": False,
                    "batch_id": False,
                }
            ],
        )
        self.assertIn("Wants a chair", draft.note)
        self.assertEqual(one.partner_id, self.contacts[1])
        self._next(other)
        self.assertEqual(len(self._get_drafts()), 1)

    def test_stop(self):
        call_round = self._start()
        call_round.note = "Half"
        action = call_round.action_stop()
        self.assertEqual(action["res_id"], self.segment.id)
        self.assertFalse(self.segment.line_ids[0].call_uid)
        other = self._start(self.user_other_sales)
        self.assertEqual((other.partner_id, other.note), (self.contacts[0], "Half"))

    def test_what_becomes_of_the_segment(self):
        """It is logged, archived, emptied or its template archived during a call."""

        def log(segment):
            segment.with_user(self.user_manager).action_log()

        def archive(segment):
            segment.active = False

        def remove(segment):
            segment.line_ids[0].with_user(self.user_sales).action_remove()

        def unlink_line(segment):
            segment.line_ids[0].with_user(self.user_sales).unlink()

        def call_by_letter(segment):
            segment.channel = "letter"

        for act in (log, archive, remove, unlink_line, call_by_letter):
            with self.subTest(act=act.__name__):
                segment = self._new_segment(self.contacts[:2])
                call_round = self._start(segment=segment)
                before = self._get_drafts()
                call_round.write({"note": act.__name__, "outcome": "success"})
                act(segment)
                action = call_round.action_next()
                self.assertIn("saved as a draft", action["params"]["message"])
                draft = self._get_drafts() - before
                self.assertIn(act.__name__, draft.note)
                self.assertEqual(draft.partner_id, self.contacts[0])
                goes_on = act in (remove, unlink_line)
                self.assertEqual(bool(call_round.line_id), goes_on)
                if not goes_on:
                    with self.assertRaises(UserError):
                        self._start(segment=segment)

    def test_what_becomes_of_the_contact(self):
        """A call that took place is logged, whatever became of the contact."""
        call_round = self._start()
        self.contacts[0].active = False
        self.assertEqual(self._next(call_round).partner_id, self.contacts[0])
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            self.contacts[1:3].ids, self.contacts[2]
        )
        self.env.invalidate_all()
        self.assertEqual(self._next(call_round).partner_id, self.contacts[2])
        self.assertEqual(call_round.partner_id, self.contacts[3])
        call_round.write({"note": "Gone", "outcome": "success"})
        self.contacts[3].sudo().unlink()
        self.env.invalidate_all()
        action = call_round.action_next()
        self.assertIn("in the chatter", action["params"]["message"])
        self.assertIn("Gone", self.segment.message_ids[0].body)
        self.assertEqual(call_round.partner_id, self.contacts[4])

    def test_segment_is_deleted(self):
        call_round = self._start()
        call_round.write({"note": "Before it is deleted"})
        with self.assertRaisesRegex(
            UserError, "Contacts of Spring are being called by Sales"
        ):
            self.segment.unlink()
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            self.segment.unlink()
        self.assertIn("Before it is deleted", self._get_drafts().note)
        self.assertFalse(call_round.exists())

    def test_another_window(self):
        """A click meant for another contact logs nothing."""
        call_round = self._start()
        shown = call_round.with_context(interaction_round_line=call_round.line_id.id)
        self._next(call_round)
        call_round.outcome = "success"
        with self.assertRaisesRegex(UserError, "in another window"):
            shown.action_next()

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_who_may_call(self):
        self.assertTrue(self.segment.can_call)
        self.segment.caller_ids = False
        for user, text in (
            (self.user_other_sales, "can call the contacts of Spring"),
            (self.user_assistant, "not allowed"),
        ):
            with self.subTest(user.login), self.assertRaisesRegex(AccessError, text):
                self._start(user)
        self.assertFalse(self.segment.with_user(self.user_other_sales).can_call)
        call_round = self._start(self.user_manager)
        self.assertEqual(call_round.partner_id, self.contacts[0])

    def test_caller_who_sees_own_interactions_only(self):
        caller = self._new_user(
            "il_caller",
            "sales_team.group_sale_salesman",
            "interaction_log.group_user_own",
        )
        segment = self.segment.with_user(caller)
        self.assertFalse(segment.has_access("read"))
        self.segment.caller_ids |= caller
        self.assertTrue(segment.can_call)
        self.assertFalse(segment.has_access("write"))
        call_round = self._start(caller)
        entry = self._next(call_round)
        self.assertEqual(entry.user_id, caller)
        self.assertEqual(call_round.partner_id, self.contacts[1])
        call_round.web_read({name: {} for name in call_round._fields})

    def test_rights_that_are_gone(self):
        other = self._start(self.user_other_sales)
        self.segment.caller_ids = False
        other.outcome = "success"
        for act in (other.action_next, other.action_skip, other.action_continue):
            with self.assertRaises(AccessError):
                act()

    def test_what_a_client_can_say(self):
        call_round = self._start()
        for vals in (
            {"line_id": self.segment.line_ids[3].id},
            {"user_id": self.user_manager.id},
            {"start_date": NOW},
        ):
            with self.assertRaises(AccessError):
                call_round.write(vals)
        with self.assertRaises(AccessError):
            call_round.create({"segment_id": self.segment.id})
        with self.assertRaises(ValidationError):
            call_round.write({"outcome": "nonsense"})
        for vals in ({"call_state": "done"}, {"call_uid": False}):
            with self.assertRaises(AccessError):
                self.segment.line_ids[0].write(vals)
        with self.assertRaises(AccessError):
            self.segment.call_batch_id = False
        with self.assertRaises(AccessError):
            self.segment.line_ids[0].read(["call_vals"])

    def test_rounds_of_others(self):
        call_round = self._start(self.user_other_sales)
        as_sales = call_round.with_user(self.user_sales)
        self.assertFalse(as_sales.search([("id", "=", call_round.id)]))
        for act in (
            lambda: as_sales.read(["note"]),
            lambda: as_sales.write({"note": "Forged"}),
            as_sales.action_next,
            as_sales.action_release,
        ):
            with self.assertRaises(AccessError):
                act()

    def test_manager_sees_who_calls_whom(self):
        call_round = self._start(self.user_other_sales)
        call_round.note = "Still here"
        action = self.segment.with_user(self.user_manager).action_view_rounds()
        seen = call_round.with_user(self.user_manager).search(action["domain"])
        self.assertEqual(
            (seen.user_id, seen.partner_id), (self.user_other_sales, self.contacts[0])
        )
        with self.assertRaises(AccessError):
            seen.action_skip()
        seen.action_release()
        self.assertFalse(call_round.partner_id)
        self.assertEqual(self._start().note, "Still here")

    def test_other_company(self):
        call_round = self._start()
        company = self._new_company()
        self.user_manager.sudo().write(
            {"company_ids": [(6, 0, company.ids)], "company_id": company.id}
        )
        foreign = call_round.with_user(self.user_manager)
        self.assertFalse(foreign.search([("id", "=", call_round.id)]))
        with self.assertRaises(AccessError):
            foreign.action_release()

    def test_refused(self):
        for vals, text in (
            ({"template_id": False}, "Choose a template for Spring"),
            ({"channel": "email"}, "is not meant for calls"),
            ({"active": False}, "is archived"),
            ({"line_ids": [(5,)]}, "has no contacts"),
        ):
            with self.subTest(text):
                segment = self._new_segment(self.contacts, **vals)
                self.assertFalse(segment.can_call)
                with self.assertRaisesRegex(UserError, text):
                    segment.action_start_calling()
        self.segment.action_log()
        with self.assertRaisesRegex(UserError, "already logged"):
            self.segment.action_start_calling()

    # ------------------------------------------------------------------
    # Speed
    # ------------------------------------------------------------------

    def test_queries(self):
        """Going on takes as many queries whatever the number of contacts."""
        many = self.env["res.partner"].create(
            [{"name": f"Contact {n}", "phone": f"+32 2 {n:06}"} for n in range(60)]
        )
        counts = []
        # the first one fills what is kept for all requests
        for partners in (self.contacts, self.contacts, many):
            call_round = self._start(segment=self._new_segment(partners))
            self._next(call_round)
            call_round.outcome = "success"
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            call_round.action_next()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertLessEqual(counts[2], 20)
