from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.base.ui import (
    SOFT_RELOAD,
    get_notification_action,
    get_window_action,
)
from ...models.recording.interaction_rule import MADE_NAME
from ...models.recording.interaction_rule_document import OWN_MODELS

# What is proposed for a document with reports, or with a chatter, and the template
# that fits where none has its name
TEMPLATES = {
    "print": "interaction_log.interaction_template_document",
    "email_out": "interaction_log.interaction_template_email_out",
    "email_in": "interaction_log.interaction_template_email_in",
}
# Reports that somebody can print to give away: no labels for a label printer
REPORT_TYPES = ("qweb-pdf", "qweb-html")


class InteractionRuleProposal(models.TransientModel):
    """A document of another app that is not recorded: a rule that one click makes.

    The page lists what is installed when it is opened. Nothing is recorded before
    somebody says so.
    """

    _name = "interaction.rule.proposal"
    _description = "Proposed Automatic Recording"
    _inherit = ["interaction.value.mixin"]
    _order = "app, name, id"

    app = fields.Char(readonly=True)
    name = fields.Char(string="What", readonly=True)
    model_id = fields.Many2one(
        "ir.model",
        string="Document",
        required=True,
        readonly=True,
        ondelete="cascade",
        context={"interaction_log_document": True},
    )
    model_name = fields.Char(related="model_id.model", string="Model Name")
    event = fields.Selection(
        lambda self: self.env["interaction.rule"]._get_event_labels(),
        string="When",
        required=True,
        readonly=True,
    )
    report_id = fields.Many2one("ir.actions.report", readonly=True, ondelete="cascade")
    template_id = fields.Many2one(
        "interaction.template",
        string="Recorded With",
        domain=[("company_id", "=", False)],
        ondelete="cascade",
    )
    partner_field = fields.Char(
        string="Contact Field",
        required=True,
        help="Field of the document with the contact. Not used for e-mails: they are "
        "logged with each recipient or with their sender.",
    )
    contact = fields.Char(compute="_compute_contact")
    show_button = fields.Boolean(
        string="Show the Button",
        help="Show the button Interactions on the form of the document.",
    )
    rule_id = fields.Many2one("interaction.rule", readonly=True, ondelete="cascade")

    @api.depends("event", "model_id", "partner_field")
    def _compute_contact(self):
        """Say with whom it is logged, in the words that people know."""
        mailed = {
            "email_out": self.env._("Recipients"),
            "email_in": self.env._("Sender"),
        }
        Rule = self.env["interaction.rule"]
        for proposal in self:
            model, path = self.env.get(proposal.model_name), proposal.partner_field
            proposal.contact = mailed.get(proposal.event) or (
                Rule._leads_from(model, path, "res.partner")
                and Rule._describe_path(model, path)
            )

    @api.model
    def action_open(self):
        """Open the page, with what can be recorded now."""
        self.check_access("create")
        proposals = self.create(self._find_proposals())
        return get_window_action(
            self.env,
            "interaction_rule_proposal_action_page",
            domain=[("id", "in", proposals.ids)],
        )

    @api.model
    def _find_proposals(self):
        """Return the values of the rows; the number of queries is constant."""
        Rule = self.env["interaction.rule"]
        path_of = self._find_documents()
        documents = self.env["ir.model"].with_context(interaction_log_document=True)
        documents = documents.search([("model", "in", list(path_of))])
        reports = self.env["ir.actions.report"].sudo()  # a manager may not read them
        reports = reports.search(
            [
                ("model", "in", list(path_of)),
                ("report_type", "in", REPORT_TYPES),
                ("binding_model_id", "!=", False),  # in the menu of the document
            ],
            order="id",
        ).grouped("model")
        mailed = {
            event: set(Rule._get_event_models(event))
            for event in TEMPLATES
            if event != "print"
        }
        covered = self._get_covering_rules()
        templates = self._get_templates()
        apps = self._get_apps()
        proposals = []
        for document in documents:
            model = self.env[document.model]
            common = {
                "app": apps.get(model._original_module),
                "model_id": document.id,
                "partner_field": path_of[document.model],
                "show_button": not hasattr(model, "action_view_interactions"),
            }
            found = [
                ("print", report.name, report.id)
                for report in reports.get(document.model, ())
            ] + [
                (event, document.display_name, False)
                for event, names in mailed.items()
                if document.model in names
            ]
            proposals += [
                {
                    **common,
                    "name": name,
                    "event": event,
                    "report_id": report_id,
                    "template_id": templates.get(name.casefold(), templates[event]),
                }
                for event, name, report_id in found
                if not self._find_covering(covered, event, document.model, report_id)
            ]
        return proposals

    @api.model
    def _find_documents(self):
        """Return {model: the field of its contact} of the documents of other apps.

        Those of the apps that we build on have their rules.
        """
        Rule = self.env["interaction.rule"]
        # a manager may not read what is installed
        ours = self.env["ir.module.module"].sudo()
        ours = ours.search([("name", "=", "interaction_log")])
        ours |= ours.upstream_dependencies(exclude_states=("uninstalled",))
        modules = {"base", *ours.mapped("name")}
        found = {}
        for model in self.env.values():
            if (
                model._abstract
                or model._transient
                or not model._auto  # a view of the database, as for an analysis
                or model._name in OWN_MODELS
                or model._name.startswith("interaction.")
                or model._original_module in modules
            ):
                continue
            for name in Rule._find_partner_fields(model):
                if model._fields[name].store:
                    found[model._name] = name
                    break
        return found

    @api.model
    def _get_apps(self):
        """Return {technical name of what is installed: its name}."""
        modules = self.env["ir.module.module"].sudo()  # a manager may not read them
        modules = modules.search_fetch([("state", "=", "installed")], ["shortdesc"])
        return {module.name: module.shortdesc for module in modules}

    @api.model
    def _get_templates(self):
        """Return {name, or event: id} of the templates that all companies may use."""
        templates = self.env["interaction.template"].search(
            [("company_id", "=", False)]
        )
        find = self.env["ir.model.data"]._xmlid_to_res_id
        ids = {event: find(xml_id) for event, xml_id in TEMPLATES.items()}
        return {
            **{template.name.casefold(): template.id for template in templates},
            **{event: id_ in templates._ids and id_ for event, id_ in ids.items()},
        }

    @api.model
    def _get_covering_rules(self):
        """Return {(event, model, id of the report or False for all): rule}.

        Rules that are switched off count: somebody has thought of it.
        """
        rules = self.env["interaction.rule"].sudo()  # a manager may not read reports
        rules = rules.with_context(active_test=False).search(
            [("company_id", "in", [False, self.env.company.id])]
        )
        return {
            (rule.event, rule.model_id.model, report_id): rule
            for rule in reversed(rules)
            for report_id in (rule.event == "print" and rule.report_ids.ids) or [False]
        }

    @api.model
    def _find_covering(self, covered, event, model_name, report_id):
        """Return the rule that records it already, or None."""
        return covered.get((event, model_name, report_id)) or covered.get(
            (event, model_name, False)
        )

    def action_record(self):
        """Make the rules, switched on; what somebody has made meanwhile is taken.

        :return: the action that says so
        :raises UserError: where one has no template, before anything is written
        """
        self.check_access("write")
        covered = self._get_covering_rules()
        new = self.browse()
        for proposal in self.filtered(lambda proposal: not proposal.rule_id):
            proposal.rule_id = self._find_covering(
                covered,
                proposal.event,
                proposal.model_name,
                proposal.report_id.id,
            )
            if not proposal.rule_id:
                new |= proposal
        if nameless := new.filtered(lambda proposal: not proposal.template_id):
            raise UserError(
                self.env._(
                    "Choose a template for %(documents)s.",
                    documents=", ".join(nameless.mapped("name")),
                )
            )
        rules = self.env["interaction.rule"].create(
            [proposal._prepare_rule_vals() for proposal in new]
        )
        for proposal, rule in zip(new, rules, strict=True):
            proposal.rule_id = rule
        return self._get_recorded_action()

    def _prepare_rule_vals(self):
        """Return the values of the rule."""
        labels = dict(self.env["interaction.rule"]._get_event_labels())
        return {
            "name": MADE_NAME % (self.name, labels[self.event]),
            "event": self.event,
            "model_id": self.model_id.id,
            "report_ids": self.report_id.ids,
            "template_id": self.template_id.id,
            "partner_field": self.partner_field,
            "show_button": self.show_button,
        }

    def _get_recorded_action(self):
        """Return the action that says what is recorded, and what is switched off."""
        events = self.env["interaction.event"]
        off = [
            reason
            for event in set(self.mapped("event"))
            if (reason := events._get_off_reason(event, self.env.company))
        ]
        message = self.env._(
            "Recorded from now on: %(rules)s.",
            rules=", ".join(self.rule_id.mapped("name")),
        )
        return get_notification_action(
            " ".join([message, *off]),
            "warning" if off else "success",
            next=SOFT_RELOAD,
        )

    def action_open_rule(self):
        """Open the rule."""
        self.ensure_one()
        return self.rule_id.action_open_details()
