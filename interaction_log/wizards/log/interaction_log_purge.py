from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...models.base import interaction_operation_mixin
from ...models.base.ui import SOFT_RELOAD, get_notification_action, get_window_action
from ...models.log.interaction_log_entry_purge import SLICE

# What was canceled within this time may be a mistake that somebody is about to restore
RECENT = timedelta(days=1)


class InteractionLogPurge(models.TransientModel):
    """Delete canceled interaction log entries, those that the filters say.

    Every filter that is left empty lets all pass. What was canceled in the last day is
    left out, unless the user says otherwise. The dialog asks twice, with the number.
    Many are deleted in the background, and the dialog shows how far it is.
    """

    _name = "interaction.log.purge"
    _description = "Delete Canceled Interaction Log Entries"
    _inherit = ["interaction.value.mixin", "interaction.operation.mixin"]

    operation = fields.Selection(selection_add=[("delete", "Being Deleted")])
    entry_ids = fields.Many2many("interaction.log.entry", string="Selected Entries")
    is_selection = fields.Boolean(
        default=lambda self: bool(self.env.context.get("default_entry_ids"))
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Contacts",
        help="Includes the contacts of a company.",
    )
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="To", help="Including this day.")
    template_ids = fields.Many2many(
        "interaction.template", string="Templates", context={"active_test": False}
    )
    group_ids = fields.Many2many(
        "interaction.group", string="Groups", context={"active_test": False}
    )
    user_ids = fields.Many2many("res.users", string="Salespersons")
    campaign_ids = fields.Many2many("utm.campaign", string="Campaigns")
    with_recent = fields.Boolean(
        string="Also Recently Canceled",
        help="Also delete interactions canceled in the last 24 hours.",
    )
    entry_count = fields.Integer(compute="_compute_entry_count")
    recent_count = fields.Integer(compute="_compute_entry_count")
    # how many the user was asked about
    asked_count = fields.Integer(readonly=True)
    deleted_count = fields.Integer(readonly=True)

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for wizard in self:
            if (
                wizard.date_from
                and wizard.date_to
                and wizard.date_to < wizard.date_from
            ):
                raise ValidationError(
                    self.env._("The end date is before the start date.")
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
        "with_recent",
    )
    def _compute_entry_count(self):
        Entry = self.env["interaction.log.entry"]
        for wizard in self:
            domain = wizard._get_filter_domain()
            recent = wizard._get_recent_domain()
            wizard.recent_count = Entry.search_count(domain & recent)
            wizard.entry_count = Entry.search_count(wizard._get_domain())

    def _get_recent_domain(self):
        return Domain("cancel_date", ">=", self._get_moment() - RECENT)

    def _get_moment(self):
        """Return when the user said what to delete."""
        if self.operation:
            return fields.Datetime.to_datetime(self.operation_vals["date"])
        return fields.Datetime.now()

    def _get_domain(self):
        """Return the domain of the canceled entries that are to be deleted."""
        domain = self._get_filter_domain()
        if self.operation:
            # the user was not asked about what was canceled since
            domain &= Domain("cancel_date", "<=", self._get_moment())
        return domain if self.with_recent else domain & ~self._get_recent_domain()

    def _get_filter_domain(self):
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

    def action_view_entries(self):
        """Open the list of the entries that would be deleted."""
        self.ensure_one()
        return get_window_action(
            self.env,
            "interaction_log_entry_action",
            domain=list(self._get_domain()),
            context={},  # the log starts with those that count: none of these
        )

    def action_ask(self):
        """Ask once more, with the number of the entries.

        :return: the action that shows the question
        """
        self.ensure_one()
        self.asked_count = self.env["interaction.log.entry"].search_count(
            self._get_domain()
        )
        return self._get_dialog_action()

    def action_back(self):
        """Show the filters again."""
        self.ensure_one()
        self.asked_count = 0
        return self._get_dialog_action()

    def _get_dialog_action(self):
        return get_window_action(
            self.env, "interaction_log_purge_action", res_id=self.id
        )

    def action_delete(self):
        """Delete the entries for good, and say how many they were.

        Many are deleted in the background: then the dialog stays, and shows it.

        :raises UserError: where no canceled entry passes the filters, or not as many
            as the user was asked about
        """
        self.ensure_one()
        Entry, domain = self.env["interaction.log.entry"], self._get_domain()
        count = Entry.search_count(domain)
        if self.asked_count and self.asked_count != count:
            raise UserError(
                self.env._(
                    "The matching entries have changed in the meantime. Go back and "
                    "review them."
                )
            )
        if not count:
            raise UserError(
                self.env._("No matching canceled interactions. Nothing was deleted.")
            )
        if count > interaction_operation_mixin.FOREGROUND_LIMIT:
            return self._delete_in_background(domain)
        Entry._purge(domain)
        return get_notification_action(
            self._get_deleted_message(count), next=SOFT_RELOAD
        )

    def _delete_in_background(self, domain):
        Entry = self.env["interaction.log.entry"]
        groups = Entry._read_group(Entry._check_purge(domain), ["batch_id"])
        # two workers who share a batch both see entries of it to the last
        batch_ids = [batch.id for (batch,) in groups if batch]
        self._begin_operation("delete", {"batch_ids": batch_ids})
        self._run_in_background()
        return self._get_dialog_action()

    def _get_deleted_message(self, count):
        return self.env._(
            "Canceled interaction log entries deleted: %(count)s", count=count
        )

    # ------------------------------------------------------------------
    # In the background
    # ------------------------------------------------------------------

    def _is_operation_shared(self):
        return True

    def _count_operation(self, operation=None):
        purge = self._with_operation_user()
        Entry = purge._get_entries()
        if not Entry.has_access("read"):
            return self.operation_total  # the next slice tells it
        return Entry.search_count(purge._get_domain())

    def _get_entries(self):
        """Return the log as who deletes sees it: others have the rest."""
        return self.env["interaction.log.entry"].sudo(False)

    def _run_slice(self):
        purge = self._with_operation_user()
        Entry = purge._get_entries()
        Entry.check_access("unlink")  # who has lost the right meanwhile is told so
        entries, is_last = Entry._lock_slice(purge._get_domain(), SLICE)
        if entries:
            entries.sudo()._delete_set()
        if is_last:
            purge._end_operation()
        return len(entries)

    def _end_operation(self, problem=False):
        vals, total = self.operation_vals, self.operation_total
        super()._end_operation(problem)
        if self.operation:
            return  # another worker ends it
        self.deleted_count = total
        self.env["interaction.batch"].browse(vals["batch_ids"])._delete_empty()
        self.env.user._bus_send(
            "simple_notification",
            {"type": "success", "message": self._get_deleted_message(total)},
        )
