from datetime import date, datetime, timedelta

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import file_open

from ..common import InteractionAccountCommon, InteractionCommon


@tagged("-at_install", "post_install")
class TestLogCreate(InteractionAccountCommon):
    def _open(self, records, user=None):
        action = records.with_user(user or self.user_sales).action_log_interaction()
        self.assertEqual(action["target"], "new")
        return Form(
            self.env["interaction.log.create"]
            .with_user(user or self.user_sales)
            .with_context(**action["context"])
        )

    def _log_it(self, form):
        """Press *Log*; return the entries and the action that follows."""
        action = form.save().action_log()
        self.assertEqual(action["tag"], "interaction_log_announce")
        return self.Entry.browse(action["params"]["entry_ids"]), action

    @freeze_time("2026-03-02 10:00:00")
    def test_defaults_are_right(self):
        self.template_call.unit_cost = 5
        form = self._open(self.anna)
        self.assertFalse(form.template_id)
        form.template_id = self.template_call
        self.assertEqual(form.name, "Outgoing call")
        entry, action = self._log_it(form)
        self.assertRecordValues(
            entry,
            [
                {
                    "partner_id": self.anna.id,
                    "template_id": self.template_call.id,
                    "name": "Outgoing call",
                    "date": datetime(2026, 3, 2, 10),
                    "channel": "phone",
                    "flow": "outbound",
                    "initiated_by": "us",
                    "duration": 0.25,
                    "cost": 5,
                    "user_id": self.user_sales.id,
                    "event": "manual",
                    "state": "logged",
                    "batch_id": False,
                    "evaluation": False,
                }
            ],
        )
        self.assertIn("Outgoing call", action["params"]["message"])
        self.assertIn("Anna", action["params"]["message"])

    def test_everything_can_be_said(self):
        campaign = self.env["utm.campaign"].sudo().create({"title": "Spring"})
        form = self._open(self.anna)
        form.template_id = self.template_call
        said = {
            "name": "About the offer",
            "date": "2026-01-05 09:30:00",
            "channel": "sms",
            "flow": "inbound",
            "initiated_by": "them",
            "duration": 1.5,
            "cost": 7,
            "user_id": self.user_other_sales,
            "note": "<p>Wants two</p>",
            "evaluation": "positive",
            "outcome": "success",
            "campaign_id": campaign,
            "campaign_response": True,
        }
        for name, value in said.items():
            setattr(form, name, value)
        entry, _action = self._log_it(form)
        for name, value in said.items():
            with self.subTest(field=name):
                if name == "date":
                    self.assertEqual(str(entry.date), value)
                elif name == "note":
                    self.assertEqual(str(entry.note), value)
                else:
                    self.assertEqual(entry[name], value)

    def test_what_was_typed_stays(self):
        """Another template, or another contact, changes what is untouched only."""
        visit = self._shipped("interaction_template_visit")
        form = self._open(self.anna)
        form.template_id = self.template_call
        self.assertEqual((form.name, form.duration), ("Outgoing call", 0.25))
        form.name = "Typed"
        form.duration = 0.7
        form.channel = "chat"
        form.template_id = visit
        self.assertEqual(
            (form.name, form.duration, form.channel), ("Typed", 0.7, "chat")
        )
        form.partner_ids.add(self.acme)
        self.assertEqual((form.duration, form.channel), (0.7, "chat"))
        form = self._open(self.anna)
        form.template_id = self.template_call
        form.template_id = visit
        self.assertEqual((form.name, form.channel), (visit.name, "visit"))

    def test_subject_of_the_text(self):
        """Untouched, the dialog logs what one click does."""
        offer = self._shipped("interaction_template_email_out")
        offer.mail_template_id = (
            self.env["mail.template"]
            .sudo()
            .create(
                {
                    "name": "Offer",
                    "model_id": self.env["ir.model"]._get_id("interaction.log.entry"),
                    "subject": "Offer for {{ object.partner_name }}",
                }
            )
        )
        form = self._open(self.anna)
        form.template_id = offer
        self.assertEqual(self._log_it(form)[0].name, "Offer for Acme, Anna")
        form = self._open(self.anna)
        form.template_id = offer
        form.name = "Mine"
        self.assertEqual(self._log_it(form)[0].name, "Mine")

    def test_shared_cost_is_exact(self):
        people = self.anna | self.acme | self.partner
        form = self._open(people)
        form.template_id = self._shipped("interaction_template_meeting")
        form.cost = 100
        form.share = "shared"
        entries, _action = self._log_it(form)
        self.assertEqual(sorted(entries.mapped("cost")), [33.33, 33.33, 33.34])
        self.assertEqual(entries.batch_id.duration, 1)

    def test_announcement(self):
        people = self.env["res.partner"].create([{"name": f"P{i}"} for i in range(5)])
        form = self._open(people)
        form.template_id = self.template_call
        form.name = "Long " * 100
        message = self._log_it(form)[1]["params"]["message"]
        self.assertIn("P2; 2 more", message)
        self.assertLess(len(message), 150)

    def test_template_of_the_parent_company(self):
        """What logs for a branch is offered there."""
        branch = (
            self.env["res.company"]
            .sudo()
            .create({"name": "Branch", "parent_id": self.company_a.id})
        )
        self._restrict(self.template_call, self.company_a)
        user = self.user_sales.sudo()
        user.company_ids += branch
        Template = self.template_call.with_user(self.user_sales).with_context(
            allowed_company_ids=[branch.id, self.company_a.id]
        )
        Template.action_toggle_favorite()
        self.assertIn(self.template_call, Template._get_suggested())
        self.assertEqual(
            [favorite["id"] for favorite in Template.get_favorites()],
            self.template_call.ids,
        )

    def test_from_the_list_of_a_contact(self):
        action = self.anna.with_user(self.user_sales).action_view_interactions()
        self.assertEqual(action["context"]["default_partner_ids"], self.anna.ids)

    def test_preferred_channel(self):
        letter = self._shipped("interaction_template_letter")
        letter.ignore_contact_channel = False
        self.anna.interaction_channel = "email"
        form = self._open(self.anna)
        form.template_id = letter
        self.assertEqual(form.channel, "email")
        form.channel = "visit"
        self.assertEqual(self._log_it(form)[0].channel, "visit")

    def test_several_contacts_are_one_batch(self):
        meeting = self._shipped("interaction_template_meeting")
        meeting.unit_cost = 30
        people = self.anna | self.env["res.partner"].create(
            [{"name": "Ben", "parent_id": self.acme.id}, {"name": "Cleo"}]
        )
        for share, cost, duration in (("full", 30, 1), ("shared", 10, 1 / 3)):
            with self.subTest(share=share):
                form = self._open(people)
                form.template_id = meeting
                form.share = share
                entries, _action = self._log_it(form)
                self.assertEqual(entries.partner_id, people)
                self.assertEqual(entries.mapped("cost"), [cost] * 3)
                for entry in entries:
                    self.assertAlmostEqual(entry.duration, duration)
                batch = entries.batch_id.with_user(self.user_sales)
                self.assertRecordValues(
                    batch, [{"name": "Meeting", "entry_count": 3, "state": "logged"}]
                )
                self.assertEqual(
                    self.Entry.search(batch.action_view_interactions()["domain"]),
                    entries,
                )
        wizard = self.env["interaction.log.cancel"].with_user(self.user_sales)
        cancel = wizard.with_context(
            **entries[0].with_user(self.user_sales).action_cancel()["context"]
        ).create({"reason_id": self.reason.id})
        cancel.action_apply()
        self.assertRecordValues(batch, [{"entry_count": 2, "state": "partly"}])
        cancel = wizard.with_context(**batch.action_cancel()["context"]).create(
            {"reason_id": self.reason.id}
        )
        cancel.action_apply()
        self.assertRecordValues(batch, [{"entry_count": 0, "state": "canceled"}])

    def test_batch_of_somebody_else(self):
        batch = (
            self.env["interaction.batch"]
            .with_user(self.user_other_sales)
            .create({"name": "Theirs"})
        )
        with self.assertRaisesRegex(ValidationError, "a batch you created"):
            self._log(batch_id=batch.id)

    def test_about_a_document(self):
        for document in (self._new_order(), self._new_move()):
            with self.subTest(document=document):
                form = self._open(document)
                form.template_id = self.template_call
                self.assertEqual(form.document_name, document.display_name)
                entry, _action = self._log_it(form)
                self.assertEqual(entry.partner_id, self.anna)
                self.assertEqual(entry.document_name, document.display_name)
                self.assertIn(entry, document.sudo().interaction_ids)

    def test_files(self):
        letter = self._shipped("interaction_template_letter")
        letter.file_ids = [Command.create({"filename": "a.txt", "file": "TGV0dGVy"})]
        own = (
            self.env["ir.attachment"]
            .with_user(self.user_sales)
            .create({"name": "own.txt", "raw": b"own"})
        )
        for with_files, own_file, expected in (
            (True, False, ["a.txt"]),
            (True, True, ["a.txt", "own.txt"]),
            (False, True, ["own.txt"]),
            (False, False, []),
        ):
            with self.subTest(expected=expected):
                form = self._open(self.anna)
                form.template_id = letter
                form.with_files = with_files
                if own_file:
                    form.attachment_ids.add(own)
                entry, _action = self._log_it(form)
                attachments = entry.with_user(self.user_other_sales).attachment_ids
                self.assertEqual(sorted(attachments.mapped("name")), expected)
                self.assertEqual(set(attachments.mapped("res_id")) - {entry.id}, set())
                # and none is there twice
                domain = [("res_model", "=", entry._name), ("res_id", "=", entry.id)]
                stored = self.env["ir.attachment"].sudo().search(domain)
                self.assertEqual(stored, attachments.sudo())

    def test_language(self):
        """That of the contact, until the user says which one; kept by a draft."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.anna.lang = "fr_FR"
        bea = self.env["res.partner"].create({"name": "Bea", "lang": "en_US"})
        form = self._filled()
        self.assertEqual(form.lang, "fr_FR")
        form.lang = "en_US"
        entry, _action = self._log_it(form)
        self.assertEqual(entry.lang, "en_US")
        # a correction keeps it
        action = entry.with_user(self.user_sales).action_correct()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.user_sales)
            .with_context(**action["context"])
        )
        with Form(wizard) as form:
            form.name = "Corrected"
        form.record.action_log()
        self.assertEqual(entry.corrected_by_id.lang, "en_US")
        form = self._open(self.anna | bea)
        self.assertFalse(form.lang)
        form.template_id = self.template_call
        entries = form.save()._log()
        self.assertEqual(entries.mapped("lang"), ["fr_FR", "en_US"])
        form = self._open(self.anna | bea)
        form.template_id = self.template_call
        form.lang = "fr_FR"
        drafts = form.save()._log(state="postponed")
        action = drafts[0].action_resume()
        self.assertEqual(action["context"]["default_lang"], "fr_FR")

    def test_undo(self):
        entry, _action = self._log_it(self._filled())
        entry.with_user(self.user_sales).action_undo()
        self.assertEqual(entry.state, "canceled")
        self.assertEqual(entry.cancel_reason_id.kind, "error")
        self.assertEqual(entry.cancel_uid, self.user_sales)
        with self.assertRaisesRegex(UserError, "Only logged"):
            entry.with_user(self.user_sales).action_undo()

    def test_undo_of_somebody_else(self):
        entry = self._log()
        with self.assertRaises(AccessError):
            entry.with_user(self.user_other_sales).action_undo()

    def _filled(self):
        form = self._open(self.anna)
        form.template_id = self.template_call
        return form

    def test_bad_input(self):
        before = self.Entry.search_count([("partner_id", "=", self.anna.id)])
        for message, vals in (
            ("Choose the contact", {"partner_ids": [Command.clear()]}),
            ("Choose the kind", {"template_id": False}),
            ("can't be negative", {"duration": -1}),
            ("Date is too far in the future", {"date": "2999-01-01 10:00:00"}),
            ("Note is limited to", {"note": "x" * 1_000_001}),
            ("Subject is limited to", {"name": "x" * 1_001}),
            ("Duration is limited to 8784 hours", {"duration": 24 * 366 + 1}),
            ('"maybe" is not a valid value for Outcome', {"outcome": "maybe"}),
        ):
            wizard = self._filled().save()
            with (
                self.subTest(message=message),
                self.assertRaisesRegex(UserError, message),
            ):
                wizard.write(vals)
                wizard.action_log()
        self.assertEqual(
            self.Entry.search_count([("partner_id", "=", self.anna.id)]), before
        )

    def test_archived_contact(self):
        form = self._filled()
        self.anna.sudo().active = False
        with self.assertRaisesRegex(UserError, "Anna is archived"):
            form.save().action_log()
        entry = self.Entry.log_interactions(
            [{"template_id": self.template_call.id, "partner_id": self.anna.id}]
        )
        self.assertTrue(entry)

    def _get_first_templates(self):
        """Return what a new user is offered."""
        return self.env["interaction.template"].union(
            *(
                self._shipped(f"interaction_template_{name}").sudo(False)
                for name in (
                    "call_out",
                    "call_in",
                    "meeting",
                    "visit",
                    "note",
                    "letter",
                )
            )
        )

    @freeze_time("2026-01-03 10:00:00")
    def test_favorites_and_recent_come_first(self):
        Template = self.env["interaction.template"].with_user(self.user_sales)
        first = self._get_first_templates()
        self.assertEqual(Template._get_suggested(), first)
        self._log(date="2026-01-01 10:00:00")
        visit = self._shipped("interaction_template_visit")
        self._log(date="2026-01-02 10:00:00", template_id=visit.id)
        # last of what can be logged by hand
        other, recorded, archived = (
            self._shipped("interaction_template_letter").copy({"sequence": 10**6})
            for _number in range(3)
        )
        self._log(user=self.user_other_sales, template_id=other.id)
        self.Entry.with_user(self.user_sales).sudo().log_interactions(
            [
                {
                    "template_id": recorded.id,
                    "partner_id": self.anna.id,
                    "event": "print",
                }
            ]
        )
        self._log(template_id=archived.id)
        archived.active = False
        expected = (visit | self.template_call | first)[:6]
        self.assertEqual(Template._get_suggested(), expected)
        letter = self._shipped("interaction_template_letter")
        self._log(date="2025-06-01 10:00:00", template_id=letter.id)
        meeting = self._shipped("interaction_template_meeting")
        self._log(template_id=meeting.id)._cancel(self.reason)
        self.assertEqual(
            Template._get_suggested(), expected, "neither long ago nor canceled"
        )
        note = self._shipped("interaction_template_note").with_user(self.user_sales)
        note.action_toggle_favorite()
        self.assertTrue(note.is_favorite)
        self.assertFalse(note.with_user(self.user_other_sales).is_favorite)
        self.assertEqual(Template._get_suggested()[0], note)
        self.assertEqual(Template.get_favorites(), [{"id": note.id, "name": "Note"}])
        note.action_toggle_favorite()
        self.assertFalse(note.is_favorite)

    def test_template_that_is_another_company_s_now(self):
        """It was used before: the dialog opens without it, also to correct."""
        entry = self._log()
        self._restrict(self.template_call, self._new_company())
        self.env.invalidate_all()
        suggested = self.env["interaction.template"].with_user(self.user_sales)
        self.assertNotIn(self.template_call, suggested._get_suggested().sudo())
        visit = self._shipped("interaction_template_visit")
        action = entry.action_correct()
        form = Form(
            self.env["interaction.log.create"]
            .with_user(self.user_sales)
            .with_context(**action["context"])
        )
        self.assertFalse(form.template_id)
        self.assertEqual(form.channel, "phone", "what was logged is shown")
        form.template_id = visit
        form.save().action_log()
        self.assertEqual(entry.sudo().correction_ids.template_id, visit)

    def test_contact_that_the_user_may_not_read(self):
        """The dialog of a document opens all the same, with nobody."""
        order = self._new_order()
        self.env["ir.rule"].sudo().create(
            {
                "name": "Not Anna",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.anna.id})]",
            }
        )
        self.env.invalidate_all()
        Entry = self.env["interaction.log.entry"].with_user(self.user_sales)
        for action in (
            order.with_user(self.user_sales).action_log_interaction(),
            Entry.get_log_action("sale.order", order.id),
        ):
            self.assertEqual(action["context"]["default_partner_ids"], [])
            form = Form(
                self.env["interaction.log.create"]
                .with_user(self.user_sales)
                .with_context(**action["context"])
            )
            self.assertEqual(form.document_name, order.name)

    def test_kinds(self):
        """What records itself is not offered, but what was chosen is."""
        form = self._open(self.anna)
        first = self._get_first_templates()
        self.assertEqual([kind["id"] for kind in form.kinds], first.ids)
        self.assertEqual(set(form.kinds[0]), {"id", "name", "is_favorite"})
        form.template_id = self.template_invoice
        ids = [kind["id"] for kind in form.kinds]
        self.assertEqual(ids, [*first.ids, self.template_invoice.id])
        self.template_call.is_manual = False
        self.template_call.with_user(self.user_sales).action_toggle_favorite()
        self._log()
        Template = self.template_call.with_user(self.user_sales)
        self.assertNotIn(self.template_call, Template._get_suggested())
        self.assertFalse(Template.get_favorites())

    def test_templates_of_another_company_are_not_offered(self):
        """Not even favorites and recent ones of who works in both."""
        company = self._new_company()
        self.user_sales.sudo().company_ids += company
        self._log()
        template = self.template_call.with_user(self.user_sales)
        template.action_toggle_favorite()
        self._restrict(self.template_call, company)
        template = template.with_context(
            allowed_company_ids=[self.company_a.id, company.id]
        )
        self.assertNotIn(template, template._get_suggested())
        self.assertFalse(template.get_favorites())
        template = template.with_context(
            allowed_company_ids=[company.id, self.company_a.id]
        )
        self.assertIn(template, template._get_suggested())

    def test_what_records_itself_is_not_offered(self):
        """What the shipped rules record with, but for meetings."""
        shipped = self.env["ir.model.data"].sudo()
        rules = (
            self.env["interaction.rule"]
            .sudo()
            .browse(
                shipped.search(
                    [
                        ("module", "=", "interaction_log"),
                        ("model", "=", "interaction.rule"),
                    ]
                ).mapped("res_id")
            )
        )
        recorded = rules.template_id
        self.assertEqual(
            recorded.filtered("is_manual"),
            self._shipped("interaction_template_meeting"),
        )

    def test_migration_of_manual_templates(self):
        """What was logged by hand, or is somebody's favorite, is offered further."""
        templates = (
            self.env["interaction.template"]
            .sudo()
            .union(
                *(
                    self._shipped(f"interaction_template_{name}")
                    for name in ("invoice", "quotation", "order", "proforma", "note")
                )
            )
        )
        invoice, quotation, order, proforma, note = templates
        templates.is_manual = True
        note.sequence = 150
        self._log(template_id=quotation.id)
        order.with_user(self.user_sales).action_toggle_favorite()
        self._log(template_id=proforma.id, event="api")
        own = invoice.copy()
        self.env["ir.model.data"].sudo().create(
            {
                "module": "another_addon",
                "name": "interaction_template_invoice",
                "model": own._name,
                "res_id": own.id,
            }
        )

        self._migrate("19.0.1.8.0", name="manual-templates")

        self.assertEqual(templates.filtered("is_manual"), quotation | order | note)
        self.assertTrue(own.is_manual)
        self.assertEqual(note.sequence, 45)
        note.sequence = 7
        self._migrate("19.0.1.8.0", name="manual-templates")
        self.assertEqual(note.sequence, 7)

    def test_favorite_that_is_archived(self):
        template = self.template_call.with_user(self.user_sales)
        template.action_toggle_favorite()
        self.template_call.active = False
        template.action_toggle_favorite()
        self.assertFalse(template.is_favorite)
        with self.assertRaisesRegex(UserError, "call is archived. Unarchive it"):
            template.action_toggle_favorite()

    def test_number_or_address_of_the_contact(self):
        self.anna.write({"phone": "+32 470 1", "email": "anna@example.com"})
        self.acme.phone = "+32 2 2"
        form = self._open(self.anna)
        form.template_id = self.template_call
        self.assertEqual(form.contact_via, "+32 470 1")
        form.channel = "email"
        self.assertEqual(form.contact_via, "anna@example.com")
        form.channel = "meeting"
        self.assertFalse(form.contact_via)
        form.channel = "phone"
        form.partner_ids.add(self.acme)
        self.assertFalse(form.contact_via, "each has another one")
        form.partner_ids.remove(id=self.anna.id)
        self.assertEqual(form.contact_via, "+32 2 2")
        form.contact_via = "+32 9"
        form.partner_ids.remove(id=self.acme.id)
        form.partner_ids.add(self.anna)
        self.assertEqual(form.contact_via, "+32 9", "typed")
        self.assertEqual(self._log_it(form)[0].contact_via, "+32 9")

    @freeze_time("2026-03-02 10:00:00")
    def test_meeting_has_just_ended(self):
        meeting = self._shipped("interaction_template_meeting")
        form = self._open(self.anna)
        self.assertEqual(str(form.date), "2026-03-02 10:00:00")
        form.template_id = meeting
        self.assertEqual(str(form.date), "2026-03-02 09:00:00")
        form.duration = 1.5
        self.assertEqual(str(form.date), "2026-03-02 08:30:00")
        form.duration = -1
        self.assertEqual(str(form.date), "2026-03-02 10:00:00", "not ahead")
        form.duration = 10**9
        self.assertEqual(str(form.date), "2025-03-01 10:00:00", "as long as may be")
        form.duration = 1.5
        form.template_id = self.template_call
        self.assertEqual(str(form.date), "2026-03-02 10:00:00")
        form.template_id = meeting
        self.assertEqual(
            self._log_it(form)[0].date, datetime(2026, 3, 2, 8, 30), "1:30 ago"
        )
        form = self._open(self.anna)
        form.template_id = self.template_call
        form.date = "2026-02-01 15:00:00"
        form.template_id = meeting
        form.duration = 3
        self.assertEqual(str(form.date), "2026-02-01 15:00:00", "typed")
        form = Form(
            self.env["interaction.log.create"]
            .with_user(self.user_sales)
            .with_context(default_date="2026-02-02 15:00:00")
        )
        form.template_id = meeting
        self.assertEqual(str(form.date), "2026-02-02 15:00:00", "of the calendar")

    def test_estimated_time(self):
        """It is estimated where it is the template's, neither typed nor measured."""
        for duration, expected in ((None, True), (0.5, False), (0, False)):
            with self.subTest(duration=duration):
                form = self._open(self.anna)
                form.template_id = self.template_call
                if duration is not None:
                    form.duration = duration
                entry, _action = self._log_it(form)
                self.assertEqual(entry.is_duration_estimated, expected)
        self.template_call.unit_duration = 0
        form = self._open(self.anna)
        form.template_id = self.template_call
        entry, _action = self._log_it(form)
        self.assertFalse(entry.is_duration_estimated, "there is none")
        self.assertFalse(self._log().is_duration_estimated, "nor by one click")

    def test_shipped_calls_take_no_time(self):
        """Nobody measured it."""
        data = self.env["ir.model.data"].sudo()
        path = "data/template/interaction_template_data.xml"
        with file_open(f"interaction_log/{path}") as file:
            tree = etree.parse(file)
        for name in ("call_out", "call_in"):
            [record] = tree.xpath(f"//record[@id='interaction_template_{name}']")
            self.assertTrue(data.search([("name", "=", record.get("id"))]))
            self.assertFalse(record.xpath("field[@name='unit_duration']"))

    def test_long_note(self):
        """It is refused before anything is written, in the dialog and later."""
        message = "Note is limited to 1000000 characters"
        Wizard = self.env["interaction.log.create"].with_user(self.user_sales)
        note = "<p>" + "x" * 100_000_000 + "</p>"
        with self.assertRaisesRegex(UserError, message):
            Wizard.create({"note": note})
        with self.assertRaisesRegex(UserError, message):
            Wizard.postpone([], {"note": note})
        with self.assertRaisesRegex(UserError, message):
            self._log(note=note)
        with self.assertRaisesRegex(UserError, message):
            self._log().with_user(self.user_sales).write({"note": note})

    def test_document_that_is_gone(self):
        """Deleted while the dialog was open: it is logged without."""
        order = self._new_order()
        form = self._open(order)
        form.template_id = self.template_call
        wizard = form.save()
        order.sudo().unlink()
        self.env.invalidate_all()
        action = wizard.action_log()
        entry = self.Entry.browse(action["params"]["entry_ids"])
        self.assertRecordValues(
            entry, [{"state": "logged", "res_id": False, "document_name": False}]
        )

    def test_one_click(self):
        action = self.anna.with_user(self.user_sales).action_log_favorite(
            self.template_call.id
        )
        entry = self.Entry.browse(action["params"]["entry_ids"])
        self.assertEqual(entry.partner_id, self.anna)
        self.assertEqual(entry.template_id, self.template_call)
        self.assertTrue(entry.is_duration_estimated)

    def test_rights(self):
        with self.assertRaises(AccessError):
            self.env["interaction.log.create"].with_user(self.user_assistant).create({})
        with self.assertRaises(AccessError):
            self.anna.with_user(self.user_assistant).action_log_favorite(
                self.template_call.id
            )

    def test_try_again(self):
        """Nobody answered: one click plans the next call."""
        form = self._open(self.anna)
        form.template_id = self.template_call
        form.outcome = "no_answer"
        form.try_again = True
        entry, _action = self._log_it(form)
        self.assertRecordValues(
            entry.follow_up_ids,
            [
                {
                    "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                    "summary": "Try again: Outgoing call",
                    "user_id": self.user_sales.id,
                }
            ],
        )
        form = self._open(self.anna)
        form.template_id = self.template_call
        form.outcome = "failed"
        form.try_again = True
        form.try_again = False
        self.assertFalse(self._log_it(form)[0].follow_up_ids)

    def test_files_of_forgotten_dialogs_are_deleted(self):
        """Those that were logged belong to their entry, and stay."""
        vals = {"res_model": "interaction.log.create", "res_id": 0, "raw": b"x"}
        Attachment = self.env["ir.attachment"].with_user(self.user_sales)
        forgotten, used = Attachment.create([{**vals, "name": "a"}] * 2)
        form = self._open(self.anna)
        form.template_id = self.template_call
        form.attachment_ids = used
        entry, _action = self._log_it(form)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_date = %(then)s, write_date = %(then)s "
            "WHERE id IN %(ids)s",
            {
                "then": fields.Datetime.now() - timedelta(days=2),
                "ids": (*forgotten.ids, *used.ids),
            },
        )
        recent = Attachment.create({**vals, "name": "b"})
        self.env["interaction.log.create"].sudo()._gc_files()
        self.assertFalse(forgotten.exists())
        self.assertTrue(recent.exists())
        self.assertEqual(entry.attachment_ids.mapped("raw"), [b"x"])


@tagged("-at_install", "post_install")
class TestPostpone(InteractionCommon):
    def _open(self, action, user=None):
        return Form(
            self.env["interaction.log.create"]
            .with_user(user or self.user_sales)
            .with_context(**action["context"])
        )

    def _postpone(self, partners=None, **said):
        partners = (partners or self.anna).with_user(self.user_sales)
        form = self._open(partners.action_log_interaction())
        form.template_id = self.template_call
        for name, value in said.items():
            setattr(form, name, value)
        form.save().action_postpone()
        return self.Entry.search(
            [("partner_id", "in", partners.ids), ("state", "=", "postponed")],
            order="id",
        )

    def test_postponed_counts_nowhere(self):
        before = self.template_call.with_user(self.user_sales).interaction_count
        entry = self._postpone(name="Half-way")
        self.assertEqual(entry.name, "Half-way")
        self.assertEqual(
            self.template_call.with_user(self.user_sales).interaction_count, before
        )
        self.assertFalse(self.anna.with_user(self.user_sales).interaction_count)

    def test_resume(self):
        """It is finished with what was typed, and dated when it happened."""
        own = (
            self.env["ir.attachment"]
            .with_user(self.user_sales)
            .create({"name": "own.txt", "raw": b"own"})
        )
        entry = self._postpone(
            name="Half-way",
            date="2026-01-05 09:30:00",
            note="<p>So far</p>",
            duration=0.5,
            evaluation="positive",
            flow="inbound",
        )
        entry._add_attachments(own)
        form = self._open(entry.with_user(self.user_sales).action_resume())
        self.assertEqual(form.name, "Half-way")
        self.assertEqual(str(form.note), "<p>So far</p>")
        form.name = "Done"
        action = form.save().action_log()
        logged = self.Entry.browse(action["params"]["entry_ids"])
        self.assertFalse(entry.exists())
        self.assertRecordValues(
            logged,
            [
                {
                    "name": "Done",
                    "date": datetime(2026, 1, 5, 9, 30),
                    "state": "logged",
                    "duration": 0.5,
                    "evaluation": "positive",
                    "flow": "inbound",
                    "partner_id": self.anna.id,
                }
            ],
        )
        self.assertEqual(str(logged.note), "<p>So far</p>")
        self.assertEqual(logged.attachment_ids.mapped("raw"), [b"own"])
        with self.assertRaisesRegex(UserError, "Only drafts"):
            logged.with_user(self.user_sales).action_resume()

    def test_resume_with_file_and_follow_up(self):
        """As the web client does: the button has the context of the dialog."""
        entry = self._postpone()
        entry.with_user(self.user_sales)._add_attachments(
            self.env["ir.attachment"]
            .with_user(self.user_sales)
            .create({"name": "own.txt", "raw": b"own"})
        )
        action = entry.with_user(self.user_sales).action_resume()
        form = self._open(action)
        form.follow_up_type_id = self.env.ref("mail.mail_activity_data_todo")
        wizard = form.save().with_context(**action["context"])
        logged = self.Entry.browse(wizard.action_log()["params"]["entry_ids"])
        self.assertEqual(logged.attachment_ids.mapped("name"), ["own.txt"])
        self.assertEqual(len(logged.follow_up_ids), 1)

    def test_resume_with_what_no_entry_says(self):
        todo = self.env.ref("mail.mail_activity_data_todo")
        people = self.anna | self.acme
        entries = self._postpone(
            people,
            duration=3,
            share="shared",
            follow_up_type_id=todo,
            follow_up_summary="Send it",
            follow_up_date="2026-03-09",
            follow_up_user_id=self.user_other_sales,
        )
        self.assertEqual(entries.mapped("duration"), [1.5, 1.5])
        self.assertFalse(entries.follow_up_ids, "not before it is logged")
        planned = self.env["mail.activity"].sudo()
        self.assertFalse(planned.search([("summary", "=", "Send it")]))
        form = self._open(entries[0].with_user(self.user_sales).action_resume())
        self.assertEqual((form.duration, form.share), (3, "shared"))
        action = form.save().action_log()
        logged = self.Entry.browse(action["params"]["entry_ids"])
        self.assertEqual(logged.mapped("duration"), [1.5, 1.5])
        self.assertRecordValues(
            logged.follow_up_ids,
            [
                {
                    "activity_type_id": todo.id,
                    "summary": "Send it",
                    "date_deadline": date(2026, 3, 9),
                    "user_id": self.user_other_sales.id,
                }
            ]
            * 2,
        )

    def test_resume_with_estimated_time(self):
        for duration, expected in ((0.25, True), (0.5, False)):
            entry = self._postpone(duration=duration)
            self.assertEqual(entry.is_duration_estimated, expected)
            form = self._open(entry.with_user(self.user_sales).action_resume())
            action = form.save().action_log()
            logged = self.Entry.browse(action["params"]["entry_ids"])
            self.assertEqual(logged.is_duration_estimated, expected)

    def test_resume_twice(self):
        """In two windows, it is logged once."""
        entry = self._postpone()
        action = entry.with_user(self.user_sales).action_resume()
        first, second = self._open(action).save(), self._open(action).save()
        first.action_log()
        with self.assertRaisesRegex(UserError, "in the meantime"):
            second.action_log()
        self.assertEqual(self.anna.with_user(self.user_sales).interaction_count, 1)

    def test_resume_without_the_document(self):
        """What became of the document does not stop it."""
        order = self._new_order()
        form = self._open(order.with_user(self.user_sales).action_log_interaction())
        form.template_id = self.template_call
        form.save().action_postpone()
        entry = self.Entry.search([("partner_id", "=", self.anna.id)])
        order.unlink()
        form = self._open(entry.with_user(self.user_sales).action_resume())
        action = form.save().action_log()
        logged = self.Entry.browse(action["params"]["entry_ids"])
        self.assertEqual(logged.state, "logged")
        self.assertFalse(logged.res_id)

    def test_resume_with_several_contacts(self):
        people = self.anna | self.env["res.partner"].create({"name": "Ben"})
        entries = self._postpone(people)
        self.assertEqual(len(entries), 2)
        batch = entries.batch_id
        form = self._open(entries[1].with_user(self.user_sales).action_resume())
        action = form.save().action_log()
        logged = self.Entry.browse(action["params"]["entry_ids"])
        self.assertEqual(logged.partner_id, people)
        self.assertFalse(entries.exists())
        self.assertFalse(batch.exists())

    def test_postpone_again(self):
        entry = self._postpone()
        form = self._open(entry.with_user(self.user_sales).action_resume())
        form.name = "Later still"
        form.save().action_postpone()
        self.assertFalse(entry.exists())
        again = self.Entry.search([("partner_id", "=", self.anna.id)])
        self.assertRecordValues(again, [{"name": "Later still", "state": "postponed"}])

    def test_template_adds_files_when_it_is_finished(self):
        self.template_call.file_ids = [
            Command.create({"filename": "a.txt", "file": "TGV0dGVy"})
        ]
        entry = self._postpone()
        self.assertFalse(entry.attachment_ids)
        form = self._open(entry.with_user(self.user_sales).action_resume())
        action = form.save().action_log()
        logged = self.Entry.browse(action["params"]["entry_ids"])
        self.assertEqual(logged.attachment_ids.mapped("name"), ["a.txt"])

    def test_kept_when_the_dialog_was_closed(self):
        Wizard = self.env["interaction.log.create"].with_user(self.user_sales)
        vals = {
            "partner_ids": [Command.set(self.anna.ids)],
            "template_id": self.template_call.id,
            "name": "Closed",
        }
        Wizard.postpone([], vals)
        wizard = Wizard.create(vals)
        wizard.postpone(wizard.ids, {"name": "Saved before"})
        entries = self.Entry.search([("partner_id", "=", self.anna.id)], order="id")
        self.assertEqual(entries.mapped("name"), ["Closed", "Saved before"])
        self.assertEqual(set(entries.mapped("state")), {"postponed"})

    def test_postpone_rubbish(self):
        """One sentence, whatever a client sends."""
        Wizard = self.env["interaction.log.create"].with_user(self.user_sales)
        vals = {"template_id": self.template_call.id}
        for ids in (True, 1, 1.5, "1", ["1"], [[1]], [1, 2], [0], {"id": 1}):
            with (
                self.subTest(ids=ids),
                self.assertRaisesRegex(ValidationError, "ID of one dialog"),
            ):
                Wizard.postpone(ids, vals)
        for said in (None, True, 1, 1.5, [], [vals], "x"):
            with (
                self.subTest(vals=said),
                self.assertRaisesRegex(ValidationError, "as a dictionary"),
            ):
                Wizard.postpone([], said)
        with self.assertRaisesRegex(ValidationError, "not a valid value for Proposed"):
            Wizard.postpone([], {**vals, "proposed": [1]})

    def test_resume_with_what_does_not_fit(self):
        """What is gone since, and what a client forged, is left out."""
        colleague = self._new_user("il_colleague")
        other = self._log(user=self.user_other_sales)
        entry = self._log(
            state="postponed",
            postponed_vals={
                "corrects_id": other.id,
                "is_correction": True,
                "partner_ids": self.acme.ids,
                "cost": "x",
                "duration": 0.5,
                "proposed": [1],
                "share": "nobody",
                "follow_up_date": "tomorrow",
                "follow_up_summary": "Call again",
                "follow_up_user_id": colleague.id,
            },
        )
        colleague.sudo().unlink()
        action = entry.with_user(self.user_manager).action_resume()
        for name in ("corrects_id", "is_correction", "proposed", "share"):
            self.assertNotIn(f"default_{name}", action["context"])
        self.assertNotIn("default_follow_up_user_id", action["context"])
        form = self._open(action, self.user_manager)
        self.assertEqual(form.duration, 0.5)
        self.assertEqual(form.follow_up_summary, "Call again")
        self.assertEqual(form.partner_ids[:], self.anna)

    def test_images_of_the_note(self):
        """Pasted into the note, they outlive the dialog and the draft."""
        Attachment = self.env["ir.attachment"]
        vals = {"name": "a.png", "raw": b"x", "res_model": "interaction.log.create"}
        image = Attachment.with_user(self.user_sales).create({**vals, "res_id": False})
        theirs = Attachment.with_user(self.user_other_sales).create(vals)
        other = self._log()
        foreign = Attachment.sudo().create(
            {"name": "b.png", "res_model": other._name, "res_id": other.id}
        )
        note = "".join(
            f'<img src="/web/image/{each.id}?access_token=x">'
            for each in (image, theirs, foreign)
        )
        draft = self._postpone(note=note)
        self.assertEqual((image.res_model, image.res_id), (draft._name, draft.id))
        form = self._open(draft.with_user(self.user_sales).action_resume())
        action = form.save().action_log()
        self.assertFalse(draft.exists())
        self.assertEqual(image.res_id, action["params"]["entry_ids"][0])
        self.assertEqual(theirs.sudo().res_model, "interaction.log.create")
        self.assertEqual(foreign.res_id, other.id)

    def test_discard(self):
        entry = self._postpone()
        logged = self._log()
        with self.assertRaises(AccessError):
            entry.with_user(self.user_other_sales).action_discard()
        with self.assertRaises(AccessError):
            entry.with_user(self.user_other_sales).action_resume()
        with self.assertRaises(AccessError):
            entry.with_user(self.user_sales).unlink()
        entry.with_user(self.user_sales).action_discard()
        self.assertFalse(entry.exists())
        with self.assertRaisesRegex(UserError, "Only drafts"):
            logged.action_discard()

    def test_postponed_is_not_deleted(self):
        """Nothing uncanceled is, by nobody: its own user discards it."""
        entry = self._log(state="postponed")
        with self.assertRaisesRegex(UserError, "is a draft. Discard it"):
            entry.with_user(self.user_admin).unlink()
        with self.assertRaisesRegex(UserError, "is a draft. Discard it"):
            entry.sudo().unlink()
        entry.with_user(self.user_sales).action_discard()
        self.assertFalse(entry.exists())

    def test_others_can_not_be_discarded_by_a_dialog(self):
        """What a client says was postponed is discarded only if it was, and is own."""
        theirs = self._postpone()
        logged = self._log(user=self.user_other_sales)
        form = self._open(
            self.anna.with_user(self.user_other_sales).action_log_interaction(),
            user=self.user_other_sales,
        )
        form.template_id = self.template_call
        wizard = form.save()
        wizard.postponed_ids = [Command.set(theirs.ids)]
        with self.assertRaises(AccessError):
            wizard.action_log()
        wizard.postponed_ids = [Command.set(logged.ids)]
        wizard.action_log()
        self.assertTrue(logged.exists())

    def test_call_finished_later(self):
        """Its time does not run on, and it stays a call unless it became another."""
        for channel, event in (("phone", "call"), ("visit", "manual")):
            with self.subTest(channel=channel):
                form = self._open(
                    self.anna.with_user(self.user_sales).action_log_call("+32 470 1")
                )
                form.save().action_postpone()
                entry = self.Entry.search(
                    [("partner_id", "=", self.anna.id), ("state", "=", "postponed")]
                )
                form = self._open(entry.with_user(self.user_sales).action_resume())
                self.assertFalse(form.is_call)
                form.channel = channel
                action = form.save().action_log()
                logged = self.Entry.browse(action["params"]["entry_ids"])
                self.assertEqual(logged.event, event)

    def test_call(self):
        """Calling opens the dialog with template and number, its time running."""
        action = self.anna.with_user(self.user_sales).action_log_call("+32 470 1")
        form = self._open(action)
        self.assertEqual(form.template_id, self.template_call)
        self.assertTrue(form.is_call)
        form.duration = 0.1
        form.outcome = "left_message"
        action = form.save().action_log()
        self.assertRecordValues(
            self.Entry.browse(action["params"]["entry_ids"]),
            [
                {
                    "contact_via": "+32 470 1",
                    "channel": "phone",
                    "event": "call",
                    "duration": 0.1,
                    "outcome": "left_message",
                }
            ],
        )
