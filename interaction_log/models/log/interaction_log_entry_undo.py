from textwrap import shorten

from odoo import api, models
from odoo.tools import formatLang

from ..base.ui import get_announcement_action

# How many contacts are told by name
ANNOUNCED = 3


class InteractionLogEntry(models.Model):
    """What the user is told of what was just logged or canceled, and taking it back."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    def _get_announcement(self):
        """Return the action that tells the user of new entries, with *Undo*.

        What corrects another entry is told as that.
        """
        contacts = self.partner_id[:ANNOUNCED].mapped("display_name")
        if rest := len(self.partner_id[ANNOUNCED:]):
            contacts.append(self.env._("%(count)s more", count=rest))
        values = {
            "name": shorten(self[:1].name or "", 80, placeholder="…"),
            "contacts": "; ".join(contacts),
        }
        if self.corrects_id:
            return get_announcement_action(
                self.env._("Corrected: %(name)s, with %(contacts)s", **values),
                entry_ids=self.ids,
                undo_method="action_undo_correction",
                undone=self.env._("The earlier version was restored."),
            )
        message = self.env._("Logged: %(name)s, with %(contacts)s", **values)
        if follow_up := self._get_follow_up_sentence():
            message = f"{message}. {follow_up}"
        return get_announcement_action(
            message,
            entry_ids=self.ids,
            undo_method="action_undo",
            undone=self._get_canceled_message(len(self)),
        )

    @api.model
    def _get_canceled_message(self, count):
        """Return the sentence that tells that so many interactions were canceled."""
        if count == 1:
            return self.env._("Interaction canceled.")
        return self.env._(
            "%(count)s interactions canceled.",
            count=formatLang(self.env, count, digits=0),
        )

    @api.model
    def _get_restored_message(self, count):
        """Return the sentence that tells that so many interactions count again."""
        if count == 1:
            return self.env._("Interaction restored.")
        return self.env._(
            "%(count)s interactions restored.",
            count=formatLang(self.env, count, digits=0),
        )

    def action_undo(self):
        """Cancel what was just logged as an error, with what was planned after it.

        Restoring the interactions does not bring back what was planned.

        :return: the entries that were canceled
        :raises UserError: where none of them is logged any more
        :raises AccessError: as for canceling
        """
        undone = self._cancel(self._get_undo_reason(), self._get_undo_note())
        undone._unlink_new_follow_ups()
        return undone

    @api.model
    def _get_undo_note(self):
        return self.env._("Undone right after logging.")

    def _get_undo_reason(self):
        """Return the reason for which `action_undo` cancels; override for your events.

        :return: `interaction.cancel.reason`
        """
        return self.env["interaction.cancel.reason"].search(
            [("kind", "=", "error")], limit=1
        )
