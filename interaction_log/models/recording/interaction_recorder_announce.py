from odoo import api, fields, models
from odoo.exceptions import UserError

from .outgoing_file import OutgoingFile


class InteractionRecorder(models.AbstractModel):
    """What an edge knows of a document that left, and what the user is told of it."""

    _inherit = "interaction.recorder"

    @api.model
    def _add_details(self, matches, partner=None, vals=None, files=None, token=None):
        """Put what an edge knows into the matches of the rules.

        :param list matches: as `interaction.rule._match` returns them
        :param partner: the contact who did it, whatever the document says; none where
            the document's is the one
        :param dict vals: values of the entries, whatever the template says
        :param files: function that returns {id of a document: `OutgoingFile`}
        :param str token: how the web client asks what was logged, where the user can
            be told and asked
        """
        files = files() if files else {}
        for match in matches:
            if partner:
                rule, salesperson = match["rule"], match["vals"]["user_id"]
                match["reason"] = rule._get_skip_reason(match["record"], partner)
                match["vals"]["partner_id"] = partner.id
                match["vals"]["user_id"] = salesperson or partner.user_id.id
            match["vals"].update(vals or {})
            file = files.get(match["record"].id)
            if file:
                match["file"] = file
                match["vals"].update(file.get_vals())
            match["token"] = token

    def _log_matches(self, matches, source):
        # EXTENDS: what is asked first is not logged now; the rest is told
        asked = [match for match in matches if self._is_asked(match)]
        matches = [match for match in matches if not self._is_asked(match)]
        entries = super()._log_matches(matches, source)
        new = [
            match for match in matches if not (match["reason"] or match.get("merged"))
        ]
        # those that took up a repeat come first
        repeats = entries[: len(entries) - len(new)]
        logged = list(zip(new, entries[len(repeats) :], strict=True))
        self._keep_copies(logged)
        self._announce(matches, repeats, logged, asked, source)
        return entries

    @api.model
    def _is_asked(self, match):
        """Say whether the user is asked before the match is logged.

        Where nobody can be asked, what left is on record all the same.
        """
        return bool(
            match.get("token")
            and not match["reason"]
            and match["rule"].announce == "ask"
        )

    def _keep_copies(self, logged):
        """Keep what left as a file of the entry, where the rule says so.

        Odoo stores equal contents once. A replay keeps nothing again.

        :param list logged: of (match, entry)
        """
        contents = {
            entry.id: [(file.get_name(match["vals"].get("document_name")), file.raw)]
            for match, entry in logged
            if (file := match.get("file"))
            and match["rule"].keep_copy
            and entry.content_attachment_id.res_model != entry._name
        }
        entries = self.env["interaction.log.entry"].browse(contents)
        for attachment in entries._attach_files(contents):
            entry = entries.browse(attachment.res_id)
            entry._write_facts({"content_attachment_id": attachment.id})

    # ------------------------------------------------------------------
    # Telling and asking
    # ------------------------------------------------------------------

    def _announce(self, matches, repeats, logged, asked, source):
        """Leave word for the web client of what was logged, with one statement.

        :param list matches: what was to be logged
        :param repeats: the entries that took up a repeat
        :param list logged: of (match, new entry)
        :param list asked: the matches that wait for the user's word
        """
        told = {
            match["rule"].id
            for match in matches
            if match.get("token") and match["rule"].announce != "quiet"
        }
        entry_ids = [entry.id for match, entry in logged if match["rule"].id in told]
        repeat_ids = [entry.id for entry in repeats if entry.rule_id.id in told]
        skipped = [
            self.env._(
                "Not logged: %(document)s. %(reason)s",
                document=match["vals"].get("document_name"),
                reason=match["reason"],
            )
            for match in matches
            if match["reason"] and match["rule"].id in told
        ]
        if not (entry_ids or repeat_ids or skipped or asked):
            return
        announcement = self.env["interaction.announcement"].create(
            {
                "token": next(
                    match["token"] for match in matches + asked if match.get("token")
                ),
                "entry_ids": entry_ids,
                "repeat_ids": repeat_ids,
                "skipped": skipped,
                "question": asked and self._prepare_question(asked, source),
            }
        )
        self._hold_files(announcement, asked)

    def _prepare_question(self, asked, source):
        """Return what has to be known to log the matches later, as it is now."""
        Entry = self.env["interaction.log.entry"]
        date = fields.Datetime.to_string(fields.Datetime.now())
        return {
            "source": source,
            "matches": [
                {
                    "date": date,
                    **Entry._get_document_version(match["record"]),
                    **match["vals"],
                }
                for match in asked
            ],
        }

    def _hold_files(self, announcement, asked):
        """Hold what is to be kept until the user has answered."""
        self.env["ir.attachment"].create(
            [
                {
                    "name": file.get_name(match["vals"].get("document_name")),
                    "description": str(match["record"].id),
                    "raw": file.raw,
                    "res_model": announcement._name,
                    "res_id": announcement.id,
                }
                for match in asked
                if (file := match.get("file")) and match["rule"].keep_copy
            ]
        )

    @api.model
    def _log_asked(self, announcement):
        """Log what the user was asked about, as it was then.

        :return: the entries; none where it can't be logged any more, which is listed
            under Skipped Events
        :raises UserError: where the rule is gone
        """
        # what was printed under the rights of the user, as the server kept it
        announcement = announcement.sudo()
        question = announcement.question
        held = {
            int(attachment.description): OutgoingFile(
                raw=attachment.raw, name=attachment.name
            )
            for attachment in self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", announcement._name),
                    ("res_id", "=", announcement.id),
                ]
            )
        }
        matches = []
        for vals in question["matches"]:
            rule = self.env["interaction.rule"].sudo().browse(vals["rule_id"]).exists()
            if not rule:
                raise UserError(
                    self.env._(
                        "The rule was deleted in the meantime. Log the interaction by "
                        "hand."
                    )
                )
            record = self.env[vals["res_model"]].sudo().browse(vals["res_id"])
            match = {"record": record, "rule": rule, "reason": False, "vals": vals}
            if vals["res_id"] in held:
                match["file"] = held[vals["res_id"]]
            matches.append(match)
        announcement.question = False
        entries = self.sudo()._log_safely(matches, question["source"])
        announcement.entry_ids = entries.ids
        return entries
