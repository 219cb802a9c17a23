from odoo import api, fields, models

from .mail_types import COPY_MODEL


class ResConfigSettings(models.TransientModel):
    """The address of the log: an alias in the alias domain of the company.

    Companies that share the domain share the address.
    """

    _inherit = "res.config.settings"

    interaction_log_alias_name = fields.Char(
        string="Address of the Log",
        compute="_compute_interaction_log_alias_name",
        store=True,
        readonly=False,
        help="Companies with the same alias domain share the address.",
    )
    interaction_log_alias_domain = fields.Char(
        related="company_id.alias_domain_id.name", string="Domain of the Log"
    )

    @api.depends("company_id")
    def _compute_interaction_log_alias_name(self):
        for settings in self:
            settings.interaction_log_alias_name = (
                settings._get_interaction_log_alias().alias_name
            )

    def _get_interaction_log_alias(self):
        """Return the alias in the domain of the company, or none."""
        return self.env["mail.alias"].search(
            [
                ("alias_model_id.model", "=", COPY_MODEL),
                # one without a domain receives nothing
                ("alias_domain_id", "!=", False),
                ("alias_domain_id", "=", self.company_id.alias_domain_id.id),
            ],
            order="id",
            limit=1,
        )

    def set_values(self):
        result = super().set_values()
        domain = self.company_id.alias_domain_id
        alias = self._get_interaction_log_alias()
        name = self.env["mail.alias"]._sanitize_alias_name(
            self.interaction_log_alias_name
        )
        if not domain or name == (alias.alias_name or False):
            return result
        if not name:
            alias.unlink()
        elif alias:
            alias.alias_name = name
        else:
            alias.create(
                {
                    "alias_name": name,
                    "alias_domain_id": domain.id,
                    "alias_model_id": self.env["ir.model"]._get_id(COPY_MODEL),
                }
            )
        return result
