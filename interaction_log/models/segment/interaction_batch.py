from odoo import fields, models
from odoo.exceptions import UserError


class InteractionBatch(models.Model):
    """The segment that is logged into a batch, and the one that follows it up."""

    _inherit = "interaction.batch"  # pylint: disable=consider-merging-classes-inherited # room segment adds to email

    segment_id = fields.Many2one(
        "interaction.segment",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="Segment these interactions were logged for.",
    )

    # what is to be done before more of the segment is logged
    log_request = fields.Selection(
        [("pause", "Pause"), ("stop", "Stop")],
        readonly=True,
        copy=False,
        technical=True,
    )

    def _get_busy_reason(self):
        # EXTENDS: what is being logged grows
        reason = super()._get_busy_reason()
        if not reason and self.segment_id.sudo().state == "logging":
            return self.env._(
                "%(name)s is being logged. Stop logging first.", name=self.name
            )
        return reason

    def _is_told_as_one(self):
        # EXTENDS: a segment may have thousands
        return self.event == "segment" or super()._is_told_as_one()

    def _get_undelivered_record(self, user):
        # EXTENDS: where the user goes on with it
        segment = self.segment_id.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )
        if segment and segment.has_access("write"):
            return segment
        return super()._get_undelivered_record(user)

    def action_view_segment(self):
        """Open the segment that was logged.

        :raises UserError: where there is none
        """
        self.ensure_one()
        if not self.segment_id:
            raise UserError(self.env._("This batch was not logged from a segment."))
        return self.segment_id.get_formview_action()

    def action_follow_up(self, result="all"):
        """Make a segment of the contacts of the batch, and open it.

        :param str result: how they answered, one of the results of a step, such as
            "not_answered"
        :raises UserError: where `result` is none of them
        """
        self.ensure_one()
        segment = self.segment_id._create_follow_up(self, result)
        return segment._get_records_action()
