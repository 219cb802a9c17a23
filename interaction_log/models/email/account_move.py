from collections import defaultdict

from odoo import api, models

from .einvoice import DELIVERY_OF_STATE, FINAL_STATES, STATE

# The key of what waits for the end of the transaction
WAITING = "interaction_log_einvoices"


class AccountMove(models.Model):
    """What becomes of an electronic invoice, as its network notes it later."""

    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited # room email adds to recording

    def write(self, vals):
        result = super().write(vals)
        for name, state in vals.items():
            if name.endswith(STATE) and state in FINAL_STATES:
                status = DELIVERY_OF_STATE[state]
                self._note_einvoice_state(name.removesuffix(STATE), status)
        return result

    def _note_einvoice_state(self, method, status):
        """Note what became of the invoices; why, their networks say after that."""
        precommit = self.env.cr.precommit
        if WAITING not in precommit.data:
            precommit.data[WAITING] = {}
            precommit.add(self.browse()._update_einvoices)
        precommit.data[WAITING] |= {(method, id_): status for id_ in self.ids}

    @api.model
    def _update_einvoices(self):
        """Update the log with what was noted, all invoices at once."""
        waiting = self.env.cr.precommit.data.pop(WAITING, {})
        groups = defaultdict(list)
        for (method, id_), status in waiting.items():
            groups[method, status].append(id_)
        for (method, status), ids in groups.items():
            self.browse(ids)._update_einvoice_delivery(method, status)

    def _update_einvoice_delivery(self, method, status):
        """Update what became of the invoices in the log.

        :param str method: by which they were sent
        :param str status: `sent` or `error`
        """
        Entry = self.env["interaction.log.entry"]
        if status != "error":
            Entry._update_delivery_status_of_einvoices(method, self, status)
            return
        # the first note of this moment after that says why
        notes = self.env["mail.message"].sudo()
        notes = notes.search_fetch(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("create_date", "=", self.env.cr.now()),
            ],
            ["res_id", "preview"],
            order="id",
        )
        reason_of = {note.res_id: note.preview for note in notes}
        for reason, moves in self.grouped(
            lambda move: reason_of.get(move.id) or move._get_einvoice_refusal()
        ).items():
            Entry._update_delivery_status_of_einvoices(method, moves, status, reason)

    @api.model
    def _get_einvoice_refusal(self):
        """Return why an invoice did not arrive where nothing more is known."""
        return self.env._("Refused. The chatter of the invoice may show the reason.")
