from odoo import fields, models


class InteractionLogEntry(models.Model):
    """Entries that were filled in later, from the traces that documents leave."""

    _inherit = "interaction.log.entry"

    is_backfilled = fields.Boolean(
        string="Filled In Later",
        copy=False,
        help="Not recorded when it happened, but filled in from the traces that the "
        "document left: messages, stored files and the like.",
    )
