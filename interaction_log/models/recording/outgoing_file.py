import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

from ..base.file_name import clean_file_name

# What an engine writes into a PDF of when it was made; the rest is the document. One
# expression for each, as one that begins with fixed text is found fast.
PDF_TIMES = tuple(
    re.compile(expression)
    for expression in (
        rb"/CreationDate\s*\([^)]*\)",
        rb"/ModDate\s*\([^)]*\)",
        rb"/ID\s*\[[^\]]*\]",
        rb"<xmp:CreateDate>[^<]*",
        rb"<xmp:ModifyDate>[^<]*",
        rb"<xmp:MetadataDate>[^<]*",
    )
)


@dataclass
class OutgoingFile:
    """What left of one document: the bytes, and where Odoo keeps the same ones."""

    raw: bytes
    # of the file; without one it is named after the document
    name: str = ""
    extension: str = "pdf"
    # the `ir.attachment` that may hold the same bytes
    attachment: object = None
    # whether it can be compared with what else left of the document: not where it is
    # a part of a larger file, nor where it is made anew with what changes each time
    comparable: bool = True

    @cached_property
    def sha256(self):
        return hashlib.sha256(self.raw).hexdigest()

    @cached_property
    def fingerprint(self):
        """The SHA-256 without the time of making, or False where it tells nothing."""
        if not self.comparable:
            return False
        if not self.raw.startswith(b"%PDF"):
            return self.sha256
        content = self.raw
        for time in PDF_TIMES:
            content = time.sub(b"", content)
        return hashlib.sha256(content).hexdigest()

    @cached_property
    def stored(self):
        """The attachment where it holds the very bytes that left, or an empty one."""
        if not self.attachment:
            return self.attachment
        checksum = hashlib.sha1(self.raw, usedforsecurity=False).hexdigest()
        attachment = self.attachment.sudo()  # only compared and linked
        return attachment if attachment.checksum == checksum else attachment.browse()

    def get_name(self, document_name):
        """Return the name of the file, fit for any file system."""
        name = self.name or f"{document_name or 'document'}.{self.extension}"
        return clean_file_name(name)

    def get_vals(self):
        """Return the facts of an entry."""
        return {
            "content_sha256": self.sha256,
            "content_fingerprint": self.fingerprint,
            "content_attachment_id": self.stored.id if self.stored else False,
        }
