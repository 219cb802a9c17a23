from odoo import api, fields, models


class InteractionTemplateArchive(models.TransientModel):
    """The activity types and the tags of meetings that log with the templates."""

    _inherit = "interaction.template.archive"

    activity_type_ids = fields.Many2many(
        "mail.activity.type",
        string="Activity Types",
        compute="_compute_shared_users",
    )
    meeting_tag_ids = fields.Many2many(
        "calendar.event.type",
        string="Tags of Meetings",
        compute="_compute_shared_users",
    )

    @api.depends("template_ids")
    def _compute_shared_users(self):
        for wizard in self:
            templates = wizard.template_ids._origin
            wizard.activity_type_ids = templates._get_activity_types()
            wizard.meeting_tag_ids = templates._get_meeting_tags()

    def _has_automatic_recording(self):
        return super()._has_automatic_recording() or bool(
            self.activity_type_ids or self.meeting_tag_ids
        )

    def _stop_recording(self):
        self._set_shared_users_template(self.replacement_id.browse())
        return super()._stop_recording()

    def _record_with_replacement(self):
        self._set_shared_users_template(self.replacement_id)
        return super()._record_with_replacement()

    def _set_shared_users_template(self, template):
        # who decides on templates decides for activities and meetings, too
        self.activity_type_ids.sudo().interaction_template_id = template
        self.meeting_tag_ids.sudo().interaction_template_id = template
