from odoo import fields, models


class ResUsers(models.Model):
    """A salesperson, with the totals of the interactions that are the user's own."""

    _name = "res.users"
    _inherit = ["res.users", "interaction.owner.mixin"]

    # the fields of these names on the contact of the user are about the interactions
    # with the user, these about those of the user
    interaction_ids = fields.One2many(
        "interaction.log.entry",
        "user_id",
        groups="interaction_log.group_user",
    )
