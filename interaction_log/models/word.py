"""Word files with merge fields; the only place that knows the library that merges."""

import io
import zipfile

try:
    from mailmerge import MailMerge
except ImportError:  # an optional dependency: see `is_available`
    MailMerge = None

# The Python package that merges
PACKAGE = "docx-mailmerge2"
SUFFIX = ".docx"
# What a file may grow to when it is unpacked, in bytes: a small one can hold gigabytes
MAX_UNPACKED = 200 * 1024 * 1024


class WordFileError(Exception):
    """The file is no Word file that can be merged."""


class WordMacroError(WordFileError):
    """The file has macros."""


def is_available():
    """Say whether Word files can be merged on this server."""
    return MailMerge is not None


def get_merge_fields(content):
    """Return the names of the merge fields of a Word file, as they are written in it.

    :param bytes content: the file
    :raises WordFileError: where it can't be merged
    """
    with _open(content) as document:
        return document.get_merge_fields()


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
            output = io.BytesIO()
            document.write(output)
        except Exception as error:
            # such as fields that step through a list of contacts ({NEXT})
            raise WordFileError(str(error)) from error
    return output.getvalue()


def _open(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            if any(info.filename.endswith("vbaProject.bin") for info in infos):
                raise WordMacroError
            if sum(info.file_size for info in infos) > MAX_UNPACKED:
                raise WordFileError("It is too large when unpacked.")
            if "word/document.xml" not in archive.namelist():
                raise WordFileError("It holds no text.")
        return MailMerge(io.BytesIO(content))
    except WordFileError:
        raise
    except Exception as error:
        # a broken file breaks the archive, the XML or the library, each in its way
        raise WordFileError(str(error)) from error


def _clean(text):
    """Leave out the control characters, which XML can't hold."""
    return "".join(char for char in text or "" if char.isprintable() or char in "\n\t")
