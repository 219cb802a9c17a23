import base64
import zipfile
from io import BytesIO
from unittest.mock import patch

import openpyxl
import xlsxwriter

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...models.segment import spreadsheet
from .common import SegmentCommon

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"


@tagged("-at_install", "post_install")
class TestSegmentListFile(SegmentCommon):
    """Spreadsheets with more in them than a list of contacts has."""

    def _make_file(self, part=None, end=b"", more=b"", rows=(("bea@example.com",),)):
        """Return a spreadsheet.

        :param part: the part that gets `more` before its `end`
        """
        stream, changed = BytesIO(), BytesIO()
        with xlsxwriter.Workbook(stream) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
        with (
            zipfile.ZipFile(stream) as source,
            zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for name in source.namelist():
                content = source.read(name)
                if name == part:
                    self.assertIn(end, content)
                    content = content.replace(end, more + end)
                target.writestr(name, content)
        return changed.getvalue()

    def _add_list(self, content):
        segment = self._new_segment()
        self._run(
            segment, list_file=base64.b64encode(content), list_filename="list.xlsx"
        )
        return self._get_partners(segment)

    def _assert_too_large(self, content):
        with self.assertRaisesRegex(
            ValidationError, "list.xlsx is too large.*100,000 rows and 200,000 cells"
        ):
            self._add_list(content)

    def test_refused_before_it_is_parsed(self):
        sheet, strings = (SHEET, b"</sheetData>"), (STRINGS, b"</sst>")
        text = b"x" * (1024 * 1024)
        for label, (part, end), more in (
            ("empty texts", strings, b"<si/>" * 3_000_000),
            ("few too many texts", strings, b"<si><t>x</t></si>" * 200_000),
            ("texts of a cell", strings, b"<si>%s</si>" % (b"<r/>" * 200_000)),
            ("a large text", strings, b"<si><t>%s</t></si>" % (text * 50)),
            ("rows", sheet, b"<row/>" * 100_000),
            ("cells", sheet, b"<row>%s</row>" % (b"<c/>" * 200_000)),
            ("tags in cells", sheet, b"<row><c>%s</c></row>" % (b"<v/>" * 2_000_000)),
            ("formats", (STYLES, b"</cellXfs>"), b"<xf/>" * 200_000),
            ("in another encoding", strings, ("<si/>" * 200_000).encode("utf-16")),
        ):
            content = self._make_file(part, end, more)
            self.assertLess(len(content), 250_000, label)
            with (
                self.subTest(label),
                patch.object(openpyxl, "load_workbook", side_effect=AssertionError),
            ):
                self._assert_too_large(content)

    def test_refused_while_it_is_read(self):
        """Rows and cells that nobody wrote are not made."""
        for label, more in (
            ("rows", b'<row r="2000000000"><c t="inlineStr"/></row>'),
            ("cells", b'<row><c r="XFD9" t="inlineStr"/></row>' * 13),
        ):
            with self.subTest(label):
                self._assert_too_large(self._make_file(SHEET, b"</sheetData>", more))

    def test_a_large_text(self):
        content = b"bea@example.com\n" + b"x" * (10 * 1024 * 1024)
        self._assert_too_large(content)

    def test_a_sheet_that_says_it_is_larger(self):
        """Programs say so where a whole column has a format."""
        size = b'<dimension ref="A1:XFD1048576"/>'
        rows = [["bea@example.com"]] * 20
        content = self._make_file(SHEET, b"<dimension ", size, rows)
        self.assertEqual(self._add_list(content), self.bea)

    def test_read_once(self):
        content = self._make_file(rows=[["Email"], ["bea@example.com"], ["nobody"]])
        with patch.object(
            spreadsheet, "read_rows", wraps=spreadsheet.read_rows
        ) as read_rows:
            self.assertEqual(self._add_list(content), self.bea)
            self.assertEqual(read_rows.call_count, 1)
            other = self._make_file(rows=[["Email"], ["dora@example.com"]])
            self.assertEqual(self._add_list(other), self.dora)
