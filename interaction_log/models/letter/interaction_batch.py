import io
import logging
import zipfile

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools.pdf import PdfFileReader, PdfFileWriter, merge_pdf

from ..base.file_name import clean_file_name

_logger = logging.getLogger(__name__)

# How large the files of the letters are together that one file is made of, in bytes
MAX_SIZE = 50_000_000


class InteractionBatch(models.Model):
    """The letters of what was logged together, in few files to print.

    Where all that a contact gets is PDFs, they are merged with those of the others,
    each behind its address page. What can't be merged comes in a zip, with the address
    pages and the labels of its contacts.
    """

    _name = "interaction.batch"
    _inherit = ["interaction.batch", "interaction.address.mixin"]

    letter_attachment_ids = fields.Many2many(
        "ir.attachment",
        "interaction_batch_letter_rel",
        string="Letters",
        copy=False,
        bypass_search_access=True,
        help="Generated letters to print and send.",
    )
    letter_count = fields.Integer(string="Number of Letters", copy=False)
    letter_problems = fields.Text(
        string="Problems of Letters",
        copy=False,
        help="Letters that must be printed manually.",
    )
    # which entries are in the files: [first id, last id] of each
    letter_ranges = fields.Json(copy=False)

    def _add_letters(self, entries):
        """Make the files of the letters among the entries.

        May be called again, with the same entries or the next ones: those that are in
        a file already are not taken twice. What fails for one contact is said in
        `letter_problems` and stops no other.

        :param entries: `interaction.log.entry` of the batch, a slice of them, in the
            order of their ids
        :return: the attachments that were made
        """
        self.ensure_one()
        made = self.env["ir.attachment"]
        for part in self._split_letters(self._get_new_letters(entries)):
            made |= self._add_letter_files(part)
        return made

    def _get_new_letters(self, entries):
        """Return those of the entries that are letters and in no file yet."""
        ranges = self.letter_ranges or []
        return entries.filtered(
            lambda entry: (
                entry.batch_id == self
                and entry.channel == "letter"
                and entry.state == "logged"
                and not any(first <= entry.id <= last for first, last in ranges)
            )
        ).sorted("id")

    def _split_letters(self, entries):
        """Yield the entries in parts whose files are not too large together.

        A file that several entries share counts once.
        """
        part, sizes = [], {}
        for entry in entries:
            own = {file.checksum: file.file_size for file in entry.attachment_ids}
            if part and sum((sizes | own).values()) > MAX_SIZE:
                yield entries.browse(part)
                part, sizes = [], {}
            part.append(entry.id)
            sizes |= own
        if part:
            yield entries.browse(part)

    def _add_letter_files(self, entries):
        """Make the files of entries that become one range; return the attachments."""
        # who logs writes no batches, and reads what was just logged
        batch, entries = self.sudo(), entries.sudo()
        first, last = batch.letter_count + 1, batch.letter_count + len(entries)
        title = self.env._("Letters %(first)s-%(last)s", first=first, last=last)
        contents, problems = batch._read_letters(entries)
        loose = entries.filtered(lambda entry: contents[entry.id] is None)
        files = []
        if merged := entries - loose:
            raw = batch._merge_letters(merged, contents, problems)
            files.append({"name": f"{title}.pdf", "raw": raw})
        if loose:
            numbers = dict(zip(entries.ids, range(first, last + 1), strict=True))
            raw = batch._zip_letters(loose, numbers, problems)
            files.append({"name": f"{title}.zip", "raw": raw})
        owner = {"res_model": self._name, "res_id": self.id}
        attachments = batch.env["ir.attachment"].create(
            [{**file, **owner} for file in files if file["raw"]]
        )
        said = filter(None, (batch.letter_problems, *dict.fromkeys(problems)))
        batch.write(
            {
                "letter_attachment_ids": [Command.link(id_) for id_ in attachments.ids],
                "letter_count": last,
                "letter_ranges": [
                    *(batch.letter_ranges or []),
                    [entries[0].id, entries[-1].id],
                ],
                "letter_problems": "\n".join(said) or False,
            }
        )
        return attachments.sudo(self.env.su)

    def _read_letters(self, entries):
        """Read the files of the entries and say which can be merged.

        :return: ({id of an entry: list of readers of its PDFs, or None where one of
            its files can't be merged}, list of sentences on those that should)
        """
        readers = {}  # what several contacts get is read, and stored, once
        contents, problems = {}, []
        for entry in entries:
            files = self._get_letter_files(entry)
            for file in files:
                if file.checksum not in readers:
                    readers[file.checksum] = self._read_pdf(file)
                if self._is_pdf(file) and not readers[file.checksum]:
                    problems.append(
                        self.env._(
                            "%(contact)s: %(file)s is damaged or protected and can't "
                            "be merged. Print it from the ZIP file.",
                            contact=entry.partner_name or entry.display_name,
                            file=file.name,
                        )
                    )
            own = [readers[file.checksum] for file in files]
            contents[entry.id] = own if all(own) else None
        return contents, problems

    @api.model
    def _get_letter_files(self, entry):
        """Return the files of an entry in their order: the last one was made first."""
        return entry.attachment_ids.sorted("id", reverse=True)

    @api.model
    def _is_pdf(self, file):
        return file.mimetype == "application/pdf" or file.name.lower().endswith(".pdf")

    def _read_pdf(self, file):
        """Return a reader of a file, or None where it is no PDF that can be merged."""
        if not self._is_pdf(file):
            return None
        raw = file.raw or b""
        try:
            merge_pdf([raw])  # nothing else finds all that can be wrong
            return PdfFileReader(io.BytesIO(raw), strict=False)
        except Exception as error:  # the library raises what it likes
            _logger.info("%s can't be merged: %s", file, error)
            return None

    def _merge_letters(self, entries, contents, problems):
        """Return one PDF of the letters, each behind its address page (bytes).

        `merge_pdf` would store a file that all get once for each of them.

        :param dict contents: {id of an entry: readers of its files}
        :param list problems: sentences; is added to
        """
        writer, stream = PdfFileWriter(), io.BytesIO()
        pages = self._render_addresses("address_pages", entries, problems)
        addresses = pages and PdfFileReader(io.BytesIO(pages), strict=False)
        for number, entry in enumerate(entries):
            if addresses:
                writer.addPage(addresses.getPage(number))
            for reader in contents[entry.id]:
                for page in range(reader.getNumPages()):
                    writer.addPage(reader.getPage(page))
        if not writer.getNumPages():
            return b""
        writer.write(stream)
        return stream.getvalue()

    def _zip_letters(self, entries, numbers, problems):
        """Return a zip of the files of the letters, with their addresses (bytes).

        :param dict numbers: {id of an entry: its number among the letters}
        :param list problems: sentences; is added to
        """
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry in entries:
                beginning = f"{numbers[entry.id]:05} {entry.partner_name or ''}".strip()
                files = self._get_letter_files(entry)
                for number, file in enumerate(files, 1):
                    place = f"{number} " if len(files) > 1 else ""
                    name = clean_file_name(
                        f"{beginning} - {place}{file.name}", unpacked=True
                    )
                    archive.writestr(name, file.raw or b"")
            for layout in ("address_pages", "labels"):
                raw = self._render_addresses(layout, entries, problems)
                if raw:
                    name = self._get_address_report(layout).name
                    name = clean_file_name(f"{name}.pdf", unpacked=True)
                    archive.writestr(name, raw)
        return stream.getvalue()

    def _render_addresses(self, layout, entries, problems):
        """Return the PDF with the addresses of the entries (bytes), None without it.

        :param str layout: see `layout.LAYOUTS`
        :param list problems: sentences; is added to
        """
        report = self._get_address_report(layout)
        try:
            raw = report._render_addresses(self, entries)
        except UserError as error:
            _logger.warning("The addresses of %s can't be made: %s", self, error)
            raw = None
        if not raw:
            problems.append(
                self.env._(
                    "%(name)s could not be generated because the PDF engine of the "
                    "server failed. Print them from the Print menu.",
                    name=report.name,
                )
            )
        return raw

    # ------------------------------------------------------------------
    # Addresses
    # ------------------------------------------------------------------

    def _get_addressees(self):
        # the letters that were logged
        self.check_access("read")
        entries = self.env["interaction.log.entry"].search(
            [
                ("batch_id", "in", self.ids),
                ("channel", "=", "letter"),
                ("state", "=", "logged"),
            ],
            order="id",
        )
        printed = entries.filtered("partner_id.city")
        return printed, len(entries) - len(printed)

    @api.model
    def _get_address_rows(self, records):
        return [
            self._prepare_address_row(
                entry.partner_id,
                entry.lang,
                entry.company_id,
                fields.Datetime.context_timestamp(entry, entry.date).date(),
                entry.name,
            )
            for entry in records
        ]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_download_letters(self):
        """Download the file of the letters, or all of them in a zip.

        :raises UserError: where there are none
        """
        self.ensure_one()
        files = self.letter_attachment_ids
        if not files:
            raise UserError(
                self.env._("%(name)s has no letters to print.", name=self.display_name)
            )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{files.id}?download=true"
            if len(files) == 1
            else f"/interaction_log/batch/{self.id}/letters",
            "target": "download",
        }
