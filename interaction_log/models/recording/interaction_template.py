from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.ui import get_notification_action, get_window_action


class InteractionTemplate(models.Model):
    """The rules that record with a template, and what becomes of them without it."""

    _inherit = "interaction.template"

    rule_ids = fields.One2many(
        "interaction.rule",
        "template_id",
        context={"active_test": False},
        help="Rules that record with this template, including disabled ones.",
    )

    is_recorded_automatically = fields.Boolean(
        compute="_compute_is_recorded_automatically",
        help="Something is recorded with it by itself: archiving it asks what becomes "
        "of that.",
    )

    @api.depends("rule_ids.active")
    def _compute_is_recorded_automatically(self):
        for template in self:
            template.is_recorded_automatically = template._has_automatic_recording()

    @api.constrains("company_id")
    def _check_rules_company(self):
        for rule in self._get_rules():
            template = rule.template_id
            if not template._is_for_company(rule.company_id):
                raise ValidationError(
                    self.env._(
                        "The template %(template)s can't be restricted to %(company)s "
                        "because %(rule)s uses it %(where)s. Choose another template "
                        "there first.",
                        template=template.name,
                        company=template.company_id.name,
                        rule=rule.name,
                        where=rule.company_id.name or self.env._("in all companies"),
                    )
                )

    def _get_rules(self):
        """Return the rules that record with the templates, archived ones too."""
        # those of other companies, which the user can't see, count all the same
        return self.sudo().with_context(active_test=False).rule_ids

    def _get_uses(self):
        uses = super()._get_uses()
        self._add_uses(
            uses,
            self._get_rules(),
            "template_id",
            self.env._("automatic recording (%(count)s): %(names)s"),
        )
        return uses

    def _has_automatic_recording(self) -> bool:
        """Say whether something records with the templates by itself.

        A hook: override to say so of more. Where it does, archiving the templates
        first asks what becomes of it (`interaction.template.archive`).
        """
        return bool(self._get_rules().filtered("active"))

    def action_archive(self):
        """Archive, or ask first what becomes of that which records with them.

        :return: None, or the action of the dialog, and then nothing is archived yet
        """
        self.check_access("write")
        active = self.filtered("active")
        if not active._has_automatic_recording():
            return super().action_archive()
        action = get_window_action(
            self.env,
            "interaction_template_archive_action",
            context={"default_template_ids": self.ids},
        )
        if len(self) == 1:
            action["name"] = self.env._("Archive Template")
        return action

    def action_unarchive(self):
        """Take them back into use; what recorded with them stays switched off.

        :return: the action that says so, where there is such a rule
        """
        archived = self.filtered(lambda template: not template.active)
        result = super().action_unarchive()
        rules = archived._get_rules().filtered(lambda rule: not rule.active)
        if not rules:
            return result
        return get_notification_action(
            self.env._(
                "These rules are still disabled: %(rules)s. Enable them in Automatic "
                "Recording to record again.",
                rules=", ".join(rules.mapped("name")),
            ),
            "warning",
            sticky=True,
        )
