from collections import defaultdict
from operator import add

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, formatLang

from ..base.constants import FAILED_OUTCOMES, UNDELIVERED

# The fields of an entry that say whose it is, and their inverses
INTERACTION_FIELDS = ("partner_id", "commercial_partner_id")
HISTORY_FIELDS = ("interaction_ids", "commercial_interaction_ids")


class ResPartner(models.Model):
    """A contact with its interactions: how many, the last ones, and how to go on."""

    _name = "res.partner"
    _inherit = [
        "res.partner",
        "interaction.owner.mixin",
        "interaction.timeline.mixin",
    ]
    _interaction_totals = (
        "interaction_count",
        "interaction_cost",
        "interaction_duration",
        "interaction_last_date",
        "interaction_last_inbound_date",
        "interaction_last_outbound_date",
        "interaction_last_attempt_date",
        "interaction_last_failed",
    )

    # whose contacts they are: the interactions of *User: Own Interactions*
    _interaction_user_idx = models.Index("(user_id) WHERE user_id IS NOT NULL")

    interaction_ids = fields.One2many(
        "interaction.log.entry",
        "partner_id",
        groups="interaction_log.group_user_own",
    )
    commercial_interaction_ids = fields.One2many(
        "interaction.log.entry",
        "commercial_partner_id",
        groups="interaction_log.group_user_own",
    )
    interaction_last_date = fields.Datetime(
        string="Last Interaction",
        compute="_compute_interaction_totals",
        search="_search_interaction_last_date",
        groups="interaction_log.group_user_own",
    )
    interaction_last_inbound_date = fields.Datetime(
        string="Last Inbound Interaction",
        compute="_compute_interaction_totals",
        search="_search_interaction_last_inbound_date",
        groups="interaction_log.group_user_own",
    )
    interaction_last_outbound_date = fields.Datetime(
        string="Last Outbound Interaction",
        compute="_compute_interaction_totals",
        search="_search_interaction_last_outbound_date",
        groups="interaction_log.group_user_own",
    )
    interaction_last_attempt_date = fields.Datetime(
        string="Last Failed Attempt",
        compute="_compute_interaction_totals",
        groups="interaction_log.group_user_own",
        help="When the contact was last tried in vain, if that is later than the last "
        "interaction.",
    )
    # to search by only: whoever was never contacted was not contacted since any date
    interaction_no_contact_since = fields.Datetime(
        string="No Contact Since",
        store=False,
        copy=False,
        exportable=False,
        search="_search_interaction_no_contact_since",
        groups="interaction_log.group_user_own",
    )
    interaction_last_failed = fields.Boolean(
        string="Last Interaction Failed",
        compute="_compute_interaction_totals",
        search="_search_interaction_last_failed",
        groups="interaction_log.group_user_own",
        help="The last attempt failed and no interaction followed.",
    )

    @api.depends(
        "commercial_interaction_ids.state",
        # what moves the last dates
        "interaction_ids.outcome",
        "interaction_ids.last_date",
        "commercial_interaction_ids.outcome",
        "commercial_interaction_ids.last_date",
    )
    def _compute_interaction_totals(self):
        return super()._compute_interaction_totals()

    def _search_interaction_last_date(self, operator, value):
        return self._search_interaction_last(Domain.TRUE, operator, value)

    def _search_interaction_last_inbound_date(self, operator, value):
        return self._search_interaction_last(
            Domain("flow", "=", "inbound"), operator, value
        )

    def _search_interaction_last_outbound_date(self, operator, value):
        return self._search_interaction_last(
            Domain("flow", "=", "outbound"), operator, value
        )

    def _search_interaction_last(self, domain, operator, value):
        """Return the domain of the contacts by the date of their last interaction.

        :param domain: which interactions count, of those that move a last date
        :param operator: ">=" or "<", or "in" for False, never
        """

        def having(*later):
            reached = Domain.AND(
                [
                    self.env["interaction.log.entry"]._get_reached_domain(),
                    domain,
                    *later,
                ]
            )
            return Domain.OR(Domain(name, "any", reached) for name in HISTORY_FIELDS)

        # the ORM rewrites all other comparisons of a datetime to these
        if operator == ">=":
            return having(Domain("last_date", ">=", value))
        if operator == "<":
            return having() & ~having(Domain("last_date", ">=", value))
        if operator == "in" and set(value) == {False}:
            return ~having()
        return NotImplemented

    def _search_interaction_no_contact_since(self, operator, value):
        if operator == "<":
            # whoever was never contacted is among them: one pair of NOT EXISTS
            return ~self._search_interaction_last_date(">=", value)
        return self._search_interaction_last_date(operator, value)

    def _search_interaction_last_failed(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        Entry = self.env["interaction.log.entry"]
        # with the record rules
        failed = Entry._search(Entry._get_failed_domain())
        reached = Entry._search(Entry._get_reached_domain())

        def select(query, *names):
            return query.subselect(
                *(Entry._field_to_sql(query.table, name, query) for name in names)
            )

        def not_reached(name):
            return SQL(
                """NOT EXISTS (SELECT FROM %s reached
                WHERE reached.%s = failed.id AND reached.last_date >= failed.last_date)
                """,
                select(reached, name, "last_date"),
                SQL.identifier(name),
            )

        return Domain(
            "id",
            "in",
            SQL(
                # Whoever failed is looked up, not all entries grouped: a fifth of the
                # time, of 2,000,000 with 200,000 contacts. OFFSET 0: as the contact
                # itself first, which leaves few.
                """(SELECT id FROM (
                    SELECT id, last_date FROM (
                        SELECT owner.id, MAX(entry.last_date) AS last_date
                        FROM %(failed)s entry CROSS JOIN LATERAL (
                            VALUES (entry.partner_id), (entry.commercial_partner_id)
                        ) AS owner(id)
                        WHERE owner.id IS NOT NULL GROUP BY owner.id
                    ) failed WHERE %(itself)s OFFSET 0
                ) failed WHERE %(as_company)s)""",
                failed=select(failed, *INTERACTION_FIELDS, "last_date"),
                itself=not_reached(INTERACTION_FIELDS[0]),
                as_company=not_reached(INTERACTION_FIELDS[1]),
            ),
        )

    def _compute_application_statistics_hook(self):
        # EXTENDS base
        data_list = super()._compute_application_statistics_hook()
        if not self.env.user.has_group("interaction_log.group_user_own"):
            return data_list
        for partner in self.filtered("interaction_count"):
            data_list[partner.id].append(
                {
                    "iconClass": "fa-comments-o",
                    "value": partner.interaction_count,
                    "label": self.env._("Interactions"),
                    "tagClass": "o_tag_color_7",
                }
            )
        return data_list

    def _get_interaction_totals(self):
        """Return the totals of each contact, and of its people for a company.

        Canceled and postponed entries never count; a failed attempt counts and costs,
        but moves no last date, nor does what is no personal contact.

        :return: {contact: (number, cost, duration, last date, last inbound date, last
            outbound date, date of the failed attempt after them, whether there is one)}
        """
        numbers, last = defaultdict(lambda: (0, 0, 0)), {}
        ids = set(self.ids)
        rows = self._read_interactions(
            [
                "partner_id",
                "commercial_partner_id",
                "flow",
                "outcome",
                "delivery_status",
                "event",
            ],
            ["last_date:max"],
        )
        impersonal = self.env["interaction.log.entry"]._get_impersonal_events()
        for partner, commercial, flow, outcome, delivery, event, date, *values in rows:
            is_contact = date and event not in impersonal
            for partner_id in {partner.id, commercial.id} & ids:
                numbers[partner_id] = tuple(map(add, numbers[partner_id], values))
                kinds = ("any", flow)
                if outcome in FAILED_OUTCOMES or delivery in UNDELIVERED:
                    kinds = ("failed",)
                for key in [(partner_id, kind) for kind in kinds if is_contact]:
                    last[key] = max(date, last.get(key, date))
        totals = {}
        for partner in self:
            any_, inbound, outbound, failed = (
                last.get((partner._origin.id, kind), False)
                for kind in ("any", "inbound", "outbound", "failed")
            )
            if failed and any_ and failed <= any_:
                failed = False  # it was reached since
            totals[partner] = (
                *numbers[partner._origin.id],
                any_,
                inbound,
                outbound,
                failed,
                bool(failed),
            )
        return totals

    def action_view_interactions(self):
        # EXTENDS: what is logged from there is with the contact
        action = super().action_view_interactions()
        if len(self) == 1:
            action["context"]["default_partner_ids"] = self.ids
        return action

    def _get_timeline_columns(self):
        # EXTENDS
        return INTERACTION_FIELDS

    def _get_interaction_partner(self):
        # EXTENDS
        return self

    def _get_timeline_summary(self):
        # EXTENDS: the last dates, and what it took
        cost = self.interaction_cost
        return {
            "last": self.interaction_last_date,
            "inbound": self.interaction_last_inbound_date,
            "outbound": self.interaction_last_outbound_date,
            "attempt": self.interaction_last_attempt_date,
            "count": self.interaction_count,
            "cost": cost
            and formatLang(self.env, cost, currency_obj=self.interaction_currency_id),
            "duration": self.interaction_duration,
        }

    def action_log_interaction(self):
        """Open the dialog that logs an interaction with the contacts."""
        return self.env["interaction.log.entry"]._get_log_action(self)

    def action_log_favorite(self, template_id):
        """Log an interaction with the contacts at once, as the template says.

        :param int template_id: id of the `interaction.template`
        :return: the action that announces it, with *Undo*
        :raises UserError: where it can't be logged; says why
        """
        entries = self.env["interaction.log.entry"].log_interactions(
            [{"template_id": template_id, "partner_id": partner.id} for partner in self]
        )
        return entries._get_announcement()

    def _get_interaction_domain(self):
        """Return the domain of the interactions with the contacts.

        A company's are also those with its people, by the company they had then: who
        changes company keeps the own history, and the old company keeps what it had.
        """
        return Domain.OR(Domain(name, "in", self.ids) for name in INTERACTION_FIELDS)
