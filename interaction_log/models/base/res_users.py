from odoo import models


class ResUsers(models.Model):
    """A user who is deleted: what the user did keeps the name."""

    _inherit = "res.users"

    def unlink(self):
        # EXTENDS base
        if self:
            self.env.flush_all()
            mixin = "interaction.former.user.mixin"
            for name in self.env.registry.descendants([mixin], "_inherit"):
                if not self.env[name]._abstract:
                    self.env[name].sudo()._keep_user_names(self)
        return super().unlink()
