from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ..base.ui import get_window_action


class ResPartner(models.Model):
    """The segments that a contact is in, and the batches that were logged with it.

    A company's are also those of its people, as its interactions are.
    """

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited # room segment adds to log

    interaction_segment_excluded = fields.Boolean(
        string="Exclude from Segments",
        help="Do not add this contact to segments.",
    )
    interaction_segment_line_ids = fields.One2many(
        "interaction.segment.line",
        "partner_id",
        string="Lines of Segments",
        domain=[("is_removed", "=", False)],
        groups="interaction_log.group_user_own",
    )
    interaction_segment_count = fields.Integer(
        string="Segments",
        compute="_compute_interaction_segment_count",
        groups="interaction_log.group_user_own",
        help="Segments with this contact. The segments of a company include those of "
        "its contacts.",
    )
    interaction_batch_count = fields.Integer(
        string="Batches",
        compute="_compute_interaction_batch_count",
        groups="interaction_log.group_user_own",
        help="Batches with interactions with this contact. The batches of a company "
        "include those of its contacts. Drafts and canceled interactions are "
        "not counted.",
    )

    @api.depends("interaction_segment_line_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_interaction_segment_count(self):
        rows = self.env["interaction.segment.line"]._read_group(
            self._get_segment_line_domain() & Domain("segment_id.active", "=", True),
            ["partner_id"],
            ["segment_id:array_agg_distinct"],
        )
        segments = defaultdict(set)
        for partner, segment_ids in rows:
            for owner_id in (partner.id, partner.commercial_partner_id.id):
                segments[owner_id].update(segment_ids)
        for partner in self:
            partner.interaction_segment_count = len(segments[partner._origin.id])

    @api.depends("interaction_ids.state", "commercial_interaction_ids.state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_interaction_batch_count(self):
        rows = self.env["interaction.log.entry"]._read_group(
            self._get_batched_domain(),
            ["partner_id", "commercial_partner_id"],
            ["batch_id:array_agg_distinct"],
        )
        batches = defaultdict(set)
        Batch = self.env["interaction.batch"]
        sees_all = self.env.user.has_group("interaction_log.group_user")
        for partner, commercial, batch_ids in rows:
            found = Batch.browse(batch_ids)
            if not sees_all:  # an own interaction may be in a colleague's batch
                found = found._filtered_access("read")
            for owner_id in (partner.id, commercial.id):
                batches[owner_id].update(found._ids)
        for partner in self:
            partner.interaction_batch_count = len(batches[partner._origin.id])

    def _get_segment_line_domain(self):
        """Return the domain of the lines that the contacts are in segments by."""
        return Domain("is_removed", "=", False) & (
            Domain("partner_id", "in", self.ids)
            | Domain("partner_id.commercial_partner_id", "in", self.ids)
        )

    def _get_batched_domain(self):
        """Return the domain of the interactions that were logged together."""
        return (
            self.env["interaction.log.entry"]._get_counted_domain()
            & self._get_interaction_domain()
            & Domain("batch_id", "!=", False)
        )

    def action_view_segments(self):
        """Open the segments that the contacts are in."""
        return get_window_action(
            self.env,
            "interaction_segment_action",
            domain=[("line_ids", "any", list(self._get_segment_line_domain()))],
        )

    def action_view_interaction_batches(self):
        """Open the batches that were logged with the contacts."""
        return get_window_action(
            self.env,
            "interaction_batch_action",
            domain=[("entry_ids", "any", list(self._get_batched_domain()))],
        )
