"""Spreadsheets (xlsx): their rows, within limits."""

import re
from io import BytesIO
from zipfile import ZipFile

from ..base.office_file import OfficeFileTooLargeError, check_unpacked

# What begins such a file
BEGINNING = b"PK\x03\x04"
# What is read of one. 100,000 rows take five seconds: 20 microseconds for each text
# that cells share, 15 for a cell, 30 for anything else, such as a format.
MAX_ROWS = 100_000
MAX_CELLS = 200_000
MAX_UNPACKED = 50 * 1024 * 1024
MAX_TAGS = 10 * MAX_CELLS
MAX_OTHER_TAGS = 100_000


def _compile(*names):
    return re.compile(rb"<(?:\w+:)?(?:%s)[\s/>]" % b"|".join(names))


ROW, CELL, TEXT = _compile(b"row"), _compile(b"c"), _compile(b"si", b"is")
IN_CELLS = _compile(b"f", b"t", b"v")


def read_rows(content: bytes) -> list[list[str]]:
    """Return the rows of the first sheet, each a list of texts.

    :raises OfficeFileTooLargeError: where it holds too much, before any of it is parsed
    :raises Exception: of the archive, the XML or the library, where it is broken
    """
    from openpyxl import load_workbook  # noqa: PLC0415 (it may be missing)

    with ZipFile(BytesIO(content)) as archive:
        _check_size(archive)
    book = load_workbook(BytesIO(content), read_only=True, data_only=True)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # what it says of its size may be anything
    rows, cells = [], 0
    # a row far below or a cell far to the right comes with all those between
    for row in sheet.iter_rows(values_only=True, max_row=MAX_ROWS + 1):
        cells += len(row)
        if len(rows) == MAX_ROWS or cells > MAX_CELLS:
            raise OfficeFileTooLargeError
        rows.append([_get_text(value) for value in row])
    return rows


def _check_size(archive):
    """Check that parsing the archive takes neither long nor much memory.

    :raises OfficeFileTooLargeError: where it would
    """
    infos = archive.infolist()
    check_unpacked(infos, MAX_UNPACKED)
    tags = others = rows = cells = texts = 0
    for info in infos:  # whatever it is called: the file itself says what is what
        part = archive.read(info)
        tags += part.count(b"<")
        if tags > MAX_TAGS:
            raise OfficeFileTooLargeError
        numbers = [len(tag.findall(part)) for tag in (ROW, CELL, TEXT, IN_CELLS)]
        rows, cells, texts = rows + numbers[0], cells + numbers[1], texts + numbers[2]
        others += part.count(b"<") - part.count(b"</") - sum(numbers)
    if (
        rows > MAX_ROWS
        or cells > MAX_CELLS
        or texts > MAX_CELLS
        or others > MAX_OTHER_TAGS
    ):
        raise OfficeFileTooLargeError


def _get_text(value):
    """Return the text of a cell; a reference of digits is a number there."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)
