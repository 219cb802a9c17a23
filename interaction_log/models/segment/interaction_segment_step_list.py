import base64
import binascii
import zlib
from io import BytesIO
from zipfile import BadZipFile

from odoo import fields, models
from odoo.exceptions import ValidationError

from ..base import contact_list

# What begins the file of a spreadsheet
XLSX = b"PK\x03\x04"


class InteractionSegmentStep(models.Model):
    """Contacts by a list of their e-mails or references, pasted or uploaded."""

    _inherit = "interaction.segment.step"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    list_text = fields.Text(
        string="E-mails or References",
        help="One on each line, or separated by commas, semicolons or tabs. Archived "
        "contacts are found, too.",
    )
    list_file = fields.Binary(
        string="List as a File",
        help="A text file, a CSV file or a spreadsheet (xlsx) of e-mails or "
        "references. Where a column is called Email or Reference, only that counts.",
    )
    list_filename = fields.Char(string="Name of the File")

    def _get_list_values(self):
        """Return the values of the list, each once, in their order.

        :return: list of str, without spaces around
        :raises ValidationError: where the file can't be read
        """
        self.ensure_one()
        return contact_list.get_values(
            contact_list.split_rows(self.list_text or ""),
            self._read_list_file(),
            header=self.env._("E-mail"),
        )

    def _read_list_file(self):
        """Return the rows of the file, each a list of values.

        :raises ValidationError: where the file can't be read
        """
        if not self.list_file:
            return []
        try:
            # while the step is filled in, it is what the client sent
            content = base64.b64decode(self.with_context(bin_size=False).list_file)
            if content.startswith(XLSX):
                return self._read_spreadsheet(content)
            encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else None
            return contact_list.split_rows(self._decode(content, encoding))
        except (
            ValueError,
            binascii.Error,
            BadZipFile,
            KeyError,
            IndexError,
            OSError,
            RuntimeError,
            SyntaxError,
            zlib.error,
            ImportError,
        ) as error:
            raise ValidationError(
                self.env._(
                    "%(file)s can't be read. Give a text file, a CSV file or a "
                    "spreadsheet (xlsx).",
                    file=self.list_filename or self.env._("The file"),
                )
            ) from error

    def _decode(self, content, encoding):
        """Return the text of a file, as programs of offices write it."""
        if encoding:
            return content.decode(encoding)
        if b"\x00" in content:
            raise ValueError  # it is no text
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return content.decode("cp1252", errors="replace")

    def _read_spreadsheet(self, content):
        from openpyxl import load_workbook  # noqa: PLC0415 (it may be missing)

        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        return [
            [self._get_cell(value) for value in row]
            for row in book.worksheets[0].iter_rows(values_only=True)
        ]

    def _get_cell(self, value):
        """Return the text of a cell; a reference of digits is a number there."""
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return str(value)

    def _get_list_domain(self):
        """Return the domain of the contacts on the list."""
        return contact_list.get_contact_domain(self._get_list_values())

    def _get_unknown_vals(self):
        """Return the values that say what of the list no contact has.

        :raises ValidationError: where none of it is known
        """
        self.ensure_one()
        if not self._has_condition("list"):
            return {}
        values = self._get_list_values()
        partners = self._get_partner_model()
        rows = self.env.execute_query(
            partners._search(self._get_list_domain()).select("email_normalized", "ref")
        )
        unknown = contact_list.get_unknown(
            values, {value for row in rows for value in row}
        )
        if len(unknown) == len(values):
            raise ValidationError(
                self.env._(
                    "None of the e-mails and references of the list belongs to a "
                    "contact (%(count)s values).",
                    count=len(values),
                )
            )
        return {"unknown_count": len(unknown), "unknown_list": "\n".join(unknown)}
