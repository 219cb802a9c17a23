"""Word files with merge fields; the only place that knows the library that merges."""

import io
import re
import warnings
import zipfile

try:
    from mailmerge import MailMerge
except ImportError:  # an optional dependency: see `is_available`
    MailMerge = None

# The Python package that merges
PACKAGE = "docx-mailmerge2"
SUFFIX = ".docx"
# What a file may grow to when it is unpacked, in bytes: a small one can hold gigabytes,
# and its XML takes twenty times its size in memory
MAX_UNPACKED = 200 * 1024 * 1024
MAX_XML = 10 * 1024 * 1024
# What XML 1.0 can't hold
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# It warns of switches that don't fit their value, which then stays as it is
warnings.filterwarnings("ignore", module=r"mailmerge\.")


class WordFileError(Exception):
    """The file is no Word file that can be merged."""


class WordMacroError(WordFileError):
    """The file has macros."""


class WordStepError(WordFileError):
    """The file steps through several contacts (NEXT, NEXTIF, SKIPIF)."""


def is_available():
    """Say whether Word files can be merged on this server."""
    return MailMerge is not None


def get_merge_fields(content):
    """Return the names of the merge fields of a Word file, as they are written in it.

    :param bytes content: the file
    :raises WordFileError: where it can't be merged
    """
    with _open(content) as document:
        names = document.get_merge_fields()
    if "" in names:
        raise WordStepError
    return names


def merge(content, values):
    """Return the Word file with its merge fields filled in.

    :param bytes content: the file
    :param dict values: {name of a field, in lower case: text}; Word does not tell
        capitals from small letters in these names
    :raises WordFileError: where it can't be merged
    """
    with _open(content) as document:
        try:
            document.merge(
                **{
                    name: _clean(values.get(name.lower()))
                    for name in document.get_merge_fields()
                }
            )
            if "settings" not in document.docx.category_part_map:
                # an optional part, but the library wants to clean it
                document.get_settings = lambda: None
            output = io.BytesIO()
            document.write(output)
        except Exception as error:
            raise WordFileError(str(error)) from error
    return output.getvalue()


def _open(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            xml = [info for info in infos if info.filename.endswith((".xml", ".rels"))]
            if any(info.filename.endswith("vbaProject.bin") for info in infos):
                raise WordMacroError
            if (
                sum(info.file_size for info in infos) > MAX_UNPACKED
                or sum(info.file_size for info in xml) > MAX_XML
            ):
                raise WordFileError("It is too large when unpacked.")
            if "word/document.xml" not in archive.namelist():
                raise WordFileError("It holds no text.")
            if any(b"<!DOCTYPE" in archive.read(info) for info in xml):
                raise WordFileError("It defines entities, which Word does not.")
        return MailMerge(io.BytesIO(content))
    except WordFileError:
        raise
    except Exception as error:
        # a broken file breaks the archive, the XML or the library, each in its way
        raise WordFileError(str(error)) from error


def _clean(text):
    """Leave out what XML can't hold, such as control characters."""
    return FORBIDDEN.sub("", text or "")
