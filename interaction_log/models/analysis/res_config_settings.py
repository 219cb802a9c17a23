from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """What interactions cost, and which hours count for answers."""

    _inherit = "res.config.settings"  # pylint: disable=consider-merging-classes-inherited # the room analysis

    interaction_hourly_rate = fields.Monetary(
        related="company_id.interaction_hourly_rate",
        readonly=False,
        currency_field="interaction_currency_id",
    )
    interaction_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the Hourly Rate"
    )
    interaction_calendar_id = fields.Many2one(
        related="company_id.resource_calendar_id",
        string="Working Hours of Answers",
        readonly=False,
    )
    interaction_has_schedule = fields.Boolean(
        string="Has a Working Schedule", compute="_compute_interaction_has_schedule"
    )

    @api.depends("interaction_calendar_id")
    def _compute_interaction_has_schedule(self):
        for settings in self:
            settings.interaction_has_schedule = (
                settings.interaction_calendar_id._has_hours()
            )
