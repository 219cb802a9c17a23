from odoo import api, fields, models

from ...models.segment.interaction_segment_line_left_out import CHOOSABLE


class InteractionSegmentLog(models.TransientModel):
    """Ask how a segment is logged, and say first what will come of it."""

    _name = "interaction.segment.log"
    _description = "Log a Segment"
    _inherit = ["interaction.value.mixin"]

    segment_id = fields.Many2one(
        "interaction.segment", required=True, ondelete="cascade", readonly=True
    )
    template_id = fields.Many2one(related="segment_id.template_id")
    date = fields.Datetime(
        string="When",
        required=True,
        default=fields.Datetime.now,
        help="Date of the interactions, not of the log entries.",
    )
    deliver = fields.Boolean(
        help="Send the e-mails through the mail queue and generate the letters. "
        "Otherwise, the interactions are only recorded.",
    )
    follow_up = fields.Boolean(
        string="Create a Follow-up Segment",
        help="Create a new segment with the logged contacts.",
    )
    with_archived = fields.Boolean(string="Archived Contacts")
    with_internal = fields.Boolean(string="Internal Contacts")
    with_excluded = fields.Boolean(string="Contacts Excluded from Segments")
    with_blacklisted = fields.Boolean(string="Blacklisted Contacts")
    with_no_address = fields.Boolean(string="Contacts Without an Address")
    archived_count = fields.Integer(compute="_compute_counts")
    internal_count = fields.Integer(compute="_compute_counts")
    excluded_count = fields.Integer(compute="_compute_counts")
    blacklisted_count = fields.Integer(compute="_compute_counts")
    no_address_count = fields.Integer(compute="_compute_counts")
    logged_count = fields.Integer(string="Will Be Logged", compute="_compute_counts")
    left_out = fields.Char(string="Will Be Left Out", compute="_compute_counts")
    problem = fields.Char(compute="_compute_counts")

    @api.depends(
        "segment_id",
        "date",
        "deliver",
        "with_archived",
        "with_internal",
        "with_excluded",
        "with_blacklisted",
        "with_no_address",
    )
    def _compute_counts(self):
        for wizard in self:
            segment, chosen = wizard.segment_id, wizard._get_chosen()
            everyone = segment._count_reasons(deliver=wizard.deliver)
            for name in CHOOSABLE:
                wizard[f"{name}_count"] = everyone.get(name, 0)
            reasons = everyone
            if chosen:
                reasons = segment._count_reasons(chosen, wizard.deliver)
            wizard.logged_count = reasons.get(None, 0)
            wizard.left_out = segment._get_reasons_text(reasons)
            wizard.problem = segment._get_log_problem(
                reasons, wizard.date or fields.Datetime.now(), wizard.deliver
            )

    def _get_chosen(self):
        """Return which of those that would be left out are logged all the same."""
        return [name for name in CHOOSABLE if self[f"with_{name}"]]

    def action_apply(self):
        """Log the segment; see `_start_log` of the segment."""
        self.ensure_one()
        return self.segment_id._start_log(
            self.date, self.deliver, self.follow_up, self._get_chosen()
        )
