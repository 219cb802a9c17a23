import ast
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.constants import EVALUATIONS

MATCHES = [("had", "Had at least one"), ("none", "Had none")]
# The kinds of a batch's contacts
BATCH_RESULTS = [
    ("all", "All of them"),
    ("answered", "Answered"),
    ("not_answered", "Did not answer"),
    ("bounced", "Bounced"),
    ("not_delivered", "Bounced or not delivered"),
    ("positive", "Evaluated positive"),
    ("negative", "Evaluated negative"),
    ("left_out", "Were left out"),
]
# The fields that say which contacts match, by the condition that they are part of
CONDITIONS = {
    "domain": ("domain",),
    "interactions": (
        "interaction_match",
        "interaction_template_ids",
        "interaction_group_ids",
        "interaction_date_from",
        "interaction_date_to",
        "interaction_days",
        "interaction_evaluation",
        "interaction_campaign_id",
        "interaction_delivery_status",
    ),
    "documents": (
        "document_kind",
        "document_match",
        "document_amount_min",
        "document_amount_max",
        "document_product_ids",
        "document_date_from",
        "document_date_to",
        "document_days",
    ),
    "tags": ("category_ids",),
    "countries": ("country_ids",),
    "salespersons": ("user_ids",),
    "email": ("email_condition",),
    "chosen": ("partner_ids",),
    "list": ("list_text", "list_file", "list_filename"),
    "batch": ("batch_id", "batch_result"),
}
OPTIONS = (
    "operation",
    "expand_companies",
    "add_companies",
    "include_existing",
    "ignore_exclusion",
)
POSITIVE = ("positive", "very_positive")
NEGATIVE = ("negative", "very_negative")


class InteractionSegmentStep(models.Model):
    """Which contacts a step is about.

    All conditions that are given have to be met. Only what the user may read counts,
    and only what belongs to the company of the segment. Interactions and documents of
    a company are also those of its people, as on its form. Canceled and postponed
    interactions never count.
    """

    _inherit = "interaction.segment.step"

    domain = fields.Char(string="Filter", default="[]", required=True)
    # Interactions
    interaction_match = fields.Selection(
        MATCHES,
        string="Interactions",
        help="Whether the contacts had interactions as described, or none of them. A "
        "company's are also those with its people. Canceled ones never count.",
    )
    interaction_template_ids = fields.Many2many(
        "interaction.template",
        relation="interaction_segment_step_template_rel",
        string="Templates",
        context={"active_test": False},
    )
    interaction_group_ids = fields.Many2many(
        "interaction.group",
        relation="interaction_segment_step_group_rel",
        string="Interaction Groups",
        context={"active_test": False},
    )
    interaction_date_from = fields.Date(string="Interactions From")
    interaction_date_to = fields.Date(
        string="Interactions To", help="This day is included."
    )
    interaction_days = fields.Integer(
        string="Interactions in the Last Days",
        help="How many days back, today included; it moves on with time.",
    )
    interaction_evaluation = fields.Selection(EVALUATIONS, string="Evaluation")
    interaction_campaign_id = fields.Many2one(
        "utm.campaign",
        string="Campaign",
        index="btree_not_null",
        ondelete="set null",
    )
    interaction_delivery_status = fields.Selection(
        selection=lambda self: self._get_delivery_statuses(), string="Delivery"
    )
    # Invoices and orders
    document_kind = fields.Selection(
        [("invoices", "Invoices"), ("orders", "Sales Orders")],
        string="Documents",
        help="Posted invoices less credit notes, or confirmed orders. A company's are "
        "also those of its people; those of a person are the person's own.",
    )
    document_match = fields.Selection(MATCHES, default="had", string="Had Documents")
    document_amount_min = fields.Monetary(
        string="Amount at Least",
        help="Of all of them together, without taxes, in the currency of the company. "
        "With products, of these products only. 0 is no limit.",
    )
    document_amount_max = fields.Monetary(
        string="Amount at Most", help="As the amount at least. 0 is no limit."
    )
    document_product_ids = fields.Many2many(
        "product.product",
        relation="interaction_segment_step_product_rel",
        string="Products",
        context={"active_test": False},
    )
    document_date_from = fields.Date(string="Documents From")
    document_date_to = fields.Date(string="Documents To", help="This day is included.")
    document_days = fields.Integer(
        string="Documents in the Last Days",
        help="How many days back, today included; it moves on with time.",
    )
    # The contact
    category_ids = fields.Many2many(
        "res.partner.category",
        relation="interaction_segment_step_category_rel",
        string="Tags",
        context={"active_test": False},
        help="One of them, or a tag below it.",
    )
    country_ids = fields.Many2many(
        "res.country",
        relation="interaction_segment_step_country_rel",
        string="Countries",
    )
    user_ids = fields.Many2many(
        "res.users",
        relation="interaction_segment_step_user_rel",
        string="Salespersons",
        context={"active_test": False},
    )
    email_condition = fields.Selection(
        [
            ("usable", "Has one that can be used"),
            ("missing", "Has none"),
            ("blacklisted", "Is on the blacklist"),
            ("bounced", "Bounced"),
        ],
        string="E-mail Address",
        help="One can be used if it is complete and not on the blacklist.",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        relation="interaction_segment_step_partner_rel",
        string="Chosen Contacts",
        context={"active_test": False},
    )
    # A logged batch
    batch_id = fields.Many2one(
        "interaction.batch",
        string="Logged Segment",
        index="btree_not_null",
        ondelete="set null",
    )
    batch_result = fields.Selection(
        BATCH_RESULTS,
        string="Those Who",
        default="all",
        help="Who answered had an inbound interaction, or one that is a response to a "
        "campaign, at the same time or later.",
    )
    # What was given stays a condition when what it names is deleted: then nobody meets
    # it, rather than everybody.
    used_conditions = fields.Json(copy=False)

    @api.model
    def _get_delivery_statuses(self):
        return self.env["interaction.log.entry"]._fields["delivery_status"].selection

    @api.model
    def _get_condition_fields(self):
        """Return the names of all fields that say what a step does."""
        names = [name for names in CONDITIONS.values() for name in names]
        return ["segment_id", "criteria_id", *OPTIONS, *names]

    def _get_given_conditions(self):
        """Return the names of the conditions that are filled in."""
        self.ensure_one()
        defaults = ("document_match", "batch_result", "domain", "list_filename")
        return [
            name
            for name, names in CONDITIONS.items()
            if any(self[field] for field in names if field not in defaults)
        ]

    def _has_condition(self, name):
        return name in (self.used_conditions or self._get_given_conditions())

    @api.constrains(
        lambda self: [name for names in CONDITIONS.values() for name in names]
    )
    def _check_conditions(self):
        """Raise an error where a condition can't be met by what it says.

        :raises ValidationError: says what is wrong, in one sentence
        """
        for step in self:
            step._get_filter_domain()
            for kind in ("interaction", "document"):
                step._check_period(kind)
            low, high = step.document_amount_min, step.document_amount_max
            if high and low > high:
                raise ValidationError(
                    self.env._("The amount at most is lower than the amount at least.")
                )

    def _check_period(self, kind):
        first, last = self[f"{kind}_date_from"], self[f"{kind}_date_to"]
        if first and last and last < first:
            raise ValidationError(
                self.env._(
                    "The period ends on %(last)s, before it begins on %(first)s.",
                    first=first,
                    last=last,
                )
            )
        if not 0 <= self[f"{kind}_days"] <= 36525:
            raise ValidationError(
                self.env._("Give a number of days from 1 to 36525, a hundred years.")
            )

    def _get_filter_domain(self):
        """Return the domain that the user edited.

        :raises ValidationError: where it is none, or not one on contacts
        """
        text = (self.domain or "").strip() or "[]"
        try:
            value = ast.literal_eval(text)
            if not isinstance(value, list | tuple):
                raise TypeError(text)
            domain = Domain(value)
            domain.validate(self._get_partner_model())
        except AccessError:
            raise
        except Exception as error:
            # whatever text is not a domain breaks in its own way
            raise ValidationError(
                self.env._(
                    "The filter on contacts can't be read: %(error)s. Correct it, or "
                    "empty it.",
                    error=" ".join(str(error).split())[:200].rstrip("."),
                )
            ) from error
        return domain

    # ------------------------------------------------------------------
    # The contacts
    # ------------------------------------------------------------------

    def _with_company(self):
        """Return the step so that only what belongs to its company is seen."""
        return self.with_context(allowed_company_ids=self.company_id.ids)

    def _get_partner_model(self):
        """Return the model of contacts, with or without the archived ones.

        Reduce and Refine look at who is in the segment, whoever that is. Add brings an
        archived contact only where the filter says so, or where it is named.
        """
        named = {"chosen", "list", "batch"} & set(
            self.used_conditions or self._get_given_conditions()
        )
        active_test = self.operation not in ("reduce", "refine") and not named
        return (
            self._with_company()
            .env["res.partner"]
            .with_context(active_test=active_test)
        )

    def _get_contacts_sql(self):
        """Return the SQL of the ids of the contacts that the step is about.

        :return: SQL of a SELECT of `id` in parentheses
        :raises ValidationError: where a condition is wrong
        """
        self.ensure_one()
        step, Partner = self._with_company(), self._get_partner_model()
        matching = step._select(Partner, step._get_contact_domain())
        parts = [matching]
        if self.expand_companies:
            parts.append(step._select(Partner, step._get_people_domain(matching)))
        if self.add_companies and self.operation == "add":
            parts.append(
                step._select(
                    Partner,
                    Domain("is_company", "=", True)
                    & Domain(
                        "id",
                        "in",
                        SQL(
                            "(SELECT commercial_partner_id FROM res_partner "
                            "WHERE id IN %s)",
                            matching,
                        ),
                    ),
                )
            )
        if len(parts) == 1:
            return matching
        return SQL("(%s)", SQL(" UNION ").join(parts))

    def _get_people_domain(self, matching):
        """Return the domain of the people of the companies in `matching` (SQL)."""
        if self.operation == "add":
            companies = SQL(
                "(SELECT id FROM res_partner WHERE is_company AND id IN %s)", matching
            )
            # its addresses are no people
            return (
                Domain("commercial_partner_id", "in", companies)
                & Domain("is_company", "=", False)
                & Domain("type", "=", "contact")
            )
        return Domain(
            "commercial_partner_id",
            "in",
            SQL(
                "(SELECT commercial_partner_id FROM res_partner WHERE id IN %s)",
                matching,
            ),
        )

    @api.model
    def _select(self, model, domain, *columns):
        """Return the SQL of a SELECT, in parentheses, with the user's own rights."""
        query = model._search(domain)
        names = columns or ("id",)
        if query.is_empty():
            nothing = SQL(", ").join(
                SQL(
                    "NULL::%s AS %s",
                    SQL.identifier(model._fields[name].column_type[0]),
                    SQL.identifier(name),
                )
                for name in names
            )
            return SQL("(SELECT %s WHERE FALSE)", nothing)
        return query.subselect(
            *(
                SQL(
                    "%s AS %s",
                    model._field_to_sql(query.table, name, query),
                    SQL.identifier(name),
                )
                for name in names
            )
        )

    def _get_contact_domain(self):
        """Return the domain of the contacts that meet all conditions."""
        getters = {
            "interactions": self._get_interactions_domain,
            "documents": self._get_documents_domain,
            "list": self._get_list_domain,
            "batch": self._get_batch_domain,
            "email": self._get_email_domain,
            "tags": lambda: Domain(
                "category_id", "child_of", self._get("category_ids")
            ),
            "countries": lambda: Domain("country_id", "in", self._get("country_ids")),
            "salespersons": lambda: Domain("user_id", "in", self._get("user_ids")),
            "chosen": lambda: Domain("id", "in", self._get("partner_ids")),
        }
        return Domain.AND(
            [
                self._get_filter_domain(),
                *(get() for name, get in getters.items() if self._has_condition(name)),
            ]
        )

    def _get(self, name):
        """Return the ids in a field, also while the step is filled in."""
        return self[name]._origin.ids

    def _get_email_domain(self):
        has_address = Domain("email_normalized", "!=", False)
        return {
            "usable": has_address & Domain("is_blacklisted", "=", False),
            "missing": ~has_address,
            "blacklisted": Domain("is_blacklisted", "=", True),
            "bounced": Domain("message_bounce", ">", 0),
        }[self.email_condition]

    def _get_first_day(self, kind):
        """Return the later one of the first day and the day that is so long ago."""
        first, days = self[f"{kind}_date_from"], self[f"{kind}_days"]
        if not days:
            return first
        since = fields.Date.context_today(self) - timedelta(days=days - 1)
        return max(first, since) if first else since

    def _get_midnight(self, day):
        """Return when `day` begins for the user, in UTC."""
        midnight = self.env.tz.localize(datetime.combine(day, time.min))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    # ------------------------------------------------------------------
    # Interactions
    # ------------------------------------------------------------------

    def _get_interactions_domain(self):
        """Return the domain of the contacts by their interactions."""
        entries = self._select(
            self.env["interaction.log.entry"],
            self._get_entry_domain(),
            "partner_id",
            "commercial_partner_id",
        )
        owners = SQL(
            """(WITH entry AS (SELECT * FROM %s AS entry)
            SELECT partner_id FROM entry WHERE partner_id IS NOT NULL
            UNION SELECT commercial_partner_id FROM entry
            WHERE commercial_partner_id IS NOT NULL)""",
            entries,
        )
        operator = "not in" if self.interaction_match == "none" else "in"
        return Domain("id", operator, owners)

    def _get_entry_domain(self):
        """Return the domain of the interactions that the step describes."""
        domain = self._get_counted_entries()
        names = {
            "interaction_template_ids": "template_id",
            "interaction_group_ids": "group_id",
        }
        for name, fname in names.items():
            if self[name]:
                domain &= Domain(fname, "in", self._get(name))
        values = {
            "evaluation": self.interaction_evaluation,
            "campaign_id": self.interaction_campaign_id._origin.id,
            "delivery_status": self.interaction_delivery_status,
        }
        for fname, value in values.items():
            if value:
                domain &= Domain(fname, "=", value)
        first = self._get_first_day("interaction")
        if first:
            midnight = self._get_midnight(first)
            # repeats are merged: it may have begun before, and be repeated since
            domain &= Domain("date", ">=", midnight) | Domain(
                "last_date", ">=", midnight
            )
        if self.interaction_date_to:
            day_after = self.interaction_date_to + timedelta(days=1)
            domain &= Domain("date", "<", self._get_midnight(day_after))
        return domain

    def _get_counted_entries(self):
        """Return the domain of the interactions that count for the company."""
        domain = self.env["interaction.log.entry"]._get_counted_domain()
        return domain & Domain("company_id", "=", self.company_id.id)

    # ------------------------------------------------------------------
    # Logged batch
    # ------------------------------------------------------------------

    def _get_batch_domain(self):
        """Return the domain of the contacts of a batch, by how they answered."""
        result, batch = self.batch_result or "all", self.batch_id._origin
        if result == "left_out":
            lines = (
                Domain("segment_id", "=", batch.segment_id.id)
                & Domain("left_out", "!=", False)
                & Domain("is_removed", "=", False)
            )
            Line = self.env["interaction.segment.line"]
            return Domain("id", "in", self._select(Line, lines, "partner_id"))
        entries = (
            self._get_counted_entries()
            & Domain("batch_id", "=", batch.id or 0)
            & Domain("partner_id", "!=", False)
        )
        if result in ("answered", "not_answered"):
            answered = Domain("id", "in", self._get_answered_sql(entries))
            if result == "answered":
                return answered
            return self._get_entries_domain(entries) & ~answered
        name, values = {
            "all": ("state", ("logged",)),
            "bounced": ("delivery_status", ("bounced",)),
            "not_delivered": ("delivery_status", ("bounced", "error")),
            "positive": ("evaluation", POSITIVE),
            "negative": ("evaluation", NEGATIVE),
        }[result]
        return self._get_entries_domain(entries & Domain(name, "in", values))

    def _get_entries_domain(self, entries):
        """Return the domain of the contacts of the interactions in a domain."""
        Entry = self.env["interaction.log.entry"]
        return Domain("id", "in", self._select(Entry, entries, "partner_id"))

    def _get_answered_sql(self, entries):
        """Return the SQL of the contacts that answered the interactions of a domain."""
        Entry = self.env["interaction.log.entry"]
        answers = self._get_counted_entries() & (
            Domain("flow", "=", "inbound") | Domain("campaign_response", "=", True)
        )
        # what was logged together is no answer to itself
        answers &= Domain("batch_id", "!=", self.batch_id._origin.id or 0)
        columns = ("partner_id", "date", "last_date")
        return SQL(
            """(SELECT sent.partner_id FROM %(sent)s sent
            JOIN %(answers)s answer ON answer.partner_id = sent.partner_id
                AND GREATEST(answer.date, answer.last_date) >= sent.date)""",
            sent=self._select(Entry, entries, *columns),
            answers=self._select(Entry, answers, *columns),
        )

    # ------------------------------------------------------------------
    # Invoices and orders
    # ------------------------------------------------------------------

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
                    "You may not read %(documents)s, so you can't select contacts by "
                    "them.",
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
        operator = "not in" if self.document_match == "none" else "in"
        return Domain("id", operator, owners)

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
        moves = self._select(self.env["account.move"], domain)
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
            self._get("document_product_ids"),
            moves,
        )

    def _get_orders_sql(self):
        """Return the SQL of contact and amount of each order that counts."""
        domain = Domain("state", "=", "sale") & Domain(
            "company_id", "=", self.company_id.id
        )
        first = self._get_first_day("document")
        if first:
            domain &= Domain("date_order", ">=", self._get_midnight(first))
        if self.document_date_to:
            day_after = self.document_date_to + timedelta(days=1)
            domain &= Domain("date_order", "<", self._get_midnight(day_after))
        orders = self._select(self.env["sale.order"], domain)
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
            self._get("document_product_ids"),
            orders,
        )

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _describe(self):
        """Return what the conditions and options say, a text for each."""
        self.ensure_one()
        texts = [self._describe_filter()]
        for condition, names in CONDITIONS.items():
            if condition != "domain" and self._has_condition(condition):
                texts.append(self._describe_fields(names))
        texts += [
            self._get_label(name)
            for name in OPTIONS
            if self._fields[name].type == "boolean" and self[name]
        ]
        return [text for text in texts if text]

    def _get_label(self, name):
        return self._fields[name]._description_string(self.env)

    def _describe_filter(self):
        """Return what the filter on contacts looks at."""
        try:
            domain = self._get_filter_domain()
        except ValidationError:
            return ""
        labels = {}
        for condition in domain.iter_conditions():
            field = self.env["res.partner"]._fields.get(
                condition.field_expr.split(".")[0]
            )
            if field:
                labels[field._description_string(self.env)] = True
        if not labels:
            return ""
        return self.env._("Filter on %(fields)s", fields=", ".join(labels))

    def _describe_fields(self, names):
        """Return the values of fields with their labels, those that are filled in."""
        texts = []
        for name in names:
            field, value = self._fields[name], self[name]
            if not value or name in ("list_text", "list_file"):
                continue
            if field.type == "many2many":
                # a list of thousands is a number
                value = (
                    len(value)
                    if len(value) > 5
                    else ", ".join(value.mapped("display_name"))
                )
            elif field.type == "selection":
                value = dict(field._description_selection(self.env))[value]
            elif field.type == "many2one":
                value = value.display_name
            elif field.type == "monetary":
                value = self.currency_id.format(value)
            elif field.type == "date":
                value = fields.Date.to_string(value)
            # how many, or who of them, says enough after what it is about
            label = name not in ("document_match", "batch_result")
            texts.append(f"{self._get_label(name)}: {value}" if label else value)
        if "list_text" in names:
            texts.insert(
                0,
                self.env._(
                    "List of e-mails and references: %(count)s",
                    count=len(self._get_list_values()),
                ),
            )
        return ", ".join(texts)
