import base64
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import file_open, mute_logger

from ...models.template import docx
from ..template.common import PDF, TemplateFilesCommon
from ..template.word_files import make_word_file, read_word_file


@tagged("-at_install", "post_install")
class TestContentFiles(TemplateFilesCommon):
    def test_language_of_the_contact(self):
        self._add("terms.pdf")
        self._add("letter.txt", base64.b64encode(b"Hello"))
        self._add("conditions.pdf", lang=self.french)
        both = ["letter.txt", "terms.pdf"]
        for lang, expected in (
            ("en_US", both),
            ("fr_FR", ["conditions.pdf"]),
            ("fr_BE", ["conditions.pdf"]),  # the same language of another country
            ("de_DE", both),  # the default language
            (False, both),
        ):
            with self.subTest(lang=lang):
                self.anna.sudo().lang = lang
                entry = self._log_with(self.anna)
                self.assertEqual(sorted(entry.attachment_ids.mapped("name")), expected)
                self.assertEqual(entry.lang, lang)
        self.template.default_lang_id = self.french
        self.anna.sudo().lang = "de_DE"
        entry = self._log_with(self.anna)
        self.assertEqual(entry.attachment_ids.name, "conditions.pdf")
        entry = self._log_with(self.anna, lang="en_US")
        self.assertEqual(len(entry.attachment_ids), 2)

    def test_default_language_has_a_file(self):
        self.assertFalse(self.template.default_lang_id)
        english = self._add("terms.pdf")
        french = self._add("conditions.pdf", lang=self.french)
        self.assertEqual(self.template.default_lang_id, self.english)
        with self.assertRaisesRegex(ValidationError, "no file in its default language"):
            self.template.default_lang_id = self.german
        english.unlink()
        self.assertEqual(self.template.default_lang_id, self.french)
        french.unlink()
        self.assertFalse(self.template.default_lang_id)
        self.assertFalse(self._log_with(self.anna).attachment_ids)

    def test_entry_keeps_what_was_used(self):
        """Replacing or removing the file changes no entry; equal files are one."""
        file = self._add("terms.pdf")
        first = self._log_with(self.anna)
        second = self._log_with(self.chloe)
        attachments = (first | second).attachment_ids.sudo()
        self.assertEqual(len(attachments), 2)
        self.assertEqual(attachments[0].res_id, first.id)
        self.assertEqual(attachments[1].res_id, second.id)
        stored = (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", file._name), ("res_field", "=", "file")])
            .filtered(lambda attachment: attachment.res_id == file.id)
        )
        self.assertEqual(set(attachments.mapped("store_fname")), {stored.store_fname})
        file.write({"file": base64.b64encode(b"new terms"), "filename": "new.pdf"})
        self.assertEqual(attachments.mapped("raw"), [b"%PDF-1.4 terms"] * 2)
        self.assertEqual(attachments.mapped("name"), ["terms.pdf"] * 2)
        file.unlink()
        self.assertEqual(attachments.mapped("raw"), [b"%PDF-1.4 terms"] * 2)
        # a colleague reads it, too
        self.assertEqual(
            first.with_user(self.user_other_sales).attachment_ids.raw,
            b"%PDF-1.4 terms",
        )

    def test_given_files_take_the_place(self):
        self._add("terms.pdf")
        own = (
            self.env["ir.attachment"]
            .with_user(self.user_sales)
            .create({"name": "own.txt", "raw": b"own"})
        )
        entry = self._log_with(self.anna, attachment_ids=[(6, 0, own.ids)])
        self.assertEqual(entry.attachment_ids.mapped("name"), ["own.txt"])
        self.assertFalse(self._log_with(self.anna, attachment_ids=[]).attachment_ids)

    def test_replay_adds_no_file(self):
        self._add("terms.pdf")
        key = {"source_key": "other,1"}
        entry = self._log_with(self.anna, **key)
        again = self._log_with(self.anna, **key)
        self.assertEqual(entry, again)
        self.assertEqual(len(entry.attachment_ids), 1)

    def test_key_given_twice(self):
        """The entry has the file of its own contact, not that of the one left out."""
        self._add("letter.docx", make_word_file("Dear {contact_name}"))
        entries = (
            self.env["interaction.log.entry"]
            .with_user(self.user_sales)
            .log_interactions(
                [
                    {
                        "template_id": self.template.id,
                        "partner_id": partner.id,
                        "source_key": "other,1",
                    }
                    for partner in (self.anna, self.chloe)
                ]
            )
        )
        self.assertEqual(entries[0], entries[1])
        self.assertEqual(entries[0].partner_id, self.anna)
        self.assertEqual(read_word_file(entries[0].attachment_ids.raw), "Dear Anna")

    def test_files_of_an_entry_are_facts(self):
        """Who logged it can neither change nor delete them; the purge can."""
        self._add("terms.pdf")
        entry = self._log_with(self.anna)
        file = entry.attachment_ids
        for user in (self.user_sales, self.user_admin):
            with self.assertRaisesRegex(UserError, "can't be changed"):
                file.with_user(user).write({"raw": b"forged"})
            with self.assertRaisesRegex(UserError, "can't be changed"):
                file.with_user(user).unlink()
        self.assertEqual(file.raw, b"%PDF-1.4 terms")
        entry._cancel(self.reason)
        entry.with_user(self.user_admin)._purge([("id", "=", entry.id)])
        self.assertFalse(file.sudo().exists())

    def test_default_language_without_file(self):
        """What two users who delete at a time leave behind breaks nothing."""
        self._add("terms.pdf")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE interaction_template SET default_lang_id = %s WHERE id = %s",
            (self.german.id, self.template.id),
        )
        self.env.invalidate_all()
        self.assertFalse(self._log_with(self.chloe).attachment_ids)

    def test_language_switched_off(self):
        self._add("letter.docx", make_word_file("{date} {contact_name}"))
        self.chloe.sudo().lang = "de_DE"
        self.env.flush_all()
        self.env["res.lang"].sudo().browse(self.german.id)._write({"active": False})
        self.env.registry.clear_cache("stable")
        entry = self._log_with(self.chloe, date="2026-03-02 10:00:00")
        self.assertEqual(read_word_file(entry.attachment_ids.raw), "03/02/2026 Chloé")

    def test_many_entries_with_files(self):
        """Neither number of entries nor of files makes more queries."""
        self._add("terms.pdf")
        self._add("letter.docx", make_word_file("{contact_address} {contact_company}"))
        states = self.env["res.country.state"].search([], limit=40)
        partners = self.env["res.partner"].create(
            [
                {
                    "name": state.name,
                    "state_id": state.id,
                    "country_id": state.country_id.id,
                    "parent_id": self.acme.id,
                }
                for state in states
            ]
        )
        Entry = self.env["interaction.log.entry"].with_user(self.user_sales)

        def count_queries(number):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            entries = Entry.log_interactions(
                [
                    {"template_id": self.template.id, "partner_id": partner.id}
                    for partner in partners[:number]
                ]
            )
            self.env.flush_all()
            self.assertEqual(len(entries.attachment_ids), number * 2)
            return self.cr.sql_log_count - before

        count_queries(40)  # fills the caches
        few = count_queries(10)
        self.assertLessEqual(count_queries(40), few)

    # -- Word files that are filled in ------------------------------------

    def test_every_field(self):
        """The example has every field that exists, and all of them are filled in."""
        with file_open("interaction_log/static/docx/merge_fields.docx", "rb") as file:
            example = file.read()
        self.assertEqual(
            docx.get_merge_fields(example), set(self.Entry._get_merge_field_names())
        )
        state = self.env["res.country.state"].create(
            {
                "name": "Test State",
                "code": "TST",
                "country_id": self.env.ref("base.be").id,
            }
        )
        address = {
            "street": "Rue Haute 1",
            "street2": "Bâtiment 2",
            "zip": "5000",
            "city": "Namur",
            "state_id": state.id,
            "country_id": state.country_id.id,
            "email": "a@example.com",
            "phone": "+32 1",
            "website": "https://example.com",
        }
        state.country_id.with_context(lang="fr_FR").name = "Belgique"
        self.chloe.sudo().write({**address, "function": "CEO", "ref": "R1"})
        self.acme.sudo().vat = "BE0477472701"
        self.company_a.sudo().partner_id.write({**address, "vat": "BE0477472701"})
        self.company_a.sudo().company_registry = "REG"
        bank = self.env["res.bank"].sudo().create({"name": "B", "bic": "GEBABEBB"})
        self.env["res.partner.bank"].sudo().create(
            {
                "acc_number": "BE71096123456769",
                "bank_id": bank.id,
                "partner_id": self.company_a.partner_id.id,
            }
        )
        self.user_sales.partner_id.sudo().write(
            {"function": "Seller", "email": "s@example.com", "phone": "+32 2"}
        )
        campaign = self.env["utm.campaign"].sudo().create({"title": "Spring"})
        self._add("all.docx", base64.b64encode(example))
        entry = self._log_with(
            self.chloe,
            name="Our offer",
            **self._get_document_vals("S00042"),
            campaign_id=campaign.id,
            date="2026-03-02 10:00:00",
        )
        values = entry._get_merge_values()
        self.assertEqual([name for name, text in values.items() if not text], [])
        self.assertEqual(
            values["contact_address"], "Rue Haute 1\nBâtiment 2\n5000 Namur\nBelgique"
        )
        self.assertEqual(values["contact_country"], "Belgique")
        self.assertEqual(values["contact_company"], "Acme")
        self.assertEqual(values["date_long"], "2 mars 2026")
        self.assertEqual(values["salesperson_name"], self.user_sales.name)
        self.assertEqual(values["subject"], "Our offer")
        self.assertEqual(values["document"], "S00042")
        self.assertEqual(values["campaign"], "Spring")
        text = read_word_file(entry.attachment_ids.raw)
        for name, value in values.items():
            self.assertIn(value, text, name)
        self.assertNotIn("«", text)

    def test_each_contact_gets_an_own_file(self):
        self._add("letter.docx", make_word_file("Dear {contact_name},\n{Date}"))
        self.anna.sudo().name = "Anna \x0b& <Co>"
        entries = self._log_with(self.anna, date="2026-03-02 10:00:00")
        entries |= self._log_with(self.chloe, date="2026-03-02 10:00:00")
        self.assertEqual(
            [read_word_file(entry.attachment_ids.raw) for entry in entries],
            ["Dear Anna & <Co>,\n03/02/2026", "Dear Chloé,\n02/03/2026"],
        )
        self.assertEqual(entries.attachment_ids.mapped("res_id"), entries.ids)
        names = set(entries.attachment_ids.sudo().mapped("store_fname"))
        self.assertEqual(len(names), 2)

    def test_time_zone_of_the_date(self):
        self._add("letter.docx", make_word_file("{date}"))
        self.user_sales.sudo().tz = "Asia/Tokyo"
        entry = self._log_with(self.anna, date="2026-03-02 20:00:00")
        self.assertEqual(read_word_file(entry.attachment_ids.raw), "03/03/2026")

    def test_merge_switch(self):
        letter = make_word_file("Dear {contact_name}")
        file = self._add("letter.docx", letter)
        self.assertTrue(file.merge)
        self.assertEqual(file.merge_fields, "contact_name")
        file.merge = False
        entry = self._log_with(self.anna)
        self.assertEqual(base64.b64encode(entry.attachment_ids.raw), letter)
        file.filename = "other.docx"
        self.assertFalse(file.merge)
        with Form(self.template) as form, form.file_ids.edit(0) as line:
            line.filename = "third.docx"
            self.assertFalse(line.merge)
            line.filename = "third.txt"
            line.filename = "letter.docx"
        file.merge = True
        file.file = make_word_file("{date}")
        self.assertEqual(file.merge_fields, "date")
        file.filename = "letter.txt"
        self.assertFalse(file.merge)

    def test_text_is_kept_as_it_is(self):
        self._add("letter.docx", make_word_file("{contact_name}"))
        for name in (
            "Dupont\u00a0& Fils",
            "\u5c71\u7530\u3000\u592a\u90ce",
            "\U0001f468\u200d\U0001f469\u200d\U0001f467",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "1\u202f000",
        ):
            with self.subTest(name=name):
                self.anna.sudo().name = name
                entry = self._log_with(self.anna)
                self.assertEqual(read_word_file(entry.attachment_ids.raw), name)

    def test_settings_are_an_optional_part(self):
        content = make_word_file("{contact_name}", **{"word/settings.xml": None})
        self._add("letter.docx", content)
        entry = self._log_with(self.anna)
        self.assertEqual(read_word_file(entry.attachment_ids.raw), "Anna")

    def test_file_that_was_lost(self):
        """Nothing is logged with a file that is not there, and the sentence says so."""
        for name, content in (
            ("letter.docx", make_word_file("{contact_name}")),
            ("terms.pdf", PDF),
        ):
            file = self._add(name, content)
            self.env.flush_all()
            entry = self._log_with(self.anna, source_key="other,1")
            stored = (
                self.env["ir.attachment"]
                .sudo()
                .search([("res_field", "=", "file"), ("res_id", "=", file.id)])
                .filtered(lambda found: found.res_model == self.File._name)
            )
            stored._write({"store_fname": "00/lost"})
            self.env.invalidate_all()
            with (
                self.subTest(name=name),
                mute_logger("odoo.addons.base.models.ir_attachment"),
            ):
                with (
                    self.assertRaisesRegex(UserError, "Upload it again"),
                    self.env.cr.savepoint(),
                ):
                    self._log_with(self.anna)
                # a replay has its file already
                self.assertEqual(self._log_with(self.anna, source_key="other,1"), entry)
            self.env.invalidate_all()
            file.unlink()
            entry.sudo()._write_facts({"source_key": False})

    def test_word_file_without_fields_is_stored_once(self):
        file = self._add("plain.docx", make_word_file("Hello"))
        self.assertFalse(file.merge_fields)
        entries = self._log_with(self.anna) | self._log_with(self.chloe)
        names = entries.attachment_ids.sudo().mapped("store_fname")
        self.assertEqual(names[0], names[1])

    def test_unknown_fields_are_named(self):
        with self.assertRaisesRegex(
            ValidationError,
            r"unknown merge fields: contact_nme \(contact_name\?\), foo\.",
        ):
            self._add(
                "letter.docx",
                make_word_file("{contact_nme} {foo} {date} {Contact_Name}"),
            )

    def test_warning_at_upload(self):
        """The form says at once what saving would refuse."""
        file = self.File.new(
            {"filename": "letter.docx", "file": make_word_file("{foo}")}
        )
        self.assertIn("foo", file._onchange_file()["warning"]["message"])
        file.file = make_word_file("{date}")
        self.assertFalse(file._onchange_file())

    def test_files_that_can_not_be_merged(self):
        for message, content in (
            ("contains macros", make_word_file("x", **{"word/vbaProject.bin": "x"})),
            (
                "can't be read",
                make_word_file("x", **{"word/settings.xml": "<broken"}),
            ),
            ("can't be read", make_word_file("", **{"word/document.xml": "no xml"})),
            ("can't be read", base64.b64encode(b"PK\x03\x04 cut off")),
            ("can't be read", make_word_file("x", **{"word/a.xml": "<!DOCTYPE a>"})),
            ("move to the next contact", make_word_file("Dear {date}{=NEXT}")),
        ):
            with (
                self.subTest(message=message),
                self.assertRaisesRegex(ValidationError, message),
                self.env.cr.savepoint(),
            ):
                self._add("letter.docx", content)
        for limit in ("MAX_UNPACKED", "MAX_XML"):
            with (
                patch.object(docx, limit, 10),
                self.assertRaisesRegex(ValidationError, "can't be read"),
                self.env.cr.savepoint(),
            ):
                self._add("letter.docx", make_word_file("x"))

    def test_without_the_library(self):
        """Merging is off and says so; other files go as ever."""
        merged = self._add("letter.docx", make_word_file("Dear {contact_name}"))
        self.env.flush_all()
        with patch.object(docx, "MailMerge", None):
            self.assertFalse(self.template.can_merge)
            with (
                self.assertRaisesRegex(UserError, "docx-mailmerge2 is not"),
                self.env.cr.savepoint(),
            ):
                self._log_with(self.anna)
            self.assertFalse(self.template.interaction_count)
            file = self._add("other.docx", make_word_file("Dear {foo}"))
            self.assertFalse(file.merge)
            with (
                self.assertRaisesRegex(ValidationError, "docx-mailmerge2 is not"),
                self.env.cr.savepoint(),
            ):
                file.merge = True
            merged.unlink()
            entry = self._log_with(self.anna)
            self.assertEqual(entry.attachment_ids.name, "other.docx")
        self.env.invalidate_all()
        self.assertTrue(self.template.can_merge)
        with self.assertRaisesRegex(ValidationError, "unknown merge fields: foo"):
            file.merge = True
