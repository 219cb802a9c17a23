from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, unique

from ..base.constants import FAILED_OUTCOMES

# Of what groups there may be as many as entries
MANY_GROUPS = ("res.partner", "interaction.batch")
# The aggregates of a whole that follow from those of its parts
ADDED_UP = ("sum", "sum_currency")


class InteractionLogEntry(models.Model):
    """How lists, pivots and graphs of a large log are answered."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    # The filters of the list that find few, the newest first
    _channel_idx = models.Index("(channel, date)")
    _backfilled_idx = models.Index("(date) WHERE is_backfilled IS TRUE")
    _failed_idx = models.Index(
        f"(date) WHERE outcome IN {(*FAILED_OUTCOMES, 'left_message')}"
    )
    _negative_idx = models.Index(
        "(date) WHERE evaluation IN ('negative', 'very_negative')"
    )
    # Sorted by contact and by subject
    _partner_name_idx = models.Index("(partner_name)")
    _name_idx = models.Index("(name)")
    # The entries of a company, and which currencies there are: grouped lists, pivot and
    # graph ask for that with each sum of costs
    _company_currency_idx = models.Index("(company_id, currency_id)")

    @api.model
    def _get_currency_sql(self, aggregate_spec, query):
        """Return the SQL of an aggregate about currencies; None for all others.

        The web client asks for the currencies of each group, and for the sum of costs
        in one of them. Core sorts all entries to answer the first (11 s of 2,000,000 by
        month, 5 s without), and divides each cost by its rate for the second. The
        currencies are few, mostly one.
        """
        if aggregate_spec not in (
            "currency_id:array_agg_distinct",
            "cost:sum_currency",
        ):
            return None
        currencies = self._get_currencies()
        if not currencies:
            return None
        if aggregate_spec == "cost:sum_currency":
            return self._get_currency_sum_sql(currencies, query)
        return self._get_currency_array_sql(currencies, query)

    @api.model
    def _get_currencies(self):
        """Return the currencies of all entries, whoever sees them.

        Each is looked up in the index, however many entries there are.
        """
        self.flush_model(["company_id", "currency_id"])
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE found AS (
                    (SELECT company_id, currency_id FROM %(table)s
                    ORDER BY company_id, currency_id LIMIT 1)
                    UNION ALL
                    SELECT entry.* FROM found CROSS JOIN LATERAL (
                        SELECT company_id, currency_id FROM %(table)s
                        WHERE (company_id, currency_id)
                            > (found.company_id, found.currency_id)
                        ORDER BY company_id, currency_id LIMIT 1
                    ) entry
                )
                SELECT DISTINCT currency_id FROM found ORDER BY currency_id""",
                table=SQL.identifier(self._table),
            )
        )
        return self.env["res.currency"].sudo().browse(id_ for (id_,) in rows)

    @api.model
    def _get_currency_array_sql(self, currencies, query):
        """Return the SQL of which of `currencies` the entries of a group have."""
        if len(currencies) == 1:
            return SQL("CASE WHEN COUNT(*) > 0 THEN ARRAY[%s] END", currencies.id)
        field = self._field_to_sql(self._table, "currency_id", query)
        return SQL(
            "NULLIF(ARRAY_REMOVE(ARRAY[%s], NULL), ARRAY[]::integer[])",
            SQL(", ").join(
                SQL("CASE WHEN BOOL_OR(%s = %s) THEN %s END", field, id_, id_)
                for id_ in currencies._ids
            ),
        )

    @api.model
    def _get_currency_sum_sql(self, currencies, query):
        """Return the SQL of the costs that count of a group, as of `sum_currency`."""
        today = fields.Date.context_today(self)
        rates = currencies._get_rates(self.env.company, today)
        counted = self._get_counted_sql(query)
        field = self._field_to_sql(self._table, "currency_id", query)
        return SQL(" + ").join(
            SQL(
                "COALESCE(SUM(%s) FILTER (WHERE %s), 0) / %s",
                self._field_to_sql(self._table, "cost", query),
                counted
                if len(currencies) == 1
                else SQL("%s AND %s = %s", counted, field, currency.id),
                rates[currency.id],
            )
            for currency in currencies
        )

    # ------------------------------------------------------------------
    # Sum first, then order by name
    # ------------------------------------------------------------------
    # Where groups are ordered by what a record is called, core joins it to each entry
    # and sorts them all by it. By ids alone PostgreSQL sums in parallel and in memory
    # (2,000,000 by salesperson: a quarter of the time), or reads no more than the
    # groups of one page.

    def _read_group(
        self,
        domain,
        groupby=(),
        aggregates=(),
        having=(),
        offset=0,
        limit=None,
        order=None,
    ):
        # EXTENDS base: a graph, and the page of a list that is grouped by a record
        if self._is_graph_of_records(groupby, having, offset, limit, order):
            rows = super()._read_group(domain, groupby, aggregates)
            return self._order_groups(rows, groupby)
        if not self._is_page_of_records(groupby, having, limit, order):
            return super()._read_group(
                domain, groupby, aggregates, having, offset, limit, order
            )
        (name,) = groupby
        if self._fields[name].comodel_name not in MANY_GROUPS:
            rows = super()._read_group(domain, groupby, aggregates)
            return self._order_groups(rows, groupby)[offset : offset + limit]
        domain = Domain(domain)
        grouped, are_grouped = self._get_grouped(domain, name)
        records = grouped.search(are_grouped, offset=offset, limit=limit)
        rows = super()._read_group(
            domain & Domain(name, "in", records.ids), groupby, aggregates
        )
        # those without one are the last
        if len(records) < limit and (
            records or offset == grouped.search_count(are_grouped)
        ):
            rows += super()._read_group(
                domain & Domain(name, "=", False), groupby, aggregates
            )
        return self._order_groups(rows, groupby)

    @api.model
    def _is_graph_of_records(self, groupby, having, offset, limit, order):
        fields_ = [self._fields.get(spec.partition(":")[0]) for spec in groupby]
        return (
            not (having or offset or limit)
            and order == ", ".join(groupby)
            and all(field and field.store and field.column_type for field in fields_)
            and any(field.type == "many2one" for field in fields_)
        )

    @api.model
    def _is_page_of_records(self, groupby, having, limit, order):
        field = self._fields.get(groupby[0]) if len(groupby) == 1 else None
        return (
            limit
            and not having
            and order == groupby[0]
            and field
            and field.type == "many2one"
            and field.store
        )

    @api.model
    def _get_grouped(self, domain, name):
        """Return the records by which the entries of `domain` are grouped.

        :return: (an empty recordset that may search them, their domain)
        """
        query = self._search(domain & Domain(name, "!=", False))
        column = self._field_to_sql(self._table, name, query)
        records = self.env[self._fields[name].comodel_name].sudo()
        return (
            records.with_context(active_test=False),
            Domain("id", "in", query.subselect(column)),
        )

    @api.model
    def _order_groups(self, rows, groupby):
        """Return the rows of `_read_group` as SQL would order them by `groupby`."""
        ranks = []
        for number, spec in enumerate(groupby):
            values = {row[number] for row in rows}
            if (field := self._fields.get(spec)) and field.type == "many2one":
                records = self.env[field.comodel_name].sudo()
                ids = {value.id for value in values if value}
                ordered = records.with_context(active_test=False).search(
                    [("id", "in", list(ids))]
                )
                rank = {id_: place for place, id_ in enumerate(ordered._ids)}
                ranks.append({v: rank.get(v.id, len(rank)) for v in values})
            else:
                # nothing comes last, but for no in a field of yes and no
                is_boolean = field and field.type == "boolean"
                ordered = sorted(
                    values,
                    key=lambda value: (
                        (False, value)
                        if is_boolean or (value is not False and value is not None)
                        else (True,)
                    ),
                )
                ranks.append({value: place for place, value in enumerate(ordered)})
        return sorted(
            rows,
            key=lambda row: [
                rank[value] for rank, value in zip(ranks, row, strict=False)
            ],
        )

    def _formatted_read_group_with_length(
        self, domain, groupby, aggregates, offset=0, limit=None, order=None
    ):
        # EXTENDS web: counts the groups; core reads all others to count them
        if not self._is_page_of_records(groupby, (), limit, order):
            return super()._formatted_read_group_with_length(
                domain, groupby, aggregates, offset=offset, limit=limit, order=order
            )
        groups = self.formatted_read_group(
            domain, groupby, aggregates, offset=offset, limit=limit, order=order
        )
        if len(groups) < limit:
            return groups, len(groups) + offset if groups else 0
        (name,), domain = groupby, Domain(domain)
        grouped, are_grouped = self._get_grouped(domain, name)
        length = grouped.search_count(are_grouped)
        return groups, length + self.search_count(domain & Domain(name, "=", False), 1)

    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        # EXTENDS base: a pivot. PostgreSQL can't sum for several groupings in parallel:
        # the finest one is read, and the others are sums of that.
        specs = tuple(unique(spec for groupby in grouping_sets for spec in groupby))
        rows = (
            self._read_group(domain, specs, aggregates)
            if self._can_add_up(specs, aggregates, order)
            else []
        )
        if not rows:
            return super()._read_grouping_sets(domain, grouping_sets, aggregates, order)
        rows = self._order_groups(rows, specs)
        return [
            self._order_groups(
                self._add_up([specs.index(spec) for spec in groupby], rows, len(specs)),
                groupby,
            )
            for groupby in grouping_sets
        ]

    @api.model
    def _can_add_up(self, specs, aggregates, order):
        """Say whether the rows of `specs` tell the sums of some of them."""
        fields_ = [self._fields.get(spec.split(":")[0]) for spec in specs]
        return (
            order == ", ".join(specs)
            and all(
                field
                and field.store
                and field.column_type
                and field.comodel_name not in MANY_GROUPS
                for field in fields_
            )
            and all(
                aggregate == "__count"
                or aggregate == "currency_id:array_agg_distinct"
                or aggregate.split(":")[-1] in ADDED_UP
                for aggregate in aggregates
            )
        )

    @api.model
    def _add_up(self, places, rows, width):
        """Add up rows of `_read_group` by the values in `places`, of `width`.

        :return: rows of those values and the sums
        """
        totals = {}
        for row in rows:
            key = tuple(row[place] for place in places)
            values = row[width:]
            if key in totals:
                values = [
                    sorted({*total, *value})
                    if isinstance(value, list)
                    else (total or 0) + (value or 0)
                    for total, value in zip(totals[key], values, strict=True)
                ]
            totals[key] = values
        return [(*key, *values) for key, values in totals.items()]
