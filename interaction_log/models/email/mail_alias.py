from odoo import api, models, tools

from .mail_types import COPY_MODEL


class MailAlias(models.Model):
    """The addresses of the log: aliases of `interaction.email.copy`."""

    _inherit = "mail.alias"

    @api.model_create_multi
    def create(self, vals_list):
        aliases = super().create(vals_list)
        aliases._clear_log_addresses()
        return aliases

    def write(self, vals):
        before = self._filter_log_aliases()
        result = super().write(vals)
        (before | self)._clear_log_addresses()
        return result

    def unlink(self):
        before = self._filter_log_aliases()
        result = super().unlink()
        if before:
            self.env.registry.clear_cache()
        return result

    def _filter_log_aliases(self):
        model_id = self.env["ir.model"]._get_id(COPY_MODEL)
        return self.filtered(lambda alias: alias.sudo().alias_model_id.id == model_id)

    def _clear_log_addresses(self):
        if self._filter_log_aliases():
            self.env.registry.clear_cache()

    @api.model
    @tools.ormcache()
    def _get_log_addresses(self):
        """Return {address of the log: id of its alias domain}; no query."""
        aliases = self.sudo().search_fetch(
            [
                ("alias_model_id.model", "=", COPY_MODEL),
                ("alias_domain_id", "!=", False),
                ("alias_name", "!=", False),
            ],
            ["alias_full_name", "alias_domain_id"],
        )
        return {alias.alias_full_name: alias.alias_domain_id.id for alias in aliases}
