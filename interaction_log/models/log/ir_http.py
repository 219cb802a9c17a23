from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"  # pylint: disable=consider-merging-classes-inherited # a later room adds

    def session_info(self):
        # EXTENDS web: whether an interaction can be logged from anywhere
        info = super().session_info()
        if self.env.user.has_group("interaction_log.group_user_own"):
            info["can_log_interactions"] = True
        return info
