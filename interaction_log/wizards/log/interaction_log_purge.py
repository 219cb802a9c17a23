from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...models.base.ui import SOFT_RELOAD, get_notification_action


class InteractionLogPurge(models.TransientModel):
    """Delete canceled interaction log entries, those that the filters say.

    Every filter that is left empty lets all pass.
    """

    _name = "interaction.log.purge"
    _description = "Delete Canceled Interaction Log Entries"
    _inherit = ["interaction.value.mixin"]

    entry_ids = fields.Many2many("interaction.log.entry", string="Selected Entries")
    is_selection = fields.Boolean(
        default=lambda self: bool(self.env.context.get("default_entry_ids"))
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Contacts",
        help="A company stands for its people, too.",
    )
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="To", help="This day is included.")
    template_ids = fields.Many2many(
        "interaction.template", string="Templates", context={"active_test": False}
    )
    group_ids = fields.Many2many(
        "interaction.group", string="Groups", context={"active_test": False}
    )
    user_ids = fields.Many2many("res.users", string="Salespersons")
    campaign_ids = fields.Many2many("utm.campaign", string="Campaigns")
    entry_count = fields.Integer(compute="_compute_entry_count")

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for wizard in self:
            if (
                wizard.date_from
                and wizard.date_to
                and wizard.date_to < wizard.date_from
            ):
                raise ValidationError(
                    self.env._("The last day is before the first day.")
                )

    @api.depends(
        "entry_ids",
        "is_selection",
        "partner_ids",
        "date_from",
        "date_to",
        "template_ids",
        "group_ids",
        "user_ids",
        "campaign_ids",
    )
    def _compute_entry_count(self):
        for wizard in self:
            wizard.entry_count = self.env["interaction.log.entry"].search_count(
                wizard._get_domain()
            )

    def _get_domain(self):
        """Return the domain of the canceled entries that the filters let pass."""
        domain = Domain("state", "=", "canceled")
        if self.is_selection or self.entry_ids:
            # also when nothing is left of the selection
            domain &= Domain("id", "in", self.entry_ids._origin.ids)
        if self.partner_ids:
            domain &= self.partner_ids._origin._get_interaction_domain()
        if self.date_from:
            domain &= Domain("date", ">=", self.date_from)
        if self.date_to:
            day_after = self.date_to + timedelta(days=1)
            domain &= Domain("date", "<", day_after)
        for fname, records in (
            ("template_id", self.template_ids),
            ("group_id", self.group_ids),
            ("user_id", self.user_ids),
            ("campaign_id", self.campaign_ids),
        ):
            if records:
                domain &= Domain(fname, "in", records._origin.ids)
        return domain

    def action_delete(self):
        """Delete the entries for good, and say how many they were.

        :raises UserError: where no canceled entry passes the filters
        """
        self.ensure_one()
        count = self.env["interaction.log.entry"]._purge(self._get_domain())
        if not count:
            raise UserError(
                self.env._("No canceled interaction matches: nothing was deleted.")
            )
        return get_notification_action(
            self.env._(
                "Canceled interaction log entries deleted: %(count)s", count=count
            ),
            next=SOFT_RELOAD,
        )
