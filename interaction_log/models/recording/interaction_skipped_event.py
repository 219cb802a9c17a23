from odoo import api, fields, models
from odoo.fields import NO_ACCESS

from ..base.constants import EVENTS

KEEP_DAYS = 90
GC_LIMIT = 10_000


class InteractionSkippedEvent(models.Model):
    """An event that a rule wanted to record but could not, with the reason."""

    _name = "interaction.skipped.event"
    _description = "Skipped Event"
    _inherit = ["interaction.document.link.mixin"]
    _order = "date desc, id desc"
    _rec_name = "document_name"

    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    event = fields.Selection(EVENTS, required=True)
    reason = fields.Text(required=True)
    rule_id = fields.Many2one(
        "interaction.rule", index="btree_not_null", ondelete="set null"
    )
    report_id = fields.Many2one(
        "ir.actions.report", index="btree_not_null", ondelete="set null"
    )
    user_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.uid,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one("res.company", index=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        index="btree_not_null",
        ondelete="set null",
    )
    state = fields.Selection(
        [("todo", "To Do"), ("logged", "Logged"), ("dismissed", "Dismissed")],
        string="Status",
        required=True,
        default="todo",
        index=True,
    )
    entry_id = fields.Many2one(
        "interaction.log.entry",
        string="Interaction",
        index="btree_not_null",
        ondelete="set null",
        help="What was logged of it after all.",
    )
    # What it takes to log it later: the key of the happening, and what was said of the
    # entry then. What an edge decides without a rule has a source key of its own.
    source = fields.Char(groups=NO_ACCESS)
    source_key = fields.Char(groups=NO_ACCESS)
    batch_name = fields.Char(groups=NO_ACCESS)
    match_vals = fields.Json(groups=NO_ACCESS)

    @api.model
    def _record(self, matches, event=None, report=None, reason=None, source=None):
        """List the matches of `interaction.rule._match` as skipped.

        :param reason: why all of them are, where the matches don't say it themselves
        :param str source: key of this one happening, as of the recorder
        """
        now = fields.Datetime.now()
        return self.create(
            [
                {
                    "date": match["vals"].get("date") or now,
                    "event": event or match["vals"]["event"],
                    "reason": reason or match["reason"],
                    "rule_id": match["rule"].id if match.get("rule") else False,
                    "report_id": (
                        report.id if report else match["vals"].get("report_id")
                    ),
                    "res_model": match["record"]._name,
                    "res_id": match["record"].id,
                    "document_name": match["vals"].get("document_name"),
                    "company_id": match["vals"].get("company_id", self.env.company.id),
                    "partner_id": match["vals"].get("partner_id"),
                    "source": source,
                    "source_key": match.get("source_key"),
                    "batch_name": match.get("batch"),
                    "match_vals": match["vals"],
                }
                for match in ({"vals": {}, **match} for match in matches)
            ]
        )

    @api.autovacuum
    def _gc_skipped_events(self):
        """Delete what was listed more than ninety days ago.

        Not what happened then: an e-mail or a meeting can be much older than its row.
        """
        events = self.search([("create_date", "<", f"-{KEEP_DAYS}d")], limit=GC_LIMIT)
        events.unlink()
        return len(events), len(events) == GC_LIMIT
