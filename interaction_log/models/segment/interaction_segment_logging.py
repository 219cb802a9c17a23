from typing import Any

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL

from ..base.savepoint import isolated_savepoint
from ..base.ui import (
    SOFT_RELOAD,
    get_announcement_action,
    get_notification_action,
    get_window_action,
)
from ..log.interaction_log_entry_checks import FUTURE
from ..recording.interaction_log_entry_notification import DONE
from .interaction_segment_line_left_out import CHOOSABLE


class InteractionSegment(models.Model):
    """Logging a segment: its start, how far it is, pausing, and its end.

    Exactly one entry for each contact, all in one batch; how that is done is said in
    `interaction_segment_slice.py`.
    """

    _inherit = "interaction.segment"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    log_date = fields.Datetime(
        string="Logged For", readonly=True, copy=False, help="Date of the interactions."
    )
    log_uid = fields.Many2one(
        "res.users",
        string="Logged By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    # what was chosen in the dialog: deliver, follow_up, chosen, and the files that all
    # interactions share
    log_options = fields.Json(readonly=True, copy=False)
    # the id of the last line that is done
    log_cursor = fields.Integer(readonly=True, copy=False, technical=True)
    log_total = fields.Integer(
        string="Contacts to Log", readonly=True, copy=False, aggregator=None
    )
    log_done = fields.Integer(
        string="Contacts Done", readonly=True, copy=False, aggregator=None
    )
    left_out_count = fields.Integer(
        string="Left Out", readonly=True, copy=False, aggregator=None
    )
    log_rate = fields.Float(
        string="Contacts per Second",
        readonly=True,
        copy=False,
        aggregator=None,
        technical=True,
    )
    is_paused = fields.Boolean(string="Paused", readonly=True, copy=False)
    log_problem = fields.Text(
        string="Reason for Pause",
        readonly=True,
        copy=False,
        help="Fix the problem, then continue.",
    )
    log_progress = fields.Float(string="Progress", compute="_compute_log_progress")
    log_estimate = fields.Char(string="Time Left", compute="_compute_log_progress")

    @api.depends("log_done", "log_total", "log_rate", "state")
    def _compute_log_progress(self):
        for segment in self:
            done, total = segment.log_done, segment.log_total
            segment.log_progress = 100 * done / total if total else 0
            segment.log_estimate = False
            if segment.state == "logging" and segment.log_rate:
                seconds = (total - done) / segment.log_rate
                segment.log_estimate = segment._get_duration_text(seconds)

    def _get_duration_text(self, seconds):
        if seconds < 90:
            return self.env._("%(count)s s", count=max(1, round(seconds)))
        if seconds < 5400:
            return self.env._("%(count)s min", count=round(seconds / 60))
        return self.env._("%(count)s h", count=round(seconds / 3600, 1))

    # ------------------------------------------------------------------
    # Before anything is written
    # ------------------------------------------------------------------

    def _count_reasons(self, chosen=(), deliver=False):
        """Count the lines by why they will be left out.

        :param chosen: which of `CHOOSABLE` are logged all the same
        :param bool deliver: whether e-mails and letters need an address
        :return: {reason, or None for those that will be logged: number}
        """
        self.ensure_one()
        self.env.flush_all()
        query = self.env["interaction.segment.line"]._get_reason_query(
            SQL("line.segment_id = %s AND line.is_removed IS NOT TRUE", self.id),
            chosen,
            deliver=deliver,
        )
        return dict(
            self.env.execute_query(
                SQL("SELECT reason, COUNT(*) FROM (%s) line GROUP BY reason", query)
            )
        )

    def _find_loggable(self, chosen, deliver):
        """Return {None: 1} where at least one line will be logged, else {}.

        All that is asked before logging; counting all of them takes a moment.
        """
        self.env.flush_all()
        query = self.env["interaction.segment.line"]._get_reason_query(
            SQL("line.segment_id = %s AND line.is_removed IS NOT TRUE", self.id),
            chosen,
            deliver=deliver,
        )
        rows = self.env.execute_query(
            SQL("SELECT 1 FROM (%s) line WHERE reason IS NULL LIMIT 1", query)
        )
        return {None: len(rows)} if rows else {}

    def _get_log_problem(self, reasons, date, deliver):
        """Say in one sentence why the segment can't be logged, or return False.

        :param dict reasons: as `_count_reasons` returns it
        """
        self.ensure_one()
        template = self.template_id
        if not template:
            return self.env._(
                "Choose a template for %(name)s.",
                name=self.name,
            )
        if problem := template._get_problem(self.company_id):
            return problem
        if not reasons:
            return self.env._(
                "%(name)s has no contacts. Add contacts first.", name=self.name
            )
        if date > fields.Datetime.now() + FUTURE:
            return self.env._(
                "%(date)s is too far in the future. Only interactions that have taken "
                "place can be logged.",
                date=date,
            )
        if not reasons.get(None):
            return self.env._(
                "None of the contacts of %(name)s can be logged. Left out: "
                "%(reasons)s.",
                name=self.name,
                reasons=self._get_reasons_text(reasons),
            )
        if deliver:
            return self._get_delivery_problem()
        return False

    def _get_reasons_text(self, reasons):
        """Return how many are left out and why, as one phrase."""
        field = self.env["interaction.segment.line"]._fields["left_out"]
        labels = dict(field._description_selection(self.env))
        return ", ".join(
            self.env._(
                "%(reason)s (%(count)s)", reason=labels[name], count=reasons[name]
            )
            for name in labels
            if reasons.get(name)
        )

    # ------------------------------------------------------------------
    # Log, pause, continue, stop
    # ------------------------------------------------------------------

    def action_log(self) -> dict[str, Any]:
        """Log the segment as it stands: now, delivering nothing.

        Small ones at once, large ones in the background. `action_open_log` asks first.

        :return: the action that tells the user
        :raises UserError: where it can't be logged, or was logged before; says why
        :raises AccessError: where the user may not log, or not this segment
        """
        self.ensure_one()
        return self._start_log()

    def action_open_log(self):
        """Open the dialog that asks when it happened, and whether to deliver."""
        self.ensure_one()
        self._check_open()
        return get_window_action(
            self.env,
            "interaction_segment_log_action",
            context={"default_segment_id": self.id},
        )

    def _start_log(self, date=None, deliver=False, follow_up=False, chosen=()):
        """Begin to log the segment; finish where it is small.

        :param date: when it happened, in UTC; now if not given
        :param bool deliver: send e-mails and make letters
        :param bool follow_up: make a segment of those that were logged
        :param chosen: which of `CHOOSABLE` are logged all the same
        :return: the action that tells the user
        :raises UserError, AccessError: see `action_log`; nothing is written then
        """
        self.ensure_one()
        self._lock()
        self._check_open()
        self.env["interaction.log.entry"].check_access("create")
        date = (date or fields.Datetime.now()).replace(microsecond=0)
        chosen = [name for name in CHOOSABLE if name in chosen]
        reasons = self._find_loggable(chosen, deliver) or self._count_reasons(
            chosen, deliver
        )
        if problem := self._get_log_problem(reasons, date, deliver):
            raise UserError(problem)
        # the right to log was asked; only the system says that it is a segment's
        batch = (
            self.env["interaction.batch"]
            .sudo()
            .create(
                {
                    "name": self.subject or self.name,
                    "event": "segment",
                    "company_id": self.company_id.id,
                    "segment_id": self.id,
                }
            )
        )
        self._write_log(
            {
                "state": "logging",
                "log_date": date,
                "log_uid": self.env.uid,
                "log_total": self.line_count,
                "log_options": {
                    "batch_id": batch.id,
                    "deliver": deliver,
                    "follow_up": follow_up,
                    "chosen": chosen,
                    "is_slow": self._has_contents() or deliver,
                },
            }
        )
        self._share_files()
        if self.line_count > self._get_slice_size():
            self.env.ref("interaction_log.ir_cron_log_segments")._trigger()
            return get_announcement_action(
                self.env._(
                    "%(name)s is being logged in the background. Contacts: %(count)s. "
                    "You can continue working.",
                    name=self.name,
                    count=self.line_count,
                ),
                batch_ids=batch.ids,
                next=SOFT_RELOAD,
            )
        try:
            while self.state == "logging" and not self.is_paused:
                self._log_slice()
        except IntegrityError as error:
            # a contact was deleted a moment ago: with fresh eyes it is left out
            raise ConcurrencyError(str(error)) from error
        if self.is_paused:
            raise UserError(self.log_problem)
        return get_announcement_action(**self._prepare_announcement(), next=SOFT_RELOAD)

    def _prepare_announcement(self):
        """Return what is told of the segment that was logged, with *Undo*.

        What was delivered can't be taken back.
        """
        logged = self.log_done - self.left_out_count
        can_undo = logged and not self.log_options["deliver"]
        return {
            "message": self._get_result_text(),
            "batch_ids": self._get_batch().ids,
            "undo_method": "action_undo" if can_undo else False,
            "undone": self.env["interaction.log.entry"]._get_canceled_message(logged),
        }

    def _write_log(self, vals):
        """Write how far logging is; no user does it by hand."""
        self.sudo().write(vals)
        self.flush_recordset()

    def _get_notification(self, message):
        return get_notification_action(message, next=SOFT_RELOAD)

    def _get_result_text(self):
        """Return how many were logged and left out, in one sentence."""
        logged = self.log_done - self.left_out_count
        if not self.left_out_count:
            return self.env._(
                "%(name)s is logged. Interactions: %(count)s.",
                name=self.name,
                count=logged,
            )
        return self.env._(
            "%(name)s is logged. Interactions: %(count)s, contacts left out: "
            "%(left_out)s.",
            name=self.name,
            count=logged,
            left_out=self.left_out_count,
        )

    def action_pause(self):
        """Let logging rest after the contacts that are being logged at this moment."""
        return self._request_pause_or_stop("pause")

    def action_stop(self):
        """End logging; those that are not logged yet are left out for good."""
        return self._request_pause_or_stop("stop")

    def action_continue(self):
        """Go on with logging."""
        self._check_logging()
        for segment in self:
            segment._lock()
            # who continues takes over: the other one may have lost the right
            segment._write_log(
                {"is_paused": False, "log_problem": False, "log_uid": self.env.uid}
            )
        self.env.ref("interaction_log.ir_cron_log_segments").sudo()._trigger()

    def _check_logging(self):
        """Raise an error unless the segments are being logged, and by the user's right.

        :raises UserError: where one is not being logged
        """
        self.check_access("write")
        for segment in self:
            if segment.state != "logging":
                raise UserError(
                    self.env._("%(name)s is not being logged.", name=segment.name)
                )

    def _request_pause_or_stop(self, request):
        """Let logging pause or stop: now, or after the slice that is being logged.

        Who logs a slice holds the segment. The batch is free: what is to be done next
        is written there.

        :param str request: `pause` or `stop`
        :return: the action that tells the user, where it is done a little later
        :raises UserError: where nothing is being logged
        """
        self._check_logging()
        busy = self - self.try_lock_for_update(allow_referencing=True)
        for segment in self - busy:
            segment._apply_log_request(request)
        if not busy:
            return None
        for segment in busy:
            # nobody writes a batch
            segment._get_batch().sudo().log_request = request
        return self._get_notification(
            self.env._("This takes effect once the current contacts are logged.")
        )

    def _apply_log_request(self, request):
        """Pause or stop logging; the segment is locked."""
        if request == "stop":
            self._leave_out_rest()
            self._finish_log()
        else:
            self._write_log({"is_paused": True, "log_problem": False})

    def _leave_out_rest(self):
        Line = self.env["interaction.segment.line"]
        Line.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE %s SET left_out = 'stopped'
                WHERE segment_id = %s AND id > %s AND is_removed IS NOT TRUE""",
                SQL.identifier(Line._table),
                self.id,
                self.log_cursor,
            )
        )
        count = self.env.cr.rowcount
        Line.invalidate_model(["left_out"])
        self._write_log(
            {
                "left_out_count": self.left_out_count + count,
                "log_done": self.log_done + count,
            }
        )

    def _get_batch(self):
        """Return the batch that the segment is logged into."""
        return self.env["interaction.batch"].browse(self.log_options["batch_id"])

    # ------------------------------------------------------------------
    # The end
    # ------------------------------------------------------------------

    def _finish_log(self):
        """Say that the segment is logged, and make what was to come after it."""
        self.ensure_one()
        options, batch = self.log_options, self._get_batch()
        self._write_log({"state": "logged", "is_paused": False, "log_problem": False})
        text = self._get_result_text()
        self.sudo()._message_log(body=text)  # also where only managers may write
        if options["follow_up"] and self.log_done > self.left_out_count:
            try:
                with isolated_savepoint(self.env.cr):
                    self._create_follow_up(batch, "all")
            except UserError as error:
                # all of them are logged: that stays, and the batch can be followed up
                self.sudo()._message_log(
                    body=self.env._(
                        "The follow-up segment could not be created: %(error)s",
                        error=error,
                    )
                )
        if self.log_total > self._get_slice_size():
            self.log_uid._bus_send(DONE, self._prepare_announcement())
