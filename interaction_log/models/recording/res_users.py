from odoo import models


class ResUsers(models.Model):
    """A user who is deleted: the rules that the user wrote are an administrator's."""

    _inherit = "res.users"  # pylint: disable=consider-merging-classes-inherited # a later room adds

    def unlink(self):
        # EXTENDS base: without an author they would be taken for Odoo's own, which ask
        # for what they like
        rules = self.env["interaction.rule"].sudo().with_context(active_test=False)
        rules = rules.search([("editor_id", "in", self.ids)])
        result = super().unlink()
        for rule in rules:
            rule.editor_id = rule._get_editor()
        return result
