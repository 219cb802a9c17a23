from odoo import api, models, tools


class MailAliasDomain(models.Model):
    _inherit = "mail.alias.domain"

    @api.model_create_multi
    def create(self, vals_list):
        domains = super().create(vals_list)
        self.env.registry.clear_cache()
        return domains

    def write(self, vals):
        result = super().write(vals)
        if "name" in vals:
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache()
    def _get_own_names(self):
        """Return the names of the domains at which we receive e-mails; no query."""
        return frozenset(self.sudo().search_fetch([], ["name"]).mapped("name"))

    @api.model
    def _find_own_addresses(self, addresses):
        """Return those of the addresses that are our own aliases.

        Costs no query where none of them is at one of our domains.

        :param list addresses: normalized; may hold False
        """
        names = self._get_own_names()
        own = [
            address
            for address in addresses
            if address and address.partition("@")[2] in names
        ]
        return frozenset(self.sudo()._find_aliases(own) if own else ())
