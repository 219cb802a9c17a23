from tempfile import TemporaryFile

from werkzeug.wrappers import Response
from werkzeug.wsgi import wrap_file

from odoo.http import Controller, content_disposition, request, route

from ..models.base.file_name import clean_file_name

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class InteractionSegmentController(Controller):
    """A segment as a file that is too large for memory."""

    @route(
        "/interaction_log/segment/<int:segment_id>/export",
        type="http",
        auth="user",
        readonly=True,
    )
    def export_segment(self, segment_id, **_kwargs):
        """Send a segment as a spreadsheet."""
        segment = find_record("interaction.segment", segment_id)
        file = TemporaryFile()  # noqa: SIM115 the response closes it
        segment._write_spreadsheet(file)
        return send_file(file, f"{segment.name}.xlsx", XLSX)


def find_record(model, id_):
    """Return the record, if the user may read it; else there is no such page."""
    record = request.env[model].browse(id_).exists()
    if not record or not record.has_access("read"):
        raise request.not_found()
    return record


def send_file(file, name, mimetype):
    """Return the response that sends an open file from disk, and closes it then."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    return Response(
        wrap_file(request.httprequest.environ, file),
        mimetype=mimetype,
        direct_passthrough=True,
        headers=[
            ("Content-Length", size),
            ("Content-Disposition", content_disposition(clean_file_name(name))),
            ("Cache-Control", "no-store"),
        ],
    )
