from odoo import api, models
from odoo.tools import SQL

from .einvoice import DELIVERY_OF_STATE, EVENT, FINAL_STATES, MOVE, STATE


class InteractionLogEntry(models.Model):
    """Invoices that were sent electronically: what their networks say of them."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    @api.model
    def _get_summary_sentences(self):
        # EXTENDS: who sent them, and what did not arrive
        return {
            **super()._get_summary_sentences(),
            EVENT: self.env._(
                "%(subject)s: sent electronically by %(user)s to %(contact)s"
            ),
            (EVENT, "undelivered"): self.env._(
                "%(subject)s: not delivered electronically to %(contact)s"
            ),
        }

    @api.model
    def _update_delivery_status_of_einvoices(
        self,
        method: str,
        moves: models.BaseModel,
        status: str,
        reason: str | None = None,
    ) -> None:
        """Update what became of invoices that wait in a network. Never raises.

        :param method: by which they were sent
        :param moves: `account.move`
        :param status: a delivery status
        :param reason: why they did not arrive
        """
        if moves:
            condition = SQL(
                """res_model = %s AND res_id IN %s AND source_key LIKE %s
                AND delivery_status IN ('pending', %s)""",
                MOVE,
                moves._ids,
                f"%{EVENT},{method},%",  # also of what is filled in later
                # what is updated is found again, to end what tells of its failures
                status,
            )
            self._write_delivery_status(condition, status, reason)

    def _close_sent_einvoices(self):
        """End what tells of earlier failures of those that arrived."""
        sent = self.filtered(
            lambda entry: entry.resend_of_id and entry.delivery_status == "sent"
        )
        sent._close_undelivered()

    @api.autovacuum
    def _sync_missed_einvoices(self):
        """Update each night what was missed of invoices that seem to wait."""
        waiting = self.search_fetch(
            [
                ("event", "=", EVENT),
                ("delivery_status", "=", "pending"),
                ("source_key", "=like", f"%{EVENT},%"),
            ],
            ["res_id", "source_key"],
        )
        for method, entries in waiting.grouped(
            lambda entry: entry.source_key.rpartition(f"{EVENT},")[2].split(",")[0]
        ).items():
            moves = self.env[MOVE].browse(entries.mapped("res_id")).exists()
            name = f"{method}{STATE}"
            groups = moves.grouped(name) if name in moves._fields else {}
            for state in groups.keys() & set(FINAL_STATES):
                status = DELIVERY_OF_STATE[state]
                groups[state]._update_einvoice_delivery(method, status)
