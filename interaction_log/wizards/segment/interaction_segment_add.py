from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class InteractionSegmentAdd(models.TransientModel):
    """Add contacts that were selected in their list to a segment, or to a new one."""

    _name = "interaction.segment.add"
    _description = "Add to a Segment"
    _inherit = ["interaction.value.mixin"]

    partner_ids = fields.Many2many("res.partner", string="Contacts")
    partner_count = fields.Integer(
        string="Selected Contacts", compute="_compute_partner_count"
    )
    segment_id = fields.Many2one(
        "interaction.segment",
        ondelete="cascade",
        domain=lambda self: self._get_segment_domain(),
    )
    new_name = fields.Char(string="Or New Segment")
    ignore_exclusion = fields.Boolean(
        string="Include Excluded Contacts",
        help="Add contacts even if they are excluded from segments on their form.",
    )

    @api.model
    def default_get(self, fields):
        # EXTENDS base: the contacts that are selected
        vals = super().default_get(fields)
        if (
            "partner_ids" in fields
            and self.env.context.get("active_model") == "res.partner"
        ):
            vals["partner_ids"] = [
                Command.set(self.env.context.get("active_ids") or [])
            ]
        return vals

    @api.model
    def _get_segment_domain(self):
        """Return the domain of the open segments that the user may change."""
        domain = [("state", "=", "draft")]
        if not self.env.user.has_group("interaction_log.group_manager"):
            uid = self.env.uid
            domain += ["|", ("user_id", "=", uid), ("create_uid", "=", uid)]
        return domain

    @api.depends("partner_ids")
    def _compute_partner_count(self):
        for wizard in self:
            wizard.partner_count = len(wizard.partner_ids)

    def action_apply(self):
        """Add the contacts by one step, and open the segment.

        :raises UserError: where neither a segment nor the name of a new one is given
        """
        self.ensure_one()
        name = (self.new_name or "").strip()
        if bool(self.segment_id) == bool(name):
            raise UserError(
                self.env._("Choose a segment or enter the name of a new one.")
            )
        if not self.partner_ids:
            raise UserError(self.env._("Select contacts first."))
        segment = self.segment_id or self.env["interaction.segment"].create(
            {"name": name}
        )
        step = self.env["interaction.segment.step"].create(
            {
                "segment_id": segment.id,
                "operation": "add",
                "partner_ids": [Command.set(self.partner_ids.ids)],
                "ignore_exclusion": self.ignore_exclusion,
            }
        )
        action = step.action_done()
        action["params"]["next"] = segment._get_records_action()
        return action
