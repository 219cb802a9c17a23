import base64
from itertools import product

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...models.base import contact_list
from .common import SegmentCommon

# What has e-mails: {name: text}, with "{bea}" and "{nobody}" for the addresses
TABLES = {
    "semicolons": "Name;Address;Email\nBea;Rue 1, 5000 Namur;{bea}\nX;;{nobody}",
    "semicolons, name with comma": "Name;Email\nSmith, Bea;{bea}\nX;{nobody}",
    "tabs, name with comma": "Name\tEmail\nSmith, Bea\t{bea}\nX\t{nobody}",
    "commas, quoted": 'Name,Email\n"Smith, Bea",{bea}\nX,{nobody}',
    "commas, not quoted": "Name,Email\nSmith, Bea,{bea}\nX,{nobody}",
    "named separator": "sep=;\nName;Email\nSmith, Bea;{bea}\nX;{nobody}",
    "named separator alone": "sep=|\nSmith, Bea|{bea}\nX|{nobody}",
    "no header": "Smith, Bea;{bea}\nX;{nobody}",
    "French": "Nom;Adresse électronique\nSmith, Bea;{bea}\nX;{nobody}",
    "German": "E-Mail-Adresse;Name\n{bea};Smith, Bea\n{nobody};X",
    "Dutch": "Naam;E-mailadres\nSmith, Bea;{bea}\nX;{nobody}",
    "one column": "Email\n{bea}\n{nobody}",
    "two in a cell": "Name;Email\nX;{bea}, {nobody}",
    "row too short": "Name;Email\n{bea}\n{nobody}",
    "pasted names": "Smith, Bea <{bea}>\nX <{nobody}>",
    "pasted names, semicolons": "Smith, Bea <{bea}>; X, Y <{nobody}>",
    "pasted names, commas": "Smith, Bea <{bea}>, X, Y <{nobody}>",
    "pasted names, quoted": '"Smith, Bea" <{bea}>, "X" <{nobody}>',
    "spaces": "{bea} {nobody}",
    "names behind": "{bea} (Smith), {nobody} (X)",
    "mixed": "{bea}, {nobody}",
    "quote not closed": '"Bea\n{bea}\n{nobody}',
    "quote not closed in a column": 'Name;Email\n"Bea;{bea}\nX;{nobody}',
}
NEW_LINES = ("\n", "\r\n", "\r", "\u2028")


@tagged("-at_install", "post_install")
class TestContactList(SegmentCommon):
    """Everything that is given is in, or in the list of what isn't."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # whom nobody means who writes a name
        cls.stranger = cls.env["res.partner"].create({"name": "S", "ref": "Smith"})
        cls.batch, _entries = cls._new_batch(cls.partners | cls.stranger)

    def _respond(self, text):
        """Return (the contacts that responded, what is unknown) of a pasted list."""
        wizard = (
            self.env["interaction.log.respond"]
            .with_user(self.user_sales)
            .create({"batch_id": self.batch.id, "pasted": text})
        )
        found, unknown = wizard._find_pasted()
        return found.with_env(self.env), unknown

    def test_tables(self):
        texts = {"bea": self.bea.email, "nobody": "nobody@example.com"}
        for (name, table), new_line in product(TABLES.items(), NEW_LINES):
            text = table.format(**texts).replace("\n", new_line)
            with self.subTest(name, new_line=new_line):
                step = self._run(self._new_segment(), list_text=text)
                self.assertEqual(self._get_partners(step.segment_id), self.bea)
                self.assertIn("nobody@example.com", step.unknown_list)
                found, unknown = self._respond(text)
                self.assertEqual(found, self.bea)
                self.assertIn("nobody@example.com", " ".join(unknown))
            with self.subTest(name, new_line=new_line, file=True):
                content = base64.b64encode(text.encode())
                step = self._run(self._new_segment(), list_file=content)
                self.assertEqual(self._get_partners(step.segment_id), self.bea)
                self.assertIn("nobody@example.com", step.unknown_list)

    def test_nothing_is_lost(self):
        """Each of some values, however they are put together."""
        known = [self.bea.email, self.carl.ref, f"Do, Dora <{self.dora.email}>"]
        unknown = ["X-1", "none@example.com", "A B <other@example.com>", "no@"]
        for separator, end in product((";", "; ", "\t", "\n", " ;\n"), ("", "\n")):
            text = separator.join([*known, *unknown]) + end
            with self.subTest(text):
                step = self._run(self._new_segment(), list_text=text)
                self.assertEqual(self._get_partners(step.segment_id), self.partners)
                self.assertEqual(step.unknown_list.split("\n"), unknown)
                self.assertEqual(self._respond(text), (self.partners, unknown))

    def test_references_by_any_separator(self):
        text = "T-Bea, T-Carl;X-1\tT-Dora"
        self.assertEqual(self._respond(text), (self.partners, ["X-1"]))

    def test_reference_before_an_address(self):
        """In a cell of its own or not: it is none of the words of a name."""
        text = f"T-Carl, {self.bea.email};X-1, X-2, {self.dora.email}"
        self.assertEqual(self._respond(text), (self.partners, ["X-1", "X-2"]))

    def test_words_behind_an_address(self):
        text = f"none@example.com (at work), {self.bea.email} (B.);no@example.com"
        unknown = ["none@example.com (at work)", "no@example.com"]
        self.assertEqual(self._respond(text), (self.bea, unknown))

    def test_contact_without_an_address(self):
        found, unknown = self._respond(f"Name;Email\nSmith;\nBea;{self.bea.email}")
        self.assertEqual((found, unknown), (self.bea, ["Smith;"]))

    def test_header_in_an_installed_language(self):
        self.env["res.lang"]._activate_lang("fi_FI")
        field = self.env["ir.model.fields"]._get("res.partner", "email")
        field.with_context(lang="fi_FI").field_description = "Sähköposti"
        text = f"Nimi;sähköposti\nSmith, Bea;{self.bea.email}\nSmith;"
        self.assertEqual(self._respond(text), (self.bea, ["Smith;"]))

    def test_long_words(self):
        """They are read once: what takes milliseconds would take hours else."""
        headers = contact_list.get_headers(self.env)
        size = 1_000_000
        for text in ("a" * size, "<@" + "@" * size, "< " * size, "a@b " + " " * size):
            with self.subTest(text[:4]):
                rows = contact_list.split_rows(text + "\nbea@example.com", headers)
                values = contact_list.get_values(rows, headers=headers)
                self.assertEqual(values[-1], "bea@example.com")

    def test_what_can_not_be_stored(self):
        segment = self._new_segment()
        for char in "\x00\ud800":
            text = f"{self.bea.email}\n{char}T-Carl"
            with self.subTest(char=repr(char)):
                with self._assert_refused("invalid characters", ValidationError):
                    self._run(segment, list_text=text)
                with self._assert_refused("invalid characters", ValidationError):
                    self._respond(text)
        content = base64.b64encode("\x00T-Carl".encode("utf-16"))
        with self._assert_refused("invalid characters", ValidationError):
            self._run(segment, list_file=content)
