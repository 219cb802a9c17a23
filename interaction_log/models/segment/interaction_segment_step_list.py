import base64
import binascii
import zlib
from zipfile import BadZipFile

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from ..base import contact_list
from ..base.office_file import OfficeFileTooLargeError
from . import spreadsheet

# How large a file of text may be, in bytes: some 100,000 lines are 5 MB
MAX_TEXT = 10 * 1024 * 1024


class InteractionSegmentStep(models.Model):
    """Contacts by a list of their e-mails or references, pasted or uploaded."""

    _inherit = "interaction.segment.step"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    list_text = fields.Text(
        string="E-mails or References",
        help="One per line, or separated by commas, semicolons or tabs. E-mails can "
        "include names, as copied from an e-mail program. Archived contacts are "
        "included.",
    )
    list_file = fields.Binary(
        help="Text file, CSV file or spreadsheet (xlsx) with e-mails or references. "
        "If it has columns named Email or Reference, only these are used.",
    )
    list_filename = fields.Char(string="List File Name")

    def _get_list_values(self):
        """Return the values of the list, each once, in their order.

        :return: list of str, without spaces around
        :raises ValidationError: where the file can't be read
        """
        self.ensure_one()
        text = self.list_text or ""
        contact_list.check_text(self.env, text)
        headers = contact_list.get_headers(self.env)
        return contact_list.get_values(
            contact_list.split_rows(text, headers),
            self._read_list_file(headers),
            headers=headers,
        )

    def _read_list_file(self, headers):
        """Return the rows of the file, each a list of values.

        It is read once in a transaction, which asks for it several times.

        :raises ValidationError: where the file can't be read, or is too large
        """
        if not self.list_file:
            return []
        # while the step is filled in, it is what the client sent
        file = self.with_context(bin_size=False).list_file
        kept, rows = self.env.cr.cache.get("interaction_log.list", (None, None))
        if kept != file:
            rows = self._parse_list_file(file, headers)
            self.env.cr.cache["interaction_log.list"] = (file, rows)
        return rows

    def _parse_list_file(self, file, headers):
        """Return the rows of a file in base64; see `_read_list_file`."""
        try:
            content = base64.b64decode(file)
            if content.startswith(spreadsheet.BEGINNING):
                return spreadsheet.read_rows(content)
            if len(content) > MAX_TEXT:
                raise OfficeFileTooLargeError
            encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else None
            text = self._decode(content, encoding)
            contact_list.check_text(self.env, text)
            return contact_list.split_rows(text, headers)
        except OfficeFileTooLargeError as error:
            raise ValidationError(
                self.env._(
                    "%(file)s is too large. Split it into text files of at most "
                    "%(size)s MB or spreadsheets of at most %(rows)s rows and "
                    "%(cells)s cells.",
                    file=self.list_filename or self.env._("The file"),
                    size=MAX_TEXT // 1024**2,
                    rows=formatLang(self.env, spreadsheet.MAX_ROWS, digits=0),
                    cells=formatLang(self.env, spreadsheet.MAX_CELLS, digits=0),
                )
            ) from error
        except (
            ValueError,
            binascii.Error,
            BadZipFile,
            KeyError,
            IndexError,
            OSError,
            RuntimeError,
            SyntaxError,
            TypeError,
            zlib.error,
            ImportError,
        ) as error:
            raise ValidationError(
                self.env._(
                    "%(file)s can't be read. Upload a text file, a CSV file or a "
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
            partners._search(contact_list.get_contact_domain(values)).select(
                "email_normalized", "ref"
            )
        )
        unknown = contact_list.get_unknown(
            values, {value for row in rows for value in row}
        )
        if len(unknown) == len(values):
            raise ValidationError(
                self.env._(
                    "No contact matches the e-mails and references in the list "
                    "(values: %(count)s).",
                    count=len(values),
                )
            )
        return {"unknown_count": len(unknown), "unknown_list": "\n".join(unknown)}
