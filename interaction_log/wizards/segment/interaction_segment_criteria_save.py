from odoo import fields, models

from ...models.base.ui import get_notification_action


class InteractionSegmentCriteriaSave(models.TransientModel):
    """Ask for the name under which the steps of a segment are saved."""

    _name = "interaction.segment.criteria.save"
    _description = "Save Segment Criteria"
    _inherit = ["interaction.value.mixin"]

    segment_id = fields.Many2one(
        "interaction.segment", required=True, ondelete="cascade"
    )
    name = fields.Char(required=True)

    def action_save(self):
        """Save the steps, and say so.

        :raises psycopg2.errors.UniqueViolation: where the name is taken; Odoo says so
        """
        self.ensure_one()
        criteria = self.env["interaction.segment.criteria"].create(
            {"name": self.name, "company_id": self.segment_id.company_id.id}
        )
        self.env["interaction.segment.step"].create(
            [
                {**step._copy_conditions(), "criteria_id": criteria.id}
                for step in self.segment_id._get_replayed_steps()
            ]
        )
        return get_notification_action(
            self.env._("The steps were saved as %(name)s.", name=criteria.name),
            next={"type": "ir.actions.act_window_close"},
        )
