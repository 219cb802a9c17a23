from odoo import api, fields, models
from odoo.exceptions import ValidationError


class InteractionRule(models.Model):
    """Meetings: one match for each contact, once they are over."""

    _inherit = "interaction.rule"  # pylint: disable=consider-merging-classes-inherited # room meeting adds to email

    model_id = fields.Many2one(
        compute="_compute_model_id", store=True, precompute=True, readonly=False
    )

    @api.depends("event")
    def _compute_model_id(self):
        # the user may not read the models
        meeting = self.env["ir.model"].sudo()._get("calendar.event").sudo(self.env.su)
        for rule in self:
            rule.model_id = meeting if rule.event == "meeting" else rule.model_id

    @api.constrains("event", "model_id")
    def _check_meeting(self):
        for rule in self:
            if rule.event == "meeting" and rule.model_id.model != "calendar.event":
                raise ValidationError(
                    self.env._(
                        "The rule %(rule)s is for meetings. Choose the document "
                        "Meeting.",
                        rule=rule.name,
                    )
                )

    def _get_path_targets(self):
        # EXTENDS: the contacts are those who attend, no field says so
        targets = super()._get_path_targets()
        if self.event == "meeting":
            del targets["partner_field"]
        return targets

    def _get_contact_sentence(self):
        # EXTENDS: the contacts are those who attend, no field says so
        if self.event != "meeting":
            return super()._get_contact_sentence()
        return self.env._("Contacts: each attendee.")

    @api.model
    def _get_event_models(self, event):
        # EXTENDS: a meeting is not printed
        if event == "meeting":
            return ["calendar.event"]
        return super()._get_event_models(event)

    def _make_matches(self, event, matched, report=None):
        # EXTENDS: a meeting is with several contacts; what is private stays so
        if event != "meeting":
            return super()._make_matches(event, matched, report)
        matches = []
        for rule in {rule: None for rule, _record in matched}:
            events = self.env["calendar.event"].union(
                *(record for other, record in matched if other == rule)
            )
            matches += events.filtered(
                lambda meeting: meeting.effective_privacy != "private"
            )._match_interactions(rule)
        return matches

    def _get_no_contact_reason(self, record, event):
        # EXTENDS: a meeting is with several contacts; what is private stays so
        if event == "meeting":
            return self.env._(
                "There is no contact to log: all attendees are already logged, have "
                "declined or are internal contacts, or the meeting is private."
            )
        return super()._get_no_contact_reason(record, event)

    def _get_document_company(self, record):
        # EXTENDS: a meeting has the company of who organizes it
        if record._name == "calendar.event":
            return record.user_id.company_id
        return super()._get_document_company(record)
