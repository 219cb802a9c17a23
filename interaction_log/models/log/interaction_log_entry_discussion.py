from odoo import models


class InteractionLogEntry(models.Model):
    """The conversation about an interaction, and what is planned after it."""

    _inherit = "interaction.log.entry"

    def _message_add_suggested_recipients(self, force_primary_email=False):
        # EXTENDS mail: colleagues talk here; the contact is told nothing by mistake
        suggested = super()._message_add_suggested_recipients(force_primary_email)
        for recipients in suggested.values():
            recipients["partners"] = recipients["partners"].filtered(
                lambda partner: not partner.partner_share
            )
            recipients["email_to_lst"] = []
        return suggested

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        # EXTENDS mail: who reads it may plan for a colleague, who then follows
        partners = self.env["res.partner"].sudo().browse(partner_ids or [])
        if self and partners and not partners.filtered("partner_share"):
            self.check_access("read")
            return self.sudo()._message_subscribe(partner_ids, subtype_ids)
        return super().message_subscribe(partner_ids, subtype_ids)

    def _get_open_activities(self):
        """Return the activities planned after the interactions, not done yet."""
        return self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )

    def action_undo(self):
        # EXTENDS: what was planned together with the interaction goes with it
        undone = super().action_undo()
        logged_on = {entry.id: entry.create_date for entry in undone}
        undone._get_open_activities().filtered(
            lambda activity: activity.create_date == logged_on[activity.res_id]
        ).unlink()
        return undone
