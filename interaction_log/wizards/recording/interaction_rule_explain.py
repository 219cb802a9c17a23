from odoo import Command, api, fields, models

from ...models.base.savepoint import read_only_savepoint
from ...models.base.ui import get_window_action


class InteractionRuleExplain(models.TransientModel):
    """What would be logged for a document, and if nothing, why. Writes nothing."""

    _name = "interaction.rule.explain"
    _description = "What Would Be Logged"
    _inherit = ["interaction.value.mixin"]

    rule_id = fields.Many2one("interaction.rule", ondelete="cascade", readonly=True)
    model_id = fields.Many2one("ir.model", ondelete="cascade", readonly=True)
    model_name = fields.Char(compute="_compute_model_name")
    document = fields.Reference(selection="_get_document_selection")
    event = fields.Selection(
        selection="_get_event_selection", required=True, default="print"
    )
    report_id = fields.Many2one(
        "ir.actions.report",
        ondelete="cascade",
        domain="[('model', '=', model_name)]",
        help="Leave empty to check all reports.",
    )
    verdict = fields.Selection(
        [("logged", "Logged"), ("skipped", "Skipped"), ("no", "Not Logged")],
        compute="_compute_line_ids",
    )
    summary = fields.Char(compute="_compute_line_ids")
    line_ids = fields.One2many(
        "interaction.rule.explain.line",
        "wizard_id",
        string="Rules",
        compute="_compute_line_ids",
    )

    @api.model
    def default_get(self, fields):
        # the dialog of a document is opened on it
        vals = super().default_get(fields)
        model = self.env.context.get("active_model")
        if (
            "document" in fields
            and not vals.get("document")
            and model in dict(self._get_document_selection())
        ):
            vals["document"] = f"{model},{self.env.context.get('active_id') or 0}"
        return vals

    @api.model
    def _get_document_selection(self):
        names = self.env["interaction.rule"]._get_document_models()
        models = (
            self.env["ir.model"]
            .sudo()  # a user may not read the models, but has their documents
            .with_context(interaction_log_document=True)
            .search([("model", "in", names)])
        )
        return [(model.model, model.display_name) for model in models]

    @api.model
    def _get_event_selection(self):
        return self.env["interaction.rule"]._get_event_labels()

    @api.depends("document")
    def _compute_model_name(self):
        for wizard in self:
            wizard.model_name = wizard.document._name if wizard.document else False

    @api.depends("document", "event", "report_id", "rule_id")
    def _compute_line_ids(self):
        for wizard in self:
            lines = wizard._explain()
            wizard.line_ids = [Command.clear()] + [
                Command.create(wizard._prepare_line_vals(line)) for line in lines
            ]
            verdicts = [line["verdict"] for line in lines]
            wizard.verdict = next(
                (name for name in ("logged", "skipped") if name in verdicts), "no"
            )
            wizard.summary = wizard._make_summary(lines)

    def _explain(self):
        """Return what the rules make of the document, as `_explain_rules`."""
        if not self.document or not self.event:
            return []
        report = self.report_id if self.report_id.model == self.model_name else None
        rules = self.rule_id._origin or self.env["interaction.rule"]
        rules.check_access("read")  # a client may name any rule
        with read_only_savepoint(self.env) as env:
            return rules.with_env(env)._explain_rules(
                self.document._origin.with_env(env),
                self.event,
                report.with_env(env) if report else None,
            )

    def _prepare_line_vals(self, line):
        vals = line["vals"]
        return {
            "rule_id": line["rule"].id,
            "verdict": line["verdict"],
            "reason": line["reason"],
            "partner_id": vals.get("partner_id"),
            "user_id": vals.get("user_id"),
            "template_id": vals.get("template_id"),
            "subject": self._get_subject(vals),
        }

    def _get_subject(self, vals):
        if not vals:
            return False
        # the rule's, which may be of a company that the user can't see
        template = self.env["interaction.template"].sudo().browse(vals["template_id"])
        return vals.get("name") or template._get_subject(vals.get("document_name"))

    def _make_summary(self, lines):
        """Say in one sentence what would happen."""
        if not self.document:
            return self.env._("Choose a document.")
        name = self.document.display_name
        if self.verdict == "logged":
            return self.env._("%(document)s would be logged.", document=name)
        if self.verdict == "skipped":
            return self.env._(
                "%(document)s could not be logged. It would be listed in Skipped "
                "Events.",
                document=name,
            )
        if not lines:
            return self.env._(
                "Nothing would be logged for %(document)s: no rule applies.",
                document=name,
            )
        return self.env._("Nothing would be logged for %(document)s.", document=name)

    @api.model
    def _get_action(self, document, event, report=None, rule=None):
        """Return the dialog on a document.

        :param document: a record, or an empty one of the model to choose from
        """
        context = {
            "default_document": f"{document._name},{document.id}"
            if document
            else False,
            "default_event": event,
            "default_report_id": report.id if report else False,
        }
        if rule:
            context |= {
                "default_rule_id": rule.id,
                "default_model_id": rule.model_id.id,
            }
        return get_window_action(
            self.env, "interaction_rule_explain_action", context=context
        )


class InteractionRuleExplainLine(models.TransientModel):
    """What one rule makes of the document."""

    _name = "interaction.rule.explain.line"
    _description = "Automatic Recording Test"
    _inherit = ["interaction.value.mixin"]

    wizard_id = fields.Many2one(
        "interaction.rule.explain", required=True, index=True, ondelete="cascade"
    )
    rule_id = fields.Many2one("interaction.rule", ondelete="cascade")
    verdict = fields.Selection(
        [("logged", "Logged"), ("skipped", "Skipped"), ("no", "Not This Rule")],
        string="Result",
    )
    reason = fields.Text(string="Why")
    partner_id = fields.Many2one("res.partner", string="Contact", ondelete="cascade")
    user_id = fields.Many2one("res.users", string="Salesperson", ondelete="cascade")
    template_id = fields.Many2one("interaction.template", ondelete="cascade")
    subject = fields.Char()
