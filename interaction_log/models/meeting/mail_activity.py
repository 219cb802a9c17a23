from odoo import fields, models
from odoo.tools import plaintext2html

from ..recording.match import Match


class MailActivity(models.Model):
    """An event source: a done activity was an interaction, if its type says so."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        # EXTENDS mail: called whichever button or method marks it as done
        recorded = self.filtered(
            lambda activity: (
                activity.active and activity.activity_type_id.interaction_template_id
            )
        )
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        # those whose document is gone are deleted
        if recorded := recorded.exists():
            entries = self.env["interaction.recorder"]._record_event(
                "activity",
                recorded,
                find=lambda: recorded._match_interactions(feedback),
            )
            if entries:
                # some of them may have been meetings
                recorded.sudo().calendar_event_id._update_interaction_state()
                entries._announce_done()
        return result

    def _match_interactions(self, feedback: str | bool = False) -> list[Match]:
        """Return what is to log of the activities, as `interaction.rule._match` does.

        :param feedback: what was said when they were done
        """
        # who does an activity need not see its document, nor the templates
        matches = [activity._match_interaction(feedback) for activity in self.sudo()]
        # what is done with internal contacts is no interaction
        return self.env["interaction.rule"]._filter_recordable("activity", matches)

    def _rematch_interactions(self):
        """Return {id: matches} of activities that could not be recorded when done."""
        return {
            activity.id: activity._match_interactions(activity.feedback)
            for activity in self
        }

    def _match_interaction(self, feedback):
        self.ensure_one()
        document = self._get_interaction_document()
        partner = (
            document._mail_get_partners()[document.id][:1]
            if document
            else self.env["res.partner"]
        )
        company = document._mail_get_companies().get(document.id) or self.env.company
        template = self.activity_type_id.interaction_template_id
        reason = template._get_problem(company)
        if not partner:
            reason = self.env._(
                "The document of the activity %(name)s has no contact.",
                name=self.display_name,
            )
        return self.env["interaction.rule"]._make_match(
            document or self,
            {
                **self._prepare_interaction_vals(template, feedback),
                "partner_id": partner.id,
                "company_id": company.id,
                "res_model": document._name if document != partner else False,
                "res_id": document.id if document != partner else False,
                "document_name": (
                    document.display_name if document != partner else False
                ),
            },
            reason,
            source_key=self._get_interaction_key(partner),
        )

    def _get_interaction_key(self, partner: models.BaseModel) -> str:
        """Return the source key: that of the meeting, if the activity is one.

        So that the meeting is logged once, whether the activity is done or the meeting
        is logged first.
        """
        meeting = self.calendar_event_id
        if partner in meeting.attendee_ids.partner_id:
            return meeting._get_interaction_key(partner)
        return f"activity,{self.id}"

    def _get_interaction_document(self):
        """Return what the activity is about, or nothing where it is about nothing."""
        if not self.res_id or self.res_model not in self.env:
            return self.env["res.partner"]
        return self.env[self.res_model].browse(self.res_id)

    def _prepare_interaction_vals(
        self, template: models.BaseModel, feedback: str | bool
    ) -> dict:
        """Return what the activity says of an interaction.

        A hook, called on one activity when it is done: override it to say more.

        :param template: the `interaction.template`
        :param feedback: what was said when it was done, if anything
        :return: values of an entry
        """
        vals = {
            # what follows an interaction is not named after it a second time
            **(
                {"name": template._get_subject()}
                if self.res_model == "interaction.log.entry"
                else {}
            ),
            "template_id": template.id,
            "event": "activity",
            # who did it, whoever it was meant for; but no robot
            "user_id": (
                self.user_id.id if self.env.user._is_superuser() else self.env.uid
            ),
        }
        meeting = self.calendar_event_id
        if meeting and meeting.start <= fields.Datetime.now():
            vals |= meeting._get_interaction_times()
        if self.summary:
            vals["name"] = self.summary
        if feedback:
            vals["note"] = plaintext2html(feedback)
        return vals
