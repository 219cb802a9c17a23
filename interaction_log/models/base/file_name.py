"""Names of files: what headers of e-mails, archives and file systems take."""

import re
from os.path import splitext

# As most file systems have it, and archives and browsers expect it
MAX_BYTES = 255
MAX_SUFFIX = 20
# Control characters and ends of lines, slashes, marks that turn the direction of what
# follows ("invoice_fdp.exe" looks like a PDF), and what UTF-8 can't hold
UNFIT = re.compile(
    "[\x00-\x1f\x7f-\x9f/\\\\\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff]"
)
# What Windows takes in no file that is unpacked
UNFIT_UNPACKED = re.compile(r'[:*?"<>|]')


def is_file_name(name: str) -> bool:
    """Say whether a text can be the name of a file as it is, spaces around aside."""
    return bool(name.strip(" .")) and name.strip() == clean_file_name(name)


def clean_file_name(name: str, unpacked: bool = False) -> str:
    """Return a name that a file can have: as it is, where it can.

    :param name: with its suffix, which is kept where the rest is cut
    :param unpacked: whether it is the name of a file in an archive
    :return: of 255 bytes at most, in UTF-8
    """
    name = UNFIT.sub("_", name).strip()
    if unpacked:
        name = UNFIT_UNPACKED.sub("_", name)
    if not name.strip("."):
        return "file"
    stem, suffix = splitext(name)
    if len(suffix.encode()) > MAX_SUFFIX:
        stem, suffix = name, ""
    size = MAX_BYTES - len(suffix.encode())
    # no half of a character at its end
    return stem.encode()[:size].decode(errors="ignore").rstrip() + suffix
