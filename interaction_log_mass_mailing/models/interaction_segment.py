from odoo import api, models
from odoo.exceptions import UserError


class InteractionSegment(models.Model):
    """A mailing to the contacts of a segment."""

    _inherit = "interaction.segment"

    def action_create_mailing(self):
        """Create a mailing to the contacts of the segment, and open it.

        It reaches those who are in the segment when it is sent.

        :raises UserError: where the segment has no contacts
        :raises AccessError: where the user may not create mailings
        """
        self.ensure_one()
        if not self.line_count:
            raise UserError(
                self.env._(
                    "%(name)s has no contacts. Add contacts first.", name=self.name
                )
            )
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": self.subject or self.name,
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "interaction_segment_id": self.id,
                "campaign_id": self.campaign_id.id,
            }
        )
        return mailing._get_records_action()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_mailed(self):
        mailings = self.env["mailing.mailing"].sudo()  # of whoever sends them
        mailing = mailings.with_context(active_test=False).search(
            [("interaction_segment_id", "in", self.ids)], limit=1
        )
        if mailing:
            raise UserError(
                self.env._(
                    "%(name)s can't be deleted because there is a mailing to its "
                    "contacts. Archive it instead.",
                    name=mailing.interaction_segment_id.name,
                )
            )
