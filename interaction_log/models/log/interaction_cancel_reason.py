from odoo import api, fields, models
from odoo.exceptions import UserError

# What a reason can be limited to, and which interactions are of it
PRINT_EVENTS = ("print", "download")
SENT_CHANNELS = ("letter", "email", "sms", "chat", "web")
TALK_CHANNELS = ("phone", "meeting", "visit")


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
    applies_to = fields.Selection(
        [
            ("print", "Printed Documents"),
            ("sent", "Letters and Messages"),
            ("talk", "Calls and Meetings"),
        ],
        help="The interactions for which the reason is offered. Leave empty to offer "
        "it for all.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    @api.model
    def _get_offered(self, kinds):
        """Return the reasons that fit every one of the interactions.

        Only what the dialog offers: whoever cancels by the API says any reason.

        :param kinds: channel, flow and event, as the interactions have them
        """
        fitting = [
            name
            for name, fits in (
                ("print", lambda channel, flow, event: event in PRINT_EVENTS),
                (
                    "sent",
                    lambda channel, flow, event: (
                        flow == "outbound" and channel in SENT_CHANNELS
                    ),
                ),
                ("talk", lambda channel, flow, event: channel in TALK_CHANNELS),
            )
            if all(fits(*kind) for kind in kinds)
        ]
        return self.search(
            [("kind", "!=", "corrected"), ("applies_to", "in", [False, *fitting])]
        )

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
                    "The reason %(reason)s can't be deleted because it is used by "
                    "canceled interactions. Archive it instead.",
                    reason=entry.cancel_reason_id.display_name,
                )
            )
