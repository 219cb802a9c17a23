from odoo import api, fields, models
from odoo.exceptions import UserError


class InteractionTemplateArchive(models.TransientModel):
    """Ask what becomes of automatic recording when its templates are archived."""

    _name = "interaction.template.archive"
    _description = "Archive Interaction Templates"
    _inherit = ["interaction.value.mixin"]

    template_ids = fields.Many2many("interaction.template", string="Templates")
    template_names = fields.Char(compute="_compute_rules")
    rule_ids = fields.Many2many(
        "interaction.rule", string="Recorded with It", compute="_compute_rules"
    )
    foreign_rules = fields.Char(
        compute="_compute_rules",
        help="Rules that use the templates and that you can't change.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_rules",
        help="Company of the rules, if all of them have the same.",
    )
    choice = fields.Selection(
        [
            ("replace", "Record with another template"),
            ("stop", "Stop recording"),
        ],
        string="From Now On",
        required=True,
        default="replace",
    )
    replacement_id = fields.Many2one(
        "interaction.template",
        string="Template",
        ondelete="cascade",
        domain="[('id', 'not in', template_ids), "
        "('company_id', 'in', [False, company_id])]",
        help="For activities and meetings, choose a template shared between all "
        "companies.",
    )

    @api.depends("template_ids")
    def _compute_rules(self):
        for wizard in self:
            # access is known of records only, not of those of an unsaved dialog
            templates = wizard.template_ids._origin
            rules = templates._get_rules().filtered("active")
            own = rules.with_env(self.env)._filtered_access("write")
            wizard.template_names = ", ".join(templates.mapped("name"))
            wizard.rule_ids = own
            wizard.company_id = own.company_id if len(own.company_id) == 1 else False
            wizard.foreign_rules = ", ".join(
                self.env._(
                    "%(rule)s (%(company)s)",
                    rule=rule.name,
                    company=rule.company_id.name or self.env._("all companies"),
                )
                for rule in rules - own.sudo()
            )

    def action_apply(self):
        """Change what records with the templates as chosen, then archive them.

        :raises UserError: where no template is chosen to record with instead
        """
        self.ensure_one()
        if self.choice == "stop":
            self._stop_recording()
        elif self._has_automatic_recording():
            if not self.replacement_id or self.replacement_id in self.template_ids:
                raise UserError(
                    self.env._(
                        "Choose the template to record with from now on, or stop "
                        "recording."
                    )
                )
            self._record_with_replacement()
        # not action_archive: rules of other companies would open this dialog again
        self.template_ids.active = False
        return {"type": "ir.actions.act_window_close"}

    def _has_automatic_recording(self) -> bool:
        """Say whether the user decides here on something that records.

        A hook, as the two below: `action_apply` calls them; override all three for
        what else records with templates.
        """
        return bool(self.rule_ids)

    def _stop_recording(self):
        """Let what records with the templates record no more."""
        self.rule_ids.action_archive()

    def _record_with_replacement(self):
        """Let what records with the templates do so with `replacement_id`."""
        self.rule_ids.template_id = self.replacement_id
