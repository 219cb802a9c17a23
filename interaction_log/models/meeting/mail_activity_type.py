from odoo import api, fields, models


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    interaction_template_id = fields.Many2one(
        "interaction.template",
        index="btree_not_null",
        ondelete="restrict",
        domain=[("company_id", "=", False)],
        help="Log an interaction with this template when an activity of this type is "
        "marked as done, with the contact of the document and the feedback as "
        "note.",
    )

    @api.constrains("interaction_template_id")
    def _check_interaction_template(self):
        self.interaction_template_id._check_shared()
