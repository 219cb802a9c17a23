from odoo import api, fields, models
from odoo.exceptions import ValidationError

MAX_DAYS = 3650


class ResCompany(models.Model):
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited # room overview adds to base

    interaction_silent_days = fields.Integer(
        string="Silent After",
        default=90,
        required=True,
        help="The overview lists contacts without an interaction for this many days, "
        "and messages of these days that were not answered.",
    )

    @api.constrains("interaction_silent_days")
    def _check_interaction_silent_days(self):
        for company in self:
            if not 1 <= company.interaction_silent_days <= MAX_DAYS:
                raise ValidationError(
                    self.env._(
                        "Contacts are silent after 1 to %(count)s days.", count=MAX_DAYS
                    )
                )
