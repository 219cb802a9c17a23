from odoo import api, fields, models
from odoo.fields import Domain


class UtmCampaign(models.Model):
    """A campaign with what it took and what came of it."""

    _name = "utm.campaign"
    _inherit = ["utm.campaign", "interaction.owner.mixin"]
    _interaction_totals = (
        "interaction_count",
        "interaction_cost",
        "interaction_duration",
        "interaction_target_count",
        "interaction_response_count",
    )
    _interaction_flags = ("campaign_target", "campaign_response")

    interaction_ids = fields.One2many(
        "interaction.log.entry",
        "campaign_id",
        groups="interaction_log.group_user_own",
    )
    interaction_target_count = fields.Integer(
        string="Targets Contacted",
        compute="_compute_interaction_totals",
        groups="interaction_log.group_user_own",
        help="Interactions whose contact was a target of the campaign.",
    )
    interaction_response_count = fields.Integer(
        string="Responses",
        compute="_compute_interaction_totals",
        groups="interaction_log.group_user_own",
        help="Interactions in which the contact responded to the campaign.",
    )
    interaction_response_rate = fields.Float(
        string="Response Rate",
        compute="_compute_interaction_responses",
        groups="interaction_log.group_user_own",
        help="Responses divided by contacted targets. Can exceed 100% if contacts "
        "responded more than once.",
    )
    interaction_response_cost = fields.Monetary(
        string="Cost per Response",
        compute="_compute_interaction_responses",
        currency_field="interaction_currency_id",
        groups="interaction_log.group_user_own",
        help="Cost of all interactions of the campaign divided by the number of "
        "responses.",
    )
    interaction_response_duration = fields.Float(
        string="Time per Response",
        compute="_compute_interaction_responses",
        groups="interaction_log.group_user_own",
        help="Duration of all interactions of the campaign divided by the number of "
        "responses, in hours.",
    )

    @api.depends(
        "interaction_cost",
        "interaction_duration",
        "interaction_target_count",
        "interaction_response_count",
    )
    def _compute_interaction_responses(self):
        for campaign in self:
            targets = campaign.interaction_target_count
            responses = campaign.interaction_response_count
            campaign.interaction_response_rate = targets and responses / targets
            campaign.interaction_response_cost = (
                responses and campaign.interaction_cost / responses
            )
            campaign.interaction_response_duration = (
                responses and campaign.interaction_duration / responses
            )

    def action_view_interaction_targets(self):
        """Open the interactions whose contact was a target of the campaigns."""
        return self._get_interaction_action(
            "interaction_log.interaction_log_entry_action",
            Domain("campaign_target", "=", True),
        )

    def action_view_interaction_responses(self):
        """Open the interactions in which contacts responded to the campaigns."""
        return self._get_interaction_action(
            "interaction_log.interaction_log_entry_action",
            Domain("campaign_response", "=", True),
        )
