from odoo import api, models

from ..base.ui import get_window_action

PRINT = "action_open_interaction_print"
RIGHTS = "action_open_interaction_rights"


class OnboardingOnboardingStep(models.Model):
    """The steps of the checklist of the overview, and what each opens."""

    _inherit = "onboarding.onboarding.step"

    def _can_open_interaction_step(self, env):
        """Say whether the user of `env` may open what the step opens."""
        if self.panel_step_open_action_name == RIGHTS:
            return env["res.users"].has_access("write")
        if self.panel_step_open_action_name == PRINT:
            return env["sale.order"].has_access("read")
        return True

    def _is_done_when_opened(self):
        """Say whether there is nothing more to do than to look at it."""
        return self.panel_step_open_action_name != PRINT

    def _is_interaction_step_done(self):
        """Say whether the step was done elsewhere."""
        if self.panel_step_open_action_name != PRINT:
            return False
        # whoever printed it; lately, so that a large log is not read
        entries = self.env["interaction.log.entry"].sudo()
        recent = [("event", "=", "print"), ("date", ">=", "-30d")]
        return bool(entries.search_count(recent, limit=1))

    @api.model
    def action_open_interaction_recording(self):
        """Open the page *What Is Recorded*."""
        return self.env["ir.actions.actions"]._for_xml_id(
            "interaction_log.interaction_rule_action_setup"
        )

    @api.model
    def action_open_interaction_rights(self):
        """Open the users, to say who reads and logs interactions."""
        return get_window_action(self.env, "base.action_res_users")

    @api.model
    def action_open_interaction_templates(self):
        """Open the templates."""
        return get_window_action(self.env, "interaction_template_action")

    @api.model
    def action_open_interaction_print(self):
        """Open the quotations, to print one."""
        return get_window_action(self.env, "sale.action_quotations_with_onboarding")
