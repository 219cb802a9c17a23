from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .interaction_log_entry import EVENT


class InteractionRule(models.Model):
    """Mailings: a rule chooses by the mailing, and says it of all its recipients.

    So the conditions of a rule are on the model that is mailed, the campaign and so on.
    """

    _inherit = "interaction.rule"

    event = fields.Selection(
        selection_add=[("mailing", "Mailing Sent")], ondelete={"mailing": "cascade"}
    )

    @api.depends("event")
    def _compute_model_id(self):
        # EXTENDS: what is sent is a mailing
        result = super()._compute_model_id()
        mailings = self.filtered(lambda rule: rule.event == EVENT)
        # the user may not read the models
        model = self.env["ir.model"].sudo()._get("mailing.mailing")
        mailings.model_id = model.sudo(self.env.su)
        return result

    @api.constrains("event", "model_id")
    def _check_mailing(self):
        for rule in self:
            if rule.event == EVENT and rule.model_id.model != "mailing.mailing":
                raise ValidationError(
                    self.env._(
                        "The rule %(rule)s is for mailings. Choose the document "
                        "Mailing.",
                        rule=rule.name,
                    )
                )

    @api.model
    def _get_event_models(self, event):
        # EXTENDS: a mailing is not printed
        if event == EVENT:
            return ["mailing.mailing"]
        return super()._get_event_models(event)

    def _get_path_targets(self):
        # EXTENDS: the contacts are who gets it, no field says so
        targets = super()._get_path_targets()
        if self.event == EVENT:
            del targets["partner_field"]
        return targets

    def _get_document_company(self, record):
        # EXTENDS: a mailing has no company; it is asked for each that it reaches
        if record._name == "mailing.mailing":
            return self.env.company
        return super()._get_document_company(record)

    def _make_matches(self, event, matched, report=None):
        # EXTENDS: what is said of a mailing is said of all its recipients
        if event != EVENT:
            return super()._make_matches(event, matched, report)
        return [rule._match_mailing(mailing) for rule, mailing in matched]

    def _match_mailing(self, mailing):
        """Return the match of a mailing, without a contact."""
        nobody = self.env["res.partner"]
        return self._make_match(
            mailing,
            {
                **self._prepare_match_vals(mailing, nobody, self._get_user(mailing)),
                **mailing._prepare_interaction_vals(),
            },
            self._get_broken_reason()
            or self.template_id._get_problem(self._get_company(mailing)),
        )
