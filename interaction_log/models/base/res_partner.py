from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class ResPartner(models.Model):
    """Who is an external contact: the one rule of every event."""

    _inherit = "res.partner"

    @api.model
    def _get_interaction_external_domain(self) -> Domain:
        """Return the domain of the external contacts.

        Internal contacts are users, employees and who belongs to one of our companies.
        Portal users are external.
        """
        own_companies = self.env["res.company"]._get_own_partner_ids()
        return (
            Domain("partner_share", "=", True)
            & Domain("employee", "=", False)
            & Domain("commercial_partner_id", "not in", own_companies)
        )

    @api.model
    def _get_interaction_internal_sql(self, alias: str) -> SQL:
        """Return the SQL of whether a contact is internal, as the domain above says.

        :param alias: of the table of contacts
        """
        return SQL(
            """(%(share)s IS FALSE OR %(employee)s IS TRUE
            OR %(company)s = ANY(%(own)s))""",
            share=SQL.identifier(alias, "partner_share"),
            employee=SQL.identifier(alias, "employee"),
            company=SQL.identifier(alias, "commercial_partner_id"),
            own=list(self.env["res.company"]._get_own_partner_ids()),
        )

    def _filter_interaction_external(self):
        """Return those of the contacts with whom there are interactions to record.

        No internal contacts, and none of the addresses at which we receive e-mails.
        """
        # who may be read by the user does not matter here
        external = self.sudo().filtered_domain(self._get_interaction_external_domain())
        aliases = self.env["mail.alias.domain"]._find_own_addresses(
            external.mapped("email_normalized")
        )
        return external.filtered(
            lambda partner: partner.email_normalized not in aliases
        ).sudo(self.env.su)
