import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS

from ..base.failure import report_failure
from ..base.savepoint import RETRIED, isolated_savepoint
from ..base.ui import SOFT_RELOAD, get_notification_action

_logger = logging.getLogger(__name__)

KEEP_DAYS = 90
GC_LIMIT = 10_000
# What is decided when an event is logged after all; the rest is as it was then: what
# the document was called, and what else the event source said of it
DECIDED = frozenset(
    ("company_id", "name", "partner_id", "rule_id", "template_id", "user_id")
)


class InteractionSkippedEvent(models.Model):
    """An event that a rule wanted to record but could not, with the reason.

    Only managers see skipped events, and log them after all or dismiss them; nobody
    writes them but these methods.
    """

    _name = "interaction.skipped.event"
    _description = "Skipped Event"
    _inherit = [
        "interaction.event.mixin",
        "interaction.former.user.mixin",
        "interaction.value.mixin",
        "interaction.document.link.mixin",
        "interaction.state.mixin",
    ]
    _order = "date desc, id desc"
    _rec_name = "document_name"
    _former_user_fields = ("user_id",)

    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    event = fields.Selection(required=True)
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
        compute="_compute_entry_id",
        help="Interaction logged for this event.",
    )
    # no foreign key: a row would wait where the log is locked, and must not
    entry_res_id = fields.Integer(groups=NO_ACCESS)
    # What it takes to log it later: the key of the happening, and what was said of the
    # entry then. What an event source decides without a rule has a key of its own.
    source = fields.Char(groups=NO_ACCESS)
    source_key = fields.Char(groups=NO_ACCESS)
    batch_name = fields.Char(groups=NO_ACCESS)
    match_vals = fields.Json(groups=NO_ACCESS)

    @api.depends("entry_res_id")
    def _compute_entry_id(self):
        ids = self.sudo().mapped("entry_res_id")
        entries = self.env["interaction.log.entry"].search([("id", "in", ids)])
        for event in self:
            id_ = event.sudo().entry_res_id
            event.entry_id = id_ if id_ in entries._ids else False

    @api.model
    def _record(self, matches, reason=None, source=None):
        """List the matches as skipped.

        :param reason: why all of them are, where the matches don't say it themselves
        :param str source: key of this one happening, as of the recorder
        """
        now = fields.Datetime.now()
        return self.create(
            [
                {
                    "date": match.vals.get("date") or now,
                    "event": match.vals["event"],
                    "reason": reason or match.reason,
                    "rule_id": match.rule.id,
                    "report_id": match.vals.get("report_id"),
                    "res_model": match.record._name,
                    "res_id": match.record.id,
                    # what is about a contact alone has a subject at most
                    "document_name": match.vals.get("document_name")
                    or match.vals.get("name"),
                    "company_id": match.vals.get("company_id", self.env.company.id),
                    "partner_id": match.vals.get("partner_id"),
                    "source": source,
                    "source_key": match.source_key,
                    "batch_name": match.batch,
                    "match_vals": {**match.vals},
                }
                for match in matches
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

    # ------------------------------------------------------------------
    # What a manager does with it
    # ------------------------------------------------------------------

    def action_log_now(self):
        """Log the events whose cause is fixed, as they would have been then.

        With the date, the user, the report and the key of the event. Each is logged on
        its own: what still can't be logged stays, with its reason of now.

        :return: the action that says what became of them
        :raises UserError: where none of them is to do
        :raises AccessError: where the user may not see one of them
        """
        self.check_access("read")
        events = self._lock_to_do()
        # a manager, as was checked, logs what the system saw
        events.sudo()._log_now()
        return events._get_outcome_action()

    def action_dismiss(self):
        """Take the events from the list: they are not to be logged.

        :raises UserError: where none of them is to do
        :raises AccessError: where the user may not see one of them
        """
        self.check_access("read")
        # nothing but this can be written by a manager
        self._lock_to_do().sudo().state = "dismissed"

    def action_open_entry(self):
        """Open the interaction that was logged of the event."""
        self.ensure_one()
        return self.entry_id.get_formview_action()

    def action_explain(self):
        """Open the dialog that says what would be logged of the document now."""
        self.ensure_one()
        document = self._get_document()
        if not document:
            raise UserError(self._get_gone_reason())
        return self.env["interaction.rule.explain"]._get_action(
            document, self.event, self.report_id
        )

    def _lock_to_do(self):
        """Return those of the events that are to do, this transaction's alone."""
        # what somebody else logs at this moment is left to them
        events = self.sudo().try_lock_for_update()
        events.invalidate_recordset(["state"])
        events = events.filtered(lambda event: event.state == "todo")
        if not events:
            raise UserError(
                self.env._(
                    "There is nothing to do: the event is already logged or dismissed."
                )
            )
        return events.sudo(False)

    def _get_outcome_action(self):
        """Return the notification that says what became of the events."""
        left = self.filtered(lambda event: event.state == "todo")
        done = self - left
        if not left:
            message = self.env._("Logged: %(count)s", count=len(done))
        elif not done:
            message = self.env._(
                "Not logged: %(reasons)s",
                reasons=" ".join(dict.fromkeys(left.mapped("reason"))),
            )
        else:
            message = self.env._(
                "Logged: %(done)s. Not logged: %(left)s, see the reasons.",
                done=len(done),
                left=len(left),
            )
        return get_notification_action(
            message, "warning" if left else "success", next=SOFT_RELOAD
        )

    # ------------------------------------------------------------------
    # Logging it
    # ------------------------------------------------------------------

    def _log_now(self):
        """Log the events, those that happened together matched together."""
        # in the order in which they happened
        for events in (
            self.sorted(lambda event: (event.date, event.id))
            .grouped(
                lambda event: (
                    event.event,
                    event.res_model,
                    event.report_id,
                    event.user_id,
                    event.company_id,
                )
            )
            .values()
        ):
            for event, matches in events._rematch().items():
                reason = event._log_matches(matches)
                if reason:
                    event.reason = reason

    def _as_acting_user(self):
        """Return the events as who was acting then sees them, with all rights."""
        event = self[:1]
        events = self.with_user(event.user_id or self.env.user).sudo()
        if event.user_id:
            events = events.with_context(lang=event.user_id.lang)
        return events.with_company(event.company_id) if event.company_id else events

    def _rematch(self):
        """Return {event: matches}, as the rules or the event source find them now."""
        found = self.filtered(lambda event: not event.source_key)._match_documents()
        return {
            event: (
                event._as_acting_user()._restore_match()
                if event.source_key
                else event._filter_own_contact(found.get(event.res_id, []))
            )
            for event in self
        }

    def _filter_own_contact(self, matches):
        """Return the matches of the event's contact, or all where it has none there."""
        contact = self.partner_id.id
        own = [match for match in matches if match.vals["partner_id"] == contact]
        return own or matches

    def _match_documents(self):
        """Return {id of the document: matches} of events that happened together."""
        event = self[:1]
        if event.res_model not in self.env or event._get_unmatchable_reason():
            return {}
        env = self._as_acting_user().env
        records = env[event.res_model].browse(set(self.mapped("res_id"))).exists()
        return event._rematch_documents(records) if records else {}

    def _rematch_documents(self, records):
        """Return {id of the document: matches}, as they are found now.

        The rules say it. Override where an event source decides without rules. Called
        on one of the events that happened together.

        :param records: the documents, as who was acting then sees them
        """
        matches = records.env["interaction.rule"]._match(
            self.event, records, self.report_id.with_env(records.env) or None
        )
        result = defaultdict(list)
        for match in matches:
            result[match.record.id].append(match)
        return result

    def _get_unmatchable_reason(self):
        """Say why nobody can tell what there is to log of the event, or return False.

        The rules are not asked then. Override for events that leave too little behind.

        :return: a sentence for the manager, or False
        """
        return False

    def _restore_match(self):
        """Return the match that the event source found, with what was fixed since."""
        record = self._get_document()
        if not record:
            return []
        # contacts can be merged since, and documents get one
        partner = self.partner_id
        if not partner and not self.match_vals.get("partner_id"):
            partner = record._mail_get_partners()[record.id][:1]
        template, problem = self._find_template(self.match_vals)
        if not partner:
            problem = self.env._(
                "The document has no contact, or the contact was deleted."
            )
        vals = {"template_id": template.id, "partner_id": partner.id}
        match = self.rule_id._make_match(
            record,
            {**self.match_vals, **vals},
            problem,
            source_key=self.source_key,
            batch=self.batch_name,
        )
        return [match]

    def _find_template(self, vals):
        """Return (template, problem): that of the match, or that of the rule now."""
        templates = self.env["interaction.template"].browse(vals.get("template_id"))
        problem = self.env._("No template is set.")
        for template in (templates.exists(), self.rule_id.template_id):
            if template:
                problem = template._get_problem(self.company_id or self.env.company)
                if not problem:
                    return template, False
        return templates, problem

    def _log_matches(self, matches):
        """Log what the event means now.

        :param list matches: those of the event
        :return: why it still can't be logged, or False
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        if reason := self.env["interaction.event"]._get_off_reason(self.event, company):
            return reason
        if not matches:
            return self._get_nothing_reason()
        if reasons := {match.reason for match in matches} - {False}:
            return " ".join(sorted(reasons))
        then = {
            name: value
            for name, value in (self.match_vals or {}).items()
            if name not in DECIDED
        }
        matches = [
            match.with_vals(**{"date": self.date, **match.vals, **then})
            for match in matches
        ]
        recorder = self._as_acting_user().env["interaction.recorder"]
        source = self.source or f"skipped,{self.id}"
        identities = [recorder._get_identities(match, source) for match in matches]
        purged = self.env["interaction.purged.key"]._find(set().union(*identities))
        matches = [
            match
            for match, own in zip(matches, identities, strict=True)
            if own.isdisjoint(purged)
        ]
        if not matches:
            return self.env._(
                "The interaction was logged, canceled and permanently deleted. "
                "Dismiss the event."
            )
        try:
            with isolated_savepoint(self.env.cr):
                entries = recorder._log_matches(matches, source)
        except RETRIED:
            raise  # Odoo runs the request again
        except Exception as error:
            return report_failure(
                self.env, error, _logger, "Could not log the skipped event %s", self.id
            )
        self.write({"state": "logged", "entry_res_id": entries[:1].id})
        self._after_log_now(entries)
        return False

    def _after_log_now(self, entries):
        """Called on each event that is logged after all; override to do more.

        With all rights, which a manager has who logs what the system saw.

        :param entries: what was logged of it
        """

    def _get_nothing_reason(self):
        """Say why there is nothing to log of the event any more."""
        document = self._get_document()
        if not document:
            return self._get_gone_reason()
        if reason := self._get_unmatchable_reason():
            return reason
        # the manager reads the reason
        document = document.sudo(False)
        rules = self.env["interaction.rule"].sudo(False)
        if not document.has_access("read"):
            return self.env._("No rule applies anymore.")
        return rules._explain_nothing(document, self.event, self.report_id or None)
