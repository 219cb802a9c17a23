from odoo import fields, models

from ..base.constants import CHANNELS


class ResPartner(models.Model):
    """The channel that a contact prefers to that of a template."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited # room template adds to base

    interaction_channel = fields.Selection(
        CHANNELS,
        string="Preferred Channel",
        help="How the contact prefers to be reached. Interactions use this channel "
        "instead of the channel of their template.",
    )
