from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from .selections import CHANNELS

FAILED_OUTCOMES = ("no_answer", "failed")


class ResPartner(models.Model):
    _inherit = "res.partner"

    interaction_channel = fields.Selection(
        CHANNELS,
        string="Preferred Channel",
        help="How the contact wants to hear from us. Interactions take this channel "
        "rather than that of their template.",
    )
    interaction_ids = fields.One2many(
        "interaction.log.entry",
        "partner_id",
        groups="interaction_log.group_user",
    )
    commercial_interaction_ids = fields.One2many(
        "interaction.log.entry",
        "commercial_partner_id",
        groups="interaction_log.group_user",
    )
    interaction_count = fields.Integer(
        string="Interactions",
        compute="_compute_interaction_totals",
        groups="interaction_log.group_user",
    )
    interaction_last_date = fields.Datetime(
        string="Last Interaction",
        compute="_compute_interaction_totals",
        groups="interaction_log.group_user",
    )
    interaction_last_inbound_date = fields.Datetime(
        string="Last Inbound Interaction",
        compute="_compute_interaction_totals",
        groups="interaction_log.group_user",
    )
    interaction_last_outbound_date = fields.Datetime(
        string="Last Outbound Interaction",
        compute="_compute_interaction_totals",
        groups="interaction_log.group_user",
    )
    interaction_cost = fields.Monetary(
        string="Cost of Interactions",
        compute="_compute_interaction_totals",
        groups="interaction_log.group_user",
    )

    @api.depends("interaction_ids.state", "commercial_interaction_ids.state")
    @api.depends_context("company", "allowed_company_ids")
    def _compute_interaction_totals(self):
        """Count the entries of each contact, and of its people for a company.

        Canceled and postponed entries never count; a failed attempt counts and costs,
        but moves no last date.
        """
        Entry = self.env["interaction.log.entry"]
        company, today = self.env.company, fields.Date.context_today(self)
        counts, costs = defaultdict(int), defaultdict(float)
        last, last_in, last_out = {}, {}, {}

        def keep_latest(dates, partner_id, date):
            if date and (partner_id not in dates or dates[partner_id] < date):
                dates[partner_id] = date

        for (
            partner,
            commercial,
            flow,
            outcome,
            currency,
            count,
            cost,
            date,
        ) in Entry._read_group(
            Entry._get_counted_domain() & self._get_interaction_domain(),
            [
                "partner_id",
                "commercial_partner_id",
                "flow",
                "outcome",
                "currency_id",
            ],
            ["__count", "cost:sum", "last_date:max"],
        ):
            amount = currency._convert(cost, company.currency_id, company, today)
            for partner_id in {partner.id, commercial.id} & set(self._ids):
                counts[partner_id] += count
                costs[partner_id] += amount
                if outcome not in FAILED_OUTCOMES:
                    keep_latest(last, partner_id, date)
                    keep_latest(
                        last_in if flow == "inbound" else last_out, partner_id, date
                    )
        for partner in self:
            partner.interaction_count = counts[partner.id]
            partner.interaction_cost = costs[partner.id]
            partner.interaction_last_date = last.get(partner.id)
            partner.interaction_last_inbound_date = last_in.get(partner.id)
            partner.interaction_last_outbound_date = last_out.get(partner.id)

    def _get_interaction_domain(self):
        """Return the domain of the interactions with the contacts.

        A company's are also those with its people, by the company they had then: who
        changes company keeps the own history, and the old company keeps what it had.
        """
        return Domain("partner_id", "in", self.ids) | Domain(
            "commercial_partner_id", "in", self.ids
        )

    def action_view_interactions(self):
        """Open the interaction log entries of the contacts and of their people."""
        return self.env["interaction.log.entry"]._get_action(
            self._get_interaction_domain()
        )
