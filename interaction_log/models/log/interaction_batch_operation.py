from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import formatLang

from ..base import interaction_operation_mixin
from ..base.ui import (
    get_announcement_action,
    get_notification_action,
    get_window_action,
)

# How many entries of a batch are processed at a time
SLICE = 5_000
# Batches of no more entries are processed entry by entry, with all that hangs on it
SINGLE_LIMIT = 500


class InteractionBatch(models.Model):
    """Canceling, restoring and deleting batches as a whole, whatever their size.

    Every slice takes the entries that are left.
    """

    _inherit = "interaction.batch"

    operation = fields.Selection(
        selection_add=[
            ("cancel", "Being Canceled"),
            ("restore", "Being Restored"),
            ("delete", "Being Deleted"),
        ]
    )

    # ------------------------------------------------------------------
    # What the user does
    # ------------------------------------------------------------------

    def action_cancel(self):
        """Open the dialog that asks why the batches are canceled."""
        return self._get_wizard_action("interaction_log_cancel_action")

    def action_restore(self):
        """Let the interactions count again that were canceled with the batches.

        Those that were canceled one by one stay so.

        :return: what tells the user, where it goes on in the background
        :raises UserError: where none was canceled with them, or where what one was is
            logged again
        :raises AccessError: where an entry is not the user's own
        """
        return self._start_operation("restore", {})

    def action_ask_delete(self):
        """Open the dialog that says what is deleted with the batches.

        :raises UserError: where one is not wholly canceled
        """
        for batch in self:
            batch._check_delete()
        return self._get_wizard_action("interaction_batch_delete_action")

    def _get_wizard_action(self, xml_id):
        return get_window_action(
            self.env, xml_id, context={"default_batch_ids": self.ids}
        )

    def action_delete(self):
        """Delete canceled batches with their interactions for good.

        :return: what tells the user how many they were
        :raises UserError: where one is not wholly canceled
        :raises AccessError: where the user is no administrator of interactions
        """
        return self._start_operation("delete", {})

    def action_undo(self):
        """Cancel what was just logged together as an error.

        What else was made with it stays: e-mails that were sent, a follow-up segment.

        :raises UserError: where nothing of it is logged any more
        :raises AccessError: where an entry is not the user's own
        """
        Entry = self.env["interaction.log.entry"]
        self._cancel(Entry._get_undo_reason(), Entry._get_undo_note(), True)
        return True

    def _cancel(self, reason, note=False, with_activities=False):
        """Cancel what is logged in the batches; see `_cancel` of the entries.

        :param bool with_activities: delete what is planned after the interactions
        :return: what tells the user, where it goes on in the background
        """
        if not reason:
            raise UserError(self.env._("Choose a reason for the cancellation."))
        return self._start_operation(
            "cancel",
            {
                "reason_id": reason.id,
                "note": note,
                "with_activities": with_activities,
            },
        )

    def _start_operation(self, operation, vals):
        """Do it at once where it is small, else have it done in the background.

        :param str operation: a value of `operation`
        :param dict vals: what the user said, in JSON
        """
        for batch in self:
            batch._check_operation(operation)
        counts = {batch: batch._count_operation(operation) for batch in self}
        can_undo = operation == "cancel" and not any(
            batch._count_operation("restore") for batch in self
        )
        self._begin_operation(operation, vals)
        if sum(counts.values()) > interaction_operation_mixin.FOREGROUND_LIMIT:
            self._run_in_background()
            return self._get_operation_notice("later", operation, counts)
        for batch in self.sudo():
            batch._run_at_once()
        return self._get_operation_notice("done", operation, counts, can_undo)

    def _check_operation(self, operation):
        """Raise an error unless the user may begin the operation on the batch."""
        self.ensure_one()
        self.check_access("read")
        # the other loses, and is told so
        if not self.sudo().try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._(
                    "Another user is working on %(name)s. Try again in a minute.",
                    name=self.name,
                )
            )
        self.invalidate_recordset()
        if reason := self._get_busy_reason():
            raise UserError(reason)
        if operation == "delete":
            self._check_delete()
            return
        if not self._count_operation(operation):
            raise UserError(self._get_nothing_sentence(operation))
        self._check_cancel_access(operation)
        if operation == "restore":
            self.env["interaction.log.entry"]._check_released_keys(
                self._get_operation_domain("restore")
            )

    def _get_busy_reason(self) -> str | bool:
        """Say why no operation may begin on the batch now.

        Asked by `_check_operation` when the batch is locked. Override to say what else
        must end first.

        :return: a sentence for the user, or False where it may begin
        """
        if self.operation:
            return self.env._(
                "%(name)s is being processed in the background. Wait until it is "
                "finished.",
                name=self.name,
            )
        return False

    def _get_nothing_sentence(self, operation):
        """Say why nothing of the batch can be canceled or restored."""
        if operation == "cancel":
            return self.env._(
                "%(name)s has no logged interactions to cancel.",
                name=self.name,
            )
        return self.env._(
            "No interaction was canceled together with %(name)s. Restore individually "
            "canceled interactions in the log.",
            name=self.name,
        )

    def _check_delete(self):
        """Raise an error unless the user may delete the batch, and all is canceled."""
        Entry = self.env["interaction.log.entry"]
        Entry.check_access("unlink")
        if self.state != "canceled":
            raise UserError(
                self.env._(
                    "%(name)s is not fully canceled. Cancel it before deleting it.",
                    name=self.name,
                )
            )

    def _check_cancel_access(self, operation):
        """Raise an AccessError where an entry is not the user's own.

        By one query: the rules on writing an entry say whose it is.
        """
        Entry = self.env["interaction.log.entry"]
        Entry.check_access("write")
        if self.env.su:
            return
        own = Domain(self.env["ir.rule"]._compute_domain(Entry._name, "write") or [])
        domain = self._get_operation_domain(operation)
        foreign = Entry.sudo().search(domain & ~own, limit=5)  # what is out of sight
        if foreign:
            readable = foreign.sudo(False)._filtered_access("read")
            raise Entry._get_foreign_error(readable.mapped("name") or [self.name])

    def _get_operation_notice(self, kind, operation, counts, can_undo=False):
        """Return the action that tells the user what was done, or is being done.

        :param str kind: "done" or "later"
        :param dict counts: {batch: number of entries}
        :param bool can_undo: nothing else would be restored with what was canceled
        """
        Entry = self.env["interaction.log.entry"]
        number = sum(counts.values())
        count = formatLang(self.env, number, digits=0)
        if kind == "later":
            message = self.env._(
                "%(count)s interactions are being processed in the background. The "
                "progress is shown on the batch.",
                count=count,
            )
        else:
            message = {
                "cancel": Entry._get_canceled_message(number),
                "restore": Entry._get_restored_message(number),
                "delete": self.env._(
                    "Batches deleted: %(batches)s, with their interactions: %(count)s",
                    batches=len(counts),
                    count=count,
                ),
            }[operation]
        after = {"type": "ir.actions.client", "tag": "soft_reload"}
        if operation == "delete" and kind == "done":
            # the form of what is deleted can't be shown
            after = get_window_action(
                self.env, "interaction_batch_action", target="main"
            )
        if kind == "done" and can_undo:
            return get_announcement_action(
                message,
                batch_ids=self.ids,
                undo_method="action_restore",
                undone=Entry._get_restored_message(number),
                next=after,
            )
        return get_notification_action(message, next=after)

    # ------------------------------------------------------------------
    # In slices
    # ------------------------------------------------------------------

    def _get_operation_domain(self, operation=None):
        """Return the domain of the entries that are still to process."""
        self.ensure_one()
        domains = {
            "cancel": Domain("state", "=", "logged"),
            "restore": Domain("state", "=", "canceled")
            & Domain("canceled_with_batch", "=", True),
            "delete": Domain("state", "=", "canceled"),
        }
        return Domain("batch_id", "=", self.id) & domains[operation or self.operation]

    def _count_operation(self, operation=None):
        """Return how many entries are still to process."""
        # also those of who may not see them: they belong to the whole
        return (
            self.env["interaction.log.entry"]
            .sudo()
            .search_count(self._get_operation_domain(operation))
        )

    def _is_operation_shared(self):
        # OVERRIDES: what can't be restored is counted by one worker alone
        return self.operation != "restore"

    def _run_at_once(self):
        """Process all entries of the pending operation."""
        batch = self._with_operation_user()
        entries = batch.env["interaction.log.entry"].search(
            batch._get_operation_domain(), order="id"
        )
        done = batch._run_on(entries) if entries else 0
        batch._end_operation(batch._get_left_problem(len(entries) - done))

    def _run_slice(self):
        # OVERRIDES: the next entries that no other worker has
        batch = self._with_operation_user()
        entries, is_last = batch.env["interaction.log.entry"]._lock_slice(
            batch._get_operation_domain(), SLICE
        )
        done = batch._run_on(entries) if entries else 0
        if is_last or (entries and not done):
            batch._end_operation(batch._get_left_problem(len(entries) - done))
        return len(entries)

    def _run_on(self, entries):
        """Do what is pending on entries of the batch.

        :return: how many were processed
        """
        return getattr(self, f"_run_{self.operation}")(entries)

    def _get_left_problem(self, left):
        """Say how many could not be processed, or return False where all were."""
        return bool(left) and self.env._(
            "Interactions not restored because they were logged again: %(count)s",
            count=left,
        )

    def _run_cancel(self, entries):
        """Cancel the entries; see `_cancel`.

        :return: how many were canceled
        """
        vals = self.operation_vals
        reason = self.env["interaction.cancel.reason"].browse(vals["reason_id"])
        note = vals["note"]
        if self._is_processed_singly():
            entries.sudo(False)._cancel(reason, note)
            entries._write_facts({"canceled_with_batch": True})
        else:
            entries._cancel_set(reason, note, vals["date"])
        if vals["with_activities"]:
            activities = entries.sudo(False)._get_open_activities()
            activities._filtered_access("unlink").unlink()
        return len(entries)

    def _run_restore(self, entries):
        """Restore the entries.

        :return: how many were restored; not those that were logged again meanwhile
        """
        if self._is_processed_singly():
            entries.sudo(False)._filter_canceled()._restore()
            return len(entries)
        return entries._restore_set()

    def _run_delete(self, entries):
        entries._delete_set()
        return len(entries)

    def _is_processed_singly(self):
        """Say whether the entries are processed one by one, not as a set.

        Those of meetings always are: the meetings know of it.
        """
        if self.event == "segment":
            return False
        return self.event == "meeting" or self.operation_total <= SINGLE_LIMIT

    def _end_operation(self, problem=False):
        # EXTENDS: where two workers delete, neither sees the last entries go
        result = super()._end_operation(problem)
        self._delete_empty()
        return result

    def _delete_empty(self):
        """Delete the batches that have lost their last entry: they tell nothing."""
        batches = self.exists().sudo()
        # a large one is not read for that
        rest = (
            self.env["interaction.log.entry"]
            .sudo()
            ._read_group([("batch_id", "in", batches.ids)], ["batch_id"])
        )
        (batches - batches.browse().concat(*(batch for (batch,) in rest))).unlink()
