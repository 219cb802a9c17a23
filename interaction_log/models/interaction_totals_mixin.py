from collections import defaultdict

from odoo import api, fields, models


class InteractionTotalsMixin(models.AbstractModel):
    """Number, cost and duration of the interactions that count.

    For models that a log entry points to: one that inherits has the One2many
    `interaction_ids`. Canceled and postponed entries never count.
    """

    _name = "interaction.totals.mixin"
    _description = "Totals of Interactions"

    currency_id = fields.Many2one(
        "res.currency", compute="_compute_company_currency_id"
    )
    interaction_count = fields.Integer(
        string="Interactions", compute="_compute_interaction_totals"
    )
    cost_total = fields.Monetary(
        string="Total Cost", compute="_compute_interaction_totals"
    )
    duration_total = fields.Float(
        string="Total Duration",
        compute="_compute_interaction_totals",
        help="In hours.",
    )

    @api.depends_context("company")
    def _compute_company_currency_id(self):
        self.currency_id = self.env.company.currency_id

    @api.depends("interaction_ids.state")
    @api.depends_context("company", "allowed_company_ids")
    def _compute_interaction_totals(self):
        Entry = self.env["interaction.log.entry"]
        company, today = self.env.company, fields.Date.context_today(self)
        counts, costs = defaultdict(int), defaultdict(float)
        durations = defaultdict(float)
        for record, currency, count, cost, duration in Entry._read_group(
            Entry._get_counted_domain() & self._get_interaction_domain(),
            [self._fields["interaction_ids"].inverse_name, "currency_id"],
            ["__count", "cost:sum", "duration:sum"],
        ):
            counts[record] += count
            durations[record] += duration
            # entries of several companies may be in several currencies
            costs[record] += currency._convert(cost, record.currency_id, company, today)
        for record in self:
            record.interaction_count = counts[record]
            record.cost_total = costs[record]
            record.duration_total = durations[record]

    def _get_interaction_domain(self):
        return fields.Domain(
            self._fields["interaction_ids"].inverse_name, "in", self.ids
        )

    def action_view_interactions(self):
        """Open the interaction log entries that the totals count."""
        return self.env["interaction.log.entry"]._get_action(
            self._get_interaction_domain()
        )
