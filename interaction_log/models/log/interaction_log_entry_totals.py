from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.constants import FAILED_OUTCOMES, UNDELIVERED

# The numbers that only logged entries count in
TOTALS = ("cost", "duration", "entry_count", "occurrence_count")

# What says whether an entry counts, and for whom
COUNTED_BY = (
    "INCLUDE (company_id, event, state, is_automatic, outcome, delivery_status)"
)


class InteractionLogEntry(models.Model):
    """What counts: in totals, whatever they are grouped by, and in numbers."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    # Contacts by when they had what: *No Contact*, *Never Contacted*, *Last Contact
    # Failed*, steps of segments. With all that says whether an entry counts, so that
    # the entries themselves are not read: a fifth of the time, of 2,000,000 entries.
    # In place of an index on the contact alone.
    _contact_idx = models.Index(f"(partner_id, last_date) {COUNTED_BY}")
    _company_contact_idx = models.Index(
        f"(commercial_partner_id, last_date) {COUNTED_BY}"
    )
    # *Last Contact Failed* begins with the few that did
    _failed_contact_idx = models.Index(
        f"""(last_date) INCLUDE (partner_id, commercial_partner_id, company_id, event,
        is_automatic, outcome, delivery_status)
        WHERE state = 'logged' AND (outcome IN {FAILED_OUTCOMES}
        OR delivery_status IN {UNDELIVERED})"""
    )
    # what a batch has, and whether all of it is canceled (*Batches*, *Canceled*)
    _batch_idx = models.Index(
        "(batch_id, state) INCLUDE (company_id) WHERE batch_id IS NOT NULL"
    )
    # the few that don't count, the newest first; nearly all of them do
    _state_idx = models.Index("(state, date) WHERE state != 'logged'")

    is_automatic = fields.Boolean(
        string="Automatic Reply",
        copy=False,
        help="Automatic reply, such as an out-of-office message. It is recorded but "
        "not counted.",
    )
    is_duration_estimated = fields.Boolean(
        string="Estimated Time",
        help="The duration is that of the template: it was neither entered nor "
        "measured.",
    )
    entry_count = fields.Integer(
        string="Interactions",
        compute="_compute_entry_count",
        help="Canceled ones and drafts don't count.",
    )
    # "Interactions" are here those that count, not those about this one
    interaction_count = fields.Integer(string="Related Interactions")

    @api.model
    def _get_counted_domain(self):
        """Return the domain of the entries that count in numbers and dates.

        Not what a machine said.
        """
        return Domain("state", "=", "logged") & Domain("is_automatic", "=", False)

    @api.model
    def _get_impersonal_events(self) -> tuple[str, ...]:
        """Return the events that are no personal contact, such as a mailing to many.

        A hook: extend it. Their entries count in number, cost and time, but move no
        last date, whether they arrive or not.
        """
        return ()

    @api.model
    def _get_personal_domain(self) -> Domain:
        """Return the domain of the entries that are a personal contact, or an attempt.

        See `_get_impersonal_events`.
        """
        events = self._get_impersonal_events()
        return Domain("event", "not in", events) if events else Domain.TRUE

    @api.model
    def _get_reached_domain(self, impersonal: bool = False) -> Domain:
        """Return the domain of the entries that reached the contact, or came from it.

        They move its last dates. A failed attempt, such as a call that nobody answered
        or an e-mail that came back, counts but doesn't; override for more such ones.

        :param impersonal: whether what is no personal contact is taken for one
        """
        return Domain.AND(
            [
                self._get_counted_domain(),
                Domain.TRUE if impersonal else self._get_personal_domain(),
                Domain("outcome", "not in", FAILED_OUTCOMES),
                Domain("delivery_status", "not in", UNDELIVERED),
            ]
        )

    @api.model
    def _get_failed_domain(self) -> Domain:
        """Return the domain of the attempts to reach the contact that failed."""
        return Domain.AND(
            [
                self._get_counted_domain(),
                self._get_personal_domain(),
                Domain("outcome", "in", FAILED_OUTCOMES)
                | Domain("delivery_status", "in", UNDELIVERED),
            ]
        )

    @api.depends("state", "is_automatic")
    def _compute_entry_count(self):
        for entry in self:
            entry.entry_count = entry.state == "logged" and not entry.is_automatic

    def _read_group_select(self, aggregate_spec, query):
        # EXTENDS base: what does not count is in no total, whatever the user filters
        # and groups. It is in `__count`, by which the web client pages.
        if currency_sql := self._get_currency_sql(aggregate_spec, query):
            return currency_sql
        name = aggregate_spec.split(":")[0]
        expression = super()._read_group_select(
            "__count" if aggregate_spec == "entry_count:sum" else aggregate_spec, query
        )
        if name in TOTALS:
            return SQL("%s FILTER (WHERE %s)", expression, self._get_counted_sql(query))
        return expression

    @api.model
    def _get_counted_sql(self, query):
        """Return the SQL of `_get_counted_domain`, for a part of what is read."""
        return SQL(
            "%s = 'logged' AND %s IS NOT TRUE",
            self._field_to_sql(self._table, "state", query),
            self._field_to_sql(self._table, "is_automatic", query),
        )
