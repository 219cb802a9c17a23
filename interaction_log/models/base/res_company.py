from odoo import api, models, tools


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        # events that are off everywhere are on in the new one
        self.env.registry.clear_cache("stable")
        return companies

    def write(self, vals):
        result = super().write(vals)
        if "partner_id" in vals:
            self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache()
    def _get_own_partner_ids(self):
        """Return the ids of the contacts that are our companies; no query."""
        companies = self.sudo().with_context(active_test=False)
        return frozenset(companies.search_fetch([], ["partner_id"]).partner_id.ids)
