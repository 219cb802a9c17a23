"""Files of offices (docx, xlsx): archives that may hold far more than they weigh."""

from collections.abc import Iterable
from zipfile import ZipInfo


class OfficeFileTooLargeError(Exception):
    """The file is too large when it is unpacked."""


def check_unpacked(infos: Iterable[ZipInfo], limit: int) -> None:
    """Check how large parts of an archive are when they are unpacked.

    By what the archive says; more than that is never unpacked of a part.

    :param infos: `zipfile.ZipInfo` of each part
    :param limit: how large they may be together, in bytes
    :raises OfficeFileTooLargeError: where they are larger
    """
    if sum(info.file_size for info in infos) > limit:
        raise OfficeFileTooLargeError("It is too large when unpacked.")
