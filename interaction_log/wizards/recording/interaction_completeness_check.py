from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.base.ui import get_window_action

# Which period is looked at when nothing else is said
DEFAULT_DAYS = 30


class InteractionCompletenessCheck(models.TransientModel):
    """The page that compares what documents say of a period with the log."""

    _name = "interaction.completeness.check"
    _description = "Completeness of the Log"
    _inherit = ["interaction.value.mixin"]

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
        """Compare the traces of the period with the log.

        :raises UserError: where the period ends before it begins
        """
        self.ensure_one()
        self.check_access("write")
        if self.date_to < self.date_from:
            raise UserError(self.env._("The end date is before the start date."))
        # only what is compared here is written, in tables that no user writes
        check = self.sudo()
        check.line_ids.unlink()
        Completeness = self.env["interaction.completeness"]
        since, until = self._get_moments()
        for event in Completeness._get_events():
            line = check.line_ids.create({"check_id": check.id, "event": event})
            for found in Completeness._check(event, since, until):
                line._add_found(found)
        check.line_ids.filtered(lambda line: not line.trace_count).unlink()
        check.is_checked = True

    def _get_moments(self):
        """Return the first moment of the period and the first after it, in UTC."""
        days = (self.date_from, self.date_to + timedelta(days=1))
        return tuple(
            self.env.tz.localize(datetime.combine(day, time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in days
        )

    def action_view_missing(self):
        """Open the list of what is missing."""
        return self.line_ids.action_view_missing()

    def action_fill_in(self):
        """Log all that is missing; see `_fill_in`."""
        self.ensure_one()
        return self.line_ids.missing_ids.action_fill_in()


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
