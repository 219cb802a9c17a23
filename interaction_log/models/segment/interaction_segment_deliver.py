from odoo import models


class InteractionSegment(models.Model):
    """What goes with the interactions of a segment: files, and sending them."""

    _inherit = "interaction.segment"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    # ------------------------------------------------------------------
    # Files
    # ------------------------------------------------------------------

    def _has_contents(self):
        """Say whether something is made for each contact: a text or a merged file."""
        templates = self._get_templates()
        return bool(templates.mail_template_id) or any(
            file.merge and file.merge_fields for file in templates.file_ids
        )

    def _share_files(self):
        """Let the batch own the files that are the same for many contacts.

        Each is stored once, whatever becomes of segment and template, and who reads
        the batch reads it.
        """
        batch = self._get_batch()
        shared, own = {}, []
        if not self.log_options["is_slow"]:
            # else each entry has its own: `_prepare_contents`
            for file in self._get_templates().file_ids:
                shared[str(file.id)] = self._share_file(
                    batch, file.filename, file._get_content()
                )
        for file in self.attachment_ids:
            own.append(self._share_file(batch, file.name, file.raw))
        if shared or own:
            self._write_log(
                {"log_options": {**self.log_options, "shared": shared, "own": own}}
            )

    def _share_file(self, batch, name, content):
        return (
            self.env["ir.attachment"]
            .sudo()  # nobody writes a batch
            .create(
                {
                    "name": name,
                    "raw": content,
                    "res_model": batch._name,
                    "res_id": batch.id,
                }
            )
            .id
        )

    def _link_files(self, entries, template, lang):
        """Give new entries the files that they share."""
        options = self.log_options
        ids = list(options.get("own") or ())
        if shared := options.get("shared"):
            ids += [
                shared[str(file.id)]
                for file in template._get_files(lang)
                if str(file.id) in shared
            ]
        entries._link_shared_files(ids)

    def _add_line_files(self, upto):
        """Give the entries of the slice the files that only their lines have."""
        lines = self.env["interaction.segment.line"].search(
            [
                ("segment_id", "=", self.id),
                ("id", ">", self.log_cursor),
                ("id", "<=", upto),
                ("is_removed", "=", False),
                ("left_out", "=", False),
                ("attachment_ids", "!=", False),
            ]
        )
        if not lines:
            return
        Entry = self.env["interaction.log.entry"].sudo()  # as `_log` of the lines
        key_of = {
            line: (self.company_id.id, f"{self._get_key_prefix()}{line.id}")
            for line in lines
        }
        ids = Entry._find_source_keys(set(key_of.values()))
        for line, key in key_of.items():
            entry = Entry.browse(ids[key])
            entry._add_attachments(line.attachment_ids)

    # ------------------------------------------------------------------
    # E-mails and letters
    # ------------------------------------------------------------------

    def _get_delivery_problem(self):
        """Say in one sentence why nothing can be delivered, or return False."""
        for template in self._get_templates():
            if not (
                template.mail_template_id or template.file_ids or self.attachment_ids
            ):
                return self.env._(
                    "%(template)s has no e-mail text and no file to deliver. Add one "
                    "of them or log without delivering.",
                    template=template.name,
                )
        return False

    def _deliver(self, entries: models.BaseModel) -> None:
        """Deliver what was logged of a slice; here, send those that are e-mails.

        Called by `_log_contents` once for each slice, in its transaction, where the
        user chose to deliver. Extend to deliver by other channels.

        :param entries: `interaction.log.entry`, new ones of all channels, of the batch
            of the segment, with their texts and files
        """
        if emails := entries.filtered(lambda entry: entry.channel == "email"):
            emails._send_emails()
