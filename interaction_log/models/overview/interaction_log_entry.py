from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..log.res_partner import INTERACTION_FIELDS

# What a customer looks at wants no answer
VIEWS = ("portal_view", "download")


class InteractionLogEntry(models.Model):
    """Which interactions wait for an answer."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # room overview adds to log

    is_waiting = fields.Boolean(
        string="Waiting for an Answer",
        compute="_compute_is_waiting",
        search="_search_is_waiting",
        help="Inbound, and nothing outbound has reached the contact since.",
    )

    @api.depends("state", "is_automatic", "outcome", "delivery_status", "last_date")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_is_waiting(self):
        waiting = self.search([("id", "in", self.ids), ("is_waiting", "=", True)])
        for entry in self:
            entry.is_waiting = entry._origin in waiting

    @api.model
    def _search_is_waiting(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self._get_waiting_domain()

    @api.model
    def _get_waiting_domain(self):
        """Return the domain of the interactions that wait for an answer.

        Inbound, and nothing outbound has reached the contact or its company since, in
        the same company of ours. What a machine said, what was only viewed, and what
        is canceled or a draft waits for none, and answers none.
        """
        return Domain.AND(
            [
                self._get_reached_domain(),
                Domain("flow", "=", "inbound"),
                Domain("event", "not in", VIEWS),
                Domain("partner_id", "!=", False),
                Domain.custom(to_sql=self._get_unanswered_sql),
            ]
        )

    @api.model
    def _get_unanswered_sql(self, model, alias, query):
        """Return the SQL of that nothing outbound came after an entry."""
        # with the record rules
        answers = model._search(
            model._get_reached_domain() & Domain("flow", "=", "outbound")
        )
        if answers.is_empty():
            return SQL("TRUE")

        found = answers.subselect(
            *(
                SQL(
                    "%s AS %s",
                    model._field_to_sql(answers.table, name, answers),
                    SQL.identifier(name),
                )
                for name in (*INTERACTION_FIELDS, "company_id", "last_date", "id")
            )
        )

        def unanswered(name):
            # OFFSET 0: the few that are inbound are looked up one by one in the index
            # of the contact; else all answers there are would be read
            return SQL(
                """NOT EXISTS (SELECT FROM %(found)s answer
                WHERE answer.%(name)s = %(entry)s.%(name)s
                    AND answer.company_id = %(entry)s.company_id
                    AND (answer.last_date, answer.id)
                        > (%(entry)s.last_date, %(entry)s.id)
                OFFSET 0)""",
                found=found,
                entry=SQL.identifier(alias),
                name=SQL.identifier(name),
            )

        return SQL("(%s)", SQL(" AND ").join(map(unanswered, INTERACTION_FIELDS)))
