from odoo import api, fields, models


class CalendarEventType(models.Model):
    _inherit = "calendar.event.type"

    interaction_template_id = fields.Many2one(
        "interaction.template",
        index="btree_not_null",
        ondelete="restrict",
        domain=[("company_id", "=", False)],
        help="Log meetings with this tag using this template.",
    )

    @api.constrains("interaction_template_id")
    def _check_interaction_template(self):
        self.interaction_template_id._check_shared()
