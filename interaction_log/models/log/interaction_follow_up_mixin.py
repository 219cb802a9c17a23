from odoo import api, fields, models
from odoo.exceptions import UserError


class InteractionFollowUpMixin(models.AbstractModel):
    """The activity that follows an interaction, entered before that is logged."""

    _name = "interaction.follow.up.mixin"
    _description = "Follow-Up of an Interaction"

    follow_up_type_id = fields.Many2one(
        "mail.activity.type",
        string="Follow-Up",
        domain=[("res_model", "in", (False, "interaction.log.entry"))],
        ondelete="set null",
        help="Schedule this activity on the document, or on each contact.",
    )
    follow_up_summary = fields.Char(
        string="What to Do",
        compute="_compute_follow_up",
        store=True,
        readonly=False,
    )
    follow_up_date = fields.Date(
        string="Due",
        compute="_compute_follow_up",
        store=True,
        readonly=False,
    )
    follow_up_user_id = fields.Many2one(
        "res.users",
        string="Assigned To",
        domain=[("share", "=", False)],
        compute="_compute_follow_up",
        store=True,
        readonly=False,
        ondelete="set null",
    )

    @api.depends("follow_up_type_id")
    def _compute_follow_up(self):
        for record in self:
            activity_type = record.follow_up_type_id
            record.follow_up_summary = record._get_follow_up_summary()
            record.follow_up_date = (
                activity_type._get_date_deadline() if activity_type else False
            )
            record.follow_up_user_id = (
                activity_type.default_user_id or self.env.user
                if activity_type
                else False
            )

    def _get_follow_up_summary(self) -> str | bool:
        """Return the proposed summary of the activity; override to propose another."""
        return self.follow_up_type_id.summary

    def _check_follow_up(self):
        """Raise a UserError where the activity can't be planned."""
        if self.follow_up_type_id and not self.follow_up_date:
            raise UserError(self.env._("Set the due date of the follow-up."))

    def _prepare_follow_up_vals(self) -> api.ValuesType:
        """Return the values of the activity that follows; override to say more."""
        return {
            "activity_type_id": self.follow_up_type_id.id,
            "summary": self.follow_up_summary,
            "date_deadline": self.follow_up_date,
            "user_id": self.follow_up_user_id.id,
            "automated": False,
        }
