import logging

from odoo import api, fields, models
from odoo.tools import mute_logger

from .failure import report_failure
from .savepoint import RETRIED

_logger = logging.getLogger(__name__)

# How much is done in the request; more goes on in the background
FOREGROUND_LIMIT = 10_000
# From how much on two workers share it: below, the second comes too late
SHARED_FROM = 20_000
# How often a slice is tried again that met another transaction
TRIES = 5


class InteractionOperationMixin(models.AbstractModel):
    """Work on many records that goes on in the background, slice by slice.

    What is to be done is kept on the record until it is done, and its form shows how
    far it is. Each slice is a transaction: a worker that is killed loses and doubles
    nothing. A model says which operations it has in `operation`, and does the next
    slice in `_run_slice`.
    """

    _name = "interaction.operation.mixin"
    _description = "Work in the Background"
    _inherit = ["interaction.technical.mixin"]

    operation = fields.Selection(
        [],
        string="In the Background",
        readonly=True,
        copy=False,
        # the job looks for them
        index="btree_not_null",
    )
    # what the user said when it began
    operation_vals = fields.Json(readonly=True, copy=False)
    operation_total = fields.Integer(readonly=True, copy=False, technical=True)
    operation_problem = fields.Char(string="Problem", readonly=True, copy=False)
    operation_progress = fields.Float(
        string="Progress",
        compute="_compute_operation_progress",
        help="Percentage that is done.",
    )

    @api.depends("operation", "operation_total")
    def _compute_operation_progress(self):
        for record in self:
            total = record.operation_total
            left = record.operation and record._count_operation()
            record.operation_progress = (
                100 * (1 - left / total) if left and total else 0
            )

    def _has_field_access(self, field, operation):
        # EXTENDS base: a client does not say what is to be done, nor for whom
        return super()._has_field_access(field, operation) and (
            self.env.su or operation == "read" or not field.name.startswith("operation")
        )

    # ------------------------------------------------------------------
    # What a model says
    # ------------------------------------------------------------------

    def _count_operation(self, operation: str | None = None) -> int:
        """Return how much is still to be done of the pending operation; a hook.

        :param operation: that of this name instead, where it may be asked beforehand
        """
        raise NotImplementedError

    def _run_slice(self) -> int:
        """Do the next slice of the pending operation; a hook.

        Calls `_end_operation` after the last one.

        :return: how much was done; 0 where there is nothing that no other worker has
        """
        raise NotImplementedError

    def _is_operation_shared(self) -> bool:
        """Say whether several workers may do slices of it at once; a hook.

        Then `_run_slice` takes what no other worker has (`try_lock_for_update`). The
        second worker begins at the other end (`interaction_from_end` in its context),
        so that they rarely meet.
        """
        return False

    # ------------------------------------------------------------------
    # Its beginning and its end
    # ------------------------------------------------------------------

    def _begin_operation(self, operation, vals):
        """Note what is to be done; `_run_in_background` or slices do it.

        :param str operation: a value of `operation`
        :param dict vals: what the user said, in JSON; who it was is added
        """
        # who may do it was checked by the caller
        self.sudo().write(
            {
                "operation": operation,
                "operation_vals": {
                    **vals,
                    "uid": self.env.uid,
                    "company_ids": self.env.companies.ids,
                    "date": fields.Datetime.to_string(fields.Datetime.now()),
                },
                "operation_problem": False,
            }
        )
        for record in self.sudo():
            record.operation_total = record._count_operation()

    def _run_in_background(self):
        """Let the jobs go on with it."""
        names = ["ir_cron_run_batch_operations"]
        if any(
            record._is_operation_shared() and record.operation_total >= SHARED_FROM
            for record in self.sudo()
        ):
            names.append("ir_cron_share_operations")
        for name in names:
            job = self.env.ref(f"interaction_log.{name}", raise_if_not_found=False)
            if job:
                job.sudo()._trigger()  # users trigger no job but these

    def _with_operation_user(self):
        """Return the record as who began it sees it, with all rights.

        What is written bears that name; the right to do so was checked then.
        """
        vals = self.operation_vals
        user = self.env["res.users"].browse(vals["uid"])
        return (
            self.with_user(user)
            .with_context(
                allowed_company_ids=vals.get("company_ids"), lang=user.sudo().lang
            )
            .sudo()
        )

    def _end_operation(self, problem=False):
        """Note that nothing is left to do; where another worker notes it, it does."""
        record = self.exists()  # some are gone with their last slice
        if record and record.try_lock_for_update(allow_referencing=True):
            record._stop_operation(problem)

    def _stop_operation(self, problem):
        """Let the user see what went wrong, and begin again; what is done stays so."""
        self.write(
            {
                "operation": False,
                "operation_vals": False,
                "operation_total": 0,
                "operation_problem": problem,
            }
        )

    # ------------------------------------------------------------------
    # In the background
    # ------------------------------------------------------------------

    @api.model
    def _cron_run_operations(self):
        """Go on with what is pending, slice by slice, whatever the model it is of."""
        cron = self.env["ir.cron"]
        pending = [
            record
            for model in self._get_operation_models()
            for record in model.search([("operation", "!=", False)], order="id")
        ]
        cron._commit_progress(
            remaining=sum(record._count_operation() for record in pending)
        )
        for record in pending:
            if not record._run_slices():
                break

    @api.model
    def _get_operation_models(self):
        """Return the models that have operations, those of addons too."""
        mixin = self.pool["interaction.operation.mixin"]
        return [
            model
            for model in self.env.values()
            if isinstance(model, mixin) and not model._abstract
        ]

    def _run_slices(self):
        """Run the slices of one operation; each is committed.

        :return: whether there is time for more
        """
        cron, tries = self.env["ir.cron"], 0
        while True:
            try:
                with mute_logger("odoo.sql_db"):  # what fails is told below
                    if not self._is_next_slice_ours():
                        return True
                    count = self._run_slice()
                    self.env.flush_all()
            except RETRIED:
                # another worker was faster, or somebody changes one of the records now
                self.env.cr.rollback()
                tries += 1
                if tries == TRIES:
                    _logger.info("%s goes on later", self)
                    return True
                continue
            except Exception as error:
                self.env.cr.rollback()
                problem = report_failure(
                    self.env, error, _logger, "%s can't go on", self
                )
                self._stop_operation(problem)
                count = 1  # Odoo warns of a job that did nothing
            tries = 0
            if not cron._commit_progress(count):
                # so that Odoo calls it again where only its end is left
                if self.exists().operation:
                    cron._commit_progress(remaining=max(self._count_operation(), 1))
                return False
            if not count:
                return True

    def _is_next_slice_ours(self):
        """Say whether there is a slice to do, and no other worker has the operation."""
        record = self.exists()
        record.invalidate_recordset()
        if not record.operation:
            return False
        return self._is_operation_shared() or bool(
            self.try_lock_for_update(allow_referencing=True)
        )
