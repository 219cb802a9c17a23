from odoo import api, fields, models


class InteractionSegmentRefresh(models.TransientModel):
    """Show who comes and goes when the steps of a segment run on today's data."""

    _name = "interaction.segment.refresh"
    _description = "Refresh Segment"
    _inherit = ["interaction.value.mixin"]

    segment_id = fields.Many2one(
        "interaction.segment", required=True, ondelete="cascade"
    )
    come_count = fields.Integer(string="Contacts to Add", compute="_compute_preview")
    go_count = fields.Integer(string="Contacts to Remove", compute="_compute_preview")
    come_names = fields.Char(string="Names to Add", compute="_compute_preview")
    go_names = fields.Char(string="Names to Remove", compute="_compute_preview")

    @api.depends("segment_id")
    def _compute_preview(self):
        for wizard in self:
            preview = wizard.segment_id._origin._preview_refresh()
            for kind in ("come", "go"):
                count, names = preview[f"{kind}_count"], preview[f"{kind}_names"]
                wizard[f"{kind}_count"] = count
                more = ["…"] if count > len(names) else []
                wizard[f"{kind}_names"] = ", ".join(
                    [name or "?" for name in names] + more
                )

    def action_apply(self):
        """Add and remove them, by a step that *Undo Last Step* undoes."""
        self.ensure_one()
        step = self.env["interaction.segment.step"].create(
            {"segment_id": self.segment_id.id, "operation": "refresh"}
        )
        return step.action_done()
