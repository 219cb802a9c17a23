from odoo import api, fields, models
from odoo.fields import Domain


class InteractionTemplate(models.Model):
    """The activity types and the tags of meetings that log with a template."""

    _inherit = "interaction.template"  # pylint: disable=consider-merging-classes-inherited # room meeting adds to recording

    activity_type_ids = fields.One2many("mail.activity.type", "interaction_template_id")
    meeting_tag_ids = fields.One2many("calendar.event.type", "interaction_template_id")

    @api.model
    def _get_meeting_template(self, company):
        """Return the template of meetings in `company`: the first one, or none."""
        return self.sudo().search(
            Domain("channel", "=", "meeting") & self._get_company_domain(company),
            limit=1,
        )

    def _get_activity_types(self):
        """Return the types of activities that log with the templates."""
        return self.sudo().with_context(active_test=False).activity_type_ids

    def _get_meeting_tags(self):
        """Return the tags of meetings that are logged with the templates."""
        return self.sudo().meeting_tag_ids

    def _get_shared_users(self):
        return [
            *super()._get_shared_users(),
            *self._get_activity_types().mapped("display_name"),
            *self._get_meeting_tags().mapped("display_name"),
        ]

    def _get_uses(self):
        uses = super()._get_uses()
        self._add_uses(
            uses,
            self._get_activity_types(),
            "interaction_template_id",
            self.env._("activity types (%(count)s): %(names)s"),
        )
        self._add_uses(
            uses,
            self._get_meeting_tags(),
            "interaction_template_id",
            self.env._("tags of meetings (%(count)s): %(names)s"),
        )
        return uses

    def _has_automatic_recording(self):
        return super()._has_automatic_recording() or bool(
            self._get_activity_types() or self._get_meeting_tags()
        )
