from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"  # pylint: disable=consider-merging-classes-inherited # room overview adds to email

    interaction_silent_days = fields.Integer(
        related="company_id.interaction_silent_days", readonly=False
    )
