from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS
from odoo.tools import split_every

from ...models.base.constants import EVENTS

# Which period is looked at when nothing else is said
DEFAULT_DAYS = 30
# How many are filled in with one statement
SLICE = 500


class InteractionCompletenessCheck(models.TransientModel):
    """The page that compares what documents say of a period with the log."""

    _name = "interaction.completeness.check"
    _description = "Completeness of the Log"

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
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Completeness"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def action_check(self):
        """Compare the traces of the period with the log.

        :raises UserError: where the period ends before it begins
        """
        self.ensure_one()
        self.check_access("write")
        if self.date_to < self.date_from:
            raise UserError(self.env._("The period ends before it begins."))
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
    _order = "id"

    check_id = fields.Many2one(
        "interaction.completeness.check",
        required=True,
        index=True,
        ondelete="cascade",
    )
    event = fields.Selection(EVENTS, required=True)
    trace_count = fields.Integer(string="Happened")
    logged_count = fields.Integer(string="In the Log")
    missing_count = fields.Integer(string="Missing", compute="_compute_share")
    share = fields.Float(
        compute="_compute_share", help="How much of what happened is in the log."
    )
    missing_ids = fields.One2many(
        "interaction.completeness.missing", "line_id", string="What Is Missing"
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
            "document_name": match["record"].display_name,
            "partner_id": match["vals"]["partner_id"],
            "company_id": match["vals"]["company_id"],
            "rule_id": match["rule"].id,
            "reason": match["reason"],
            "source_key": match["source_key"],
            "batch_name": match.get("batch"),
            "match_vals": match["vals"],
        }

    def action_view_missing(self):
        """Open the list of what is missing."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "interaction_log.interaction_completeness_missing_action"
        )
        action["domain"] = [("line_id", "in", self.ids)]
        return action


class InteractionCompletenessMissing(models.TransientModel):
    """What happened, as a document says, and is not in the log.

    Nobody writes it but the check, so that nobody can forge what is filled in.
    """

    _name = "interaction.completeness.missing"
    _description = "Missing Interaction"
    _inherit = ["interaction.document.link.mixin"]
    _order = "date desc, id desc"
    _rec_name = "document_name"

    line_id = fields.Many2one(
        "interaction.completeness.line",
        required=True,
        index=True,
        ondelete="cascade",
    )
    event = fields.Selection(EVENTS, required=True)
    kind = fields.Selection(
        [
            ("email", "E-mail"),
            ("recipient", "Message to the contact"),
            ("pdf", "Stored PDF"),
            ("mark", "Marked as sent"),
            ("meeting", "Meeting"),
        ],
        string="Found As",
        help="What tells that it happened. Where it is only marked as sent, its date "
        "is that of the document.",
    )
    date = fields.Datetime(required=True)
    partner_id = fields.Many2one("res.partner", string="Contact", ondelete="cascade")
    company_id = fields.Many2one("res.company", ondelete="cascade")
    rule_id = fields.Many2one("interaction.rule", ondelete="cascade")
    reason = fields.Text(string="Why Not", help="Why it can't be filled in yet.")
    entry_id = fields.Many2one(
        "interaction.log.entry", string="Interaction", ondelete="cascade"
    )
    source_key = fields.Char(groups=NO_ACCESS)
    batch_name = fields.Char(groups=NO_ACCESS)
    match_vals = fields.Json(groups=NO_ACCESS)

    def action_fill_in(self):
        """Log what is missing, with the date that it had, marked as filled in later.

        Exactly once: with the keys of the live recording. What can't be logged stays,
        and what fails is listed under Skipped Events.

        :return: the action that says how many were logged
        :raises UserError: where there is nothing to fill in
        :raises AccessError: for who is no manager
        """
        self.check_access("read")
        # a manager, as was checked, logs what the documents say
        missing = self.sudo().filtered(
            lambda line: not line.entry_id and not line.reason
        )
        # in the order in which it happened
        missing = missing.sorted(lambda line: (line.date, line.id))
        if not missing:
            raise UserError(
                self.env._(
                    "There is nothing to fill in: it is done, or can't be logged yet."
                )
            )
        filled = 0
        for ids in split_every(SLICE, missing.ids):
            filled += missing.browse(ids)._fill_in()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if filled == len(missing) else "warning",
                "message": self.env._("Filled in: %(count)s", count=filled),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _fill_in(self):
        """Log the events; what is logged at this moment is not logged again.

        :return: how many of them are in the log now (int)
        """
        documents = {
            model: set(self.env[model].browse(lines.mapped("res_id")).exists()._ids)
            for model, lines in self.grouped("res_model").items()
        }
        lines = self.filtered(lambda line: line.res_id in documents[line.res_model])
        matches = [line._restore_match() for line in lines]
        self.env["interaction.completeness"]._add_content(matches)
        self.env["interaction.recorder"]._log_safely(matches, None)
        entries = self.env["interaction.log.entry"]
        entry_of = {
            entry.source_key: entry
            for entry in entries.search_fetch(
                [("source_key", "in", lines.mapped("source_key"))], ["source_key"]
            )
        }
        done = lines.filtered(lambda line: line.source_key in entry_of)
        for line in done:
            line.entry_id = entry_of[line.source_key]
        done.entry_id._reread_delivery()  # as it is now, since the check
        counts = done.grouped("line_id")
        for line, filled in counts.items():
            line.logged_count += len(filled)
        meetings = done.filtered(lambda line: line.res_model == "calendar.event")
        self.env["calendar.event"].browse(
            set(meetings.mapped("res_id"))
        )._update_interaction_state()
        return len(done)

    def _restore_match(self):
        return {
            "record": self.env[self.res_model].browse(self.res_id),
            "rule": self.rule_id,
            "reason": False,
            "source_key": self.source_key,
            "batch": self.batch_name,
            # as it is now: contacts can be merged
            "vals": {**self.match_vals, "partner_id": self.partner_id.id},
        }

    def action_open_entry(self):
        """Open the interaction that was filled in."""
        self.ensure_one()
        return self.entry_id.get_formview_action()
