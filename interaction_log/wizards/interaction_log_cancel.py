from odoo import api, fields, models


class InteractionLogCancel(models.TransientModel):
    """Ask why interactions are canceled."""

    _name = "interaction.log.cancel"
    _description = "Cancel Interactions"

    entry_ids = fields.Many2many("interaction.log.entry", string="Interactions")
    entry_count = fields.Integer(compute="_compute_entry_count")
    reason_id = fields.Many2one(
        "interaction.cancel.reason", required=True, ondelete="cascade"
    )
    note = fields.Text()
    activity_count = fields.Integer(compute="_compute_activity_count")
    with_activities = fields.Boolean(
        string="Delete Their Open Activities",
        default=True,
        help="What was planned after the interactions is not to be done either. "
        "Restoring the interactions does not bring it back.",
    )

    @api.depends("entry_ids")
    def _compute_entry_count(self):
        for wizard in self:
            wizard.entry_count = len(wizard._get_logged_entries())

    @api.depends("entry_ids")
    def _compute_activity_count(self):
        for wizard in self:
            entries = wizard._get_logged_entries()
            wizard.activity_count = len(entries._get_open_activities())

    def _get_logged_entries(self):
        return self.entry_ids.filtered(lambda entry: entry.state == "logged")._origin

    def action_apply(self):
        """Cancel the logged ones among the entries, and what was planned after them."""
        self.ensure_one()
        entries = self.entry_ids._cancel(self.reason_id, self.note)
        if self.with_activities:
            entries._get_open_activities().unlink()
        return {"type": "ir.actions.act_window_close"}
