from odoo import api, models

from ..base.ui import get_window_action


class InteractionEvent(models.Model):
    """Activities: what records them is their type, no rule."""

    _inherit = "interaction.event"

    @api.model
    def _get_rule_counts(self):
        # EXTENDS: an activity is recorded because its type has a template
        return {
            **super()._get_rule_counts(),
            "activity": len(self._get_activity_types()),
        }

    def _get_idle_reason(self):
        # EXTENDS: an activity is recorded because its type has a template
        if self.event != "activity":
            return super()._get_idle_reason()
        return self.env._(
            "No activity type has a template. Set one to record this event."
        )

    @api.model
    def _get_activity_types(self):
        """Return the activity types that log an interaction when one is done."""
        return self.env["mail.activity.type"].search(
            [("interaction_template_id.active", "=", True)]
        )

    def action_view_rules(self):
        # EXTENDS: the activity types that record it
        self.ensure_one()
        if self.event != "activity":
            return super().action_view_rules()
        return get_window_action(
            self.env,
            "mail.mail_activity_type_action",
            domain=[("id", "in", self._get_activity_types().ids)],
        )
