import io
import zipfile
from unittest.mock import patch
from urllib.parse import unquote

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.letter import address_layout, interaction_address_mixin
from ...models.letter import (
    interaction_batch as interaction_batch_letter,
)
from .common import SegmentLetterCommon, make_pdf, read_pdf, read_places


@tagged("-at_install", "post_install")
class TestSegmentLetter(SegmentLetterCommon):
    """Address pages, labels and letters, printed by the real engine."""

    def _print_segment(self, name, user=None):
        with self._real_pdfs():
            return self._print(
                f"interaction_log.report_segment_{name}",
                self.segment,
                user=user or self.user_sales,
            )

    def test_address_pages(self):
        self.segment.subject = "Invitation"
        belgium = self.acme.country_id.sudo()
        belgium.with_context(lang="fr_FR").name = "Belgique"
        response = self._print_segment("address_pages")
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        anna, acme = read_pdf(response.content)
        for text in (
            f"{self.company_a.name} · Hauptstraße 3 · 1000 Gent",
            "Acme",
            "Anna",
            "Rue Haute 1",
            "5000 Namur",
            "Invitation",
        ):
            self.assertIn(text, anna)
        self.assertIn("Grand-Place 2", acme)
        self.assertIn("Belgique", acme)  # the contact's language
        self.assertNotIn("Anna", acme)
        # nothing was asked of the log
        self.assertFalse(self._find(self.segment))
        self.assertFalse(self.Skipped.search([("res_model", "=", self.segment._name)]))

    def test_labels(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Contact {n}", "city": "Liège"} for n in range(23)]
        )
        self.segment.line_ids = [
            Command.create({"partner_id": partner.id}) for partner in partners
        ]
        pages = read_pdf(self._print_segment("labels").content)
        self.assertEqual(len(pages), 2)  # 25 on sheets of 24
        self.assertIn("Anna", pages[0])
        self.assertIn("Contact 21", pages[0])
        self.assertIn("Contact 22", pages[1])
        self.assertEqual(len(read_pdf(self._print_segment("labels_large").content)), 2)
        with patch.object(interaction_address_mixin, "SLICE", 24):
            self.assertEqual(read_pdf(self._print_segment("labels").content), pages)

    def test_left_out(self):
        self.acme.city = False
        self.assertEqual(
            self.segment.get_print_name("labels"),
            "Labels (3 x 8) - Spring (1 left out)",
        )
        action = self.segment.action_print_labels()
        self.assertIn("1", action["params"]["message"])
        report = self.env.ref("interaction_log.action_report_segment_labels")
        self.assertEqual(action["params"]["next"]["report_name"], report.report_name)
        response = self._print_segment("labels")
        (page,) = read_pdf(response.content)
        self.assertIn("Anna", page)
        self.assertNotIn("Grand-Place", page)
        name = unquote(response.headers["Content-Disposition"])
        self.assertIn("Labels (3 x 8) - Spring (1 left out).pdf", name)
        # a letter needs no e-mail address, but one who is excluded gets none
        self.segment.channel = "email"
        self.assertEqual(self.segment._get_addressees(), (self.line, 1))
        self.anna.interaction_segment_excluded = True
        with self.assertRaisesRegex(UserError, "None of the contacts"):
            self.segment.action_print_labels()
        self.line.is_forced = True
        self.assertEqual(self.segment._get_addressees(), (self.line, 1))

    def test_too_many(self):
        with (
            patch.object(interaction_address_mixin, "MAX_PRINTED", 1),
            self.assertRaisesRegex(
                UserError, "You selected 2 contacts, but only 1 can"
            ),
        ):
            self.segment.action_print_labels()
        self.segment.line_ids.action_remove()
        with self.assertRaisesRegex(UserError, "no contacts to print"):
            self.segment.action_print_address_pages()

    def test_rights(self):
        with self.assertRaises(AccessError):
            self.segment.with_user(self.user_assistant)._get_addressees()
        other = self._new_user(
            "il_elsewhere",
            "interaction_log.group_user",
            company=self.env["res.company"].sudo().create({"name": "Elsewhere"}),
        )
        with self.assertRaises(AccessError):
            self.segment.with_user(other)._get_addressees()

    def test_long_addresses_fit(self):
        """They are wrapped and made smaller in their field; nothing is cut."""
        names = (
            "A" * 200,
            "Verein zur Förderung des Handels und des Handwerks " * 5,
            "W" * 30,
        )
        long = {
            "street": "Straße der Völkerverständigung 123 a, Hinterhaus, 4. Stock",
            "street2": "Industrial Estate North, Second Gate, Ring Road",
            "zip": "80331",
            "city": "München",
        }
        partners = self.env["res.partner"].create(
            [{"name": name, **long} for name in names]
        )
        self.segment.line_ids.action_remove()
        self.segment.line_ids = [
            Command.create({"partner_id": partner.id}) for partner in partners
        ]
        for name, layout in address_layout.LAYOUTS.items():
            raw = self._print_segment(name).content
            for index, partner in enumerate(partners[: 1 if layout.is_page else 3]):
                with self.subTest(layout=name, partner=partner.name):
                    left = layout.left + index % layout.columns * layout.step_x
                    top = layout.top + index // layout.columns * layout.step_y
                    placed = [
                        (text, y)
                        for text, x, y in read_places(raw)
                        if left - 1 <= x < left + layout.width
                        and top <= y <= top + layout.height
                    ]
                    lines = partner._get_postal_lines()
                    self.assertGreater(len({y for _text, y in placed}), len(lines))
                    text = "".join("".join(text.split()) for text, _y in placed)
                    for line in lines:
                        self.assertIn("".join(line.split()), text)

    def test_long_subject_fits(self):
        self.segment.subject = "Invitation to the general assembly " * 9
        raw = self._print_segment("address_pages").content
        places = [
            (x, y)
            for text, x, y in read_places(raw)
            if "assembly" in text or "general" in text
        ]
        self.assertTrue(all(24 < x < 190 and 100 < y < 117 for x, y in places), places)
        self.assertGreater(len({y for _x, y in places}), 1)

    def test_arabic_words_stay_apart(self):
        """A comma does not make the engine write words over each other."""
        streets = ("الطابق الثاني برج المملكة", "الطابق الثاني، برج المملكة")
        partners = self.env["res.partner"].create(
            [{"name": "Acme", "street": street, "city": "Gent"} for street in streets]
        )
        self.segment.line_ids.action_remove()
        self.segment.line_ids = [
            Command.create({"partner_id": partner.id}) for partner in partners
        ]
        places = [
            x
            for text, x, _y in read_places(self._print_segment("labels").content)
            if not text.isascii()
        ]
        step = address_layout.LAYOUTS["labels"].step_x
        plain, comma = ([x for x in places if x // step == n] for n in (0, 1))
        # from right to left
        self.assertAlmostEqual(comma[-1] - comma[-2], plain[-1] - plain[-2], 1)
        for line, runs in (
            ("فهد ١٢٣، Str. 12", ["فهد ", "١٢٣", "، ", "Str", ". ", "12"]),
            ("Grand-Place 2, box 3", ["Grand-Place ", "2, ", "box ", "3"]),
        ):
            self.assertEqual(address_layout.Layout.split_runs(line), runs)

    def test_lines_of_an_address(self):
        lines = self.anna._get_postal_lines()
        self.assertEqual(lines[:4], ["Acme", "Anna", "Rue Haute 1", "5000 Namur"])
        self.assertEqual(self.acme._get_postal_lines()[0], "Acme")
        self.assertEqual(len(self.acme._get_postal_lines()), 4)

    # -- the letters of a batch as one file -------------------------------

    def test_merged(self):
        """Each address page is followed by the files of its contact, in their order."""
        entries = self._log_letters(
            self.anna | self.acme, ("a.pdf", make_pdf(2)), ("b.pdf", make_pdf(1))
        )
        with self._engine():
            files = self._batch()._add_letters(entries)
        self.assertEqual(files.name, "Letters 1-2.pdf")
        self.assertEqual(files, self.batch.letter_attachment_ids)
        pages = read_pdf(files.raw)
        self.assertEqual(
            [bool(page.strip()) for page in pages], [True, *[False] * 3] * 2
        )
        self.assertIn("Anna", pages[0])
        self.assertIn("Grand-Place", pages[4])
        self.assertFalse(self.batch.letter_problems)
        self.assertEqual(self.batch.letter_count, 2)

    def test_called_again(self):
        entries = self._log_letters(self.anna | self.acme)
        with self._engine():
            batch = self._batch()
            first = batch._add_letters(entries[0])
            self.assertFalse(batch._add_letters(entries[0]))
            second = batch._add_letters(entries)
        self.assertEqual(first.name, "Letters 1-1.pdf")
        self.assertEqual(second.name, "Letters 2-2.pdf")
        self.assertIn("Grand-Place", *read_pdf(second.raw))

    def test_letters_only(self):
        entries = self._log_letters(self.anna, channel="visit")
        entries |= self._log_letters(self.acme)
        entries[1]._cancel(self.reason)
        self.assertFalse(self._batch()._add_letters(entries))
        self.assertFalse(self.batch.letter_count)
        with self.assertRaisesRegex(UserError, "no letters"):
            self._batch().action_download_letters()

    def test_zip(self):
        """What can't be merged comes in a zip, and what can beside it."""
        entries = self._log_letters(
            self.anna, ("a.pdf", make_pdf(1)), ("b/c.txt", b"text")
        )
        entries |= self._log_letters(self.acme, ("d.pdf", make_pdf(1)))
        with self._engine():
            files = self._batch()._add_letters(entries)
        by_name = {file.name: file for file in files}
        self.assertEqual(set(by_name), {"Letters 1-2.pdf", "Letters 1-2.zip"})
        self.assertEqual(len(read_pdf(by_name["Letters 1-2.pdf"].raw)), 2)
        archive = self._read_zip(by_name["Letters 1-2.zip"])
        self.assertEqual(
            set(archive),
            {
                "00001 Acme, Anna - 1 a.pdf",
                "00001 Acme, Anna - 2 b_c.txt",
                "Address Pages.pdf",
                "Labels (3 x 8).pdf",
            },
        )
        self.assertEqual(archive["00001 Acme, Anna - 2 b_c.txt"], b"text")
        self.assertIn("Anna", *read_pdf(archive["Address Pages.pdf"]))
        self.assertIn("Anna", *read_pdf(archive["Labels (3 x 8).pdf"]))
        self.assertFalse(self.batch.letter_problems)

    def test_broken_file(self):
        """A damaged PDF names itself and stops no other."""
        entries = self._log_letters(self.anna, ("bad.pdf", b"%PDF-1.4 bad"))
        entries |= self._log_letters(self.acme, ("good.pdf", make_pdf(1)))
        with self._engine(), mute_logger("pypdf._reader"):
            files = self._batch()._add_letters(entries)
        self.assertIn("Acme, Anna: bad.pdf", self.batch.letter_problems)
        by_name = {file.name: file for file in files}
        self.assertEqual(len(read_pdf(by_name["Letters 1-2.pdf"].raw)), 2)
        archive = self._read_zip(by_name["Letters 1-2.zip"])
        self.assertEqual(archive["00001 Acme, Anna - bad.pdf"], b"%PDF-1.4 bad")

    def test_without_engine(self):
        """The letters are merged all the same, and it is said what lacks."""
        entries = self._log_letters(self.anna, ("a.pdf", make_pdf(1)))
        files = self._batch()._add_letters(entries)
        self.assertEqual(len(read_pdf(files.raw)), 1)
        self.assertIn(
            "Address Pages could not be generated", self.batch.letter_problems
        )

    def test_shared_file_is_stored_once(self):
        """What all contacts get makes the file no larger for each of them."""
        shared = ("a.pdf", make_pdf(40))
        single = self._log_letters(self.anna, shared)
        many = self._log_letters([self.acme] * 10, shared)
        single, many = (self._batch()._add_letters(part) for part in (single, many))
        self.assertEqual(len(read_pdf(many.raw)), 400)
        self.assertLess(len(many.raw), 10 * len(single.raw))

    def test_large_files_are_split(self):
        entries = self._log_letters(self.anna, ("a.pdf", make_pdf(1)))
        entries |= self._log_letters(self.acme, ("b.pdf", make_pdf(2)))
        with patch.object(interaction_batch_letter, "MAX_SIZE", 10):
            files = self._batch()._add_letters(entries)
        self.assertEqual(
            sorted(files.mapped("name")), ["Letters 1-1.pdf", "Letters 2-2.pdf"]
        )

    def test_download(self):
        entries = self._log_letters(self.anna | self.acme, ("a.pdf", make_pdf(1)))
        batch = self._batch()
        file = batch._add_letters(entries[0])
        action = batch.action_download_letters()
        self.assertEqual(action["url"], f"/web/content/{file.id}?download=true")
        response = self._open(action["url"], self.user_other_sales)
        self.assertEqual(response.content, file.raw)
        batch._add_letters(entries[1])
        url = batch.action_download_letters()["url"]
        response = self._open(url, self.user_other_sales)
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            self.assertEqual(archive.namelist(), ["Letters 1-1.pdf", "Letters 2-2.pdf"])
            self.assertEqual(archive.read("Letters 1-1.pdf"), file.raw)
        self.assertEqual(self._open(url, self.user_assistant).status_code, 404)

    def test_print_of_a_batch(self):
        self._log_letters(self.anna | self.acme)
        self._log_letters(self.acme, channel="visit")
        with self._real_pdfs():
            response = self._print(
                "interaction_log.report_batch_address_pages",
                self.batch,
                user=self.user_sales,
            )
        self.assertEqual(len(read_pdf(response.content)), 2)

    def _batch(self):
        return self.batch.with_user(self.user_sales).with_context(**self.context)

    context = {}

    def _engine(self):
        """Let the address pages be made by the engine."""
        return patch.object(type(self), "context", {"force_report_rendering": True})
