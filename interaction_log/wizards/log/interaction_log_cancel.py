from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...models.base.ui import get_announcement_action


class InteractionLogCancel(models.TransientModel):
    """Ask why interactions are canceled, or whole batches of them.

    A batch may be large: its entries are counted, not read.
    """

    _name = "interaction.log.cancel"
    _description = "Cancel Interactions"
    _inherit = ["interaction.value.mixin"]

    entry_ids = fields.Many2many("interaction.log.entry", string="Interactions")
    batch_ids = fields.Many2many("interaction.batch")
    entry_count = fields.Integer(compute="_compute_entry_count")
    reason_id = fields.Many2one(
        "interaction.cancel.reason",
        required=True,
        domain="[('id', 'in', offered_reason_ids)]",
        ondelete="cascade",
    )
    offered_reason_ids = fields.Many2many(
        "interaction.cancel.reason", compute="_compute_offered_reason_ids"
    )
    note = fields.Text()
    activity_count = fields.Integer(compute="_compute_activity_count")
    with_activities = fields.Boolean(
        string="Delete Open Activities",
        default=True,
        help="Delete the open activities planned after the interactions. Restoring "
        "the interactions does not restore them.",
    )

    @api.depends("entry_ids", "batch_ids")
    def _compute_entry_count(self):
        Entry = self.env["interaction.log.entry"]
        for wizard in self:
            wizard.entry_count = Entry.search_count(wizard._get_logged_domain())

    @api.depends("entry_ids", "batch_ids")
    def _compute_offered_reason_ids(self):
        for wizard in self:
            wizard.offered_reason_ids = wizard.reason_id._get_offered(
                self.env["interaction.log.entry"]._read_group(
                    wizard._get_logged_domain(), ["channel", "flow", "event"]
                )
            )

    @api.depends("entry_ids", "batch_ids")
    def _compute_activity_count(self):
        Entry = self.env["interaction.log.entry"]
        for wizard in self:
            logged = Entry._search(wizard._get_logged_domain())
            wizard.activity_count = self.env["mail.activity"].search_count(
                Entry._get_activity_domain(SQL("(%s)", logged.select()))
            )

    def _get_logged_domain(self):
        """Return the domain of the entries that can be canceled."""
        return Domain("state", "=", "logged") & (
            Domain("id", "in", self.entry_ids._origin.ids)
            | Domain("batch_id", "in", self.batch_ids._origin.ids)
        )

    def action_apply(self):
        """Cancel the logged ones among the entries, and what was planned after them.

        Of batches, those are left as they are in which nothing is logged any more.

        :return: the action that tells it, with *Undo*
        :raises UserError: where the reason is one that the system sets
        """
        self.ensure_one()
        if self.reason_id.kind == "corrected":
            raise UserError(
                self.env._(
                    "This reason is set automatically when an interaction is "
                    "corrected. Choose another reason, or open the interaction to "
                    "correct it."
                )
            )
        if self.batch_ids:
            batches = self.batch_ids.filtered("entry_count") or self.batch_ids
            return batches._cancel(self.reason_id, self.note, self.with_activities)
        entries = self.entry_ids._cancel(self.reason_id, self.note)
        if self.with_activities:
            activities = entries._get_open_activities()
            activities._filtered_access("unlink").unlink()
        return get_announcement_action(
            entries._get_canceled_message(len(entries)),
            entry_ids=entries.ids,
            undo_method="action_restore",
            undone=entries._get_restored_message(len(entries)),
        )
