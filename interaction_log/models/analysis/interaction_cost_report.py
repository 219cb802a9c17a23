from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.constants import CHANNELS

# Who reads invoices and orders: the groups to which Odoo gives them
INVOICE_GROUPS = (
    "account.group_account_invoice,account.group_account_readonly,"
    "sales_team.group_sale_salesman"
)
ORDER_GROUPS = "sales_team.group_sale_salesman"
# Found at run time, where these addons are: sale_margin, hr_hourly_cost
ORDER_MARGIN = "margin"
EMPLOYEE_MODEL, EMPLOYEE_COST = "hr.employee", "hourly_cost"
# The fields that are there only where orders have a margin
MARGIN_FIELDS = ("margin", "net_margin")


class InteractionCostReport(models.Model):
    """What interactions cost beside what was invoiced and earned, by contact.

    One row for each interaction, invoice and order that the user may read. Amounts are
    in the currency of the current company, at the rates of today.
    """

    _name = "interaction.cost.report"
    _description = "Costs and Margin"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "date"

    date = fields.Datetime(readonly=True)
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", string="Company of the Contact", readonly=True
    )
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    template_id = fields.Many2one("interaction.template", readonly=True)
    group_id = fields.Many2one("interaction.group", readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    interaction_count = fields.Integer(string="Interactions", readonly=True)
    duration = fields.Float(readonly=True, help="Duration in hours.")
    cost = fields.Monetary(
        readonly=True, string="Direct Cost", help="Costs of the interactions."
    )
    time_cost = fields.Monetary(
        string="Cost of Time",
        readonly=True,
        help="Duration at the hourly rate of the company, or at the hourly cost of the "
        "employee, if you have access to it.",
    )
    total_cost = fields.Monetary(
        readonly=True, help="Direct cost and cost of time of the interactions."
    )
    revenue = fields.Monetary(
        string="Invoiced",
        readonly=True,
        groups=INVOICE_GROUPS,
        help="Untaxed amount of posted customer invoices, less credit notes.",
    )
    net_revenue = fields.Monetary(
        string="Invoiced Less Cost",
        readonly=True,
        groups=INVOICE_GROUPS,
        help="Invoiced amount less the total cost of the interactions.",
    )
    margin = fields.Monetary(
        string="Order Margin",
        readonly=True,
        groups=ORDER_GROUPS,
        help="Margin of confirmed sales orders.",
    )
    net_margin = fields.Monetary(
        string="Margin Less Cost",
        readonly=True,
        groups=ORDER_GROUPS,
        help="Margin of the orders less the total cost of the interactions.",
    )

    # ------------------------------------------------------------------
    # What the user may read
    # ------------------------------------------------------------------

    @api.model
    def _has_margin(self):
        """Say whether orders have a margin, and the user may read it."""
        Order = self.env["sale.order"]
        return (
            ORDER_MARGIN in Order._fields
            and Order.has_access("read")
            and Order._has_field_access(Order._fields[ORDER_MARGIN], "read")
        )

    def _has_field_access(self, field, operation):
        # EXTENDS base
        return super()._has_field_access(field, operation) and (
            field.name not in MARGIN_FIELDS or self._has_margin()
        )

    def _get_view(self, view_id=None, view_type="form", **options):
        # EXTENDS base: the margin is shown where there is one
        arch, view = super()._get_view(view_id, view_type, **options)
        if not self._has_margin():
            for node in arch.xpath("//field"):
                if node.get("name") in MARGIN_FIELDS:
                    node.getparent().remove(node)
        return arch, view

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        # EXTENDS base
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self._has_margin())

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    @property
    def _table_query(self):
        columns = (
            ("partner_id", "int"),
            ("commercial_partner_id", "int"),
            ("user_id", "int"),
            ("company_id", "int"),
            ("template_id", "int"),
            ("group_id", "int"),
            ("channel", "varchar"),
            ("date", "timestamp"),
            ("interaction_count", "int"),
            ("duration", "float8"),
            ("cost", "numeric"),
            ("time_cost", "numeric"),
            ("revenue", "numeric"),
            ("margin", "numeric"),
        )
        sources = self._get_cost_sources()
        amounts = ("cost", "time_cost", "revenue", "margin")
        rows = SQL(" UNION ALL ").join(
            SQL(
                "(SELECT source.id::bigint * %s + %s AS id, %s FROM %s)",
                len(sources),
                number,
                SQL(", ").join(
                    SQL(
                        "(%s)::%s AS %s",
                        values.get(name, SQL("0" if name in amounts else "NULL")),
                        SQL(type_),
                        SQL.identifier(name),
                    )
                    for name, type_ in columns
                ),
                from_sql,
            )
            for number, (from_sql, values) in enumerate(sources)
        )
        return SQL(
            """SELECT source.*, %s AS currency_id,
                cost + time_cost AS total_cost,
                revenue - cost - time_cost AS net_revenue,
                margin - cost - time_cost AS net_margin
            FROM (%s) source""",
            self.env.company.currency_id.id,
            rows,
        )

    @api.model
    def _get_cost_sources(self) -> list[tuple[SQL, dict[str, SQL]]]:
        """Return what the rows come from; override to add more.

        :return: list of (FROM clause with an alias `source` that has an `id`,
            {column: its SQL}); amounts in the currency of the current company
        """
        sources = [self._get_interaction_source()]
        if self.env["account.move"].has_access("read"):
            sources.append(self._get_invoice_source())
        if self._has_margin():
            sources.append(self._get_order_source())
        return sources

    @api.model
    def _get_interaction_source(self):
        Entry = self.env["interaction.log.entry"]
        query = Entry._search(Entry._get_counted_domain())
        names = (
            "id",
            "partner_id",
            "commercial_partner_id",
            "user_id",
            "company_id",
            "template_id",
            "group_id",
            "channel",
            "date",
            "duration",
            "cost",
        )
        employees = self._get_employee_rates_sql()
        rate, join = SQL("company.hourly_rate"), SQL()
        if employees:
            rate = SQL("COALESCE(employee.hourly_rate, company.hourly_rate)")
            join = SQL(
                """LEFT JOIN %s employee ON employee.user_id = source.user_id
                    AND employee.company_id = source.company_id""",
                employees,
            )
        from_sql = SQL(
            "%s source JOIN (%s) company ON company.id = source.company_id %s",
            query.subselect(
                *(Entry._field_to_sql(query.table, name, query) for name in names)
            ),
            self._get_companies_sql(),
            join,
        )
        return from_sql, {
            **{name: SQL.identifier("source", name) for name in names[1:]},
            "interaction_count": SQL("1"),
            "cost": SQL("COALESCE(source.cost, 0) * company.rate"),
            "time_cost": SQL(
                "(COALESCE(source.duration, 0) * %s)::numeric * company.rate", rate
            ),
        }

    @api.model
    def _get_invoice_source(self):
        domain = (
            Domain("state", "=", "posted")
            & Domain("move_type", "in", ("out_invoice", "out_refund", "out_receipt"))
            & Domain("company_id", "in", self._get_companies().ids)
        )
        return self._get_document_source(
            self.env["account.move"],
            domain,
            {
                "partner_id": "partner_id",
                "commercial_partner_id": "commercial_partner_id",
                "user_id": "invoice_user_id",
                "date": "invoice_date",
                "revenue": "amount_untaxed_signed",
            },
        )

    @api.model
    def _get_order_source(self):
        from_sql, values = self._get_document_source(
            self.env["sale.order"],
            Domain("state", "=", "sale")
            & Domain("company_id", "in", self._get_companies().ids),
            {
                "partner_id": "partner_id",
                "user_id": "user_id",
                "date": "date_order",
                "margin": ORDER_MARGIN,
                "currency_rate": "currency_rate",
            },
        )
        # from the currency of the order to that of its company
        rate = values.pop("currency_rate")
        values["margin"] = SQL(
            "%s / COALESCE(NULLIF(%s, 0), 1)", values["margin"], rate
        )
        values["commercial_partner_id"] = SQL("partner.commercial_partner_id")
        from_sql = SQL(
            "%s LEFT JOIN res_partner partner ON partner.id = source.partner_id",
            from_sql,
        )
        return from_sql, values

    @api.model
    def _get_document_source(self, records, domain, columns):
        """Return a source of the documents that the user may read.

        :param columns: {column of the report: field of the document}
        """
        query = records._search(domain)
        names = {"id": "id", "company_id": "company_id", **columns}
        from_sql = SQL(
            "%s source JOIN (%s) company ON company.id = source.company_id",
            query.subselect(
                *(
                    SQL(
                        "%s AS %s",
                        records._field_to_sql(query.table, field, query),
                        SQL.identifier(name),
                    )
                    for name, field in names.items()
                )
            ),
            self._get_companies_sql(),
        )
        values = {
            name: SQL.identifier("source", name) for name in names if name != "id"
        }
        if records._fields[columns["date"]].type == "date":
            # at noon it is the same day in (nearly) every time zone
            values["date"] = SQL("source.date + INTERVAL '12 hours'")
        for name in ("revenue", "margin"):
            if name in values:
                values[name] = SQL("COALESCE(%s, 0) * company.rate", values[name])
        return from_sql, values

    # ------------------------------------------------------------------
    # Rates
    # ------------------------------------------------------------------

    @api.model
    def _get_companies(self):
        """Return the companies whose documents the user reads."""
        if self.env.su:
            return self.env["res.company"].search([])  # pylint: disable=no-search-all # they are few
        return self.env.companies.sudo()

    @api.model
    def _get_companies_sql(self):
        """Return the SELECT of the companies: their rate to the currency of the current
        one, and their hourly rate, in their own currency.
        """
        companies = self._get_companies()
        currency = self.env.company.sudo().currency_id
        rates = (companies.currency_id | currency)._get_rates(
            self.env.company, fields.Date.context_today(self)
        )
        return SQL(
            "SELECT * FROM (VALUES %s) AS company(id, rate, hourly_rate)",
            SQL(", ").join(
                SQL(
                    "(%s, %s::numeric, %s::float8)",
                    company.id,
                    rates[currency.id] / rates[company.currency_id.id],
                    company.interaction_hourly_rate,
                )
                for company in companies
            ),
        )

    @api.model
    def _get_employee_rates_sql(self):
        """Return the subquery of the hourly costs that the user may read; None where
        employees have none (hr_hourly_cost).
        """
        Employee = self.env.get(EMPLOYEE_MODEL)
        if Employee is None or EMPLOYEE_COST not in Employee._fields:
            return None
        field = Employee._fields[EMPLOYEE_COST]
        if not (
            Employee.has_access("read") and Employee._has_field_access(field, "read")
        ):
            return None
        query = Employee.with_context(active_test=False)._search(
            Domain(EMPLOYEE_COST, ">", 0) & Domain("user_id", "!=", False)
        )
        user, company, cost = (
            Employee._field_to_sql(query.table, name, query)
            for name in ("user_id", "company_id", EMPLOYEE_COST)
        )
        return SQL(
            """(SELECT user_id, company_id, MAX(hourly_cost) AS hourly_rate
            FROM %s employee GROUP BY user_id, company_id)""",
            query.subselect(
                SQL("%s AS user_id", user),
                SQL("%s AS company_id", company),
                SQL("%s AS hourly_cost", cost),
            ),
        )
