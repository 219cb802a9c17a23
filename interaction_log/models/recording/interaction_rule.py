from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.constants import RULE_EVENTS
from ..base.ui import get_window_action

# What reads documents: who writes it may read no more by it than otherwise. Of which
# fields a rule makes use depends on its event.
READING_FIELDS = frozenset(
    ("model_id", "event", "domain", "partner_field", "user_field", "subject")
)
# A name made from the document and the event
MADE_NAME = "%s: %s"


class InteractionRule(models.Model):
    """Which event is recorded, with which template, for whom.

    A rule only decides; it never writes. For each document the first active rule
    counts, in the order of the list.
    """

    _name = "interaction.rule"
    _description = "Automatic Recording Rule"
    _inherit = ["interaction.value.mixin", "interaction.technical.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(
        compute="_compute_name",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        translate=True,
        help="Leave empty to generate the name from the document and the event.",
    )
    active = fields.Boolean(default=True, help="Disable to stop recording.")
    sequence = fields.Integer(default=lambda self: self._default_sequence())
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="Leave empty to record the documents of all companies.",
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
    model_name = fields.Char(
        related="model_id.model", string="Model Name", technical=True
    )
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
        help="Only record documents that match these conditions.",
    )
    number_required = fields.Boolean(
        string="Only With a Number",
        help="Ignore documents without a number, such as draft invoices. They are "
        "neither logged nor listed as skipped.",
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
        help="Warning shown if the event is disabled.",
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
        help="Field of the document, or path of fields such as order_id.partner_id, "
        "with the contact the document is addressed to, for example the invoice "
        "address. Documents for internal contacts are not recorded.",
    )
    partner_warning = fields.Char(
        compute="_compute_partner_warning",
        # the user may not read the models
        compute_sudo=True,
    )
    user_field = fields.Char(
        string="Salesperson Field",
        compute="_compute_user_field",
        store=True,
        precompute=True,
        readonly=False,
        help="Field of the document, or path of fields, with the salesperson. If it "
        "is empty, the salesperson of the contact is used, then the user.",
    )
    show_button = fields.Boolean(
        string="Show the Button",
        help="Show the button Interactions on the form of the document, with the "
        "number of interactions about it.",
    )
    has_own_button = fields.Boolean(
        compute="_compute_has_own_button",
        # the user may not read the models
        compute_sudo=True,
        help="The form of the document has the button already.",
    )
    # Repeats
    repeat = fields.Selection(
        [
            ("every", "Log every time"),
            ("merge", "Merge repeats by the same user"),
            ("once", "Log once per document"),
        ],
        string="Repeats",
        required=True,
        default="every",
        help="Merged repeats are counted on the first interaction, with the date of "
        "the last one.",
    )
    merge_minutes = fields.Integer(string="Within Minutes", default=15)
    # What left, and what the user is told
    announce = fields.Selection(
        [
            ("notify", "Notify the user"),
            ("ask", "Ask the user first"),
            ("quiet", "Do nothing"),
        ],
        string="After Printing",
        required=True,
        default="notify",
        help="Notify the user with an Undo button, or ask the user to confirm before "
        "logging. Users without access to the log are not notified or asked; what "
        "they print is logged.",
    )
    keep_copy = fields.Boolean(
        string="Keep a Copy",
        help="Keep the sent file with the interaction, for everyone who can read the "
        "interaction. Without a copy, the log only keeps the SHA-256 hash and, if "
        "Odoo stores the PDF, a link to it.",
    )

    _check_merge_minutes = models.Constraint(
        "CHECK(repeat != 'merge' OR merge_minutes > 0)",
        "Repeats must be merged within at least one minute.",
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
                else rule._get_default_path("partner_field")
            )

    @api.depends("event", "model_id", "partner_field")
    @api.depends_context("lang")
    def _compute_partner_warning(self):
        for rule in self:
            rule.partner_warning = rule._get_own_contact_reason()

    @api.depends("model_id")
    def _compute_user_field(self):
        for rule in self:
            path = rule.user_field
            rule.user_field = (
                path
                if path and rule._leads_to(path, "res.users")
                else rule._get_default_path("user_field")
            )

    @api.depends("model_id")
    def _compute_has_own_button(self):
        for rule in self:
            document = self.env.get(rule.model_id.model)
            rule.has_own_button = hasattr(document, "action_view_interactions")

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
                        "The conditions of the rule %(rule)s are not valid for "
                        "%(document)s: %(error)s",
                        rule=rule.name,
                        document=rule.model_id.name,
                        error=error,
                    )
                ) from error

    @api.constrains("partner_field", "user_field", "model_id", "event")
    def _check_paths(self):
        for rule in self:
            for fname, comodel_name in rule._get_path_targets().items():
                if rule[fname] or self._fields[fname].required:
                    rule._check_path(fname, comodel_name)

    def _check_path(self, fname, comodel_name):
        """Raise a ValidationError unless the path in `fname` leads to that model."""
        path = self[fname]
        if not self._leads_to(path, comodel_name):
            raise ValidationError(
                self.env._(
                    "%(label)s %(path)s of the rule %(rule)s must lead from "
                    "%(document)s to a %(target)s.",
                    label=self._fields[fname].get_description(self.env)["string"],
                    path=path,
                    rule=self.name,
                    document=self.model_id.name,
                    target=self.env["ir.model"]._get(comodel_name).name,
                )
            )

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
                        "%(document)s has no number field. Disable Only With a Number "
                        "in the rule %(rule)s.",
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
                        "The template %(template)s of the rule %(rule)s is archived. "
                        "Choose another template or unarchive it.",
                        template=rule.template_id.name,
                        rule=rule.name,
                    )
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
        rules._sign()
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
        if not READING_FIELDS.isdisjoint(vals):
            self._sign()
        return result

    def unlink(self):
        result = super().unlink()
        self._clear_caches()
        return result

    @api.model
    def _clear_caches(self):
        # with it the models of e-mails go, and all that depends on less
        self.env.registry.clear_cache("stable")

    def action_open_details(self):
        """Open the form: which documents and reports, for which contact."""
        self.ensure_one()
        return get_window_action(
            self.env,
            "interaction_rule_action",
            views=[(False, "form")],
            res_id=self.id,
        )
