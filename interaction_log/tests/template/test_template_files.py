import base64

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PDF, TemplateFilesCommon


@tagged("-at_install", "post_install")
class TestTemplateFiles(TemplateFilesCommon):
    def test_default_language_in_the_form(self):
        with Form(self.template) as form:
            for lang, name in ((self.english, "a.pdf"), (self.french, "b.pdf")):
                with form.file_ids.new() as line:
                    line.lang_id = lang
                    line.filename = name
                    line.file = PDF
            self.assertEqual(form.default_lang_id, self.english)
            form.default_lang_id = self.french
        self.assertEqual(self.template.default_lang_id, self.french)

    def test_deleted_template_leaves_no_file(self):
        file = self._add("terms.pdf")
        stored = self.env["ir.attachment"].sudo()
        domain = [
            ("res_model", "=", file._name),
            ("res_field", "=", "file"),
            ("res_id", "=", file.id),
        ]
        self.assertTrue(stored.search(domain))
        self.template.unlink()
        self.assertFalse(stored.search(domain))

    def test_replaced_default_language_stays(self):
        """In whichever order the files of the default language are replaced."""
        self._add("terms.pdf")
        for first_new in (True, False):
            with self.subTest(first_new=first_new):
                self.template.file_ids.filtered(
                    lambda file: file.lang_id == self.french
                ).unlink()
                old = self._add("old.pdf", lang=self.french)
                self.template.default_lang_id = self.french
                new = Command.create(
                    {"lang_id": self.french.id, "filename": "new.pdf", "file": PDF}
                )
                commands = [new, Command.delete(old.id)]
                self.template.file_ids = commands if first_new else commands[::-1]
                self.assertEqual(self.template.default_lang_id, self.french)
        other = self.template.copy({"name": "Other"})
        self.template._copy_files(other.file_ids)
        self.assertEqual(self.template.default_lang_id, self.french)
        self.assertEqual(len(self.template.file_ids), 2)

    def test_copy_of_a_template_has_its_files(self):
        self._add("terms.pdf", lang=self.french)
        copy = self.template.copy()
        self.assertRecordValues(
            copy.file_ids,
            [{"filename": "terms.pdf", "lang_id": self.french.id, "file": PDF}],
        )
        self.assertEqual(copy.default_lang_id, self.french)
        self.template.file_ids.unlink()
        self.assertTrue(copy.file_ids.exists())

    def test_copy_files_of_another_template(self):
        self._add("terms.pdf")
        self._add("conditions.pdf", lang=self.french)
        other = self.template.copy({"name": "Other"})
        other.file_ids[0].file = base64.b64encode(b"other")
        other.file_ids[1].filename = "new.pdf"
        action = self.template.action_copy_files()
        wizard = Form(
            self.env["interaction.template.copy.files"]
            .with_user(self.user_manager)
            .with_context(**action["context"])
        )
        wizard.source_id = other
        self.assertEqual(wizard.replaced, "terms.pdf (English (US))")
        wizard.save().action_copy()
        self.assertEqual(
            sorted(
                (file.lang_id.code, file.filename, base64.b64decode(file.file))
                for file in self.template.file_ids
            ),
            [
                ("en_US", "terms.pdf", b"other"),
                ("fr_FR", "conditions.pdf", b"%PDF-1.4 terms"),
                ("fr_FR", "new.pdf", b"%PDF-1.4 terms"),
            ],
        )
        self.assertEqual(len(other.file_ids), 2)

    def test_import(self):
        result = self.Template.load(
            [
                "name",
                "code",
                "group_id",
                "file_ids/lang_id",
                "file_ids/filename",
                "file_ids/file",
            ],
            [
                ["Imported", "", "Letters", "French / Français", "a.pdf", PDF.decode()],
                ["", "", "", "English (US)", "b.pdf", PDF.decode()],
            ],
        )
        self.assertFalse(result["messages"])
        template = self.Template.browse(result["ids"])
        self.assertEqual(template.code, "IMPORTED")
        self.assertEqual(template.file_ids.mapped("lang_id.code"), ["fr_FR", "en_US"])
        self.user_manager.sudo().group_ids |= self.env.ref("base.group_allow_export")
        exported = template.export_data(
            ["name", "file_ids/lang_id", "file_ids/filename"]
        )["datas"]
        self.assertEqual(exported[0], ["Imported", "French / Français", "a.pdf"])

    def test_bad_input(self):
        self.env["ir.config_parameter"].sudo().set_param(
            "web.max_file_upload_size", 1000
        )
        inactive = self.env["res.lang"].sudo().with_context(active_test=False)
        inactive = inactive.search([("code", "=", "it_IT")])
        large = base64.b64encode(b"x" * 1001)
        for message, name, content, vals in (
            ("empty.pdf is empty", "empty.pdf", b"", {}),
            ("large.pdf is too large", "large.pdf", large, {}),
            ("was incomplete", "broken.pdf", "%%%", {}),
            ("Italian.* is not installed", "a.pdf", PDF, {"lang_id": inactive.id}),
            ("old.doc can't be merged. Save it", "old.doc", PDF, {"merge": True}),
            ("m.docm can't be merged. Save it", "m.docm", PDF, {"merge": True}),
            ("can't be read as a Word document", "corrupt.docx", PDF, {}),
        ):
            with (
                self.subTest(message=message),
                self.assertRaisesRegex(ValidationError, message),
                self.env.cr.savepoint(),
            ):
                self._add(name, content, **vals)
        self.assertFalse(self.template.file_ids)
        for name in (
            *("", " ", "..", "a/b.pdf", "a\\b.pdf", "x" * 300),
            *("a\nb.pdf", "a\rb.pdf", "a\u202efdp.exe", "a\u2028.pdf", "é" * 130),
        ):
            with (
                self.subTest(name=name[:10]),
                self.assertRaisesRegex(ValidationError, "is not a valid file name"),
                self.env.cr.savepoint(),
            ):
                self._add(name)
        lines = self._add("lines.txt", base64.encodebytes(b"x" * 200))
        with (
            self.assertRaisesRegex(ValidationError, "was incomplete"),
            self.env.cr.savepoint(),
        ):
            lines.file = "%%%"
        self._add("old.doc")
        self._add("a.pdf")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError) as error,
            self.env.cr.savepoint(),
        ):
            self._add("a.pdf")
        self.assertIn(
            "A file with this name already exists",
            self.File._sql_error_to_message(error.exception),
        )

    def test_nothing_half_saved(self):
        with (
            self.assertRaisesRegex(ValidationError, "is empty"),
            self.env.cr.savepoint(),
        ):
            self.template.write(
                {
                    "name": "Changed",
                    "file_ids": [
                        (0, 0, {"lang_id": self.english.id, "filename": n, "file": f})
                        for n, f in (("good.pdf", PDF), ("empty.pdf", False))
                    ],
                }
            )
        self.env.invalidate_all()
        self.assertEqual(self.template.name, "Thanks")
        self.assertFalse(self.template.file_ids)

    def test_rights(self):
        """Salespeople open the files, managers change them, others see none."""
        file = self._add("terms.pdf")
        as_sales = file.with_user(self.user_sales)
        self.assertEqual(as_sales.file, PDF)
        with self.assertRaises(AccessError):
            as_sales.file = base64.b64encode(b"other")
        with self.assertRaises(AccessError):
            as_sales.unlink()
        for user in (self.user_assistant, self.user_portal):
            with self.assertRaises(AccessError):
                file.with_user(user).read(["filename"])
        action = as_sales.action_open()
        self.assertIn(f"/{file.id}/file/terms.pdf", action["url"])
        company = self._new_company()
        foreign = self.template.sudo().copy({"company_id": company.id})
        with self.assertRaises(AccessError):
            foreign.file_ids.with_user(self.user_manager).read(["file"])
        foreign.file_ids.unlink()
        with self.assertRaises(AccessError):
            file.template_id = foreign.with_user(self.user_manager)
