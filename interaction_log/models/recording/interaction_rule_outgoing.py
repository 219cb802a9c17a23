from odoo import api, fields, models


class InteractionRule(models.Model):
    """Documents that leave: what is kept of them, and what the user is told."""

    _inherit = "interaction.rule"

    announce = fields.Selection(
        [
            ("notify", "Tell the user"),
            ("ask", "Ask the user first"),
            ("quiet", "Say nothing"),
        ],
        string="After Printing",
        required=True,
        default="notify",
        help="Tell the user what was logged, with an Undo; or ask first, and log "
        "only if the user says so. Who has no right on the log is neither told nor "
        "asked: what they print is logged.",
    )
    keep_copy = fields.Boolean(
        string="Keep a Copy",
        help="Keep the file that left with the interaction, where everybody who reads "
        "the interaction reads it. Without a copy the log keeps its fingerprint "
        "(SHA-256), and the link to the PDF where Odoo stores it.",
    )

    @api.model
    def _get_event_models(self, event):
        # EXTENDS: a document in the portal need not be printed
        names = super()._get_event_models(event)
        if event not in ("download", "portal_view"):
            return names
        in_portal = {
            model._name
            for model in self.env.values()
            if "access_url" in model._fields and self._is_document(model)
        }
        return sorted(in_portal.union(names))
