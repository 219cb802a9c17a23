import ast
from collections import defaultdict

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .selections import EVENTS

# The events that an edge of this addon tells of. An addon that brings an edge adds
# its event with `selection_add`.
RULE_EVENTS = [event for event in EVENTS if event[0] in ("print", "meeting")]
# A name made from the document and the event
MADE_NAME = "%s: %s"


class InteractionRule(models.Model):
    """Which event is recorded, with which template, for whom.

    A rule only decides; it never writes. For each document the first active rule
    counts, in the order of the list.
    """

    _name = "interaction.rule"
    _description = "Automatic Recording Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(
        compute="_compute_name",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        translate=True,
        help="What is recorded. Made from the document and the event when left empty.",
    )
    active = fields.Boolean(
        default=True, help="Switched off, nothing of this is recorded."
    )
    sequence = fields.Integer(default=lambda self: self._default_sequence())
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="Leave empty to record the documents of every company.",
    )
    # When
    event = fields.Selection(RULE_EVENTS, required=True, default="print")
    model_id = fields.Many2one(
        "ir.model",
        string="Document",
        required=True,
        index=True,
        ondelete="cascade",
        domain=lambda self: [("model", "in", self._get_document_models())],
        context={"interaction_log_document": True},
    )
    model_name = fields.Char(related="model_id.model", string="Model Name")
    report_ids = fields.Many2many(
        "ir.actions.report",
        string="Reports",
        domain="[('model', '=', model_name)]",
        help="Record these reports only, and other layouts of the same document. "
        "Leave empty to record every report of the document.",
    )
    domain = fields.Char(
        string="Documents",
        required=True,
        default="[]",
        help="Record only the documents that match these conditions.",
    )
    # What
    template_id = fields.Many2one(
        "interaction.template",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    template_warning = fields.Char(
        compute="_compute_template_warning",
        # the template may be of a company that the user can't see
        compute_sudo=True,
    )
    partner_field = fields.Char(
        string="Contact Field",
        compute="_compute_partner_field",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="The field of the document, or the path of fields such as "
        "order_id.partner_id, that holds the contact.",
    )
    user_field = fields.Char(
        string="Salesperson Field",
        compute="_compute_user_field",
        store=True,
        precompute=True,
        readonly=False,
        help="The field of the document, or the path of fields, that holds the "
        "salesperson. Where it is empty, the contact's salesperson counts, "
        "then the user.",
    )
    # Repeats
    repeat = fields.Selection(
        [
            ("every", "Log every time"),
            ("merge", "Merge repeats of a user within some minutes"),
            ("once", "Log once per document"),
        ],
        string="Repeats",
        required=True,
        default="every",
        help="A repeat that is merged is counted on the entry, with its time.",
    )
    merge_minutes = fields.Integer(string="Within Minutes", default=15)

    _check_merge_minutes = models.Constraint(
        "CHECK(repeat != 'merge' OR merge_minutes > 0)",
        "Say within how many minutes repeats are merged: at least one.",
    )

    @api.model
    def _default_sequence(self):
        """Put a new rule last, so that it takes nothing from those that are there."""
        # nor from those of another company, nor from those switched off
        rules = self.sudo().with_context(active_test=False)
        return rules.search([], order="sequence desc", limit=1).sequence + 10

    @api.depends("model_id", "event")
    def _compute_name(self):
        """Name what has no name; one made here follows the document and the event."""
        for rule in self:
            if rule.model_id and (not rule.name or self._is_made_name(rule.name)):
                rule.name = rule._make_name()
            else:
                rule.name = rule.name

    @api.depends("template_id.active", "template_id.company_id", "company_id")
    def _compute_template_warning(self):
        for rule in self:
            rule.template_warning = (
                rule.template_id._get_problem(rule.company_id)
                if rule.template_id
                else False
            )

    @api.depends("model_id")
    def _compute_partner_field(self):
        for rule in self:
            path = rule.partner_field
            rule.partner_field = (
                path if path and rule._leads_to(path, "res.partner") else "partner_id"
            )

    @api.depends("model_id")
    def _compute_user_field(self):
        for rule in self:
            paths = (rule.user_field, "invoice_user_id", "user_id")
            rule.user_field = next(
                (path for path in paths if path and rule._leads_to(path, "res.users")),
                False,
            )

    @api.constrains("domain", "model_id")
    def _check_domain(self):
        for rule in self:
            try:
                model = self.env[rule.model_id.model]
                domain = rule._get_document_domain()
                domain.validate(model)
                # a value that can't be compared shows only then
                model.new().filtered_domain(domain)
            except (KeyError, SyntaxError, TypeError, ValueError) as error:
                raise ValidationError(
                    self.env._(
                        "The conditions of the rule %(rule)s do not fit "
                        "%(document)s: %(error)s",
                        rule=rule.name,
                        document=rule.model_id.name,
                        error=error,
                    )
                ) from error

    @api.constrains("partner_field", "user_field", "model_id")
    def _check_paths(self):
        for rule in self:
            rule._check_path("partner_field", "res.partner")
            if rule.user_field:
                rule._check_path("user_field", "res.users")

    def _check_path(self, fname, comodel_name):
        """Raise a ValidationError unless the path in `fname` leads to that model."""
        path = self[fname]
        if not self._leads_to(path, comodel_name):
            raise ValidationError(
                self.env._(
                    "The %(label)s %(path)s of the rule %(rule)s does not lead from "
                    "%(document)s to a %(target)s.",
                    label=self._fields[fname].get_description(self.env)["string"],
                    path=path,
                    rule=self.name,
                    document=self.model_id.name,
                    target=self.env["ir.model"]._get(comodel_name).name,
                )
            )

    def _leads_to(self, path, comodel_name):
        """Say whether `path` of many2one fields leads from the document to a model."""
        model = self.env.get(self.model_id.model)
        for name in path.split("."):
            field = model._fields.get(name) if model is not None else None
            model = (
                self.env[field.comodel_name]
                if field is not None and field.type == "many2one"
                else None
            )
        return model is not None and model._name == comodel_name

    @api.constrains("report_ids", "model_id")
    def _check_reports(self):
        for rule in self:
            for report in rule.report_ids:
                if report.model != rule.model_id.model:
                    raise ValidationError(
                        self.env._(
                            "The report %(report)s of the rule %(rule)s does not "
                            "print %(document)s.",
                            report=report.name,
                            rule=rule.name,
                            document=rule.model_id.name,
                        )
                    )

    @api.constrains("template_id", "active")
    def _check_template_active(self):
        for rule in self:
            if rule.active and not rule.template_id.active:
                raise ValidationError(
                    self.env._(
                        "The template %(template)s of the rule %(rule)s is archived: "
                        "choose another one or restore it.",
                        template=rule.template_id.name,
                        rule=rule.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # an empty name is as good as none: it is made
        rules = super().create(
            [
                {key: value for key, value in vals.items() if value or key != "name"}
                for vals in vals_list
            ]
        )
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        if "name" in vals and not vals["name"]:
            for rule in self:
                rule.name = rule._make_name()
            vals = {key: value for key, value in vals.items() if key != "name"}
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    def _get_document_models(self):
        """Return the names of the models that are offered as documents.

        They are printed and point to a contact. Override to add those that another
        event happens to.
        """
        reports = self.env["ir.actions.report"].sudo().search_fetch([], ["model"])
        return sorted(
            name
            for name in set(reports.mapped("model"))
            if name in self.env and self._is_document(self.env[name])
        )

    @api.model
    def _is_document(self, model):
        return not (model._abstract or model._transient) and any(
            field.type == "many2one" and field.comodel_name == "res.partner"
            for field in model._fields.values()
        )

    def _make_name(self):
        # the user may not read the models
        document = self.model_id.sudo().with_context(interaction_log_document=True)
        event = dict(self._get_event_labels())[self.event]
        return MADE_NAME % (document.display_name, event)

    @api.model
    def _get_event_labels(self):
        """Return list of (event, label in the user's language)."""
        return self._fields["event"]._description_selection(self.env)

    @api.model
    def _is_made_name(self, name):
        """Say whether `name` is one that `_compute_name` makes."""
        for _event, label in self._get_event_labels():
            document = name.removesuffix(MADE_NAME % ("", label))
            if document != name:
                return bool(
                    # the user may not read the models
                    self.env["ir.model"]
                    .sudo()
                    .with_context(interaction_log_document=True)
                    .search_count([("display_name", "=", document)], limit=1)
                )
        return False

    def _get_document_domain(self):
        return Domain(ast.literal_eval(self.domain.strip() or "[]"))

    def action_open_details(self):
        """Open the form: which documents and reports, for which contact."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "interaction_log.interaction_rule_action"
        )
        return {**action, "views": [(False, "form")], "res_id": self.id}

    def _get_recorded_reports(self):
        """Return the rule's reports and the other layouts of the same document.

        The quote builder, for one, puts a layout of its own in the place of the
        quotation.
        """
        predicates = [
            is_layout
            for is_layout in self._get_layout_predicates()
            if any(map(is_layout, self.report_ids))
        ]
        if not predicates:
            return self.report_ids
        return self.report_ids | self.report_ids.search(
            [("model", "=", self.model_id.model)]
        ).filtered(lambda report: any(test(report) for test in predicates))

    @api.model
    def _get_layout_predicates(self):
        """Return functions that say of a report whether it is the document itself.

        They are Odoo's own. Override to add that of another document.
        """
        Report = self.env["ir.actions.report"]
        return [Report._is_invoice_report, Report._is_sale_order_report]

    @api.model
    @tools.ormcache("event", "model_name")
    def _get_candidates(self, event, model_name):
        """Return what decides, without a query, whether a rule could match.

        :return: tuple of (rule id, company id or False, report ids, domain) of the
            active rules, in their order
        """
        # the answer is everybody's: nothing of the caller may be in it
        rules = (
            self.sudo()
            .with_context(active_test=True)
            .search([("event", "=", event), ("model_id.model", "=", model_name)])
        )
        return tuple(
            (
                rule.id,
                rule.company_id.id,
                frozenset(rule._get_recorded_reports().ids),
                rule._get_document_domain(),
            )
            for rule in rules
        )

    @api.model
    @tools.ormcache("reportname")
    def _find_report(self, reportname):
        """Return (id, model, type) of a report by its name or XML id, or empty ones.

        :param str reportname: as in the report routes
        """
        try:
            report = self.env["ir.actions.report"]._get_report(reportname)
        except ValueError:
            return False, False, False
        return report.id, report.model, report.report_type

    def _match(self, event, records, report=None):
        """Say with which rule, template and values `event` on `records` is recorded.

        Reads only. Costs no query where no rule could match, and a constant number
        of queries otherwise. Called on rules, only these are asked; called on an
        empty recordset, all are.

        :param str event: one of the events of a rule
        :param records: the documents, of one model
        :param report: the `ir.actions.report` that was printed, or None where the
            report does not matter
        :return: list of dicts, one for each document that a rule matches, and for each
            contact where there are several, in the order of the documents: `record`,
            `rule`, `vals` (for `log_interactions`), and `reason`: why it can't be
            logged (str), or False
        """
        candidates = [
            candidate
            for candidate in self._get_candidates(event, records._name)
            if (not self or candidate[0] in self._ids)
            and (not report or not candidate[2] or report.id in candidate[2])
        ]
        rule_of = {}
        rest = records.sudo()  # the rule decides, whatever the user may read
        for rule_id, company_id, _report_ids, domain in candidates:
            if not rest:
                break
            eligible = rest
            if company_id:
                eligible = rest.filtered(
                    lambda record, company_id=company_id: (
                        not (company := self._get_document_company(record))
                        or company_id in company.parent_ids.ids
                    )
                )
            matching = eligible.filtered_domain(domain)
            rule_of.update(dict.fromkeys(matching._ids, rule_id))
            rest -= matching
        # one recordset, so that all rules and templates are read at once
        rules = self.sudo().browse(dict.fromkeys(rule_of.values()))
        by_id = {rule.id: rule for rule in rules}
        matched = [
            (by_id[rule_of[record.id]], record)
            for record in records.sudo()
            if record.id in rule_of
        ]
        return self._make_matches(event, matched, report)

    def _make_matches(self, event, matched, report=None):
        """Return the matches; override where one document has several contacts.

        :param list matched: of (rule, document)
        """
        return [rule._match_record(record, report) for rule, record in matched]

    def _match_record(self, record, report=None):
        """Return the match of one document; see `_match`."""
        partner = self._follow(record, self.partner_field)
        user = self.user_field and self._follow(record, self.user_field)
        return {
            "record": record,
            "rule": self,
            "reason": self._get_skip_reason(record, partner),
            "vals": self._prepare_match_vals(record, partner, user, report),
        }

    def _get_company(self, record):
        """Return the company of the document, else the rule's, else the user's."""
        company = self._get_document_company(record)
        return company or self.company_id or self.env.company

    def _get_document_company(self, record):
        """Return the company of the document, or none."""
        return record["company_id"] if "company_id" in record._fields else False

    @api.model
    def _follow(self, record, path):
        """Return what the path of many2one fields leads to from `record`.

        Not `mapped`: that would forget the documents next to `record`, and read the
        contacts one by one.
        """
        for name in path.split("."):
            record = record[name]
        return record

    def _get_skip_reason(self, record, partner):
        """Say why a document that the rule wants can't be logged, or return False."""
        if not partner:
            return self.env._(
                "The document has no contact (%(path)s).", path=self.partner_field
            )
        return self.template_id._get_problem(self._get_company(record))

    def _prepare_match_vals(self, record, partner, user, report=None):
        """Return what the rule says of an entry; override to say more."""
        return {
            "template_id": self.template_id.id,
            "partner_id": partner.id,
            "user_id": (user or partner.user_id or self.env.user).id,
            "company_id": self._get_company(record).id,
            "event": self.event,
            "rule_id": self.id,
            "report_id": report.id if report else False,
            "res_model": record._name,
            "res_id": record.id,
            "document_name": record.display_name,
        }

    @api.private
    def explain(self, records, event):
        """Say what would be logged for `records`, and if nothing, why; writes nothing.

        Called on rules, only these are asked.

        :param records: documents of one model, which the user may read
        :param str event: one of the events of a rule
        :return: list of dicts, one for each document, and for each contact where there
            are several: `res_model`, `res_id`, `document_name`, `rule_id`,
            `template_id`, `partner_id` (ids or False), `logged` (bool) and `reason`
            (str or False)
        :raises AccessError: where the user may not read a document
        """
        records.check_access("read")
        matches = defaultdict(list)
        for match in self._match(event, records):
            matches[match["record"].id].append(match)
        nothing = {
            "vals": {},
            "reason": self.env._(
                "No automatic recording rule for this event matches the document."
            ),
        }
        result = []
        for record in records:
            result += [
                {
                    "res_model": record._name,
                    "res_id": record.id,
                    "document_name": record.display_name,
                    "rule_id": match["vals"].get("rule_id", False),
                    "template_id": match["vals"].get("template_id", False),
                    "partner_id": match["vals"].get("partner_id", False),
                    "logged": not match["reason"],
                    "reason": match["reason"],
                }
                for match in matches.get(record.id, [nothing])
            ]
        return result
