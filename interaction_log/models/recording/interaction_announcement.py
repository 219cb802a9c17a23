from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .outgoing_file import OutgoingFile

# How long who has no right on the log can undo a print, in minutes
UNDO_MINUTES = 15


class InteractionAnnouncement(models.TransientModel):
    """What is to be told to a user of what was recorded, or to be asked first.

    The web client names it by a token of its own, and fetches it when the print is
    there.
    """

    _name = "interaction.announcement"
    _description = "Notification of Recorded Interactions"
    _inherit = ["interaction.value.mixin"]
    # a question may wait for its answer for a working day; in hours
    _transient_max_hours = 24.0

    token = fields.Char(required=True, index=True)
    # ids of the entries that are new, and of those that took up a repeat
    entry_ids = fields.Json(default=list)
    repeat_ids = fields.Json(default=list)
    # sentences that say what could not be logged, and why
    skipped = fields.Json(default=list)
    # what is logged if the user says yes: the key of the event, and the matches of the
    # rules
    question = fields.Json()

    @api.model
    def _find(self, token):
        """Return the user's own announcements with that token."""
        if self._find_fault(self._fields["token"], token, {}):
            return self.sudo().browse()  # a client says what it likes
        # a user reads nobody else's
        return self.sudo().search(
            [("token", "=", token), ("create_uid", "=", self.env.uid)], order="id"
        )

    def _get_entries(self, name="entry_ids"):
        """Return those of the entries that the user may see.

        All of them, with all rights, to who has none on the log: the server answers
        for what is done with them.

        :param str name: `entry_ids` or `repeat_ids`
        """
        entries = self.env["interaction.log.entry"].browse(
            dict.fromkeys(
                id_ for announcement in self for id_ in announcement[name] or []
            )
        )
        if not entries._is_announced_in_full():
            return entries.sudo().exists()  # those that the user printed
        return entries.sudo(False).exists()._filtered_access("read")

    def _get_hidden_repeats(self):
        """Return the entries that took up a repeat and that the user may not see."""
        ids = {id_ for announcement in self for id_ in announcement.repeat_ids or []}
        repeats = self.env["interaction.log.entry"].browse(ids).sudo().exists()
        return repeats - self._get_entries("repeat_ids")

    def _check_recent(self):
        """Raise a UserError where it is too late to undo what was announced."""
        earliest = fields.Datetime.now() - timedelta(minutes=UNDO_MINUTES)
        if any(announcement.create_date < earliest for announcement in self):
            raise UserError(
                self.env._(
                    "You can undo a print for %(count)s minutes. Ask an interaction "
                    "manager to cancel it.",
                    count=UNDO_MINUTES,
                )
            )

    # ------------------------------------------------------------------
    # Telling and asking
    # ------------------------------------------------------------------

    @api.model
    def _announce(self, matches, repeats, logged, asked, source):
        """Leave word for the web client of what was logged, with one statement.

        :param list matches: what was to be logged
        :param repeats: the entries that took up a repeat
        :param list logged: of (match, new entry)
        :param list asked: the matches that wait for the user's word
        """
        told = {
            match.rule.id
            for match in matches
            if match.token and match.rule.announce != "quiet"
        }
        entry_ids = [entry.id for match, entry in logged if match.rule.id in told]
        repeat_ids = [entry.id for entry in repeats if entry.rule_id.id in told]
        skipped = [
            self.env._(
                "Not logged: %(document)s. %(reason)s",
                document=match.vals.get("document_name"),
                reason=match.reason,
            )
            for match in matches
            if match.reason and match.rule.id in told
        ]
        if not (entry_ids or repeat_ids or skipped or asked):
            return
        announcement = self.create(
            {
                "token": next(match.token for match in matches + asked if match.token),
                "entry_ids": entry_ids,
                "repeat_ids": repeat_ids,
                "skipped": skipped,
                "question": asked and self._prepare_question(asked, source),
            }
        )
        announcement._hold_files(asked)

    @api.model
    def _prepare_question(self, asked, source):
        """Return what has to be known to log the matches later, as it is now."""
        Entry = self.env["interaction.log.entry"]
        date = fields.Datetime.to_string(fields.Datetime.now())
        return {
            "source": source,
            "matches": [
                {
                    "date": date,
                    **Entry._get_document_version(match.record),
                    **match.vals,
                }
                for match in asked
            ],
        }

    def _hold_files(self, asked):
        """Hold what is to be kept until the user has answered."""
        self.env["ir.attachment"].create(
            [
                {
                    "name": file.get_name(match.vals.get("document_name")),
                    "description": str(match.record.id),
                    "raw": file.raw,
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for match in asked
                if (file := match.file) and match.rule.keep_copy
            ]
        )

    def _log_asked(self):
        """Log what the user was asked about, as it was then.

        :return: the entries; none where it can't be logged any more, which is listed
            under Skipped Events
        :raises UserError: where the rule is gone
        """
        self.ensure_one()
        # what was printed under the rights of the user, as the server kept it
        announcement = self.sudo()
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
                        "The rule was deleted in the meantime. Log the interaction "
                        "manually."
                    )
                )
            record = self.env[vals["res_model"]].sudo().browse(vals["res_id"])
            file = held.get(record.id)
            matches.append(rule._make_match(record, vals, file=file))
        announcement.question = False
        recorder = self.env["interaction.recorder"].sudo()
        entries = recorder._log_safely(matches, question["source"])
        announcement.entry_ids = entries.ids
        return entries
