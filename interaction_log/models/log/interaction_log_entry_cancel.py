from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.ui import get_window_action
from .interaction_log_entry import RELEASED, RELEASED_KEYS

# What restoring writes
RESTORED_VALS = {
    "state": "logged",
    "cancel_reason_id": False,
    "cancel_note": False,
    "cancel_uid": False,
    "cancel_date": False,
    # canceled one by one after that, it is not restored with its batch
    "canceled_with_batch": False,
}


class InteractionLogEntry(models.Model):
    """Whether an entry counts: canceling, restoring, postponing; and how it went."""

    _inherit = "interaction.log.entry"

    # what the dialog said that counts only when the interaction is finished
    postponed_vals = fields.Json()
    cancel_reason_id = fields.Many2one(
        "interaction.cancel.reason", index="btree_not_null", ondelete="restrict"
    )
    cancel_note = fields.Text()
    cancel_uid = fields.Many2one(
        "res.users", string="Canceled By", index="btree_not_null", ondelete="set null"
    )
    cancel_date = fields.Datetime(string="Canceled On")
    # and is restored with it
    canceled_with_batch = fields.Boolean(readonly=True, technical=True)
    can_cancel = fields.Boolean(compute="_compute_can_cancel")

    @api.depends("user_id", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_cancel(self):
        own = self._filtered_access("write")
        for entry in self:
            entry.can_cancel = entry in own

    # ------------------------------------------------------------------
    # Canceling
    # ------------------------------------------------------------------

    def action_cancel(self):
        """Open the dialog that asks why the entries are canceled."""
        action = self._get_wizard_action("interaction_log_cancel_action")
        if len(self) == 1:
            action["name"] = self.env._("Cancel Interaction")
        return action

    def _cancel(self, reason, note=False):
        """Cancel the logged ones of the entries; the others stay as they are.

        :param reason: `interaction.cancel.reason`
        :param str note: what else is to say
        :return: the entries that were canceled
        :raises UserError: without a reason, or where none of the entries is logged
        :raises AccessError: where an entry is not the user's own (users cancel their
            own entries, managers all)
        """
        if not reason:
            raise UserError(self.env._("Choose a reason for the cancellation."))
        entries = self._filter_state(
            "logged", self.env._("Only logged interactions can be canceled.")
        )
        entries._write_facts(
            self._prepare_cancel_vals(reason, note, fields.Datetime.now())
        )
        # the document may be logged again; the key is kept aside for restoring
        for entry in entries:
            if (entry.source_key or "").startswith(RELEASED_KEYS):
                entry._release_source_key()
        entries._after_cancel()
        return entries

    @api.model
    def _prepare_cancel_vals(self, reason, note, date):
        """Return what canceling writes; `date` in UTC."""
        return {
            "state": "canceled",
            "cancel_reason_id": reason.id,
            "cancel_note": note,
            "cancel_uid": self.env.uid,
            "cancel_date": date,
        }

    def _after_cancel(self) -> None:
        """Called on entries that were just canceled; override to do more.

        Not where a large batch is canceled as a set (`_cancel_set`).
        """

    # ------------------------------------------------------------------
    # Restoring
    # ------------------------------------------------------------------

    def action_restore(self):
        """Let the canceled entries count again.

        :raises UserError: where none of the entries is canceled, where what it was is
            logged again, or where it was canceled with a whole segment
        :raises AccessError: as for canceling
        """
        entries = self._filter_canceled()
        for entry in entries.filtered("canceled_with_batch"):
            batch = entry.sudo().batch_id  # who reads the entry may know the name
            if batch.event == "segment":
                raise UserError(
                    self.env._(
                        "%(name)s was canceled with the batch %(batch)s. Restore the "
                        "batch.",
                        name=entry.name,
                        batch=batch.display_name,
                    )
                )
        entries._restore()

    def _filter_canceled(self):
        """Return the entries that can be restored, as of `_filter_state`."""
        return self._filter_state(
            "canceled", self.env._("Only canceled interactions can be restored.")
        )

    def _restore(self):
        """Let canceled entries count again; see `action_restore`."""
        self._take_back()
        self._restore_source_keys()
        self._write_facts(RESTORED_VALS)
        self._after_restore()

    def _after_restore(self) -> None:
        """Called on entries that count again; override to do more.

        They were restored, or logged anew in place of one that was corrected. Not where
        a large batch is restored as a set (`_restore_set`).
        """

    def _restore_source_keys(self):
        """Give canceled entries the source keys that they released.

        :raises UserError: where another entry has one by now
        """
        keys = {
            entry: entry._get_original_key()
            for entry in self
            if (entry.source_key or "").startswith(RELEASED)
        }
        again = self.sudo().search(  # an entry out of sight has its key, too
            [("source_key", "in", list(keys.values()))], limit=1
        )
        if again or len(set(keys.values())) < len(keys):
            # by the own name: that of the other one may be out of sight
            first = next(iter(keys))
            entry = next((e for e in keys if keys[e] == again.source_key), first)
            raise self._get_logged_again_error(entry.name)
        for entry, key in keys.items():
            entry._write_facts({"source_key": key})

    @api.model
    def _get_logged_again_error(self, name):
        """Return the error that what `name` was is logged again."""
        return UserError(
            self.env._(
                "%(name)s was logged again. Cancel that interaction first.", name=name
            )
        )

    def _filter_state(self, state, otherwise):
        """Return the entries in `state` that the user may cancel and restore.

        :param str otherwise: the sentence for the user where there is none
        """
        entries = self.filtered(lambda entry: entry.state == state)
        if not entries:
            raise UserError(otherwise)
        entries._check_cancel_access()
        return entries

    def _check_cancel_access(self):
        """Raise an AccessError unless the user may cancel and evaluate the entries."""
        foreign = self - self._filtered_access("write")
        if foreign:
            raise self._get_foreign_error(foreign[:5].mapped("display_name"))

    @api.model
    def _get_foreign_error(self, names):
        """Return the error that the entries called `names` are somebody else's."""
        return AccessError(
            self.env._(
                "You can only cancel, correct, restore and evaluate your own "
                "interactions. Ask an interaction manager for: %(names)s",
                names=", ".join(names),
            )
        )

    # ------------------------------------------------------------------
    # With their batch, as a set
    # ------------------------------------------------------------------

    def _cancel_set(self, reason, note, date):
        """Cancel logged entries with their batch, by one statement; see `_cancel`.

        Whose they are was checked before.

        :param reason: `interaction.cancel.reason`
        :param str note: what else is to say, or False
        :param date: when, in UTC
        """
        self._update_set(
            {
                **self._prepare_cancel_vals(reason, note, date),
                "canceled_with_batch": True,
            },
            SQL(
                """CASE WHEN source_key LIKE ANY(%(keys)s)
                    THEN %(released)s || id || ',' || source_key
                    ELSE source_key END""",
                keys=[f"{key}%" for key in RELEASED_KEYS],
                released=RELEASED,
            ),
            SQL("state = 'logged'"),
        )

    def _restore_set(self):
        """Let entries count again that were canceled with their batch, by a statement.

        :return: how many; not those that were logged again
        """
        key = self._get_original_key_sql(SQL("entry"))
        return self._update_set(
            RESTORED_VALS,
            key,
            SQL(
                """state = 'canceled' AND (source_key IS NULL
                    OR source_key NOT LIKE %(released)s
                    OR NOT EXISTS (SELECT FROM %(table)s again
                        WHERE again.source_key = %(key)s))""",
                released=f"{RELEASED}%",
                table=SQL.identifier(self._table),
                key=key,
            ),
        )

    @api.model
    def _get_original_key_sql(self, entry):
        """Return the SQL of the source key that an entry had before it was canceled."""
        return SQL(
            """CASE WHEN %(entry)s.source_key LIKE %(like)s
                THEN substr(%(entry)s.source_key,
                    length(%(released)s || %(entry)s.id || ',') + 1)
                ELSE %(entry)s.source_key END""",
            entry=entry,
            like=f"{RELEASED}%",
            released=RELEASED,
        )

    def _update_set(self, vals, source_key, condition):
        """Write facts of the entries by one statement.

        The ORM takes one for each hundred, and half as long again.

        :param dict vals: what is the same for all
        :param SQL source_key: of each
        :param SQL condition: which of them
        :return: how many were written
        """
        self.flush_model()
        ids = self.env.execute_query(
            SQL(
                """UPDATE %(table)s entry
                SET %(assignments)s, source_key = %(source_key)s,
                    write_uid = %(uid)s, write_date = %(now)s
                WHERE id = ANY(%(ids)s) AND %(condition)s RETURNING id""",
                table=SQL.identifier(self._table),
                assignments=SQL(", ").join(
                    SQL(
                        "%s = %s",
                        SQL.identifier(name),
                        self._fields[name].convert_to_column(value, self),
                    )
                    for name, value in vals.items()
                ),
                source_key=source_key,
                uid=self.env.uid,
                now=self.env.cr.now(),
                ids=list(self._ids),
                condition=condition,
            )
        )
        # what is counted from them is computed when it is asked, none of it is stored
        self.env.invalidate_all()
        return len(ids)

    @api.model
    def _check_released_keys(self, domain):
        """Raise an error where what an entry of `domain` was is logged again.

        As `_restore_source_keys`, but without reading the entries.
        """
        self.flush_model()
        # an entry out of sight has its key, too
        query = self.sudo()._search(
            Domain(domain) & Domain("source_key", "=like", f"{RELEASED}%")
        )
        rows = self.env.execute_query(
            SQL(
                """WITH released AS (
                    SELECT entry.name, %(key)s AS key FROM %(table)s entry
                    WHERE entry.id IN %(entries)s
                )
                SELECT name FROM released
                WHERE EXISTS (SELECT FROM %(table)s again
                    WHERE again.source_key = released.key)
                UNION ALL
                SELECT MIN(name) FROM released GROUP BY key HAVING COUNT(*) > 1
                LIMIT 1""",
                key=self._get_original_key_sql(SQL("entry")),
                table=SQL.identifier(self._table),
                entries=query.subselect(),
            )
        )
        if rows:
            raise self._get_logged_again_error(rows[0][0])

    # ------------------------------------------------------------------
    # Finishing what was postponed
    # ------------------------------------------------------------------

    def action_resume(self):
        """Open the dialog with what was postponed, to finish it.

        What was postponed with several contacts is finished with all of them.

        :raises UserError: where it is not postponed
        :raises AccessError: where it is somebody else's
        """
        self.ensure_one()
        entries = self._filter_state(
            "postponed", self.env._("Only drafts can be resumed.")
        )
        if self.batch_id:
            entries |= self.search(
                Domain("batch_id", "=", self.batch_id.id)
                & Domain("state", "=", "postponed")
            )
        vals = {
            **self._prepare_resume_vals(),
            "postponed_ids": entries.ids,
            "is_resumed": True,
        }
        action = self._get_log_action(entries.partner_id)
        action["context"] |= {f"default_{name}": vals[name] for name in vals}
        return action

    def _prepare_resume_vals(self):
        """Return what the dialog takes from a postponed entry."""
        names = (
            "template_id",
            "name",
            "date",
            "note",
            "channel",
            "flow",
            "initiated_by",
            "duration",
            "cost",
            "user_id",
            "evaluation",
            "outcome",
            "campaign_id",
            "campaign_target",
            "campaign_response",
            "contact_via",
            "res_model",
            "res_id",
        )
        vals = self._convert_to_write({name: self[name] for name in names})
        if not self.template_id.has_access("read"):
            vals["template_id"] = False  # for another company by now: the user chooses
        return {
            **vals,
            "attachment_ids": self.attachment_ids.ids,
            **self.env["interaction.log.create"]._get_postponed_vals(self),
        }

    def action_discard(self):
        """Delete postponed entries for good: they never counted.

        :return: the action that shows those that are left
        :raises UserError: where none is postponed
        :raises AccessError: where one is somebody else's
        """
        self._filter_state(
            "postponed", self.env._("Only drafts can be discarded.")
        )._discard()
        return get_window_action(
            self.env, "interaction_log_entry_action_postponed", target="main"
        )

    def _discard(self):
        """Delete postponed entries that the user may finish or discard."""
        self._check_cancel_access()
        # nobody but the purge deletes; what was never logged is not in the log
        postponed = self.filtered(lambda entry: entry.state == "postponed").sudo()
        postponed._write_facts({"state": "canceled"})
        postponed.unlink()

    # ------------------------------------------------------------------
    # Evaluating
    # ------------------------------------------------------------------

    def action_evaluate(self):
        """Open the dialog that asks how the interactions went."""
        action = self._get_wizard_action("interaction_log_evaluate_action")
        if len(self) == 1:
            action["context"]["default_evaluation"] = self.evaluation
        return action

    def _evaluate(self, evaluation):
        """Write how the interactions went; False removes the evaluation.

        Canceled ones stay as they are.

        :raises UserError: where all are canceled
        :raises AccessError: where an entry is not the user's own
        """
        entries = self.filtered(lambda entry: entry.state != "canceled")
        (entries or self)._check_not_canceled()
        entries._check_cancel_access()
        entries.write({"evaluation": evaluation})

    def _check_not_canceled(self):
        """Raise a UserError where an entry is canceled: it stays as it is."""
        if any(entry.state == "canceled" for entry in self):
            raise UserError(
                self.env._(
                    "Canceled interactions can't be changed. Restore them first."
                )
            )
