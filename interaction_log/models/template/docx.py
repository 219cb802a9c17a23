"""Word files with merge fields; the only place that knows the library that merges."""

import io
import re
import warnings
import zipfile

from lxml import etree

from ..base.office_file import check_unpacked
from .docx_fields import STEP_KINDS, TYPED, read_parts

try:
    from mailmerge import MailMerge
    from mailmerge.mergeoptions import MailMergeOptions
except ImportError:  # an optional dependency: see `is_available`
    MailMerge = None

# The Python package that merges
PACKAGE = "docx-mailmerge2"
SUFFIX = ".docx"
# What a file may grow to when it is unpacked, in bytes: a small one can hold gigabytes,
# and its XML takes twenty times its size in memory
MAX_UNPACKED = 200 * 1024 * 1024
MAX_XML = 10 * 1024 * 1024
# What the main part of a Word file is, whatever that is called
MAIN_TYPE = b"wordprocessingml.document.main+xml"
# What XML 1.0 can't hold
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# The library puts a line break into a text, but none into a field within a field: it
# gets this instead, which becomes a line break when all is merged
LINE = "\N{LINE SEPARATOR}"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"

# It warns of switches that don't fit their value, which then stays as it is
warnings.filterwarnings("ignore", module=r"mailmerge\.")


class WordFileError(Exception):
    """The file is no Word file that can be merged."""


class WordMacroError(WordFileError):
    """The file has macros."""


class WordStrictError(WordFileError):
    """The file is one of ISO/IEC 29500 "Strict", which the library can't read."""


class WordStepError(WordFileError):
    """The file steps through several contacts (NEXT, NEXTIF, SKIPIF)."""


class WordFieldError(WordFileError):
    """The file has fields that can't be merged; its text names them."""


def is_available():
    """Say whether Word files can be merged on this server."""
    return MailMerge is not None


def get_merge_fields(content):
    """Return the names of the merge fields of a Word file, as they are written in it.

    :param bytes content: the file
    :raises WordFileError: where it can't be merged
    """
    return _get_names(_read_parts(content))


def _get_names(parts):
    """Return the names of the merge fields in a list of `Part`.

    :raises WordFileError: where they can't be merged
    """
    fields = [field for part in parts for field in part.fields]
    if any(field.word_type in STEP_KINDS for field in fields):
        raise WordStepError
    wrong = [field for field in fields if field.is_merged and not field.can_be_merged()]
    if wrong:
        raise WordFieldError("; ".join(dict.fromkeys(map(str, wrong))))
    return {field.merge_name for field in fields if field.word_type == "MERGEFIELD"}


def find_typed_fields(content, names):
    """Return what stands in the text as if it were one of the merge fields `names`.

    Such as «contact_name», typed with the keyboard: nothing would fill it in.

    :param bytes content: the file
    :param names: in lower case
    :raises WordFileError: where it can't be merged
    """
    return list(
        dict.fromkeys(
            found.group()
            for part in _read_parts(content)
            for found in TYPED.finditer(part.text)
            if found.group(1).lower() in names
        )
    )


def merge(content, values):
    """Return the Word file with its merge fields filled in.

    :param bytes content: the file
    :param dict values: {name of a field, in lower case: text}; Word does not tell
        capitals from small letters in these names
    :raises WordFileError: where it can't be merged, or something is left unmerged
    """
    parts = _read_parts(content)
    names = _get_names(parts)
    try:
        with MailMerge(
            io.BytesIO(content), options=MailMergeOptions(merge_if_fields=True)
        ) as document:
            document.merge(
                **{
                    name: _clean(values.get(name.lower())).replace("\n", LINE)
                    for name in names
                }
            )
            for part in document.docx.get_parts():
                _break_lines(part["part"])
            if "settings" not in document.docx.category_part_map:
                # an optional part, but the library wants to clean it
                document.get_settings = lambda: None
            output = io.BytesIO()
            document.write(output)
    except Exception as error:
        # a broken file breaks the archive, the XML or the library, each in its way
        raise WordFileError(str(error)) from error
    merged = output.getvalue()
    _check_merged(parts, _read_parts(merged))
    return merged


def _check_merged(before, after):
    """Raise a WordFileError where a field is left, or text is lost.

    :param before: list of `Part` of the file, `after` of what was made of it
    """
    left = [field for part in after for field in part.fields if field.is_merged]
    if left:
        raise WordFieldError("; ".join(dict.fromkeys(map(str, left))))
    for part, merged in zip(before, after, strict=True):
        position = 0
        for piece in part.pieces:
            found = merged.text.find(piece.strip("\n"), position)
            if found < 0:
                raise WordFileError("Merging would lose text.")
            position = found + len(piece.strip("\n"))


def _break_lines(tree):
    """Put line breaks where the text has line separators."""
    for text in tree.iter(f"{WORD}t"):
        first, *rest = (text.text or "").split(LINE)
        text.text = first
        for line in reversed(rest):
            added = etree.Element(f"{WORD}t", {SPACE: "preserve"})
            added.text = line
            text.addnext(added)
            text.addnext(etree.Element(f"{WORD}cr"))


def _read_parts(content):
    """Return list of `Part` of the file.

    :raises WordFileError: where it can't be merged
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            xml = [info for info in infos if info.filename.endswith((".xml", ".rels"))]
            if any(info.filename.endswith("vbaProject.bin") for info in infos):
                raise WordMacroError
            check_unpacked(infos, MAX_UNPACKED)
            check_unpacked(xml, MAX_XML)
            if any(b"<!DOCTYPE" in archive.read(info) for info in xml):
                raise WordFileError("It defines entities, which Word does not.")
            if MAIN_TYPE not in archive.read("[Content_Types].xml"):
                raise WordFileError("It holds no text.")
        parts = read_parts(content)
    except WordFileError:
        raise
    except Exception as error:
        raise WordFileError(str(error)) from error
    if any(part.is_strict for part in parts):
        raise WordStrictError
    return parts


def _clean(text):
    """Leave out what XML can't hold, such as control characters."""
    return FORBIDDEN.sub("", text or "")
