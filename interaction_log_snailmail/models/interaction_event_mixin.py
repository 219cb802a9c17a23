from odoo import fields, models


class InteractionEventMixin(models.AbstractModel):
    _inherit = "interaction.event.mixin"

    event = fields.Selection(
        selection_add=[("post", "Sent by Post")],
        ondelete={"post": lambda records: records._drop_event()},
    )
