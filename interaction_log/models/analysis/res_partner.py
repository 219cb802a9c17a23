from collections import defaultdict
from operator import add

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .interaction_cost_report import INVOICE_GROUPS, ORDER_GROUPS
from .interaction_log_entry import SINCE

# The fields of a report that say whose a row is
CONTACT_FIELDS = ("partner_id", "commercial_partner_id")
MONTHS = 12


class ResPartner(models.Model):
    """Who initiates, how fast the contact is answered, what it costs and earns.

    In the last 12 months; for a company, with its people.
    """

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited # the room analysis

    interaction_by_us_count = fields.Integer(
        string="Initiated by Us",
        compute="_compute_interaction_initiators",
        groups="interaction_log.group_user_own",
    )
    interaction_by_them_count = fields.Integer(
        string="Initiated by Them",
        compute="_compute_interaction_initiators",
        groups="interaction_log.group_user_own",
    )
    interaction_answered_count = fields.Integer(
        string="Answered",
        compute="_compute_interaction_answers",
        groups="interaction_log.group_user_own",
    )
    interaction_waiting_count = fields.Integer(
        string="Unanswered",
        compute="_compute_interaction_answers",
        groups="interaction_log.group_user_own",
    )
    interaction_answer_hours = fields.Float(
        string="Time to Answer",
        compute="_compute_interaction_answers",
        groups="interaction_log.group_user_own",
        help="Average working hours until the answer.",
    )
    interaction_direct_cost = fields.Monetary(
        string="Direct Cost",
        compute="_compute_interaction_margin",
        currency_field="interaction_currency_id",
        groups="interaction_log.group_user_own",
    )
    interaction_time_cost = fields.Monetary(
        string="Cost of Time",
        compute="_compute_interaction_margin",
        currency_field="interaction_currency_id",
        groups="interaction_log.group_user_own",
        help="Duration at the hourly rate.",
    )
    interaction_has_hourly_rate = fields.Boolean(
        string="Has an Hourly Rate",
        compute="_compute_interaction_margin",
        groups="interaction_log.group_user_own",
    )
    interaction_revenue = fields.Monetary(
        string="Invoiced",
        compute="_compute_interaction_margin",
        currency_field="interaction_currency_id",
        groups=INVOICE_GROUPS,
        help="Untaxed amount of posted invoices, less credit notes.",
    )
    interaction_margin = fields.Monetary(
        string="Order Margin",
        compute="_compute_interaction_margin",
        currency_field="interaction_currency_id",
        groups=ORDER_GROUPS,
    )
    interaction_has_margin = fields.Boolean(
        string="Has an Order Margin",
        compute="_compute_interaction_margin",
        groups="interaction_log.group_user_own",
    )

    @api.depends("interaction_ids.state", "commercial_interaction_ids.state")
    @api.depends_context("uid", "company", "allowed_company_ids")
    def _compute_interaction_initiators(self):
        Entry = self.env["interaction.log.entry"]
        counts = self._add_up_report(
            Entry,
            Entry._get_counted_domain(),
            ["__count"],
            ["initiated_by"],
        )
        for partner in self:
            ours, theirs = (
                counts[partner._origin.id, initiator][0] for initiator in ("us", "them")
            )
            partner.interaction_by_us_count = ours
            partner.interaction_by_them_count = theirs

    @api.depends(
        "commercial_interaction_ids.state",
        "commercial_interaction_ids.outcome",
        "commercial_interaction_ids.is_answer_waived",
    )
    @api.depends_context("uid", "company", "allowed_company_ids")
    def _compute_interaction_answers(self):
        totals = self._add_up_report(
            self.env["interaction.answer.report"].with_context(
                **{SINCE: fields.Date.to_string(self._get_report_start())}
            ),
            Domain("state", "!=", "not_needed"),
            ["answered_count:sum", "waiting_count:sum", "hours:sum"],
        )
        for partner in self:
            answered, waiting, hours = totals[(partner._origin.id,)]
            partner.interaction_answered_count = answered
            partner.interaction_waiting_count = waiting
            partner.interaction_answer_hours = answered and hours / answered

    @api.depends("commercial_interaction_ids.state")
    @api.depends_context("uid", "company", "allowed_company_ids")
    def _compute_interaction_margin(self):
        Report = self.env["interaction.cost.report"]
        names = ["cost", "time_cost"]
        for name in ("revenue", "margin"):
            if Report._has_field_access(Report._fields[name], "read"):
                names.append(name)
        totals = self._add_up_report(
            Report, Domain.TRUE, [f"{name}:sum" for name in names]
        )
        companies = self.env.companies.sudo()
        for partner in self:
            amounts = dict(zip(names, totals[(partner._origin.id,)], strict=True))
            partner.interaction_direct_cost = amounts["cost"]
            partner.interaction_time_cost = amounts["time_cost"]
            partner.interaction_revenue = amounts.get("revenue", 0)
            partner.interaction_margin = amounts.get("margin", 0)
            partner.interaction_has_margin = "margin" in amounts
            partner.interaction_has_hourly_rate = bool(
                amounts["time_cost"] or any(companies.mapped("interaction_hourly_rate"))
            )

    def _add_up_report(self, records, domain, aggregates, groupby=()):
        """Add up rows of a report, or entries, of the contacts with one query.

        :return: {(contact id, values of groupby): list of the sums}
        """
        totals = defaultdict(lambda: [0] * len(aggregates))
        ids = set(self.ids)
        for partner, commercial, *row in records._read_group(
            domain & self._get_report_domain(), [*CONTACT_FIELDS, *groupby], aggregates
        ):
            values, sums = row[: len(groupby)], row[len(groupby) :]
            for id_ in {partner.id, commercial.id} & ids:
                total = totals[(id_, *values)]
                totals[(id_, *values)] = list(
                    map(add, total, (value or 0 for value in sums))
                )
        return totals

    def _get_report_domain(self):
        """Return the domain of what is theirs in a report, in the last months."""
        return Domain.OR(
            Domain(name, "in", self.ids) for name in CONTACT_FIELDS
        ) & Domain("date", ">=", self._get_report_start())

    @api.model
    def _get_report_start(self):
        return fields.Date.context_today(self) - relativedelta(months=MONTHS)

    # ------------------------------------------------------------------
    # Actions: each opens what its number counts
    # ------------------------------------------------------------------

    def action_view_initiators(self):
        """Open who initiated the interactions of the last 12 months."""
        return self._get_report_action(
            "interaction_log_entry_action_initiators",
            self.env["interaction.log.entry"]._get_counted_domain(),
        )

    def action_view_answers(self):
        """Open the response times of the last 12 months."""
        return self._get_report_action("interaction_answer_report_action")

    def action_view_unanswered(self):
        """Open the unanswered interactions of the last 12 months."""
        return self._get_report_action(
            "interaction_log_entry_action_unanswered",
            Domain("is_unanswered", "=", True),
        )

    def action_view_costs(self):
        """Open the costs of the last 12 months, beside what was invoiced."""
        return self._get_report_action("interaction_cost_report_action")

    def _get_report_action(self, name, domain=Domain.TRUE):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"interaction_log.{name}"
        )
        action["domain"] = list(domain & self._get_report_domain())
        action["display_name"] = f"{action['name']}: {self[:1].display_name}"
        return action
