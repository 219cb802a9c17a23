import logging
from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError

from ..base.constants import EMAIL_EVENTS
from ..base.savepoint import RETRIED, isolated_savepoint

_logger = logging.getLogger(__name__)

# What is decided when an event is logged after all; the rest is as it was then: what
# the document was called, and what else an edge said of it
DECIDED = frozenset(
    ("company_id", "name", "partner_id", "rule_id", "template_id", "user_id")
)


class InteractionSkippedEvent(models.Model):
    """Skipped events that are logged after all, or dismissed.

    Only managers see skipped events, and nobody writes them but these methods.
    """

    _inherit = "interaction.skipped.event"

    def action_log_now(self):
        """Log the events whose cause is mended, as they would have been then.

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
                self.env._("There is nothing to do: this is logged or dismissed.")
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
                "Still not logged: %(reasons)s",
                reasons=" ".join(dict.fromkeys(left.mapped("reason"))),
            )
        else:
            message = self.env._(
                "Logged: %(done)s. Still not logged: %(left)s, see the reasons.",
                done=len(done),
                left=len(left),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

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
        """Return {event: matches}, as the rules or the edge find them now."""
        found = self.filtered(lambda event: not event.source_key)._match_documents()
        return {
            event: (
                event._as_acting_user()._restore_match()
                if event.source_key
                else event._pick(found.get(event.res_id, []))
            )
            for event in self
        }

    def _pick(self, matches):
        """Return the matches of the event's contact, or all where it has none there."""
        contact = self.partner_id.id
        own = [match for match in matches if match["vals"]["partner_id"] == contact]
        return own or matches

    def _match_documents(self):
        """Return {id of the document: matches} of events that happened together.

        The rules say it; or the documents themselves, where an edge decides without
        rules: those have a method `_rematch_interactions(event)`.
        """
        event = self[:1]
        if event.res_model not in self.env or event._is_unknown_email():
            return {}
        env = self._as_acting_user().env
        records = env[event.res_model].browse(set(self.mapped("res_id"))).exists()
        if not records:
            return {}
        if hasattr(records, "_rematch_interactions"):
            return records._rematch_interactions(event.event)
        matches = env["interaction.rule"]._match(
            event.event, records, event.report_id.with_env(env) or None
        )
        result = defaultdict(list)
        for match in matches:
            result[match["record"].id].append(match)
        return result

    def _is_unknown_email(self):
        """Say whether it is an e-mail of which not even the contact is known."""
        return self.event in EMAIL_EVENTS and not (self.source_key or self.match_vals)

    def _restore_match(self):
        """Return the match that the edge found, with what is mended since."""
        record = self._get_document()
        if not record:
            return []
        # contacts can be merged since, and documents get one
        partner = self.partner_id
        if not partner and not self.match_vals.get("partner_id"):
            partner = record._mail_get_partners()[record.id][:1]
        template, problem = self._find_template(self.match_vals)
        if not partner:
            problem = self.env._("The document has no contact, or it is deleted.")
        return [
            {
                "record": record,
                "rule": self.rule_id,
                "reason": problem,
                "source_key": self.source_key,
                "batch": self.batch_name,
                "vals": {
                    **self.match_vals,
                    "template_id": template.id,
                    "partner_id": partner.id,
                },
            }
        ]

    def _find_template(self, vals):
        """Return (template, problem): that of the match, or that of the rule now."""
        templates = self.env["interaction.template"].browse(vals.get("template_id"))
        problem = self.env._("There is no template for this.")
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
        if reasons := {match["reason"] for match in matches} - {False}:
            return " ".join(sorted(reasons))
        then = {
            name: value
            for name, value in (self.match_vals or {}).items()
            if name not in DECIDED
        }
        for match in matches:
            match["vals"] = {"date": self.date, **match["vals"], **then}
        recorder = self._as_acting_user().env["interaction.recorder"]
        try:
            with isolated_savepoint(self.env.cr):
                entries = recorder._log_matches(
                    matches, self.source or f"skipped,{self.id}"
                )
        except RETRIED:
            raise  # Odoo runs the request again
        except Exception as error:
            if not isinstance(error, UserError):
                _logger.exception("Could not log the skipped event %s", self.id)
            return str(error)
        self.write({"state": "logged", "entry_id": entries[:1].id})
        self._after_log_now(entries)
        return False

    def _after_log_now(self, entries):
        """Called on each event that is logged after all; override to do more.

        :param entries: what was logged of it
        """
        if self.res_model == "calendar.event":
            self._get_document()._update_interaction_state()

    def _get_nothing_reason(self):
        """Say why there is nothing to log of the event any more."""
        document = self._get_document()
        if not document:
            return self._get_gone_reason()
        if self._is_unknown_email():
            return self.env._(
                "It is not known here with whom it was. Fill it in on the page "
                "Completeness, which looks at the e-mails."
            )
        return self.env["interaction.rule"]._explain_nothing(
            document, self.event, self.report_id or None
        )
