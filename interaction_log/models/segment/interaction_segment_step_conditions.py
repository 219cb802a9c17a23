from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .domain_text import read_domain

MATCHES = [("had", "Had at least one"), ("none", "Had none")]
# The fields that say which contacts match, by the condition that they are part of;
# `_get_contact_domain` says by which method each becomes a domain
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


def get_id_domain(ids: SQL, negate: bool = False) -> Domain:
    """Return the domain of the records that a SELECT names, or of all others.

    By EXISTS, which the database joins. `id NOT IN (SELECT ...)` it answers by looking
    through all the ids again for each record, as soon as they don't fit in `work_mem`:
    with 200,000 contacts and 2,000,000 interactions that never ends.

    :param ids: SELECT, in parentheses, of a column `id`
    :param negate: whether the domain is of the records that it doesn't name
    """
    operator = SQL("NOT EXISTS" if negate else "EXISTS")

    def get_condition(_model, alias, _query):
        return SQL(
            "%s (SELECT FROM %s named WHERE named.id = %s)",
            operator,
            ids,
            SQL.identifier(alias, "id"),
        )

    return Domain.custom(to_sql=get_condition)


class InteractionSegmentStep(models.Model):
    """Which contacts a step is about.

    All conditions that are given have to be met. Only what the user may read counts,
    and only what belongs to the company of the segment. Here are the conditions on the
    contact itself; those on its interactions, its invoices and orders, and those by a
    list have files of their own.
    """

    _inherit = "interaction.segment.step"

    domain = fields.Char(string="Filter", default="[]", required=True)
    # The contact
    category_ids = fields.Many2many(
        "res.partner.category",
        relation="interaction_segment_step_category_rel",
        string="Tags",
        context={"active_test": False},
        help="Contacts with one of these tags or one of their subtags.",
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
            ("usable", "Has a valid address"),
            ("missing", "Has no address"),
            ("blacklisted", "Is blacklisted"),
            ("bounced", "Bounced"),
        ],
        string="E-mail Address",
        help="An address is valid if it is complete and not blacklisted.",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        relation="interaction_segment_step_partner_rel",
        string="Chosen Contacts",
        context={"active_test": False},
    )
    # What was given stays a condition when what it names is deleted: then nobody meets
    # it, rather than everybody.
    used_conditions = fields.Json(copy=False)

    @api.model
    def _get_conditions(self) -> dict[str, tuple[str, ...]]:
        """Return {condition: the names of its fields}.

        Extend to add a condition; `_get_contact_domain` says who meets it.
        """
        return CONDITIONS

    @api.model
    def _get_condition_fields(self) -> list[str]:
        """Return the names of all fields that say what a step does."""
        names = [name for names in self._get_conditions().values() for name in names]
        return ["segment_id", "criteria_id", *OPTIONS, *names]

    def _get_given_conditions(self):
        """Return the names of the conditions that are filled in."""
        self.ensure_one()
        defaults = ("document_match", "batch_result", "domain", "list_filename")
        return [
            name
            for name, names in self._get_conditions().items()
            if any(self[field] for field in names if field not in defaults)
        ]

    def _has_condition(self, name):
        return name in (self.used_conditions or self._get_given_conditions())

    def _is_for_all(self):
        """Say whether the step has no condition, so that all contacts match."""
        self.ensure_one()
        given = self.used_conditions or self._get_given_conditions()
        return not given and self._get_filter_domain().is_true()

    def _check_useful(self):
        """Raise a ValidationError where the step does nothing, for want of a condition.

        Not asked of steps that are run again: they did nothing then, either.
        """
        if self.operation == "refine" and self._is_for_all():
            raise ValidationError(
                self.env._(
                    "Set at least one condition. Without conditions, all contacts are "
                    "kept."
                )
            )

    @api.constrains(
        lambda self: [
            name for names in self._get_conditions().values() for name in names
        ]
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
                    self.env._("The maximum amount is lower than the minimum amount.")
                )

    def _check_period(self, kind):
        first, last = self[f"{kind}_date_from"], self[f"{kind}_date_to"]
        if first and last and last < first:
            raise ValidationError(
                self.env._(
                    "The end date %(last)s is before the start date %(first)s.",
                    first=first,
                    last=last,
                )
            )
        if not 0 <= self[f"{kind}_days"] <= 36525:
            raise ValidationError(
                self.env._("Enter a number of days between 1 and 36525 (100 years).")
            )

    def _get_filter_domain(self):
        """Return the domain that the user edited.

        :raises ValidationError: where it is none, or not one on contacts
        """
        text = (self.domain or "").strip() or "[]"
        try:
            value = read_domain(text)
            if not isinstance(value, list | tuple):
                raise TypeError(text)
            domain = Domain(value)
            domain.validate(self._get_partner_model())
        except AccessError:
            raise
        except Exception as error:
            # what is not a domain may raise anything
            raise ValidationError(
                self.env._(
                    "The contact filter is invalid: %(error)s. Correct or clear it.",
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
        matching = step._get_select_sql(Partner, step._get_contact_domain())
        parts = [matching]
        if self.expand_companies:
            parts.append(
                step._get_select_sql(Partner, step._get_people_domain(matching))
            )
        if self.add_companies and self.operation == "add":
            parts.append(
                step._get_select_sql(
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

    def _find_contacts_sql(self):
        """Return the SQL of the contacts that the step is about, as found by now.

        Those by their interactions are found by a statement of their own: what is
        planned for lines that the statistics don't know yet (`_execute_bulk_query`)
        reads the whole log for it, four times the time.

        :return: as `_get_contacts_sql`
        """
        contacts = self._get_contacts_sql()
        conditions = set(self.used_conditions or self._get_given_conditions())
        # batches and documents may be as new as the lines
        if "interactions" not in conditions or conditions & {"batch", "documents"}:
            return contacts
        [(ids,)] = self.env.execute_query(
            SQL("SELECT ARRAY(SELECT id FROM %s matching)::text", contacts)
        )
        return SQL("(SELECT unnest(%s::int4[]) AS id)", ids)

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
    def _get_select_sql(self, model, domain, *columns):
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

    def _get_contact_domain(self) -> Domain:
        """Return the domain of the contacts that meet all conditions.

        Extend to add a condition, `super()._get_contact_domain() & Domain(...)`, and
        name its fields in `_get_conditions`. Only what belongs to the company of
        the step is read.

        :raises UserError: where a condition can't be read, or not by the user
        """
        getters = {
            "interactions": self._get_interactions_domain,
            "documents": self._get_documents_domain,
            "list": self._get_list_domain,
            "batch": self._get_batch_domain,
            "email": self._get_email_domain,
            "tags": lambda: Domain(
                "category_id", "child_of", self._get_ids("category_ids")
            ),
            "countries": lambda: Domain(
                "country_id", "in", self._get_ids("country_ids")
            ),
            "salespersons": lambda: Domain("user_id", "in", self._get_ids("user_ids")),
            "chosen": lambda: Domain("id", "in", self._get_ids("partner_ids")),
        }
        return Domain.AND(
            [
                self._get_filter_domain(),
                *(get() for name, get in getters.items() if self._has_condition(name)),
            ]
        )

    def _get_ids(self, name):
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

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _describe(self):
        """Return what the conditions and options say, a text for each."""
        self.ensure_one()
        texts = [self._describe_filter()]
        for condition, names in self._get_conditions().items():
            if condition != "domain" and self._has_condition(condition):
                texts.append(self._describe_fields(names))
        texts += [
            self._get_label(name)
            for name in OPTIONS
            if self._fields[name].type == "boolean" and self[name]
        ]
        return [text for text in texts if text]

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
