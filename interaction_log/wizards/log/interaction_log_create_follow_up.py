from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context


class InteractionLogCreate(models.TransientModel):
    """Plan what follows, together with logging: an activity on the new entry."""

    _inherit = "interaction.log.create"

    try_again = fields.Boolean(
        string="Schedule Another Try", help="Plan a call that follows."
    )
    follow_up_type_id = fields.Many2one(
        "mail.activity.type",
        string="Follow-Up",
        domain=[("res_model", "in", (False, "interaction.log.entry"))],
        compute="_compute_follow_up_type_id",
        store=True,
        readonly=False,
        ondelete="cascade",
        help="Schedule this activity on the interaction: on each one, where there are "
        "several contacts.",
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
        ondelete="cascade",
    )

    @api.depends("try_again")
    def _compute_follow_up_type_id(self):
        call_type = self.env["mail.activity.type"].search(
            [("category", "=", "phonecall")], limit=1
        )
        for wizard in self:
            wizard.follow_up_type_id = wizard.try_again and call_type

    @api.depends("follow_up_type_id")
    def _compute_follow_up(self):
        for wizard in self:
            activity_type = wizard.follow_up_type_id
            wizard.follow_up_summary = (
                self.env._("Try again: %(name)s", name=wizard.name or "")
                if wizard.try_again
                else activity_type.summary
            )
            wizard.follow_up_date = (
                activity_type._get_date_deadline() if activity_type else False
            )
            wizard.follow_up_user_id = (
                activity_type.default_user_id or self.env.user
                if activity_type
                else False
            )

    def _log(self, state="logged"):
        # EXTENDS: then plan what follows. What is postponed is planned when finished.
        if self.follow_up_type_id and not self.follow_up_date:
            raise UserError(self.env._("Say when the follow-up is due."))
        entries = super()._log(state)
        if self.follow_up_type_id and state == "logged":
            # the defaults of the dialog are none of the activity
            entries.with_context(clean_context(self.env.context)).activity_schedule(
                **self._prepare_follow_up_vals()
            )
        return entries

    def _prepare_postponed_vals(self):
        # EXTENDS
        return {
            **super()._prepare_postponed_vals(),
            "try_again": self.try_again,
            "follow_up_type_id": self.follow_up_type_id.id,
            "follow_up_summary": self.follow_up_summary,
            "follow_up_date": fields.Date.to_string(self.follow_up_date),
            "follow_up_user_id": self.follow_up_user_id.id,
        }

    def _prepare_follow_up_vals(self):
        """Return the values of the activity that follows; override to say more."""
        return {
            "activity_type_id": self.follow_up_type_id.id,
            "summary": self.follow_up_summary,
            "date_deadline": self.follow_up_date,
            "user_id": self.follow_up_user_id.id,
            "automated": False,
        }
