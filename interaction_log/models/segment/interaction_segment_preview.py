from odoo import models
from odoo.exceptions import UserError


class InteractionSegment(models.Model):
    """Looking at what the contacts of a segment get, before it is logged."""

    _inherit = "interaction.segment"

    def action_preview(self):
        """Show what the first contact of the segment gets.

        :raises UserError: where there is none, or no template
        """
        self.ensure_one()
        line = self.env["interaction.segment.line"].search(
            [("segment_id", "=", self.id), ("is_removed", "=", False)],
            order="id",
            limit=1,
        )
        if not line:
            raise UserError(
                self.env._(
                    "There is nobody in %(name)s. Add contacts first.", name=self.name
                )
            )
        return line.action_preview()


class InteractionSegmentLine(models.Model):
    _inherit = "interaction.segment.line"

    def action_preview(self):
        """Show what the contact gets.

        :raises UserError: where no template is chosen
        """
        self.ensure_one()
        template = self.template_id or self.segment_id.template_id
        if not template:
            raise UserError(
                self.env._(
                    "Choose the template of %(name)s first.", name=self.segment_id.name
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "interaction_log.interaction_template_preview_action"
        )
        action["context"] = {
            "default_line_id": self.id,
            "default_template_id": template.id,
        }
        return action
