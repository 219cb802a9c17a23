from collections import defaultdict
from datetime import date, timedelta
from operator import add

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

DATE_FROM = "interaction_date_from"
DATE_TO = "interaction_date_to"


class InteractionTotalsMixin(models.AbstractModel):
    """Number, cost and duration of the interactions that count.

    For models that a log entry points to, most of them through one of the two mixins
    below: one that inherits has the One2many that `_interaction_field` names, and the
    fields in `_interaction_totals`, which `_compute_interaction_totals` computes.
    Canceled and postponed entries never count.

    Amounts are in the currency of the current company, `interaction_currency_id`.

    Two keys of the context, each optional, limit totals and actions to a period:
    `interaction_date_from` and `interaction_date_to`, ISO dates ("2026-01-31") in the
    time zone of the user, both days included. So what a button opens is what its
    number counts.
    """

    _name = "interaction.totals.mixin"
    _description = "Totals of Interactions"

    # The One2many of the interactions of a record
    _interaction_field = "interaction_ids"
    # The fields of the values of `_get_interaction_totals`, in their order
    _interaction_totals = ()
    # Booleans of the entry; how many entries have each is a total, too
    _interaction_flags = ()

    interaction_currency_id = fields.Many2one(
        "res.currency", compute="_compute_interaction_currency_id"
    )

    @api.depends_context("company")
    def _compute_interaction_currency_id(self):
        self.interaction_currency_id = self.env.company.currency_id

    @api.depends(lambda self: (f"{self._interaction_field}.state",))
    @api.depends_context(
        "uid", "company", "allowed_company_ids", "tz", DATE_FROM, DATE_TO
    )
    def _compute_interaction_totals(self):
        totals = self._get_interaction_totals()
        for record in self:
            values = zip(self._interaction_totals, totals[record], strict=True)
            record.update(dict(values))

    def _get_interaction_totals(self):
        """Return the totals of each record, with one query however many they are.

        :return: {record: (number, cost in the currency of the current company, duration
            in hours, and the number with each of `_interaction_flags`)}
        :raises ValidationError: where the context has a period that is none
        """
        totals = defaultdict(lambda: (0,) * len(self._interaction_totals))
        for record, *flags, count, cost, duration in self._read_interactions(
            [self._get_interaction_inverse(), *self._interaction_flags]
        ):
            values = (count, cost, duration, *(count * flag for flag in flags))
            totals[record.id] = tuple(map(add, totals[record.id], values))
        return {record: totals[record._origin.id] for record in self}

    def _read_interactions(self, groupby, aggregates=()):
        """Add up the interactions of the records that count, with one query.

        :param groupby: as of `_read_group`
        :param aggregates: more of them, as of `_read_group`
        :return: list of tuples: what they are grouped by, the aggregates, number, cost
            and duration; more than one for a group with entries in several currencies
        """
        Entry = self.env["interaction.log.entry"]
        company, today = self.env.company, fields.Date.context_today(self)
        return [
            (
                *values,
                count,
                currency._convert(cost, company.currency_id, company, today),
                duration,
            )
            for currency, *values, count, cost, duration in Entry._read_group(
                Entry._get_counted_domain()
                & self._get_interaction_domain()
                & self._get_interaction_period_domain(),
                ["currency_id", *groupby],
                [*aggregates, "__count", "cost:sum", "duration:sum"],
            )
        ]

    # ------------------------------------------------------------------
    # Which interactions
    # ------------------------------------------------------------------

    def _get_interaction_domain(self):
        """Return the domain of the interactions of the records."""
        return Domain(self._get_interaction_inverse(), "in", self.ids)

    def _get_interaction_inverse(self):
        """Return the name of the field of an entry that points to the records."""
        return self._fields[self._interaction_field].inverse_name

    def _get_interaction_period_domain(self):
        """Return the domain of the interactions in the period of the context."""
        date_from, date_to = self._get_interaction_period()
        domain = Domain.TRUE
        if date_from:
            domain &= Domain("date", ">=", date_from)
        # "<=" would take each day for 24 hours; the calendar's last day limits nothing
        if date_to and date_to != date.max:
            domain &= Domain("date", "<", date_to + timedelta(days=1))
        return domain

    def _get_interaction_period(self):
        """Return the first and the last day of the context's period, None if open."""
        days = [
            self._parse_interaction_date(self.env.context.get(key))
            for key in (DATE_FROM, DATE_TO)
        ]
        if all(days) and days[0] > days[1]:
            raise ValidationError(
                self.env._(
                    "The end date %(last)s is before the start date %(first)s.",
                    first=days[0],
                    last=days[1],
                )
            )
        return days

    def _parse_interaction_date(self, value):
        try:
            return date.fromisoformat(str(value)) if value else None
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    '"%(value)s" is not a valid date. Enter a date such as 2026-01-31.',
                    value=value,
                )
            ) from error

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_interactions(self):
        """Open the interaction log entries that the totals count."""
        return self._get_interaction_action(
            "interaction_log.interaction_log_entry_action"
        )

    def action_view_interaction_statistics(self):
        """Open pivot and graph, by month, of the entries that the totals count."""
        action = self._get_interaction_action(
            "interaction_log.interaction_log_entry_action_analysis"
        )
        action["context"]["search_default_group_by_date"] = 1
        return action

    def _get_interaction_action(self, xml_id, domain=Domain.TRUE):
        """Return the action `xml_id` on the interactions in `domain` of the records."""
        action = self.env["interaction.log.entry"]._get_action(
            self._get_interaction_domain()
            & self._get_interaction_period_domain()
            & domain,
            xml_id,
        )
        period = self._get_interaction_period()
        if any(period):
            days = [format_date(self.env, day) if day else "…" for day in period]
            # what the breadcrumb says
            action["display_name"] = f"{action['name']} ({' - '.join(days)})"
        return action


class InteractionOwnerMixin(models.AbstractModel):
    """Totals on a model of another addon, under names that tell where they are from."""

    _name = "interaction.owner.mixin"
    _description = "Interaction Totals of an Owner"
    _inherit = ["interaction.totals.mixin"]
    _interaction_totals = (
        "interaction_count",
        "interaction_cost",
        "interaction_duration",
    )

    interaction_count = fields.Integer(
        string="Interactions",
        compute="_compute_interaction_totals",
        groups="interaction_log.group_user_own",
        help="Canceled ones and drafts don't count.",
    )
    interaction_cost = fields.Monetary(
        string="Cost of Interactions",
        compute="_compute_interaction_totals",
        currency_field="interaction_currency_id",
        groups="interaction_log.group_user_own",
    )
    interaction_duration = fields.Float(
        string="Duration of Interactions",
        compute="_compute_interaction_totals",
        groups="interaction_log.group_user_own",
        help="Duration in hours.",
    )


class InteractionKindMixin(models.AbstractModel):
    """Totals on what says of which kind interactions are: templates and groups."""

    _name = "interaction.kind.mixin"
    _description = "Totals of Interactions of a Kind"
    _inherit = ["interaction.totals.mixin"]
    _interaction_totals = ("interaction_count", "cost_total", "duration_total")

    interaction_count = fields.Integer(
        string="Interactions",
        compute="_compute_interaction_totals",
        groups="interaction_log.group_user_own",
        help="Canceled ones and drafts don't count.",
    )
    cost_total = fields.Monetary(
        compute="_compute_interaction_totals",
        currency_field="interaction_currency_id",
        string="Total Cost",
        help="Total cost of logged interactions, in the currency of the current "
        "company.",
    )
    duration_total = fields.Float(
        compute="_compute_interaction_totals",
        string="Total Duration",
        help="Total duration of logged interactions, in hours.",
    )
