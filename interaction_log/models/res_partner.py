from collections import defaultdict
from operator import add

from odoo import api, fields, models
from odoo.fields import Domain

from .selections import CHANNELS

FAILED_OUTCOMES = ("no_answer", "failed")


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "interaction.owner.mixin"]
    _interaction_totals = (
        "interaction_count",
        "interaction_cost",
        "interaction_duration",
        "interaction_last_date",
        "interaction_last_inbound_date",
        "interaction_last_outbound_date",
    )

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

    @api.depends("commercial_interaction_ids.state")
    def _compute_interaction_totals(self):
        return super()._compute_interaction_totals()

    def _get_interaction_totals(self):
        """Return the totals of each contact, and of its people for a company.

        Canceled and postponed entries never count; a failed attempt counts and costs,
        but moves no last date.

        :return: {contact: (number, cost, duration, last date, last inbound date, last
            outbound date)}
        """
        numbers, last = defaultdict(lambda: (0, 0, 0)), {}
        ids = set(self.ids)
        rows = self._read_interactions(
            ["partner_id", "commercial_partner_id", "flow", "outcome"],
            ["last_date:max"],
        )
        for partner, commercial, flow, outcome, date, *values in rows:
            for partner_id in {partner.id, commercial.id} & ids:
                numbers[partner_id] = tuple(map(add, numbers[partner_id], values))
                if date and outcome not in FAILED_OUTCOMES:
                    for key in ((partner_id, "any"), (partner_id, flow)):
                        last[key] = max(date, last.get(key, date))
        return {
            partner: (
                *numbers[partner._origin.id],
                *(
                    last.get((partner._origin.id, flow))
                    for flow in ("any", "inbound", "outbound")
                ),
            )
            for partner in self
        }

    def _get_interaction_domain(self):
        """Return the domain of the interactions with the contacts.

        A company's are also those with its people, by the company they had then: who
        changes company keeps the own history, and the old company keeps what it had.
        """
        return Domain("partner_id", "in", self.ids) | Domain(
            "commercial_partner_id", "in", self.ids
        )
