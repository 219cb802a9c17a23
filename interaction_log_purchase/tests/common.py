from odoo import Command

from odoo.addons.interaction_log.tests.common import InteractionCommon


class InteractionPurchaseCommon(InteractionCommon):
    """A buyer without rights on the log, and one with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        buying = "purchase.group_purchase_user"
        cls.buyer = cls._new_user("il_buyer", buying)
        cls.user_buyer_log = cls._new_user(
            "il_buyer_log", buying, "interaction_log.group_user"
        )
        cls.template_rfq = cls._get_own("interaction_template_rfq")
        cls.template_order = cls._get_own("interaction_template_purchase_order")

    @classmethod
    def _get_own(cls, name):
        return cls.env.ref(f"interaction_log_purchase.{name}").sudo()

    @classmethod
    def _new_purchase(cls, partner=None, **vals):
        """Create a request for quotation, whose buyer is the one with rights."""
        return (
            cls.env["purchase.order"]
            .sudo()
            .create(
                {
                    "partner_id": (partner or cls.anna).id,
                    "user_id": cls.user_buyer_log.id,
                    "order_line": [Command.create({"product_id": cls.product.id})],
                    **vals,
                }
            )
        )
