from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "interaction.document.mixin"]
    _interaction_user_field = "user_id"
