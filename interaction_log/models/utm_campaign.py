from odoo import fields, models
from odoo.fields import Domain


class UtmCampaign(models.Model):
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
        groups="interaction_log.group_user",
    )
    interaction_target_count = fields.Integer(
        string="Targets Contacted",
        compute="_compute_interaction_totals",
        groups="interaction_log.group_user",
        help="Interactions whose contact was a target of the campaign.",
    )
    interaction_response_count = fields.Integer(
        string="Responses",
        compute="_compute_interaction_totals",
        groups="interaction_log.group_user",
        help="Interactions in which the contact responded to the campaign.",
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
