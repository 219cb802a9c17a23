from odoo import models

from odoo.addons.interaction_log.models.base.ui import get_announcement_action


class InteractionLogEvaluate(models.TransientModel):
    """After one that went well, an opportunity is offered."""

    _inherit = "interaction.log.evaluate"

    def action_apply(self):
        # EXTENDS
        action = super().action_apply()
        offer = self.entry_ids._get_opportunity_offer()
        if not offer:
            return action
        return get_announcement_action(
            self.env._("Evaluated: %(name)s", name=self.entry_ids.name),
            entry_ids=self.entry_ids.ids,
            next=action,
            **offer,
        )
