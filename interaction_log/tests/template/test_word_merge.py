import base64
import html
import re
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import BaseCase, tagged

from ...models.template import docx, docx_fields
from .common import TemplateFilesCommon
from .word_files import make_word_file, read_word_file

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"


def run(content):
    return f"<w:r>{content}</w:r>"


def text(value):
    return run(f'<w:t xml:space="preserve">{value}</w:t>')


def code(value):
    return run(
        f'<w:instrText xml:space="preserve">{html.escape(value, quote=False)}'
        "</w:instrText>"
    )


def field(*instructions, shown="STALE"):
    """Return a complex field, as Word writes them: its instructions can have fields."""
    inner = "".join(
        part if part.startswith("<w:r>") else code(part) for part in instructions
    )
    return "".join(
        (
            run('<w:fldChar w:fldCharType="begin"/>'),
            inner,
            run('<w:fldChar w:fldCharType="separate"/>'),
            text(shown),
            run('<w:fldChar w:fldCharType="end"/>'),
        )
    )


def make(*paragraphs, namespace=WORD, **parts):
    """Return a Word file of paragraphs of runs, as bytes."""
    body = "".join(f"<w:p>{paragraph}</w:p>" for paragraph in paragraphs)
    document = f'<w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>'
    return base64.b64decode(
        make_word_file("", **{"word/document.xml": document, **parts})
    )


NAME = field(" MERGEFIELD contact_name ")
COUNTRY = field(" MERGEFIELD contact_country ")


@tagged("-at_install", "post_install")
class TestWordMerge(BaseCase):
    """A Word file is merged, or refused: nothing leaves half merged."""

    def _merge(self, *paragraphs, **values):
        return read_word_file(docx.merge(make(*paragraphs), values))

    def _assert_refused(self, error, message, content):
        with self.subTest(message=message), self.assertRaisesRegex(error, message):
            docx.merge(content, {})

    def test_if(self):
        greeting = field(' IF "', COUNTRY, '" = "Belgium" "Bonjour" "Hello" ')
        for country, expected in (("Belgium", "Bonjour!"), ("", "Hello!")):
            with self.subTest(country=country):
                merged = self._merge(greeting + text("!"), contact_country=country)
                self.assertEqual(merged, expected)

    def test_if_with_fields_in_its_texts(self):
        """Values with quotes and spaces, and of several lines, stay whole."""
        greeting = field(
            " IF ", NAME, ' <> "" "Dear ', NAME, '" "To whom it may concern" '
        )
        for name, expected in (
            ("", "To whom it may concern"),
            ('Ann "Annie" O\'Hara', 'Dear Ann "Annie" O\'Hara'),
            ("{Ann}", "Dear {Ann}"),
            ("Ann\nStreet 1", "Dear Ann\nStreet 1"),
        ):
            with self.subTest(name=name):
                self.assertEqual(self._merge(greeting, contact_name=name), expected)

    def test_if_within_if(self):
        inner = field(" IF ", COUNTRY, ' = "Belgium" "Bonjour" "Hello" ')
        outer = field(" IF ", NAME, ' = "" "Anybody" "', inner, '" \\* MERGEFORMAT ')
        merged = self._merge(outer, contact_name="Ann", contact_country="Belgium")
        self.assertEqual(merged, "Bonjour")

    def test_lines(self):
        merged = self._merge(text("To ") + NAME + text("."), contact_name="A\nB\nC")
        self.assertEqual(merged, "To A\nB\nC.")

    def test_fields_that_can_not_be_merged(self):
        for message, instructions in (
            ("ADDRESSBLOCK", [' ADDRESSBLOCK \\f "_FIRST_" ']),
            ("GREETINGLINE", [" GREETINGLINE "]),
            ("FILLIN", [' FILLIN "Who?" ']),
            # small letters, which Word takes and the library doesn't
            ("mergefield contact_name", [" mergefield contact_name "]),
            # no name, or half of one
            ("MERGEFIELD", [" MERGEFIELD "]),
            ("MERGEFIELD", [' MERGEFIELD "contact_name ']),
            # it compares letters
            ("IF … > 10", [" IF ", NAME, ' > 10 "a" "b" ']),
            ("IF …= ", [" IF ", NAME, '= "x" "a" "b" ']),
            ("IF … = “x”", [" IF ", NAME, ' = “x” "a" "b" ']),
            ("IF", [" IF ", NAME, ' = "x ']),
            # Word computes it when the file is opened, from what its author had
            ("= … . 2", [" = ", NAME, " * 2 "]),
            ("IF … = …", [" IF ", NAME, " = ", field(" DATE "), ' "a" "b" ']),
        ):
            content = make(text("Dear ") + field(*instructions))
            self._assert_refused(docx.WordFieldError, message, content)

    def test_other_fields_stay(self):
        merged = docx.merge(
            make(
                field(" PAGE ", shown="7"),
                field(' HYPERLINK "https://x/', NAME, '" ', shown="Open"),
                NAME,
            ),
            {"contact_name": "Ann"},
        )
        self.assertEqual(read_word_file(merged), "7\nOpen\nAnn")

    def test_fields_that_the_library_does_not_see(self):
        comments = (
            f'<w:comments xmlns:w="{WORD}"><w:comment><w:p>{NAME}</w:p></w:comment>'
            "</w:comments>"
        )
        content = make(text("x"), **{"word/comments.xml": comments})
        self._assert_refused(docx.WordFieldError, "MERGEFIELD contact_name", content)

    def test_strict(self):
        simple = '<w:fldSimple w:instr=" MERGEFIELD contact_name ">%s</w:fldSimple>'
        for paragraph in (NAME, simple % text("x"), text("x")):
            content = make(paragraph, namespace=STRICT)
            self._assert_refused(docx.WordStrictError, "", content)

    def test_main_part_of_another_name(self):
        with patch.dict(make_word_file.__globals__["_PARTS"]) as parts:
            for name, part in list(parts.items()):
                parts[name] = part.replace("word/document.xml", "word/document2.xml")
            content = make(
                "", **{"word/document2.xml": self._get_document(text("Dear ") + NAME)}
            )
        merged = docx.merge(content, {"contact_name": "Ann"})
        parts = docx_fields.read_parts(merged)
        self.assertIn("Dear Ann", "".join(part.text for part in parts))

    def _get_document(self, paragraph):
        return (
            f'<w:document xmlns:w="{WORD}"><w:body><w:p>{paragraph}</w:p></w:body>'
            "</w:document>"
        )

    def test_text_that_would_be_lost(self):
        """The library leaves out the paragraph where a field of several ends."""
        whole = field(" IF ", COUNTRY, ' = "Belgium" "Bonjour', '" "Hello" ')
        begin, end = re.split('(?=<w:r><w:instrText[^>]*>" "Hello)', whole)
        content = make(begin, end + text("and the rest"))
        self._assert_refused(docx.WordFileError, "would lose text", content)

    def test_typed_fields(self):
        content = make(text("«contact_name» {{Contact_City}} &lt;&lt;foo&gt;&gt;"))
        typed = docx.find_typed_fields(content, {"contact_name", "contact_city"})
        self.assertEqual(typed, ["«contact_name»", "{{Contact_City}}"])
        # what a field shows is no typed text
        content = make(field(" MERGEFIELD contact_name ", shown="«contact_name»"))
        self.assertFalse(docx.find_typed_fields(content, {"contact_name"}))


@tagged("-at_install", "post_install")
class TestWordFiles(TemplateFilesCommon):
    """What is said when such a file is uploaded, and when one is logged."""

    def _assert_refused(self, message, content):
        with (
            self.subTest(message=message),
            self.assertRaisesRegex(ValidationError, message),
            self.env.cr.savepoint(),
        ):
            self._add("letter.docx", base64.b64encode(content))

    def test_sentences(self):
        for message, content in (
            ("can't be merged: ADDRESSBLOCK. Use", make(field(" ADDRESSBLOCK "))),
            ("is a Strict Open XML Document", make(NAME, namespace=STRICT)),
            ("typed as plain text: «contact_name». Ins", make(text("«contact_name»"))),
        ):
            self._assert_refused(message, content)
        file = self.File.new(
            {
                "filename": "letter.docx",
                "file": base64.b64encode(make(text("«date»"))),
            }
        )
        self.assertIn(
            "typed as plain text", file._onchange_file()["warning"]["message"]
        )

    def test_not_merged(self):
        """Without Word Merge such a file goes as it is."""
        content = base64.b64encode(make(text("«contact_name»")))
        file = self._add("letter.docx", content, merge=False)
        entry = self._log_with(self.anna)
        self.assertEqual(entry.attachment_ids.raw, base64.b64decode(content))
        with self.assertRaisesRegex(ValidationError, "typed as plain text"):
            file.merge = True

    def test_file_of_before(self):
        """Uploaded when it was still taken: it is not logged half merged."""
        file = self._add("letter.docx", base64.b64encode(make(NAME)))
        block = base64.b64encode(make(NAME + field(" ADDRESSBLOCK ")))
        with (
            patch.object(docx, "get_merge_fields", return_value=set()),
            patch.object(docx, "merge"),
        ):
            file.file = block
        with self.assertRaisesRegex(ValidationError, "can't be merged: ADDRESSBLOCK"):
            self._log_with(self.anna)
