from odoo import models


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "interaction.document.mixin"]
    _interaction_user_field = "user_id"
