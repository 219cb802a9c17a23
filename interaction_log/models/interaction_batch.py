from collections import defaultdict

from odoo import api, fields, models

from .selections import EVENTS

# How many entries the form of a batch has; a segment has many more
BATCH_PREVIEW = 80


class InteractionBatch(models.Model):
    """Interactions that were logged together, such as a meeting with five people.

    Each contact has an entry of its own; the batch says that they are one.
    """

    _name = "interaction.batch"
    _description = "Interaction Batch"
    _order = "id desc"

    name = fields.Char(required=True)
    event = fields.Selection(
        EVENTS, string="Recorded As", required=True, default="manual"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    duration = fields.Float(
        help="How long it took in all, in hours. Empty where nobody said it."
    )
    entry_ids = fields.One2many("interaction.log.entry", "batch_id")
    entry_count = fields.Integer(
        string="Interactions",
        compute="_compute_entries",
        help="Canceled and postponed ones don't count.",
    )
    state = fields.Selection(
        [
            ("logged", "Logged"),
            ("partly", "Partly Canceled"),
            ("canceled", "Canceled"),
        ],
        compute="_compute_entries",
    )
    latest_entry_ids = fields.Many2many(
        "interaction.log.entry",
        string="Newest Interactions",
        compute="_compute_latest_entry_ids",
    )
    has_more = fields.Boolean(compute="_compute_latest_entry_ids")

    @api.depends("entry_ids.state")
    def _compute_entries(self):
        counts = defaultdict(dict)
        for batch, state, count in self.env["interaction.log.entry"]._read_group(
            [("batch_id", "in", self.ids)], ["batch_id", "state"], ["__count"]
        ):
            counts[batch.id][state] = count
        for batch in self:
            by_state = counts[batch._origin.id]
            batch.entry_count = by_state.get("logged", 0)
            if "canceled" not in by_state:
                batch.state = "logged"
            else:
                batch.state = "partly" if len(by_state) > 1 else "canceled"

    @api.depends("entry_ids.state")
    def _compute_latest_entry_ids(self):
        latest = self.env["interaction.log.entry"]._get_latest(
            [], ["batch_id"], self.ids, BATCH_PREVIEW + 1
        )
        for batch in self:
            entries = latest[batch._origin.id]
            batch.latest_entry_ids = entries[:BATCH_PREVIEW]
            batch.has_more = len(entries) > BATCH_PREVIEW

    def action_cancel(self):
        """Open the dialog that asks why the batches are canceled."""
        return self.entry_ids.action_cancel()

    def action_view_interactions(self):
        """Open the interactions of the batches."""
        return self.env["interaction.log.entry"]._get_action(
            [("batch_id", "in", self.ids)]
        )
