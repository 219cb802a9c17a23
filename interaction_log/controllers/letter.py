import zipfile
from tempfile import TemporaryFile

from odoo.http import Controller, route

from ..models.base.file_name import clean_file_name
from .segment import find_record, send_file


class InteractionLetterController(Controller):
    """The letters of a batch in one file, which is too large for memory."""

    @route(
        "/interaction_log/batch/<int:batch_id>/letters",
        type="http",
        auth="user",
        readonly=True,
    )
    def download_letters(self, batch_id, **_kwargs):
        """Send all files of the letters of a batch in one zip."""
        batch = find_record("interaction.batch", batch_id)
        file = TemporaryFile()  # noqa: SIM115 the response closes it
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for attachment in batch.letter_attachment_ids.sorted("id"):
                name = clean_file_name(attachment.name, unpacked=True)
                archive.writestr(name, attachment.raw or b"")
                attachment.invalidate_recordset()  # one at a time in memory
        return send_file(file, f"{batch.name}.zip", "application/zip")
