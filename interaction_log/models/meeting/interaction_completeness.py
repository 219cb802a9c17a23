from odoo import api, models
from odoo.fields import Domain

from ..recording.interaction_completeness import COMPARE_CONTACT, SLICE


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
    def _get_comparison(self, trace):
        # EXTENDS: a meeting was with each contact
        if trace["kind"] == "meeting":
            return COMPARE_CONTACT
        return super()._get_comparison(trace)

    @api.model
    def _after_fill_in(self, missing):
        # EXTENDS: the meetings are logged, too
        meetings = missing.filtered(lambda line: line.res_model == "calendar.event")
        self.env["calendar.event"].browse(
            set(meetings.mapped("res_id"))
        )._update_interaction_state()
        return super()._after_fill_in(missing)
