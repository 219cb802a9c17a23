from collections import Counter
from datetime import timedelta

from odoo import api, fields, models

# Which period is compared with the log
DAYS = 30
# How old what is stored may be for the job to leave it, in hours: it goes on where it
# was interrupted
FRESH_HOURS = 12


class InteractionCompletenessShare(models.Model):
    """How much of an event of the last 30 days is in the log of a company.

    A daily job stores it, as *Completeness* finds it; nobody else writes it.
    """

    _name = "interaction.completeness.share"
    _description = "Share Recorded"
    _inherit = ["interaction.event.mixin"]
    _order = "company_id, id"
    _rec_name = "event"

    event = fields.Selection(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    date = fields.Datetime(string="Checked On", required=True)
    trace_count = fields.Integer(string="Occurred")
    logged_count = fields.Integer(string="In the Log")
    missing_count = fields.Integer(
        string="Missing", compute="_compute_share", store=True
    )
    share = fields.Float(
        compute="_compute_share",
        store=True,
        aggregator=None,
        help="Share of the events found that are in the log, in percent.",
    )

    _event_uniq = models.UniqueIndex(
        "(company_id, event)", "The share of this event is stored already."
    )

    @api.depends("trace_count", "logged_count")
    def _compute_share(self):
        for share in self:
            share.missing_count = share.trace_count - share.logged_count
            share.share = (
                100 * share.logged_count / share.trace_count
                if share.trace_count
                else 100
            )

    def _drop_event(self):
        # EXTENDS: nothing happens any more that could be recorded
        self.sudo().unlink()

    @api.model
    def _cron_measure(self):
        """Compare the last 30 days of each event with the log of all companies."""
        earliest = fields.Datetime.now() - timedelta(hours=FRESH_HOURS)
        fresh = self.search([("date", ">=", earliest)]).mapped("event")
        events = [
            event
            for event in self.env["interaction.completeness"]._get_events()
            if event not in fresh
        ]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(events))
        for event in events:
            self._measure(event)
            if not cron._commit_progress(1):
                break

    @api.model
    def _measure(self, event):
        """Store how much of `event` is in the log of each company."""
        companies = self.env["res.company"].search_fetch([], ["name"])
        now = fields.Datetime.now()
        Completeness = self.env["interaction.completeness"].with_context(
            allowed_company_ids=companies.ids
        )
        traces, logged = Counter(), Counter()
        for found in Completeness._check(event, now - timedelta(days=DAYS), now):
            for line in found:
                company_id = line["match"].vals["company_id"]
                traces[company_id] += 1
                logged[company_id] += bool(line["covered"])
        self.search([("event", "=", event)]).unlink()
        self.create(
            [
                {
                    "event": event,
                    "company_id": company.id,
                    "date": now,
                    "trace_count": traces[company.id],
                    "logged_count": logged[company.id],
                }
                for company in companies
            ]
        )
