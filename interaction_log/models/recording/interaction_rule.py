import ast

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..base.constants import EVENTS

# The events that an edge of this addon tells of. An addon that brings an edge adds
# its event with `selection_add`.
RULE_EVENTS = [
    event
    for event in EVENTS
    if event[0]
    in ("print", "download", "email_out", "email_in", "portal_view", "meeting")
]
# What stands in the place of a number that a document does not have yet
NO_NUMBER = (False, "", "/")
# Many2one fields to these lead to our own people, not to those of a document
OWN_MODELS = ("res.company", "res.users")
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
    allowed_model_ids = fields.Many2many(
        "ir.model", compute="_compute_allowed_model_ids", compute_sudo=True
    )
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
    number_required = fields.Boolean(
        string="Only With a Number",
        help="Leave out documents that have no number yet, such as a draft invoice: "
        "they are neither logged nor listed as skipped.",
    )
    # What
    template_id = fields.Many2one(
        "interaction.template",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    event_warning = fields.Char(
        compute="_compute_event_warning",
        help="Says where nothing is recorded because the event is switched off.",
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
        "order_id.partner_id, that holds the contact: the person or address that it "
        "is addressed to, such as the invoice address or the delivery address. "
        "Documents for our own people and companies are never recorded.",
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

    @api.depends("event")
    def _compute_allowed_model_ids(self):
        Model = self.env["ir.model"]
        models_of = {
            event: Model.search([("model", "in", self._get_event_models(event))])
            for event in set(self.mapped("event"))
        }
        for rule in self:
            rule.allowed_model_ids = models_of[rule.event]

    @api.depends("event", "company_id")
    @api.depends_context("company")
    def _compute_event_warning(self):
        events = self.env["interaction.event"]
        for rule in self:
            company = rule.company_id or self.env.company
            rule.event_warning = rule.event and events._get_off_reason(
                rule.event, company
            )

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
                path
                if path and rule._leads_to(path, "res.partner")
                else self._find_partner_path(self.env.get(rule.model_id.model))
                or "partner_id"
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

    def _get_path_label(self, fname):
        """Return the path in `fname` as people know it: *Customer > Company*."""
        model, labels = self.env[self.model_id.model], []
        for name in self[fname].split("."):
            field = model._fields[name]
            labels.append(field.get_description(self.env, ["string"])["string"])
            model = self.env[field.comodel_name]
        return " > ".join(labels)

    def _leads_to(self, path, comodel_name):
        """Say whether `path` of many2one fields leads from the document to a model."""
        return self._leads_from(self.env.get(self.model_id.model), path, comodel_name)

    @api.model
    def _leads_from(self, model, path, comodel_name):
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

    @api.constrains("number_required", "model_id")
    def _check_number(self):
        for rule in self:
            if rule.number_required and not rule._get_number_field():
                raise ValidationError(
                    self.env._(
                        "%(document)s has no field for a number: the rule %(rule)s "
                        "can't ask for one.",
                        document=rule.model_id.name,
                        rule=rule.name,
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
        vals_list = [
            {key: value for key, value in vals.items() if value or key != "name"}
            for vals in vals_list
        ]
        if self.env.context.get("install_mode"):
            self._switch_off_archived(vals_list)
        rules = super().create(vals_list)
        self._clear_caches()
        return rules

    @api.model
    def _switch_off_archived(self, vals_list):
        """Switch off the rules that are shipped for templates that are archived.

        An update brings rules for templates that are there already, and must not fail
        because somebody has archived one.
        """
        templates = self.env["interaction.template"].browse(
            {vals["template_id"] for vals in vals_list if vals.get("template_id")}
        )
        archived = templates.filtered(lambda template: not template.active)
        for vals in vals_list:
            if vals.get("template_id") in archived._ids:
                vals["active"] = False

    def write(self, vals):
        if "name" in vals and not vals["name"]:
            for rule in self:
                rule.name = rule._make_name()
            vals = {key: value for key, value in vals.items() if key != "name"}
        result = super().write(vals)
        self._clear_caches()
        return result

    def unlink(self):
        result = super().unlink()
        self._clear_caches()
        return result

    @api.model
    def _clear_caches(self):
        # with it the models of e-mails go, and all that depends on less
        self.env.registry.clear_cache("stable")

    @api.model
    def _get_document_models(self):
        """Return the names of the models that are offered as documents."""
        return sorted(
            {
                name
                for event in self._fields["event"].get_values(self.env)
                for name in self._get_event_models(event)
            }
        )

    @api.model
    def _get_event_models(self, event):
        """Return the names of the models that `event` may happen to.

        What is printed has a report, and leads to a contact. Override for an event of
        another kind.
        """
        # what there is to print does not depend on who asks
        reports = self.env["ir.actions.report"].sudo()._read_group([], ["model"])
        return sorted(
            name
            for (name,) in reports
            if name in self.env and self._is_document(self.env[name])
        )

    @api.model
    def _is_document(self, model):
        return not (model._abstract or model._transient) and bool(
            self._find_partner_path(model)
        )

    @api.model
    def _find_partner_path(self, model):
        """Return the path of fields from a document to its contact, or False.

        The shortest: a contact is its own one; then a field of the document, then the
        contact of what the document belongs to.
        """
        if model is None:
            return False
        if model._name == "res.partner":
            return "self"
        links = [
            field
            for field in model._fields.values()
            if field.type == "many2one" and field.comodel_name in self.env
        ]
        direct = [field.name for field in links if field.comodel_name == "res.partner"]
        if "partner_id" in direct:
            return "partner_id"
        belongs = (
            f"{field.name}.partner_id"
            for field in links
            if field.store
            and field.comodel_name not in OWN_MODELS
            # a contact of a user or company would be one of us
            and self._leads_from(
                self.env[field.comodel_name], "partner_id", "res.partner"
            )
        )
        return next(iter(direct), None) or next(belongs, False)

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

    def _get_number_domain(self):
        """Return the domain of the documents that have a number, if one is needed."""
        if not self.number_required:
            return Domain.TRUE
        return Domain(self._get_number_field(), "not in", NO_NUMBER)

    def _get_number_field(self):
        """Return the name of the field that holds the document's number, or None."""
        model = self.env[self.model_id.model]
        name = "name" if "name" in model._fields else model._rec_name
        field = model._fields.get(name)
        return name if field and field.type == "char" else None

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
                rule._get_document_domain() & rule._get_number_domain(),
            )
            for rule in rules
        )

    @api.model
    def _may_match(self, event, model_name):
        """Say, without a query, whether a rule could record `event` on such documents.

        Not where the event is switched off in every company.
        """
        return bool(self._get_candidates(event, model_name)) and (
            self.env["interaction.event"]._is_recorded_somewhere(event)
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
        matches = self._make_matches(
            event, self._match_rules(event, records, report), report
        )
        return self._add_subjects(self._leave_out(event, matches))

    def _match_rules(self, event, records, report=None):
        """Return list of (rule, document): the first rule that wants each of them."""
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
        # one recordset, so that all rules and templates are read at once; the user who
        # acts may read neither
        rules = self.sudo().browse(dict.fromkeys(rule_of.values()))
        by_id = {rule.id: rule for rule in rules}
        return [
            (by_id[rule_of[record.id]], record)
            for record in records.sudo()
            if record.id in rule_of
        ]

    def _make_matches(self, event, matched, report=None):
        """Return the matches; override where one document has several contacts.

        :param list matched: of (rule, document)
        """
        return [rule._match_record(record, report) for rule, record in matched]

    def _leave_out(self, event, matches):
        """Return the matches without those that are never recorded.

        Not where the event is switched off in the company, and not with our own people
        and companies: that is no interaction with a contact.
        """
        if not matches:
            return matches
        matches = self.env["interaction.event"]._filter_matches(event, matches)
        partners = self.env["res.partner"].sudo()  # whatever the user may read
        partners = partners.browse(
            {match["vals"].get("partner_id") for match in matches} - {False, None}
        )
        own = partners - partners._filter_interaction_external()
        return [
            match
            for match in matches
            if match["vals"].get("partner_id") not in own._ids
        ]

    def _match_record(self, record, report=None):
        """Return the match of one document; see `_match`."""
        partner, user = self._get_document_partner(record), self._get_user(record)
        return {
            "record": record,
            "rule": self,
            "reason": self._get_skip_reason(record, partner),
            "vals": self._prepare_match_vals(record, partner, user, report),
        }

    def _get_user(self, record):
        """Return the salesperson of the document, or none."""
        return self.user_field and self._follow(record, self.user_field)

    def _get_document_partner(self, record):
        """Return the contact of the document, or none."""
        return self._follow(record, self.partner_field)

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
                "The document has no contact (%(path)s).",
                path=self._get_path_label("partner_field"),
            )
        return self.template_id._get_problem(self._get_company(record))

    def _prepare_match_vals(self, record, partner, user, report=None):
        """Return what the rule says of an entry; override to say more."""
        return {
            "template_id": self.template_id.id,
            "partner_id": partner.id,
            "user_id": (user or partner.user_id or self._get_acting_user()).id,
            "company_id": self._get_company(record).id,
            "event": self.event,
            "rule_id": self.id,
            "report_id": report.id if report else False,
            "res_model": record._name,
            "res_id": record.id,
            "document_name": record.display_name,
        }

    def _get_acting_user(self):
        """Return the user who does it where that is one of us, else none."""
        user = self.env.user
        return user if user._is_internal() else user.browse()
