from odoo import api, models
from odoo.exceptions import AccessError

ADMIN = "interaction_log.group_admin"
CHECKLIST = "interaction_log.onboarding_overview"
DONE = ("just_done", "done")


class InteractionOverview(models.AbstractModel):
    """What an administrator is shown first, until it is done or dismissed.

    Odoo's onboarding remembers it, once for the database.
    """

    _inherit = "interaction.overview"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    @api.model
    def _find_checklist(self):
        """Return the `onboarding.onboarding`, or none for who is no administrator."""
        # only administrators of Odoo may read it
        onboardings = self.env["onboarding.onboarding"].sudo()
        if not self.env.user.has_group(ADMIN):
            return onboardings
        return self.env.ref(CHECKLIST, raise_if_not_found=False) or onboardings

    @api.model
    def _get_checklist(self):
        """Return the steps of the checklist, or [] where it is done or dismissed.

        :return: list of dicts of `id`, `title`, `description`, `button` and `done`
        """
        checklist = self._find_checklist().sudo()
        if not checklist or checklist.is_onboarding_closed:
            return []
        steps = checklist.step_ids
        for step in steps.filtered(lambda step: step.current_step_state not in DONE):
            if step._is_interaction_step_done():
                step.action_set_just_done()
        shown = steps.filtered(lambda step: step._can_open_interaction_step(self.env))
        if all(step.current_step_state in DONE for step in shown):
            return []
        return [
            {
                "id": step.id,
                "title": step.title,
                "description": step.description,
                "button": step.button_text,
                "done": step.current_step_state in DONE,
            }
            for step in shown
        ]

    @api.model
    def open_step(self, step_id):
        """Return the action of a step of the checklist; the step is done by that.

        :param int step_id: id of the `onboarding.onboarding.step`
        :raises AccessError: for who has no such step
        """
        steps = self._find_checklist().sudo().step_ids
        step = steps.filtered(
            lambda step: (
                step.id == step_id and step._can_open_interaction_step(self.env)
            )
        )
        if not step:
            raise AccessError(self._get_missing_sentence())
        if step._is_done_when_opened():
            step.action_set_just_done()
        # what it opens is the user's, with the user's rights
        return getattr(step.sudo(False), step.panel_step_open_action_name)()

    @api.model
    def dismiss_checklist(self):
        """Let the checklist be shown no more, to any administrator.

        :raises AccessError: for who has none
        """
        checklist = self._find_checklist().sudo()
        if not checklist:
            raise AccessError(self._get_missing_sentence())
        checklist._search_or_create_progress()
        checklist.action_close()
