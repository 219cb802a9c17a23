from odoo import api, fields, models
from odoo.exceptions import UserError


class InteractionCancelReason(models.Model):
    """Why an interaction no longer counts.

    Entered in error: the row is wrong. Did not happen: the row was right when it
    was written, but the interaction never took place. Corrected: the system says so of
    what was logged anew.
    """

    _name = "interaction.cancel.reason"
    _description = "Interaction Cancel Reason"
    _inherit = ["interaction.value.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [
            ("error", "Entered in error"),
            ("not_happened", "Did not happen"),
            ("corrected", "Corrected"),
        ],
        required=True,
        default="error",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    @api.model
    def _get_corrected(self):
        """Return the reason of what was corrected; makes it where it was deleted."""
        reasons = self.sudo().with_context(active_test=False)  # the system says so
        return (
            reasons.search([("kind", "=", "corrected")], limit=1)
            or reasons.create({"name": self.env._("Corrected"), "kind": "corrected"})
        ).with_env(self.env)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        entry = (
            self.env["interaction.log.entry"]
            .sudo()  # what other companies have counts too
            .search([("cancel_reason_id", "in", self.ids)], limit=1)
        )
        if entry:
            raise UserError(
                self.env._(
                    "Interactions were canceled for the reason %(reason)s. "
                    "Archive it instead.",
                    reason=entry.cancel_reason_id.display_name,
                )
            )
