from odoo import api, models
from odoo.fields import Domain

from ..log.interaction_log_entry import RELEASED
from ..recording.interaction_completeness import SLICE


class InteractionCompleteness(models.AbstractModel):
    """Meetings, as the calendar knows them."""

    _inherit = "interaction.completeness"  # pylint: disable=consider-merging-classes-inherited # room meeting adds to email

    @api.model
    def _trace_meeting(self, since, until):
        """Meetings that are over, one for each contact who was there."""
        Event = self.env["calendar.event"].sudo()
        domain = (
            Event._get_over_domain()
            & Domain("start", ">=", since)
            & Domain("start", "<", until)
            & Domain("interaction_state", "!=", "dismissed")
        )
        last = 0
        while events := Event.search(
            domain & Domain("id", ">", last), order="id", limit=SLICE
        ):
            last = events[-1].id
            events = events.filtered(lambda event: event.effective_privacy != "private")
            yield [
                {
                    "date": event.start,
                    "model": event._name,
                    "res_id": event.id,
                    "user_id": event.user_id.id,
                    "partner_id": attendee.partner_id.id,
                    "key": event._get_interaction_key(attendee.partner_id),
                    "kind": "meeting",
                }
                for event in events
                for attendee in event.attendee_ids.filtered_domain(
                    Event._get_guest_domain()
                )
            ]

    @api.model
    def _prepare_trace_vals(self, event, trace, record):
        # EXTENDS: what the meeting itself says, and its tags
        vals = super()._prepare_trace_vals(event, trace, record)
        if event != "meeting":
            return vals
        template = record.categ_ids.interaction_template_id[:1]
        return {
            **vals,
            **record._get_interaction_vals(),
            **record._get_interaction_times(),
            **({"template_id": template.id} if template else {}),
            "batch": record.name,
        }

    @api.model
    def _get_candidates_domain(self, found):
        # EXTENDS: the key that canceling has released, as of an activity
        domain = super()._get_candidates_domain(found)
        meetings = [line for line in found if line["trace"]["kind"] == "meeting"]
        if not meetings:
            return domain
        partner_ids = {line["trace"]["partner_id"] for line in meetings}
        return domain | Domain("partner_id", "in", list(partner_ids)) & Domain(
            "source_key", "=like", f"{RELEASED}%"
        )

    @api.model
    def _get_identities(self, event, line):
        # EXTENDS: a meeting was with each contact, whatever was logged of it
        identities = super()._get_identities(event, line)
        trace = line["trace"]
        if trace["kind"] == "meeting":
            meetings = self.env["calendar.event"]
            prefix = meetings._get_interaction_key_prefix(trace["res_id"])
            identities.add(f"{prefix}{line['match'].vals['partner_id']}")
        return identities

    @api.model
    def _after_fill_in(self, missing):
        # EXTENDS: the meetings are logged, too
        meetings = missing.filtered(lambda line: line.res_model == "calendar.event")
        self.env["calendar.event"].browse(
            set(meetings.mapped("res_id"))
        )._update_interaction_state()
        return super()._after_fill_in(missing)
