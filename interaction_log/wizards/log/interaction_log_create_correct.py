from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class InteractionLogCreate(models.TransientModel):
    """The same dialog corrects what was logged: it cancels that, and logs it anew."""

    _inherit = "interaction.log.create"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    corrects_id = fields.Many2one(
        "interaction.log.entry", index="btree_not_null", ondelete="set null"
    )
    # also when that was deleted in the meantime
    is_correction = fields.Boolean()
    # the system knows with whom, when and how it was
    is_recorded = fields.Boolean(compute="_compute_is_recorded")

    @api.depends("corrects_id")
    def _compute_is_recorded(self):
        for wizard in self:
            entry = wizard.corrects_id
            wizard.is_recorded = bool(entry) and entry._is_recorded()

    def _save_correction(self):
        """Cancel the entry and log it anew; neither where something is wrong.

        :return: the action that announces it, with *Undo*; where the form of the entry
            was open, it opens the new one
        :raises UserError: where something is missing or wrong, or the entry was
            corrected, canceled or deleted in the meantime
        """
        if len(self.partner_ids) != 1:
            raise UserError(
                self.env._(
                    "Choose one contact. Log an interaction with each of the others."
                )
            )
        self._check_template()
        entry = self.corrects_id._correct(self._prepare_correction_vals())
        action = entry._get_announcement()
        if self.env.context.get("open_correction"):
            action["params"]["next"] = entry.get_formview_action()
        return action

    def _prepare_correction_vals(self):
        """Return what the dialog says; what is empty there is empty in the entry."""
        files = self.attachment_ids
        if self.is_recorded:
            files |= self.corrects_id.attachment_ids  # those that left
        return {
            **self._prepare_vals(),
            "partner_id": self.partner_ids.id,
            "name": self.name or self.template_id.name,
            "note": self.note,
            "attachment_ids": [Command.set(files.ids)],
        }
