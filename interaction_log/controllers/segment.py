import re
import zipfile
from tempfile import TemporaryFile

from werkzeug.wrappers import Response
from werkzeug.wsgi import wrap_file

from odoo.http import Controller, content_disposition, request, route

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class InteractionSegmentController(Controller):
    """Files that are too large for memory: made on disk, and sent from there."""

    @route(
        "/interaction_log/segment/<int:segment_id>/export",
        type="http",
        auth="user",
        readonly=True,
    )
    def export_segment(self, segment_id, **_kwargs):
        """Send a segment as a spreadsheet."""
        segment = self._find("interaction.segment", segment_id)
        file = TemporaryFile()  # noqa: SIM115 the response closes it
        segment._write_spreadsheet(file)
        return self._send(file, f"{segment.name}.xlsx", XLSX)

    @route(
        "/interaction_log/batch/<int:batch_id>/letters",
        type="http",
        auth="user",
        readonly=True,
    )
    def download_letters(self, batch_id, **_kwargs):
        """Send all files of the letters of a batch in one zip."""
        batch = self._find("interaction.batch", batch_id)
        file = TemporaryFile()  # noqa: SIM115 the response closes it
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for attachment in batch.letter_attachment_ids.sorted("id"):
                archive.writestr(attachment.name, attachment.raw or b"")
                attachment.invalidate_recordset()  # one at a time in memory
        return self._send(file, f"{batch.name}.zip", "application/zip")

    def _find(self, model, id_):
        """Return the record, if the user may read it; else there is no such page."""
        record = request.env[model].browse(id_).exists()
        if not record or not record.has_access("read"):
            raise request.not_found()
        return record

    def _send(self, file, name, mimetype):
        """Return the response that sends an open file, and closes it then."""
        file.seek(0, 2)
        size = file.tell()
        file.seek(0)
        name = re.sub(r"[\x00-\x1f/\\]", "_", name)
        return Response(
            wrap_file(request.httprequest.environ, file),
            mimetype=mimetype,
            direct_passthrough=True,
            headers=[
                ("Content-Length", size),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
            ],
        )
