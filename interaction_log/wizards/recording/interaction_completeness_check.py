from datetime import datetime, time, timedelta
from itertools import pairwise

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...models.base.ui import SOFT_RELOAD, get_notification_action, get_window_action
from .interaction_completeness_missing import SLICE

# Which period is looked at when nothing else is said
DEFAULT_DAYS = 30
# How much of the period is compared at a time; more goes on in the background
DAYS = 31
# How many are filled in in the request: each is logged with its content
FILL_IN_LIMIT = 500


class InteractionCompletenessCheck(models.TransientModel):
    """The page that compares what documents say of a period with the log.

    A long period is compared in the background, event by event and month by month, and
    what is missing is filled in there where it is much. The page shows how far it is.
    """

    _name = "interaction.completeness.check"
    _description = "Completeness of the Log"
    _inherit = ["interaction.value.mixin", "interaction.operation.mixin"]

    operation = fields.Selection(
        selection_add=[
            ("check", "Being Compared"),
            ("fill_in", "Being Filled In"),
        ]
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: (
            fields.Date.context_today(self) - timedelta(days=DEFAULT_DAYS)
        ),
    )
    date_to = fields.Date(string="To", required=True, default=fields.Date.context_today)
    is_checked = fields.Boolean(readonly=True)
    line_ids = fields.One2many(
        "interaction.completeness.line", "check_id", string="Events", readonly=True
    )
    missing_count = fields.Integer(compute="_compute_missing_count")

    @api.depends("line_ids")
    def _compute_display_name(self):
        self.display_name = self.env._("Completeness")

    @api.depends("line_ids.missing_count")
    def _compute_missing_count(self):
        for check in self:
            check.missing_count = sum(check.line_ids.mapped("missing_count"))

    @api.model
    def action_open(self):
        """Open the page."""
        self.check_access("create")
        return self.create({})._get_page_action()

    def _get_page_action(self):
        return self._get_records_action(name=self.env._("Completeness"))

    def action_check(self):
        """Compare the traces of the period with the log; a long one in the background.

        :raises UserError: where the period ends before it begins, or where the page is
            at work
        """
        self.ensure_one()
        self.check_access("write")
        if self.date_to < self.date_from:
            raise UserError(self.env._("The end date is before the start date."))
        self._check_idle()
        # only what is compared here is written, in tables that no user writes
        check = self.sudo()
        check.line_ids.unlink()
        check.is_checked = False
        events = self.env["interaction.completeness"]._get_events()
        self._begin_operation("check", {"parts": self._get_parts(events)})
        if self.date_to >= self.date_from + timedelta(days=DAYS):
            self._run_in_background()
        else:
            while check.operation:
                check._run_slice()

    def _check_idle(self):
        """Raise a UserError where the page is at work in the background."""
        if self.operation:
            raise UserError(
                self.env._(
                    "Completeness is being processed. Wait until it is finished."
                )
            )

    def _get_parts(self, events):
        """Return what is compared at a time: lists of event and moments in UTC."""
        days = [self.date_from]
        while (day := days[-1] + timedelta(days=DAYS)) <= self.date_to:
            days.append(day)
        moments = [
            fields.Datetime.to_string(self._get_moment(day))
            for day in (*days, self.date_to + timedelta(days=1))
        ]
        return [
            [event, since, until]
            for event in events
            for since, until in pairwise(moments)
        ]

    def _get_moment(self, day):
        """Return the first moment of a day, in UTC."""
        return (
            self.env.tz.localize(datetime.combine(day, time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
        )

    def action_view_missing(self):
        """Open the list of what is missing."""
        return self.line_ids.action_view_missing()

    def action_fill_in(self):
        """Log all that is missing; see `_fill_in`.

        :return: what tells the user, where it goes on in the background
        """
        self.ensure_one()
        self._check_idle()
        missing = self.line_ids.missing_ids
        missing.check_access("read")
        count = missing.sudo().search_count(self._get_missing_domain())
        if count <= FILL_IN_LIMIT:
            return missing.action_fill_in()
        self._begin_operation("fill_in", {"last": None, "filled": 0})
        self._run_in_background()
        return get_notification_action(
            self.env._("%(count)s interactions are being filled in.", count=count),
            next=SOFT_RELOAD,
        )

    def _get_missing_domain(self):
        """Return the domain of what can still be filled in, and was not tried yet."""
        domain = (
            Domain("line_id.check_id", "in", self.ids)
            & Domain("entry_id", "=", False)
            & Domain("reason", "in", (False, ""))
        )
        if self.operation == "fill_in" and (last := self.operation_vals["last"]):
            # in the order in which it happened
            date, id_ = last
            domain &= Domain("date", ">", date) | (
                Domain("date", "=", date) & Domain("id", ">", id_)
            )
        return domain

    # ------------------------------------------------------------------
    # In the background
    # ------------------------------------------------------------------

    def _get_left(self):
        return self.operation_vals["parts"]

    def _count_operation(self, operation=None):
        if self.operation == "check":
            return len(self._get_left())
        Missing = self.env["interaction.completeness.missing"].sudo()
        return Missing.search_count(self._get_missing_domain())

    def _run_slice(self):
        return getattr(self._with_operation_user(), f"_run_{self.operation}")()

    def _run_check(self):
        """Compare the next part; see `_get_parts`."""
        [event, since, until], *left = self._get_left()
        Completeness = self.env["interaction.completeness"].sudo(False)
        line = self.line_ids.filtered(lambda line: line.event == event)
        line = line or line.create({"check_id": self.id, "event": event})
        moments = map(fields.Datetime.to_datetime, (since, until))
        for found in Completeness._check(event, *moments):
            line._add_found(found)
        self.operation_vals = {**self.operation_vals, "parts": left}
        if not left:
            self.line_ids.filtered(lambda line: not line.trace_count).unlink()
            self.is_checked = True
            self._end_operation()
        return 1

    def _run_fill_in(self):
        """Fill the next ones in; what fails is not tried again."""
        missing = self.env["interaction.completeness.missing"].search(
            self._get_missing_domain(), order="date, id", limit=SLICE
        )
        filled = self.operation_vals["filled"]
        if missing:
            last = missing[-1]
            filled += missing._fill_in()
            self.operation_vals = {
                **self.operation_vals,
                "last": [fields.Datetime.to_string(last.date), last.id],
                "filled": filled,
            }
        if len(missing) < SLICE:
            self._end_operation()
            self.env.user._bus_send(
                "simple_notification",
                {
                    "type": "success",
                    "message": self.env._("Filled in: %(count)s", count=filled),
                },
            )
        return len(missing)


class InteractionCompletenessLine(models.TransientModel):
    """How much of an event is in the log."""

    _name = "interaction.completeness.line"
    _description = "Completeness of an Event"
    _inherit = ["interaction.value.mixin"]
    _order = "id"

    check_id = fields.Many2one(
        "interaction.completeness.check",
        required=True,
        index=True,
        ondelete="cascade",
    )
    event = fields.Selection(
        lambda self: self.env["interaction.event"]._get_event_selection(),
        required=True,
    )
    trace_count = fields.Integer(string="Occurred")
    logged_count = fields.Integer(string="In the Log")
    missing_count = fields.Integer(string="Missing", compute="_compute_share")
    share = fields.Float(
        compute="_compute_share", help="Share of the events found that are in the log."
    )
    missing_ids = fields.One2many(
        "interaction.completeness.missing", "line_id", string="Missing Interactions"
    )

    @api.depends("trace_count", "logged_count")
    def _compute_share(self):
        for line in self:
            line.missing_count = line.trace_count - line.logged_count
            line.share = (
                100 * line.logged_count / line.trace_count if line.trace_count else 100
            )

    def _add_found(self, found):
        """Count one slice of `interaction.completeness._check`, and list the gaps."""
        covered = sum(line["covered"] for line in found)
        self.trace_count += len(found)
        self.logged_count += covered
        self.missing_ids.create(
            [self._prepare_missing_vals(line) for line in found if not line["covered"]]
        )

    def _prepare_missing_vals(self, line):
        trace, match = line["trace"], line["match"]
        return {
            "line_id": self.id,
            "event": self.event,
            "kind": trace["kind"],
            "date": trace["date"],
            "res_model": trace["model"],
            "res_id": trace["res_id"],
            "document_name": match.record.display_name,
            "partner_id": match.vals["partner_id"],
            "company_id": match.vals["company_id"],
            "rule_id": match.rule.id,
            "reason": match.reason,
            "source_key": match.source_key,
            "batch_name": match.batch,
            "match_vals": {**match.vals},
        }

    def action_view_missing(self):
        """Open the list of what is missing."""
        return get_window_action(
            self.env,
            "interaction_completeness_missing_action",
            domain=[("line_id", "in", self.ids)],
        )
