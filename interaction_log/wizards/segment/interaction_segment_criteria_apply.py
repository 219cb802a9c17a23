from odoo import fields, models


class InteractionSegmentCriteriaApply(models.TransientModel):
    """Ask which saved criteria are run on a segment."""

    _name = "interaction.segment.criteria.apply"
    _description = "Apply Segment Criteria"
    _inherit = ["interaction.value.mixin"]

    segment_id = fields.Many2one(
        "interaction.segment", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="segment_id.company_id")
    line_count = fields.Integer(related="segment_id.line_count")
    criteria_id = fields.Many2one(
        "interaction.segment.criteria",
        required=True,
        ondelete="cascade",
        domain="[('company_id', '=', company_id)]",
    )
    step_ids = fields.One2many(related="criteria_id.step_ids")

    def action_apply(self):
        """Run the steps, and say how many came and went by each."""
        self.ensure_one()
        return self.criteria_id._apply(self.segment_id).action_done()
