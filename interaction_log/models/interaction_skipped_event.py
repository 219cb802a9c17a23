from odoo import api, fields, models

from .selections import EVENTS

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
    reason = fields.Char(required=True)
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

    @api.model
    def _record(self, matches, event=None, report=None, reason=None):
        """List the matches of `interaction.rule._match` as skipped.

        :param reason: why all of them are, where the matches don't say it themselves
        """
        return self.create(
            [
                {
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
                }
                for match in ({"vals": {}, **match} for match in matches)
            ]
        )

    @api.autovacuum
    def _gc_skipped_events(self):
        """Delete what is older than ninety days."""
        events = self.search([("date", "<", f"-{KEEP_DAYS}d")], limit=GC_LIMIT)
        events.unlink()
        return len(events), len(events) == GC_LIMIT
