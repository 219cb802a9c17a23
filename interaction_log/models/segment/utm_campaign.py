from odoo import api, fields, models

from ..base.ui import get_window_action


class UtmCampaign(models.Model):
    """The segments that are logged for a campaign."""

    _inherit = "utm.campaign"

    interaction_segment_ids = fields.One2many(
        "interaction.segment",
        "campaign_id",
        string="Segments",
        groups="interaction_log.group_user_own",
    )
    interaction_segment_count = fields.Integer(
        string="Number of Segments",
        compute="_compute_interaction_segment_count",
        groups="interaction_log.group_user_own",
    )

    @api.depends("interaction_segment_ids.active")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_interaction_segment_count(self):
        counts = dict(
            self.env["interaction.segment"]._read_group(
                [("campaign_id", "in", self.ids)], ["campaign_id"], ["__count"]
            )
        )
        for campaign in self:
            campaign.interaction_segment_count = counts.get(campaign._origin, 0)

    def action_view_interaction_segments(self):
        """Open the segments of the campaigns; a new one is of this campaign."""
        return get_window_action(
            self.env,
            "interaction_segment_action",
            domain=[("campaign_id", "in", self.ids)],
            context={"default_campaign_id": self.id} if len(self) == 1 else {},
        )
