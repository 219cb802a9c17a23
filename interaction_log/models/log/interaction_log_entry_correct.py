from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..base.constants import CLIENT_EVENTS
from ..base.ui import get_window_action
from .interaction_log_entry import RELEASED

# What the system knows of what it recorded itself: a correction keeps it
RECORDED_FIELDS = (
    "partner_id",
    "contact_via",
    "date",
    "channel",
    "flow",
    "initiated_by",
)
# What is said once, when the entry is logged first
FIRST_FIELDS = frozenset(("event", "res_model", "res_id", "document_name"))
# What a correction has of its own
OWN_FIELDS = frozenset(
    (
        "state",
        "source_key",
        "corrects_id",
        "postponed_vals",
        "cancel_reason_id",
        "cancel_note",
        "cancel_uid",
        "cancel_date",
        "canceled_with_batch",
        "user_names",
    )
)
# Names the entry that is logged anew, in the context of `log_interactions`. A client
# can send no recordset.
CORRECTED = "interaction_corrected"


class InteractionLogEntry(models.Model):
    """What an entry said before: corrections, and the history of its changes.

    A correction is an entry of its own, in place of the canceled one that it corrects.
    Of an entry and its corrections one counts at most.
    """

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    corrects_id = fields.Many2one(
        "interaction.log.entry",
        string="Correction Of",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        help="Canceled interaction replaced by this one.",
    )
    correction_ids = fields.One2many(
        "interaction.log.entry", "corrects_id", string="Corrections"
    )
    corrected_by_id = fields.Many2one(
        "interaction.log.entry",
        string="Corrected As",
        compute="_compute_corrected_by_id",
        help="Interaction that replaces this one.",
    )
    correction = fields.Char(
        compute="_compute_correction", help="Who corrected it, and when."
    )

    @api.depends("correction_ids")
    def _compute_corrected_by_id(self):
        for entry in self:
            entry.corrected_by_id = entry.correction_ids.sorted("id")[-1:]

    @api.depends("corrects_id.cancel_uid", "corrects_id.cancel_date")
    @api.depends_context("lang", "tz")
    def _compute_correction(self):
        for entry in self:
            corrected = entry.sudo().corrects_id  # who reads it may know who it was
            names = corrected.user_names or {}
            entry.correction = corrected.cancel_date and self.env._(
                "Corrected by %(user)s on %(date)s",
                user=corrected.cancel_uid.name or names.get("cancel_uid", ""),
                date=format_date(self.env, corrected.cancel_date, date_format="medium"),
            )

    # ------------------------------------------------------------------
    # Correcting
    # ------------------------------------------------------------------

    def action_correct(self):
        """Open the dialog with what was logged, to log it anew.

        :raises UserError: where it is not logged (any more); says why
        :raises AccessError: as for canceling
        """
        if len(self) > 1:
            raise UserError(self.env._("Correct one interaction at a time."))
        self._check_correctable()
        vals = self._prepare_resume_vals()
        proposed = vals["template_id"] and self._prepare_log_vals(
            {"date": self.date, "document_name": self.document_name},
            self.template_id,
            self.partner_id,
            self.company_id,
        )
        proposed = proposed or {}
        vals |= {
            "partner_ids": self.partner_id.ids,
            "with_files": False,  # those that it has are shown
            "proposed": {name: proposed[name] for name in proposed.keys() & vals},
            "corrects_id": self.id,
            "is_correction": True,
        }
        context = {f"default_{name}": value for name, value in vals.items()}
        if self.env.context.get("open_correction"):
            context["open_correction"] = True
        return get_window_action(
            self.env, "interaction_log_correct_action", context=context
        )

    def action_open_corrected(self):
        """Open the entry that this one corrects.

        :raises UserError: where there is none, or it was deleted
        """
        self.ensure_one()
        if not self.corrects_id:
            raise UserError(self.env._("There is no earlier version."))
        return self.corrects_id.get_formview_action()

    def action_undo_correction(self):
        """Cancel corrections, and let what they corrected count again.

        :raises UserError: where one is no correction, or not logged any more
        :raises AccessError: as for canceling
        """
        for entry in self:
            corrected = entry.corrects_id
            if not corrected:
                raise UserError(self.env._("There is no earlier version."))
            entry._cancel(
                self.env["interaction.cancel.reason"]._get_corrected(),
                self.env._("The correction was undone."),
            )
            entry._move_discussion(corrected)
            corrected.action_restore()

    def _correct(self, vals):
        """Cancel the entry, and log it anew in its place.

        What the system knows stays as it is: the event and its key, the document, what
        left of it and whether it arrived.

        :param dict vals: what a person says of it, as `log_interactions` takes it
        :return: the new entry
        :raises UserError: where it is not logged (any more), or a value is wrong
        :raises AccessError: as for canceling
        :raises psycopg2.errors.SerializationFailure: where another transaction corrects
            or cancels it at this moment; Odoo runs such a request again
        """
        self._check_correctable()
        self._cancel(self.env["interaction.cancel.reason"]._get_corrected())
        key = self._release_source_key()
        # two rows that swap a key are written one after the other
        self.flush_recordset()
        event = self.event
        if self._is_recorded():
            event = "manual"  # until what is kept is written
            known = {name: self[name] for name in RECORDED_FIELDS}
            vals = {**vals, **self._convert_to_write(known)}
        elif event == "call" and vals.get("channel", "phone") != "phone":
            event = "manual"  # it was none
        correction = self.with_context(**{CORRECTED: self}).log_interactions(
            [
                {
                    **{name: vals[name] for name in vals.keys() - FIRST_FIELDS},
                    "company_id": self.company_id.id,
                    "event": event,
                }
            ]
        )
        correction = correction.with_env(self.env)
        correction.sudo()._write_facts(  # also what the user may not see of it
            {
                **correction._prepare_kept_vals(self, vals),
                "corrects_id": self.id,
                "source_key": key,
            }
        )
        self._move_discussion(correction)
        correction._after_restore()
        return correction

    def _prepare_kept_vals(
        self, corrected: models.BaseModel, vals: api.ValuesType
    ) -> api.ValuesType:
        """Return what a correction keeps of the entry that it corrects.

        All that `vals` doesn't say, in whatever room or addon its field is.

        :param corrected: the entry that was canceled
        :param vals: what a person says
        """
        said = set(vals) - FIRST_FIELDS
        if not corrected._is_recorded():
            said.add("event")
        if self.template_id != corrected.template_id:
            said.add("group_id")
        if self.partner_id != corrected.partner_id:
            said |= {"partner_name", "commercial_partner_id", "lang"}
        if corrected.occurrence_count == 1 and not corrected._is_recorded():
            said.add("last_date")
        names = [
            name
            for name, field in self._fields.items()
            if field.store
            and field.column_type
            and name not in models.MAGIC_COLUMNS
            and name not in said | OWN_FIELDS
        ]
        kept = corrected.sudo()  # as above
        return kept._convert_to_write({name: kept[name] for name in names})

    def _check_correctable(self):
        """Raise an error unless the user may correct the entry, and it is logged."""
        if not self.exists():
            raise UserError(
                self.env._(
                    "The interaction was permanently deleted in the meantime. Log it "
                    "again."
                )
            )
        self.ensure_one()
        self.check_access("read")
        self._check_cancel_access()
        if self.state == "canceled" and self.correction_ids:
            raise UserError(
                self.env._(
                    "%(name)s was corrected by %(user)s in the meantime. Open that "
                    "correction to change it.",
                    name=self.name,
                    user=self.sudo().cancel_uid.name or "",
                )
            )
        if self.state != "logged":
            raise UserError(self.env._("Only logged interactions can be corrected."))
        if self._is_recorded() and not self.partner_id:
            raise UserError(
                self.env._(
                    "The contact %(name)s no longer exists, so the recorded values "
                    "can't be changed. Describe the correction in the note.",
                    name=self.partner_name or "",
                )
            )

    def _is_recorded(self):
        """Say whether the system recorded the entry, not a person who told of it."""
        return self.event not in CLIENT_EVENTS

    @api.model
    def _get_corrected(self):
        """Return the entry that is being logged anew, or none."""
        corrected = self.env.context.get(CORRECTED)
        return corrected if isinstance(corrected, models.BaseModel) else self.browse()

    def _move_discussion(self, entry):
        """Let another version of the entry have what is planned after it, and comments.

        So that both are seen where the interaction is looked at. What the system said
        of changes stays with the version that was changed.
        """
        old = self.sudo()  # whoever wrote it, and has to do it
        activities = old._get_open_activities()
        activities.filtered(
            lambda activity: (
                (activity.res_model, activity.res_id) == (self._name, self.id)
            )
        ).write({"res_id": entry.id})
        old.follow_up_ids.write({"interaction_entry_id": entry.id})
        comments = old.env["mail.message"].search(
            Domain("model", "=", self._name)
            & Domain("res_id", "=", self.id)
            & Domain("message_type", "in", ("comment", "email"))
        )
        comments.attachment_ids.filtered(
            lambda file: (file.res_model, file.res_id) == (self._name, self.id)
        ).write({"res_id": entry.id})
        comments.write({"res_id": entry.id})

    # ------------------------------------------------------------------
    # Which version counts
    # ------------------------------------------------------------------

    def _get_versions(self):
        """Return the entry with all that it corrects and that correct it."""
        versions = found = self.sudo()  # an entry out of sight counts, too
        while found:
            found = (found.corrects_id | found.correction_ids) - versions
            versions |= found
        return versions

    def _get_latest_version(self):
        """Return the correction of the entry that was made last, or the entry."""
        latest = self
        while latest.correction_ids:
            latest = latest.correction_ids.sorted("id")[-1]
        # taken back, it is the earlier one that counts
        while latest.state == "canceled" and latest != self and latest.corrects_id:
            latest = latest.corrects_id
        return latest

    def _get_earlier_versions(self):
        """Return the entry with all that it corrects."""
        versions = found = self
        while found:
            found = found.corrects_id - versions
            versions |= found
        return versions

    def _get_first_version(self):
        """Return the entry that was logged first, of those that are still there."""
        first = self
        while first.corrects_id:
            first = first.corrects_id
        return first

    def _take_back(self):
        """Make sure that entries which are restored are the only version that counts.

        The source key goes to the version that counts.

        :raises UserError: where another version does, or is restored with its batch
        """
        for entry in self.sudo().filtered(lambda e: e.corrects_id or e.correction_ids):
            versions = entry._get_versions() - entry
            for version in versions:
                if version.state == "logged" or version in self:
                    raise UserError(
                        self.env._(
                            "%(name)s was corrected. Only one version can be logged: "
                            "cancel the other one first.",
                            name=entry.name,
                        )
                    )
                if version.canceled_with_batch:
                    raise UserError(
                        self.env._(
                            "A correction of %(name)s was canceled with the batch "
                            "%(batch)s. Restore the batch.",
                            name=entry.name,
                            batch=version.batch_id.display_name,
                        )
                    )
            key = entry._get_original_key()
            for version in versions.filtered("source_key"):
                if version.source_key == key:
                    version._release_source_key()
                    version.flush_recordset()

    def _get_original_key(self):
        """Return the source key that the entry had before it released it."""
        return (self.source_key or "").removeprefix(f"{RELEASED}{self.id},")

    def _release_source_key(self):
        """Keep the source key aside, so that another entry can have it.

        :return: the key, or False
        """
        key = self._get_original_key()
        if key:
            self._write_facts({"source_key": f"{RELEASED}{self.id},{key}"})
        return key or False

    @api.ondelete(at_uninstall=False)
    def _unlink_from_versions(self):
        """Link corrections of what is deleted with what that corrected."""
        # asked of the database: entries that nothing corrects are not read
        corrections = self.sudo().search([("corrects_id", "in", self.ids)])
        for correction in corrections - self:
            corrected = correction.corrects_id
            while corrected in self and corrected:
                corrected = corrected.corrects_id
            correction._write_facts({"corrects_id": corrected.id})

    # ------------------------------------------------------------------
    # The history of changes
    # ------------------------------------------------------------------

    def _log_note_changes(self, notes):
        """Log in the chatter what notes said before; Odoo tracks no rich text.

        :param dict notes: {entry: its note before}
        """
        bodies = {
            entry.id: Markup("<p>%s</p>%s")
            % (self.env._("The note was changed. Before:"), note)
            if note
            else Markup("<p>%s</p>") % self.env._("The note was added.")
            for entry, note in notes.items()
            if entry.note != note
        }
        if bodies:
            self.browse(bodies)._message_log_batch(bodies)
