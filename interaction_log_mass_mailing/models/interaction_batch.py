from odoo import fields, models


class InteractionBatch(models.Model):
    """All e-mails of a mailing are one batch, one for each company that it reaches."""

    _inherit = "interaction.batch"

    mailing_id = fields.Many2one(
        "mailing.mailing",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )

    _mailing_uniq = models.UniqueIndex(
        "(mailing_id, company_id) WHERE mailing_id IS NOT NULL",
        "This mailing already has a batch.",
    )

    def _is_told_as_one(self):
        # EXTENDS: a mailing may have thousands
        return bool(self.mailing_id) or super()._is_told_as_one()

    def _get_busy_reason(self):
        # EXTENDS: what is being sent grows
        reason = super()._get_busy_reason()
        if not reason and self.mailing_id.sudo().state in ("in_queue", "sending"):
            return self.env._(
                "%(name)s is being sent. Cancel the mailing or wait until it is sent.",
                name=self.name,
            )
        return reason
