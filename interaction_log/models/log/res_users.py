from odoo import fields, models


class ResUsers(models.Model):
    """A salesperson, with the totals of the interactions that are the user's own.

    `interaction_ids`, `interaction_count` and so on are those of the user's contact, as
    all fields that a user has from there: the interactions with the user.
    """

    _name = "res.users"
    _inherit = ["res.users", "interaction.totals.mixin"]
    _interaction_field = "salesperson_interaction_ids"
    _interaction_totals = (
        "salesperson_interaction_count",
        "salesperson_interaction_cost",
        "salesperson_interaction_duration",
    )

    salesperson_interaction_ids = fields.One2many(
        "interaction.log.entry",
        "user_id",
        groups="interaction_log.group_user_own",
    )
    salesperson_interaction_count = fields.Integer(
        string="Interactions as Salesperson",
        compute="_compute_interaction_totals",
        groups="interaction_log.group_user_own",
        help="Canceled ones and drafts don't count.",
    )
    salesperson_interaction_cost = fields.Monetary(
        string="Cost of Interactions as Salesperson",
        compute="_compute_interaction_totals",
        currency_field="interaction_currency_id",
        groups="interaction_log.group_user_own",
    )
    salesperson_interaction_duration = fields.Float(
        string="Duration of Interactions as Salesperson",
        compute="_compute_interaction_totals",
        groups="interaction_log.group_user_own",
        help="Duration in hours.",
    )
