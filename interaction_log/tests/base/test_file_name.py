from odoo.tests import BaseCase, TransactionCase, tagged

from ...models.base.file_name import clean_file_name, is_file_name

CLEANED = {
    "INV/2026/1.pdf": "INV_2026_1.pdf",
    "a\\b.pdf": "a_b.pdf",
    "a\r\nBcc: x@example.com.pdf": "a__Bcc: x@example.com.pdf",
    "a\x00\x7f\x85.pdf": "a___.pdf",
    "invoice_\u202efdp.exe": "invoice__fdp.exe",
    "\u2066a\u2069\u200e\u200f.pdf": "_a___.pdf",
    "a\u2028\u2029\ud800.pdf": "a___.pdf",
    "..": "file",
    "": "file",
    f"{'x' * 300}.docx": f"{'x' * 250}.docx",
    f"{'é' * 200}.pdf": f"{'é' * 125}.pdf",
    f"{'🙂' * 100}.pdf": f"{'🙂' * 62}.pdf",
    # so long an end is no suffix
    f"{'a' * 250}.{'b' * 30}": f"{'a' * 250}.bbbb",
    f"a.{'x' * 300}": f"a.{'x' * 253}",
}


@tagged("-at_install", "post_install")
class TestFileName(BaseCase):
    def test_cleaned(self):
        for name, cleaned in CLEANED.items():
            with self.subTest(ascii(name)):
                self.assertEqual(clean_file_name(name), cleaned)
                self.assertLessEqual(len(cleaned.encode()), 255)
                self.assertFalse(is_file_name(name))
                self.assertTrue(is_file_name(cleaned))

    def test_as_it_is(self):
        for name in (
            "a.pdf",
            "Angebot für Müller & Söhne.docx",
            "שלום.pdf",
            "a: b?.txt",
        ):
            with self.subTest(name):
                self.assertEqual(clean_file_name(name), name)
                self.assertTrue(is_file_name(name))

    def test_unpacked(self):
        self.assertEqual(clean_file_name('a: "b"?.txt', unpacked=True), "a_ _b__.txt")


@tagged("-at_install", "post_install")
class TestAttachmentName(TransactionCase):
    def test_files_of_our_records(self):
        Attachment = self.env["ir.attachment"]
        ours = Attachment.create(
            {"name": "a\nb.txt", "raw": b"a", "res_model": "interaction.batch"}
        )
        self.assertEqual(ours.name, "a_b.txt")
        ours.name = "b\nc.txt"
        self.assertEqual(ours.name, "b_c.txt")
        other = Attachment.create({"name": "a\nb.txt", "raw": b"a"})
        self.assertEqual(other.name, "a\nb.txt")
        other.write({"res_model": "interaction.batch"})
        self.assertEqual(other.name, "a_b.txt")
