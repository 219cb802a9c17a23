from odoo import fields, models
from odoo.fields import Domain


class InteractionSegmentStep(models.Model):
    """Contacts by what they did with a mailing."""

    _inherit = "interaction.segment.step"

    batch_result = fields.Selection(
        selection_add=[
            ("opened", "Opened the mailing"),
            ("clicked", "Clicked a link of the mailing"),
            ("not_opened", "Did not open the mailing"),
        ],
        ondelete={
            "opened": "set default",
            "clicked": "set default",
            "not_opened": "set default",
        },
    )

    def _get_batch_domain(self):
        # EXTENDS: what did not arrive could not be opened
        domain = {
            "opened": Domain("delivery_status", "=", "opened"),
            "not_opened": Domain("delivery_status", "=", "sent"),
            # who builds segments need not see the traces
            "clicked": Domain(
                "mailing_trace_id", "any!", [("links_click_datetime", "!=", False)]
            ),
        }.get(self.batch_result)
        if domain is None:
            return super()._get_batch_domain()
        return self._get_entries_domain(
            self._get_counted_entries()
            & Domain("batch_id", "=", self.batch_id._origin.id or 0)
            & Domain("partner_id", "!=", False)
            & domain
        )
