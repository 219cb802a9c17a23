from odoo import api, fields, models
from odoo.exceptions import UserError

from .selections import CHANNELS, FLOWS, INITIATORS


class InteractionTemplate(models.Model):
    """What an interaction of one kind usually is: how it goes, who starts it, its cost.

    A log entry takes its values from the template when it is logged
    (`_prepare_log_vals` of the entry); changing the template later changes no entry.
    """

    _name = "interaction.template"
    _description = "Interaction Template"
    _inherit = ["interaction.code.mixin", "interaction.totals.mixin"]
    _order = "sequence, name"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    group_id = fields.Many2one(
        "interaction.group", required=True, index=True, ondelete="restrict"
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="Leave empty to use the template in every company.",
    )
    # How it goes
    channel = fields.Selection(CHANNELS, required=True, default="other")
    flow = fields.Selection(
        FLOWS,
        string="Information Flow",
        required=True,
        default="outbound",
        help="Which way the information goes: from us to the contact (outbound) "
        "or from the contact to us (inbound).",
    )
    initiated_by = fields.Selection(
        INITIATORS,
        required=True,
        default="us",
        help="Who takes the first step. A call that the contact makes and in which "
        "we explain something is initiated by them and outbound.",
    )
    ignore_contact_channel = fields.Boolean(
        string="Ignore Contact's Channel",
        help="Use the template's channel even where the contact prefers another.",
    )
    # What it costs
    currency_id = fields.Many2one(
        compute="_compute_currency_id", store=True, precompute=True, readonly=False
    )
    unit_cost = fields.Monetary(
        help="What one interaction of this kind usually costs, whatever it takes."
    )
    unit_duration = fields.Float(
        string="Duration",
        help="How long one interaction of this kind usually takes, in hours.",
    )
    # What it says
    description = fields.Char(
        string="Default Subject",
        translate=True,
        help="What the interaction is about, where nothing else is said. "
        "The name of the document is added to it.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        domain=[("model", "=", "interaction.log.entry")],
        index="btree_not_null",
        ondelete="set null",
    )
    # Campaign
    campaign_id = fields.Many2one(
        "utm.campaign", index="btree_not_null", ondelete="set null"
    )
    campaign_target = fields.Boolean(
        help="The contact was a target of the campaign.",
    )
    campaign_response = fields.Boolean(
        help="The contact responded to the campaign.",
    )
    interaction_ids = fields.One2many("interaction.log.entry", "template_id")
    rule_ids = fields.One2many("interaction.rule", "template_id")

    _code_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), code)", "This code belongs to another template."
    )
    _check_unit_cost = models.Constraint(
        "CHECK(unit_cost >= 0)", "The unit cost of a template can't be negative."
    )
    _check_unit_duration = models.Constraint(
        "CHECK(unit_duration >= 0)", "The duration of a template can't be negative."
    )

    @api.depends("company_id.currency_id")
    def _compute_currency_id(self):
        # a shared template keeps its currency: the cost is converted when an
        # interaction of another company is logged
        for template in self:
            template.currency_id = (
                template.company_id.currency_id
                or template.currency_id
                or self.env.company.currency_id
            )

    def _is_for_company(self, company):
        """Say whether interactions of `company` may be logged with the template."""
        self.ensure_one()
        return not self.company_id or self.company_id in company.sudo().parent_ids

    def write(self, vals):
        if vals.get("unit_cost") and "currency_id" not in vals:
            # a first cost is meant in the currency of the company where it is typed
            shared = self.filtered(lambda template: not template.company_id)
            shared.filtered(
                lambda template: not template.unit_cost
            ).currency_id = self.env.company.currency_id
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for template, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(name)s (copy)", name=template.name)
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        used = (
            self.env["interaction.log.entry"]
            .sudo()  # entries of other companies count too
            .search_fetch([("template_id", "in", self.ids)], ["template_id"], limit=1)
            .template_id
        )
        if used:
            raise UserError(
                self.env._(
                    "Interactions were logged with the template %(template)s. "
                    "Archive it instead.",
                    template=used.display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded(self):
        rules = self.with_context(active_test=False).sudo().rule_ids
        if rules:
            raise UserError(
                self.env._(
                    "The template %(template)s is used by automatic recording: "
                    "%(rules)s. Choose another template there first.",
                    template=rules[0].template_id.display_name,
                    rules=", ".join(rules.mapped("name")),
                )
            )
