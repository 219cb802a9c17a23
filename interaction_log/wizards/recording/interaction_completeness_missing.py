from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS
from odoo.tools import split_every

from ...models.base.ui import SOFT_RELOAD, get_notification_action

# How many are filled in with one statement
SLICE = 500


class InteractionCompletenessMissing(models.TransientModel):
    """What happened, as a document says, and is not in the log.

    Nobody writes it but the check, so that nobody can forge what is filled in.
    """

    _name = "interaction.completeness.missing"
    _description = "Missing Interaction"
    _inherit = ["interaction.value.mixin", "interaction.document.link.mixin"]
    _order = "date desc, id desc"
    _rec_name = "document_name"

    line_id = fields.Many2one(
        "interaction.completeness.line",
        required=True,
        index=True,
        ondelete="cascade",
    )
    event = fields.Selection(
        lambda self: self.env["interaction.event"]._get_event_selection(),
        required=True,
    )
    kind = fields.Selection(
        [
            ("email", "E-mail"),
            ("recipient", "Message to the contact"),
            ("comment", "Written in the portal"),
            ("einvoice", "Sent electronically"),
            ("pdf", "Stored PDF"),
            ("mark", "Marked as sent"),
            ("meeting", "Meeting"),
        ],
        string="Found As",
        help="Trace of the event. If the document is only marked as sent, the date of "
        "the document is used.",
    )
    date = fields.Datetime(required=True)
    partner_id = fields.Many2one("res.partner", string="Contact", ondelete="cascade")
    company_id = fields.Many2one("res.company", ondelete="cascade")
    rule_id = fields.Many2one("interaction.rule", ondelete="cascade")
    reason = fields.Text(help="Why the interaction can't be filled in yet.")
    entry_id = fields.Many2one(
        "interaction.log.entry",
        string="Interaction",
        index="btree_not_null",
        ondelete="cascade",
    )
    source_key = fields.Char(groups=NO_ACCESS)
    batch_name = fields.Char(groups=NO_ACCESS)
    match_vals = fields.Json(groups=NO_ACCESS)

    def action_fill_in(self):
        """Log what is missing, with the date that it had, marked as filled in later.

        Exactly once: with the keys of the live recording. What can't be logged stays,
        and what fails is listed under Skipped Events.

        :return: the action that says how many were logged
        :raises UserError: where there is nothing to fill in
        :raises AccessError: for who is no manager
        """
        self.check_access("read")
        # a manager, as was checked, logs what the documents say
        missing = self.sudo().filtered(
            lambda line: not line.entry_id and not line.reason
        )
        # in the order in which it happened
        missing = missing.sorted(lambda line: (line.date, line.id))
        if not missing:
            raise UserError(
                self.env._(
                    "There is nothing to fill in: the interactions are already logged "
                    "or can't be logged yet."
                )
            )
        filled = 0
        for ids in split_every(SLICE, missing.ids):
            filled += missing.browse(ids)._fill_in()
        return get_notification_action(
            self.env._("Filled in: %(count)s", count=filled),
            "success" if filled == len(missing) else "warning",
            next=SOFT_RELOAD,
        )

    def _fill_in(self):
        """Log the events; what was logged since the check is not logged again.

        :return: how many were filled in, or had been by their key (int)
        """
        documents = {
            model: set(self.env[model].browse(lines.mapped("res_id")).exists()._ids)
            for model, lines in self.grouped("res_model").items()
        }
        lines = self.filtered(lambda line: line.res_id in documents[line.res_model])
        Completeness = self.env["interaction.completeness"]
        found = [
            {"trace": line._get_trace(), "match": line._restore_match(), "line": line}
            for line in lines
        ]
        for event in set(lines.mapped("event")):
            Completeness._mark_covered(
                event, [row for row in found if row["line"].event == event]
            )
        matches = [
            row["match"] for row in found if not (row["covered"] or row["purged"])
        ]
        self.env["interaction.recorder"]._log_safely(
            Completeness._add_content(matches), None
        )
        entries = self.env["interaction.log.entry"]
        entry_of = {
            entry.source_key: entry
            for entry in entries.search_fetch(
                [("source_key", "in", lines.mapped("source_key"))], ["source_key"]
            )
        }
        done = lines.filtered(lambda line: line.source_key in entry_of)
        for line in done:
            line.entry_id = entry_of[line.source_key]
        covered = {row["line"].id for row in found if row["covered"]}
        gone = lines.browse(covered) - done
        for line, filled in (done | gone).grouped("line_id").items():
            line.logged_count += len(filled)
        purged = lines.browse(row["line"].id for row in found if row["purged"])
        for line, dropped in purged.grouped("line_id").items():
            line.trace_count -= len(dropped)
        (gone | purged).unlink()
        Completeness._after_fill_in(done)
        return len(done)

    def _get_trace(self):
        """Return the trace as the check found it."""
        return {
            "key": self.source_key,
            "kind": self.kind,
            "date": self.date,
            "model": self.res_model,
            "res_id": self.res_id,
            "partner_id": self.partner_id.id,
        }

    def _restore_match(self):
        return self.rule_id._make_match(
            self.env[self.res_model].browse(self.res_id),
            # as it is now: contacts can be merged
            {**self.match_vals, "partner_id": self.partner_id.id},
            source_key=self.source_key,
            batch=self.batch_name,
        )

    def action_open_entry(self):
        """Open the interaction that was filled in."""
        self.ensure_one()
        return self.entry_id.get_formview_action()
