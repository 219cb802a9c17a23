from odoo import api, fields, models
from odoo.exceptions import AccessError


class MailActivity(models.Model):
    """What is planned after an interaction, on whatever record it is done."""

    _inherit = "mail.activity"  # pylint: disable=consider-merging-classes-inherited # a later room adds

    interaction_entry_id = fields.Many2one(
        "interaction.log.entry",
        string="Interaction",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        groups="interaction_log.group_user_own",
        help="The interaction that it follows.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_interaction_link(vals)
        if "default_interaction_entry_id" in self.env.context:
            # nor by a default in the context of a client
            vals_list = [{"interaction_entry_id": False, **vals} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        self._check_interaction_link(vals)
        return super().write(vals)

    @api.model
    def _check_interaction_link(self, vals):
        """Raise an AccessError where a client says what an activity follows."""
        if "interaction_entry_id" in vals and not self.env.su:
            raise AccessError(
                self.env._("Activities are linked to interactions automatically.")
            )
