import logging
from collections import defaultdict
from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ..base.failure import report_failure
from ..base.savepoint import RETRIED

_logger = logging.getLogger(__name__)

# A rule records a meeting a little after its end, so that who did not come can still be
# declined; and what is over for long, as where the rule is new, is left to the users.
RECORD_AFTER = timedelta(minutes=5)
RECORD_UNTIL = timedelta(days=7)
# Within which time a meeting of a changed series is the one that it had before
SAME_MEETING = timedelta(hours=12)
SLICE = 100


class CalendarEvent(models.Model):
    """An event source: a meeting that is over was an interaction with each contact.

    Internal contacts are not logged, nor who declined. A private meeting is never
    recorded by itself; logged by hand, it says neither subject nor notes.
    """

    _name = "calendar.event"
    _inherit = ["calendar.event", "interaction.document.mixin"]
    _interaction_user_field = "user_id"

    interaction_state = fields.Selection(
        [("logged", "Logged"), ("by_hand", "Manual"), ("dismissed", "Dismissed")],
        string="Recorded as Interaction",
        readonly=True,
        copy=False,
        groups="interaction_log.group_user_own",
        help="Empty if the meeting is still to be logged. Manual if automatic "
        "recording could not log it or its interactions were undone.",
    )
    interaction_to_log = fields.Boolean(
        string="To Log",
        compute="_compute_interaction_to_log",
        search="_search_interaction_to_log",
        groups="interaction_log.group_user_own",
    )
    interaction_partner_ids = fields.Many2many(
        "res.partner",
        string="Contacts to Log",
        compute="_compute_interaction_partner_ids",
        groups="interaction_log.group_user_own",
        help="Attendees that are not logged yet.",
    )

    @api.depends("stop", "stop_date", "privacy", "attendee_ids.state")
    @api.depends_context("uid")
    def _compute_interaction_to_log(self):
        to_log = self.search(self._get_to_log_domain() & Domain("id", "in", self.ids))
        for event in self:
            event.interaction_to_log = event._origin in to_log

    @api.model
    def _search_interaction_to_log(self, operator, value):
        return self._get_to_log_domain() if operator == "in" else NotImplemented

    @api.depends("stop", "stop_date", "privacy", "attendee_ids.state")
    @api.depends("interaction_ids.state")
    @api.depends_context("uid")
    def _compute_interaction_partner_ids(self):
        over = self.search(
            self._get_over_domain()
            & self._get_visible_domain()
            & Domain("id", "in", self.ids)
        )
        guests = over._get_guests_to_log()
        for event in self:
            event.interaction_partner_ids = guests.get(event._origin.id, False)

    # ------------------------------------------------------------------
    # What is to log
    # ------------------------------------------------------------------

    @api.model
    def _get_to_log_domain(self):
        """Return the domain of the meetings that are offered for logging."""
        return (
            self._get_over_domain()
            & self._get_visible_domain()
            & Domain("interaction_state", "in", (False, "by_hand"))
        )

    @api.model
    def _get_over_domain(self, ended_before=None):
        """Return the domain of the meetings with contacts that are over.

        :param datetime ended_before: since when, in UTC; now where it is None
        """
        ended_before = ended_before or fields.Datetime.now()
        today = fields.Datetime.context_timestamp(self, ended_before).date()
        return (
            Domain("allday", "=", False) & Domain("stop", "<=", ended_before)
            | Domain("allday", "=", True) & Domain("stop_date", "<", today)
        ) & Domain("attendee_ids", "any", self._get_guest_domain())

    @api.model
    def _get_visible_domain(self):
        """Return the domain of the meetings that are no secret to the user."""
        return Domain(self._get_default_privacy_domain()) | Domain(
            "partner_ids", "in", self.env.user.partner_id.ids
        )

    @api.model
    def _get_guest_domain(self):
        """Return the domain of the attendees with whom a meeting is logged.

        External contacts who did not decline. Internal are users, employees and who
        belongs to one of our companies.
        """
        external = self.env["res.partner"]._get_interaction_external_domain()
        return Domain("state", "!=", "declined") & Domain("partner_id", "any", external)

    def _get_guests_to_log(self):
        """Return {event id: contacts who were there and are not logged yet}.

        Those that the user may see.
        """
        events = self.sudo()  # who sees the meeting sees who is in it
        guests = events.attendee_ids.sorted("id")  # always in one order
        guests = guests.filtered_domain(self._get_guest_domain())
        keys = {
            attendee: attendee.event_id._get_interaction_key(attendee.partner_id)
            for attendee in guests
        }
        entries = self.env["interaction.log.entry"].sudo()
        entries = entries.search_fetch(
            Domain("state", "!=", "canceled")
            & (
                # also by the contact: merging contacts changes no key
                self._get_interaction_domain()
                | Domain("source_key", "in", list(keys.values()))
            ),
            ["res_model", "res_id", "partner_id", "source_key"],
        )
        logged_keys = set(entries.mapped("source_key"))
        logged = {
            (entry.res_id, entry.partner_id)
            for entry in entries
            if entry.res_model == self._name
        }
        result = {event.id: self.env["res.partner"] for event in events}
        for attendee, key in keys.items():
            event, partner = attendee.event_id, attendee.partner_id
            if key not in logged_keys and (event.id, partner) not in logged:
                result[event.id] |= partner.sudo(False)
        # a colleague's meeting may be with contacts that are out of sight
        partners = self.env["res.partner"].union(*result.values())
        visible = partners._filter_interaction_external()._filtered_access("read")
        return {id_: partners & visible for id_, partners in result.items()}

    def _get_interaction_key(self, partner: models.BaseModel) -> str:
        """Return the source key of the meeting with one contact, whatever logs it.

        So that the rule, the users and a done activity log it once.
        """
        return f"{self._get_interaction_key_prefix(self.id)}{partner.id}"

    @api.model
    def _get_interaction_key_prefix(self, event_id):
        return f"meeting,{event_id},"

    def _get_interaction_partner(self):
        # EXTENDS: the contacts of a meeting, not who organizes it
        return self.interaction_partner_ids

    # ------------------------------------------------------------------
    # What is logged
    # ------------------------------------------------------------------

    def _match_interactions(self, rule: models.BaseModel | None = None) -> list[dict]:
        """Return what is to log, one for each contact, as `interaction.rule._match`.

        :param rule: the `interaction.rule` that decides, or None where a user does
        """
        rule = rule or self.env["interaction.rule"]
        guests = self._get_guests_to_log()
        templates = {}  # by company
        matches = []
        for event in self.sudo():
            company = rule._get_company(event)
            if company not in templates:
                templates[company] = (
                    rule.template_id
                    or self.env["interaction.template"]._get_meeting_template(company)
                ).sudo()
            template = event.categ_ids.interaction_template_id[:1] or templates[company]
            said = event._get_interaction_vals()
            matches += [
                rule._make_match(
                    event,
                    {
                        **said,
                        **event._get_interaction_times(),
                        "event": "meeting",
                        "template_id": template.id,
                        "partner_id": partner.id,
                        "user_id": event._get_interaction_user(rule, partner).id,
                        "company_id": company.id,
                        "res_model": self._name,
                        "res_id": event.id,
                    },
                    rule._get_broken_reason()
                    or event._get_skip_reason(template, company),
                    source_key=event._get_interaction_key(partner),
                    batch=said.get("name", template.name),
                )
                for partner in guests[event.id]
            ]
        return matches

    def _get_skip_reason(self, template, company):
        if not template:
            return self.env._(
                "There is no interaction template for meetings. Choose one on a tag of "
                "the meeting."
            )
        return template._get_problem(company)

    def _get_interaction_vals(self) -> dict:
        """Return what the meeting says of its interactions: no word, if private.

        A hook: override it to say more.
        """
        if self.effective_privacy == "private":
            return {"document_name": False}
        return {
            "name": self.name,
            "document_name": self.name,
            **({"note": self.notes} if self.notes else {}),
        }

    def _get_interaction_times(self) -> dict:
        """Return when the meeting was and how long, in hours.

        Nobody knows how long one took that fills whole days: the template says. It was
        on its day for who organized it: at noon.
        """
        if self.allday:
            tz = timezone(self.user_id.tz or self.env.user.tz or "UTC")
            noon = tz.localize(datetime.combine(self.start_date, time(12)))
            return {"date": noon.astimezone(utc).replace(tzinfo=None)}
        hours = (self.stop - self.start).total_seconds() / 3600
        return {"date": self.start, "duration": hours}

    def _get_interaction_user(self, rule, partner):
        user = rule.user_field and rule._follow_path(self, rule.user_field)
        return user or self.user_id or partner.sudo().user_id or self.env.user

    # ------------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------------

    def action_log_meetings(self) -> dict:
        """Log the meetings, once with each contact who was there.

        All or nothing.

        :return: the action that announces it, with *Undo*
        :raises UserError: where one can't be logged; says why
        :raises AccessError: where the user may not log
        """
        self.env["interaction.log.entry"].check_access("create")
        self.check_access("read")
        self._check_loggable()
        self._set_interaction_state("logged")  # two who log at a time meet here
        matches = self._match_interactions()
        if not matches:
            raise UserError(
                self.env._(
                    "There is no contact to log: all attendees are already logged, "
                    "have declined or are internal contacts."
                )
            )
        if reasons := {match.reason for match in matches} - {False}:
            raise UserError("\n".join(sorted(reasons)))
        # an event is recorded by the system; the right to log was checked
        recorder = self.env["interaction.recorder"].sudo()
        entries = recorder._log_matches(matches, None).sudo(False)
        return entries._get_announcement()

    def _check_loggable(self):
        """Raise a UserError where a meeting is not over, or not the user's to log."""
        visible = self.filtered_domain(self._get_visible_domain())
        if self - visible:
            raise UserError(
                self.env._("Only attendees of a private meeting can log it.")
            )
        over = self.search(self._get_over_domain() & Domain("id", "in", self.ids))
        for event in self - over:
            raise UserError(
                self.env._(
                    "The meeting %(name)s is not over yet or has no contacts.",
                    name=event.name,
                )
            )
        foreign = self.sudo().user_id.company_id - self.env.companies
        if foreign:
            raise UserError(
                self.env._(
                    "These meetings belong to %(company)s. Switch to this company.",
                    company=", ".join(foreign.mapped("name")),
                )
            )

    def action_dismiss_meetings(self) -> None:
        """Offer the meetings for logging no more, nor record them by a rule."""
        self.env["interaction.log.entry"].check_access("create")
        self.check_access("write")
        self.sudo().filtered(
            lambda event: event.interaction_state != "logged"
        )._set_interaction_state("dismissed")

    def _update_interaction_state(self, otherwise: str | None = None) -> None:
        """Mark the meetings as logged, those where nobody is left to log.

        What users chose not to log stays so.

        :param otherwise: the state of those where somebody is; None leaves it
        """
        meetings = self.sudo().filtered(
            lambda meeting: meeting.interaction_state != "dismissed"
        )
        guests = meetings._get_guests_to_log()
        left = meetings.filtered(lambda meeting: guests[meeting.id])
        (meetings - left)._set_interaction_state("logged")
        if otherwise:
            left._set_interaction_state(otherwise)

    def _set_interaction_state(self, state):
        """Write what became of the meetings.

        Not by `write`, which synchronizes calendars and tells the attendees.
        """
        if self:
            self.flush_recordset(["interaction_state"])
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET interaction_state = %s WHERE id IN %s RETURNING id",
                    SQL.identifier(self._table),
                    # none is NULL: a bare False would be the text "false"
                    self._fields["interaction_state"].convert_to_column(state, self),
                    self._ids,
                )
            )
            self.invalidate_recordset(
                ["interaction_state", "interaction_to_log", "interaction_partner_ids"]
            )

    # ------------------------------------------------------------------
    # A series that is changed
    # ------------------------------------------------------------------

    def write(self, vals):
        # EXTENDS calendar: changing a series archives its meetings and makes new ones
        series = self.env["calendar.event"]
        if vals.get("recurrence_update") in ("all_events", "future_events"):
            series = self.sudo().recurrence_id.calendar_event_ids
        over = {
            event.id: (event.start, event.interaction_state)
            for event in series
            if event.stop <= fields.Datetime.now()
        }
        shift = self._get_shift(vals) if over else None
        result = super().write(vals)
        if over:
            self.sudo()._reassign_interactions(series.ids, over, shift)
        return result

    def _get_shift(self, vals):
        """Return by how much `vals` move the meeting, and its series with it."""
        if self.allday and vals.get("start_date"):
            return fields.Date.to_date(vals["start_date"]) - self.start_date
        if vals.get("start"):
            return fields.Datetime.to_datetime(vals["start"]) - self.start
        return timedelta()

    def _reassign_interactions(self, series_ids, over, shift):
        """Make what is logged of a series about the meetings made in their place.

        What was logged stays logged. A meeting that is new in the past was made up by
        the change: it is to log by hand, if at all.

        :param series_ids: ids of the meetings that the series had
        :param dict over: {id: (start, interaction state)} of those that were over
        :param timedelta shift: by how much the series was moved
        """
        self.flush_model()
        made = self.search(
            [
                ("recurrence_id.base_event_id", "in", series_ids),
                ("id", "not in", series_ids),
                ("stop", "<=", fields.Datetime.now()),
            ]
        )
        kept = self.browse(over).exists().filtered("recurrence_id")
        gone = {id_: of for id_, of in over.items() if id_ not in kept.ids}
        new_ids = {}
        meetings_of_state = defaultdict(self.browse)
        for event in made:
            # not to the minute: the clocks may have changed in between
            near = {
                id_: abs(start + shift - event.start)
                for id_, (start, _state) in gone.items()
                if abs(start + shift - event.start) < SAME_MEETING
            }
            state = "by_hand"
            if near:
                old_id = min(near, key=near.get)
                _start, state = gone.pop(old_id)
                new_ids[old_id] = event.id
            meetings_of_state[state] |= event
        for state, meetings in meetings_of_state.items():
            meetings._set_interaction_state(state)
        self.env["interaction.log.entry"]._reassign_meetings(new_ids)

    # ------------------------------------------------------------------
    # By rule
    # ------------------------------------------------------------------

    @api.model
    def _cron_record_meetings(self):
        """Record the meetings that ended lately, as the rules say."""
        if not self.env["interaction.rule"]._may_match("meeting", self._name):
            return
        now = fields.Datetime.now()
        # a day is over when it is everywhere
        everywhere = self.with_context(tz="Etc/GMT+12")
        domain = (
            everywhere._get_over_domain(now - RECORD_AFTER)
            & Domain("stop", ">", now - RECORD_UNTIL)
            & Domain("interaction_state", "=", False)
        )
        events = self.search(domain, order="stop, id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(events))
        for ids in split_every(SLICE, events.ids):
            if not self.browse(ids)._record_slice(domain):
                break

    def _record_slice(self, domain):
        """Record the meetings and commit; where that fails, one by one.

        :param domain: of those to record; somebody may have logged or moved one
        :return: whether there is time for more
        """
        try:
            # who logs one by hand at this moment has it
            locked = self.try_lock_for_update()
            locked.invalidate_recordset()
            locked.filtered_domain(domain)._record_meetings()
        except RETRIED:
            # somebody moved or logged one at this moment; the next run sees it
            self.env.cr.rollback()
            _logger.info("Meetings are recorded later: %s", self)
        except Exception as error:
            self.env.cr.rollback()
            if len(self) > 1:
                return all(event._record_slice(domain) for event in self)
            reason = report_failure(
                self.env, error, _logger, "The meeting can't be recorded: %s", self
            )
            self._set_interaction_state("by_hand")
            recorder = self.env["interaction.recorder"]
            recorder._skip(lambda: recorder._get_unmatched("meeting", self), reason)
        return self.env["ir.cron"]._commit_progress(len(self))

    def _record_meetings(self):
        """Record the meetings through the rules, once; see `_record_event`.

        Those that no rule wants stay as they are.
        """
        matches = self.env["interaction.rule"]._match("meeting", self)
        entries = self.env["interaction.recorder"]._record_event(
            "meeting", self, may_retry=True, find=lambda: matches
        )
        logged = {(entry.res_id, entry.partner_id.id) for entry in entries}
        matched = {(match.record.id, match.vals["partner_id"]) for match in matches}
        missed = self.browse({event_id for event_id, _partner in matched - logged})
        done = self.browse({event_id for event_id, _partner in matched}) - missed
        missed._set_interaction_state("by_hand")
        done._set_interaction_state("logged")
