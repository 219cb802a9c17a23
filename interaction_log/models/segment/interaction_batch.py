from odoo import fields, models


class InteractionBatch(models.Model):
    """The batch that a segment is logged into, and the segment that follows it up."""

    _inherit = "interaction.batch"

    log_request = fields.Selection(
        [("pause", "Pause"), ("stop", "Stop")],
        readonly=True,
        copy=False,
        help="What is to be done before more of the segment is logged.",
    )

    def action_follow_up(self, result=None):
        """Make a segment of the contacts of the batch, and open it.

        :param str result: how they answered, one of `BATCH_RESULTS` of a step, such as
            "not_answered"; a button says it in the context, as `batch_result`
        :raises UserError: where `result` is none of them
        """
        self.ensure_one()
        result = result or self.env.context.get("batch_result") or "all"
        segment = self.segment_id._create_follow_up(self, result)
        return {
            "type": "ir.actions.act_window",
            "res_model": segment._name,
            "res_id": segment.id,
            "views": [(False, "form")],
        }
