import base64

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..template.common import TemplateFilesCommon
from ..template.word_files import make_word_file, read_word_file


@tagged("-at_install", "post_install")
class TestChannel(TemplateFilesCommon):
    def test_order_of_precedence(self):
        self.anna.interaction_channel = "email"
        self.assertEqual(self._log_with(self.anna).channel, "email")
        self.assertEqual(self._log_with(self.anna, channel="phone").channel, "phone")
        self.template.ignore_contact_channel = True
        self.assertEqual(self._log_with(self.anna).channel, "letter")
        self.assertEqual(self._log_with(self.anna, channel="phone").channel, "phone")
        self.template.ignore_contact_channel = False
        self.anna.interaction_channel = False
        self.assertEqual(self._log_with(self.anna).channel, "letter")

    def test_default_of_the_switch(self):
        """A call is a call, whatever the contact prefers."""
        form = Form(self.Template)
        form.channel = "phone"
        self.assertTrue(form.ignore_contact_channel)
        form.channel = "letter"
        self.assertFalse(form.ignore_contact_channel)
        form.ignore_contact_channel = True
        form.name = "T"
        form.group_id = self.template.group_id
        self.assertTrue(form.save().ignore_contact_channel)
        self.anna.interaction_channel = "letter"
        self.assertEqual(self._log().channel, "phone")

    def test_assistant_sets_the_preference(self):
        """Who edits contacts says how they want to hear from us."""
        self.user_assistant.sudo().group_ids |= self.env.ref(
            "base.group_partner_manager"
        )
        with Form(self.anna.with_user(self.user_assistant)) as form:
            form.interaction_channel = "sms"
        self.assertEqual(self.anna.interaction_channel, "sms")

    def test_migration(self):
        """Templates of before kept their channel whatever the contact preferred."""
        self.assertFalse(self.template.ignore_contact_channel)
        self._migrate("19.0.1.1.0")
        self.assertTrue(self.template.ignore_contact_channel)


@tagged("-at_install", "post_install")
class TestMailText(TemplateFilesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mail_template = (
            cls.env["mail.template"]
            .sudo()
            .create(
                {
                    "name": "Thanks",
                    "model_id": cls.env["ir.model"]._get_id("interaction.log.entry"),
                    "subject": "Thank you, {{ object.partner_id.name }}",
                    "body_html": "<p>Dear <t t-out='object.partner_name'/></p>",
                }
            )
        )
        french = cls.mail_template.with_context(lang="fr_FR")
        french.subject = "Merci, {{ object.partner_id.name }}"
        french.body_html = "<p>Madame <t t-out='object.partner_name'/></p>"
        cls.template.write(
            {"channel": "email", "mail_template_id": cls.mail_template.id}
        )

    def test_text_in_the_language_of_the_contact(self):
        entries = (
            self.env["interaction.log.entry"]
            .with_user(self.user_sales)
            .log_interactions(
                [
                    {"template_id": self.template.id, "partner_id": partner.id}
                    for partner in (self.anna, self.chloe, self.anna)
                ]
            )
        )
        self.assertEqual(
            [(entry.name, str(entry.note)) for entry in entries],
            [
                ("Thank you, Anna", "<p>Dear Acme, Anna</p>"),
                ("Merci, Chloé", "<p>Madame Acme, Chloé</p>"),
                ("Thank you, Anna", "<p>Dear Acme, Anna</p>"),
            ],
        )

    def test_subject_in_the_language_of_the_contact(self):
        """What the contact reads is in its language; a letter in the log is in ours."""
        self.template.description = "Our offer"
        self.template.with_context(lang="fr_FR").description = "Notre offre"
        self.mail_template.subject = "{{ object.name }}"
        self.mail_template.with_context(lang="fr_FR").subject = "{{ object.name }} !"
        self._add("letter.docx", make_word_file("{subject}"))
        document = self._get_document_vals("S1")
        entry = self._log_with(self.chloe, **document)
        self.assertEqual(entry.name, "Notre offre S1 !")
        self.mail_template.with_context(lang="fr_FR").subject = "Merci"
        entry = self._log_with(self.chloe, **document)
        self.assertEqual(entry.name, "Merci S1")
        entry = self._log_with(self.chloe, channel="letter")
        self.assertEqual(entry.name, "Our offer")
        self.assertEqual(read_word_file(entry.attachment_ids.raw), "Notre offre")
        entry = self._log_with(self.chloe, channel="letter", name="Mine")
        self.assertEqual(read_word_file(entry.attachment_ids.raw), "Mine")

    def test_what_is_said_counts(self):
        entry = self._log_with(self.anna, name="Mine", note="<p>Own</p>")
        self.assertEqual((entry.name, str(entry.note)), ("Mine", "<p>Own</p>"))
        self.assertFalse(self._log_with(self.anna, note=False).note)

    def test_other_channels_say_nothing(self):
        entry = self._log_with(self.anna, channel="letter")
        self.assertEqual(entry.name, "Thanks")
        self.assertFalse(entry.note)

    def test_changing_the_text_changes_no_entry(self):
        entry = self._log_with(self.anna)
        self.mail_template.body_html = "<p>Changed</p>"
        self.env.invalidate_all()
        self.assertEqual(str(entry.note), "<p>Dear Acme, Anna</p>")

    @mute_logger("odoo.addons.mail.models.mail_render_mixin")
    def test_text_that_can_not_be_made(self):
        """Nothing is logged, and the sentence names text and contact."""
        self.mail_template.subject = "{{ 1 / (object.partner_id.name != 'Anna') }}"
        with (
            self.assertRaisesRegex(UserError, "can't be generated for Acme, Anna"),
            self.env.cr.savepoint(),
        ):
            self._log_with(self.anna)
        self.assertFalse(self.template.interaction_count)

    @mute_logger("odoo.addons.mail.models.mail_render_mixin")
    def test_text_that_fails_for_one(self):
        self.chloe.lang = "en_US"
        self.mail_template.subject = "{{ 1 / (object.partner_id.name != 'Chloé') }}"
        with (
            self.assertRaisesRegex(UserError, "can't be generated for Acme, Chloé"),
            self.env.cr.savepoint(),
        ):
            self.env["interaction.log.entry"].with_user(
                self.user_sales
            ).log_interactions(
                [
                    {"template_id": self.template.id, "partner_id": partner.id}
                    for partner in (self.anna, self.chloe)
                ]
            )

    def test_blank_subject(self):
        self.mail_template.subject = "  "
        self.assertEqual(self._log_with(self.anna).name, "Thanks")

    def test_text_of_another_model(self):
        other = self.mail_template.copy(
            {
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "subject": "Thank you",
                "body_html": "<p>Dear customer</p>",
            }
        )
        with self.assertRaisesRegex(ValidationError, "is for Sales Order"):
            self.template.mail_template_id = other

    def test_shipped_text(self):
        self.template.mail_template_id = self.env.ref(
            "interaction_log.mail_template_interaction"
        )
        entry = self._log_with(self.anna)
        self.assertEqual(entry.name, "Thanks")
        self.assertIn("Hello Anna", str(entry.note))
        self.assertIn(self.user_sales.name, str(entry.note))

    def _preview(self, partner, user=None):
        action = self.template.action_preview()
        form = Form(
            self.env["interaction.template.preview"]
            .with_user(user or self.user_manager)
            .with_context(**action["context"])
        )
        form.partner_id = partner
        return form

    def test_preview(self):
        """It shows what would be logged, and logs nothing."""
        self._add("letter.docx", make_word_file("Dear {contact_name}"))
        self._add("lettre.docx", make_word_file("Madame {contact_name}"), self.french)
        form = self._preview(self.chloe)
        self.assertEqual(form.lang, "fr_FR")
        self.assertEqual(form.channel, "email")
        self.assertEqual(form.subject, "Merci, Chloé")
        self.assertEqual(str(form.body), "<p>Madame Acme, Chloé</p>")
        self.assertEqual(form.filenames, "lettre.docx")
        form.lang = "en_US"
        self.assertEqual(form.subject, "Thank you, Chloé")
        self.assertEqual(form.filenames, "letter.docx")
        form.lang = "fr_FR"
        preview = form.save()
        url = preview.action_download()["url"]
        attachment = self.env["ir.attachment"].browse(
            int(url.split("?")[0].rpartition("/")[2])
        )
        self.assertEqual(
            read_word_file(attachment.with_user(self.user_manager).raw),
            "Madame Chloé",
        )
        self.assertFalse(self.template.interaction_count)

    def test_preview_says_what_is_different(self):
        self._add("letter.docx", make_word_file("Dear {contact_name}"))
        self.chloe.interaction_channel = "letter"
        form = self._preview(self.chloe)
        self.assertIn("e-mail text is not used", form.hint)
        self.assertIn("receives the files in English (US)", form.hint)
        self.assertFalse(self._preview(self.anna).hint)

    def test_preview_of_several_files(self):
        for name in ("a.txt", "b.txt"):
            self._add(name, base64.b64encode(name.encode()))
        preview = self._preview(self.anna).save()
        self.assertEqual(preview.filenames, "a.txt, b.txt")
        url = preview.action_download()["url"]
        attachment = self.env["ir.attachment"].browse(
            int(url.split("?")[0].rpartition("/")[2])
        )
        self.assertEqual(attachment.sudo().mimetype, "application/zip")

    def test_preview_says_what_is_wrong(self):
        self.template.active = False
        form = self._preview(self.anna)
        self.assertIn("is archived", form.error)
        self.assertFalse(form.body)
