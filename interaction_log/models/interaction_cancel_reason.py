from odoo import fields, models


class InteractionCancelReason(models.Model):
    """Why an interaction no longer counts.

    Entered in error: the row is wrong. Did not happen: the row was right when it
    was written, but the interaction never took place.
    """

    _name = "interaction.cancel.reason"
    _description = "Interaction Cancel Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [("error", "Entered in error"), ("not_happened", "Did not happen")],
        required=True,
        default="error",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
