from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..log.res_partner import INTERACTION_FIELDS


class ResPartner(models.Model):
    """Who was not heard of for the days that the company says."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited # room overview adds to log

    # to search by only, as `interaction_no_contact_since`
    interaction_is_silent = fields.Boolean(
        string="Silent Contact",
        store=False,
        copy=False,
        exportable=False,
        search="_search_interaction_is_silent",
        groups="interaction_log.group_user_own",
    )

    @api.model
    def _search_interaction_is_silent(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        since = f"-{self.env.company.interaction_silent_days}d"
        # who is new is not silent yet, but for who had an interaction long ago
        return Domain("interaction_no_contact_since", "<", since) & (
            Domain("create_date", "<", since)
            | Domain.custom(to_sql=self._get_interaction_known_sql)
        )

    @api.model
    def _get_interaction_known_sql(self, partners, alias, query):
        """Return the SQL of that there ever was an interaction with a contact."""
        entries = partners.env["interaction.log.entry"]
        found = entries._search(entries._get_reached_domain())
        if found.is_empty():
            return SQL("FALSE")
        # OFFSET 0: looked up for the few that are silent; else all entries are read
        known = (
            SQL(
                "EXISTS (SELECT FROM %s entry WHERE entry.owner_id = %s OFFSET 0)",
                found.subselect(
                    SQL(
                        "%s AS owner_id",
                        entries._field_to_sql(found.table, name, found),
                    )
                ),
                SQL.identifier(alias, "id"),
            )
            for name in INTERACTION_FIELDS
        )
        return SQL("(%s)", SQL(" OR ").join(known))
