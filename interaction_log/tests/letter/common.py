import io
import zipfile

from odoo import Command
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

from ..common import InteractionHttpCommon
from ..segment.common import SegmentContentCommon

# in mm
POINT = 25.4 / 72


def make_pdf(pages):
    writer, stream = PdfFileWriter(), io.BytesIO()
    for _number in range(pages):
        writer.addBlankPage(200, 200)
    writer.write(stream)
    return stream.getvalue()


def read_pdf(raw):
    """Return the text of each page, without its spacing."""
    reader = PdfFileReader(io.BytesIO(raw), strict=False)
    return [
        " ".join(reader.getPage(number).extract_text().split())
        for number in range(reader.getNumPages())
    ]


def read_places(raw):
    """Return [(text, mm from the left, mm from the top)] of the first page."""
    page = PdfFileReader(io.BytesIO(raw), strict=False).getPage(0)
    height, places = float(page.mediabox.height), []

    def visit(text, matrix, text_matrix, _font, _size):
        if text.strip():
            a, b, c, d, e, f = matrix
            x, y = text_matrix[4:]
            left, bottom = a * x + c * y + e, b * x + d * y + f
            places.append((text.strip(), left * POINT, (height - bottom) * POINT))

    page.extract_text(visitor_text=visit)
    return places


class SegmentLetterCommon(SegmentContentCommon, InteractionHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a.write({"street": "Hauptstraße 3", "zip": "1000", "city": "Gent"})
        cls.batch = (
            cls.env["interaction.batch"]
            .with_user(cls.user_sales)
            .create({"name": "Spring"})
        )

    @classmethod
    def _log_letters(cls, partners, *files, **vals):
        """Log a letter with each of the partners, with all the files."""
        owner = {"res_model": "interaction.batch", "res_id": cls.batch.id}
        # the last one first: attachments are shown in that order
        attachments = (
            cls.env["ir.attachment"]
            .sudo()
            .create([{"name": name, "raw": raw, **owner} for name, raw in files[::-1]])
        )
        entries = cls.Entry.browse()
        for partner in partners:
            entries |= cls._log(
                template_id=cls.template_letter.id,
                partner_id=partner.id,
                batch_id=cls.batch.id,
                **vals,
            ).sudo()
        entries._write_facts({"attachment_ids": [Command.set(attachments.ids)]})
        return entries

    def _read_zip(self, attachment):
        with zipfile.ZipFile(io.BytesIO(attachment.raw)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
