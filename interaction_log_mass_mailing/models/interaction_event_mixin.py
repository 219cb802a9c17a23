from odoo import fields, models


class InteractionEventMixin(models.AbstractModel):
    _inherit = "interaction.event.mixin"

    event = fields.Selection(
        selection_add=[("mailing", "Mailing Sent")],
        ondelete={"mailing": lambda records: records._drop_event()},
    )
