from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .interaction_segment_step_conditions import MATCHES, get_id_domain


class InteractionSegmentStep(models.Model):
    """Contacts by their invoices or orders.

    Documents of a company are also those of its people, as on its form.
    """

    _inherit = "interaction.segment.step"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    document_kind = fields.Selection(
        [("invoices", "Invoices"), ("orders", "Sales Orders")],
        string="Documents",
        help="Posted invoices minus credit notes, or confirmed orders. The documents "
        "of a company include those of its contacts.",
    )
    document_match = fields.Selection(MATCHES, default="had", string="Had Documents")
    document_amount_min = fields.Monetary(
        string="Minimum Amount",
        help="Minimum total of the documents, excluding taxes, in the currency of the "
        "company. If products are selected, only these products count. 0 means no "
        "limit.",
    )
    document_amount_max = fields.Monetary(
        string="Maximum Amount",
        help="Maximum total, calculated like the minimum amount. 0 means no limit.",
    )
    document_product_ids = fields.Many2many(
        "product.product",
        relation="interaction_segment_step_product_rel",
        string="Products",
        context={"active_test": False},
    )
    document_date_from = fields.Date(string="Documents From")
    document_date_to = fields.Date(string="Documents To", help="Including this day.")
    document_days = fields.Integer(
        string="Documents in the Last Days",
        help="Number of past days, including today. The period moves with the current "
        "date.",
    )

    def _get_documents_domain(self):
        """Return the domain of the contacts by their invoices or orders.

        :raises UserError: where the user may not read them
        """
        model = {"invoices": "account.move", "orders": "sale.order"}.get(
            self.document_kind, "account.move"
        )
        if not self.env[model].has_access("read"):
            raise UserError(
                self.env._(
                    "You are not allowed to read %(documents)s, so you can't select "
                    "contacts by them.",
                    documents=self.env["ir.model"]._get(model).name,
                )
            )
        amounts = (
            self._get_invoices_sql()
            if model == "account.move"
            else self._get_orders_sql()
        )
        limits = [SQL("TRUE")]
        if self.document_amount_min:
            limits.append(SQL("SUM(amount) >= %s", self.document_amount_min))
        if self.document_amount_max:
            limits.append(SQL("SUM(amount) <= %s", self.document_amount_max))
        owners = SQL(
            """(SELECT owner.id FROM (%(amounts)s) document
            JOIN res_partner partner ON partner.id = document.partner_id
            CROSS JOIN LATERAL (
                SELECT partner.id UNION SELECT partner.commercial_partner_id
            ) AS owner(id)
            WHERE owner.id IS NOT NULL
            GROUP BY owner.id HAVING %(limits)s)""",
            amounts=amounts,
            limits=SQL(" AND ").join(limits),
        )
        return get_id_domain(owners, negate=self.document_match == "none")

    def _get_invoices_sql(self):
        """Return the SQL of contact and amount of each invoice that counts."""
        domain = (
            Domain("state", "=", "posted")
            & Domain("move_type", "in", ("out_invoice", "out_refund", "out_receipt"))
            & Domain("company_id", "=", self.company_id.id)
        )
        first = self._get_first_day("document")
        if first:
            domain &= Domain("invoice_date", ">=", first)
        if self.document_date_to:
            domain &= Domain("invoice_date", "<=", self.document_date_to)
        moves = self._get_select_sql(self.env["account.move"], domain)
        if not self.document_product_ids:
            return SQL(
                """SELECT partner_id, amount_untaxed_signed AS amount
                FROM account_move WHERE id IN %s""",
                moves,
            )
        return SQL(
            """SELECT move.partner_id, -line.balance AS amount
            FROM account_move_line line JOIN account_move move ON move.id = line.move_id
            WHERE line.display_type = 'product' AND line.product_id = ANY(%s)
            AND line.move_id IN %s""",
            self._get_ids("document_product_ids"),
            moves,
        )

    def _get_orders_sql(self):
        """Return the SQL of contact and amount of each order that counts."""
        domain = Domain("state", "=", "sale") & Domain(
            "company_id", "=", self.company_id.id
        )
        first = self._get_first_day("document")
        if first:
            domain &= Domain("date_order", ">=", first)
        if self.document_date_to:
            day_after = self.document_date_to + timedelta(days=1)
            domain &= Domain("date_order", "<", day_after)
        orders = self._get_select_sql(self.env["sale.order"], domain)
        if not self.document_product_ids:
            return SQL(
                """SELECT partner_id,
                    amount_untaxed / COALESCE(NULLIF(currency_rate, 0), 1) AS amount
                FROM sale_order WHERE id IN %s""",
                orders,
            )
        return SQL(
            """SELECT sale.partner_id, line.price_subtotal
                / COALESCE(NULLIF(sale.currency_rate, 0), 1) AS amount
            FROM sale_order_line line JOIN sale_order sale ON sale.id = line.order_id
            WHERE line.product_id = ANY(%s) AND line.order_id IN %s""",
            self._get_ids("document_product_ids"),
            orders,
        )
