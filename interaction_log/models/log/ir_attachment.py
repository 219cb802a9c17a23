from odoo import models
from odoo.exceptions import UserError


class IrAttachment(models.Model):
    """What goes with a logged interaction is a fact: it is written once."""

    _inherit = "ir.attachment"  # pylint: disable=consider-merging-classes-inherited # a later room adds

    def write(self, vals):
        self._check_interaction_facts()
        return super().write(vals)

    def unlink(self):
        self._check_interaction_facts()
        return super().unlink()

    def _check_interaction_facts(self):
        """Raise a UserError where a user would change the files of an interaction.

        Server code may: deleting an interaction deletes its files.
        """
        if self.env.su:
            return
        Entry = self.env["interaction.log.entry"]
        # whatever the user may read: the file of an entry out of sight is a fact, too
        files = self.sudo().filtered(lambda file: file.res_model == Entry._name)
        if files and Entry.sudo().search_count(
            [("attachment_ids", "in", files.ids)], limit=1
        ):
            raise UserError(
                self.env._(
                    "The files of an interaction can't be changed. Cancel the "
                    "interaction and log it again."
                )
            )
