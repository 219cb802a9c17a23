from odoo import api, models
from odoo.tools import SQL

from ..recording.interaction_completeness import SLICE
from .einvoice import DELIVERY_OF_STATE, EVENT, MOVE, SENT_STATES, STATE


class InteractionCompleteness(models.AbstractModel):
    """Invoices that were sent electronically, as far as their networks note a state."""

    _inherit = "interaction.completeness"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    @api.model
    def _trace_einvoice(self, since, until):
        """Invoices that a network has taken, when Odoo stored what was sent.

        Nothing says when it was, but the PDF: Odoo keeps it once it is sent.
        """
        for method, column in self._get_einvoice_columns().items():
            yield from self._fetch(
                lambda last, method=method, column=column: SQL(
                    """SELECT d.id, pdf.date, %(model)s AS model, d.id AS res_id,
                        pdf.user_id, 'einvoice' AS kind, d.%(column)s AS state,
                        %(method)s AS method,
                        %(key)s || d.id AS key
                    FROM account_move d CROSS JOIN LATERAL (
                        SELECT a.create_date AS date, a.create_uid AS user_id
                        FROM ir_attachment a
                        WHERE a.res_model = %(model)s AND a.res_id = d.id
                            AND a.res_field = 'invoice_pdf_report_file'
                        ORDER BY a.id LIMIT 1
                    ) pdf
                    WHERE d.id > %(last)s AND d.%(column)s IN %(states)s
                        AND pdf.date >= %(since)s AND pdf.date < %(until)s
                    ORDER BY d.id LIMIT %(limit)s""",
                    model=MOVE,
                    column=column,
                    method=method,
                    key=f"backfill,{EVENT},{method},",
                    last=last,
                    states=SENT_STATES,
                    since=since,
                    until=until,
                    limit=SLICE,
                )
            )

    @api.model
    def _get_einvoice_columns(self):
        """Return {sending method: column in which its network notes the state}."""
        partners, moves = self.env["res.partner"], self.env[MOVE]
        moves.flush_model()
        return {
            method: SQL.identifier(f"{method}{STATE}")
            for method in partners._fields["invoice_sending_method"].get_values(
                self.env
            )
            if (field := moves._fields.get(f"{method}{STATE}")) and field.store
        }

    @api.model
    def _get_einvoiced_sql(self, model, res_id):
        """Return the condition that an invoice was sent electronically.

        :param str model: name of the document's model
        :param SQL res_id: the column of the document's id
        """
        columns = self._get_einvoice_columns() if model == MOVE else {}
        if not columns:
            return SQL("FALSE")
        return SQL(
            "EXISTS (SELECT FROM account_move e WHERE e.id = %s AND (%s))",
            res_id,
            SQL(" OR ").join(
                SQL("e.%s IN %s", column, SENT_STATES) for column in columns.values()
            ),
        )

    @api.model
    def _prepare_trace_vals(self, event, trace, record):
        # EXTENDS: how it went is a fact, whatever the template says
        vals = super()._prepare_trace_vals(event, trace, record)
        if event == EVENT:
            send = self.env["account.move.send"]
            vals |= {
                "channel": "other",
                "flow": "outbound",
                "initiated_by": "us",
                "contact_via": send._get_einvoice_address(trace["method"], record),
                "delivery_status": DELIVERY_OF_STATE[trace["state"]],
            }
        return vals
