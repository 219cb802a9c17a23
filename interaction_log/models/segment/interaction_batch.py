from odoo import models


class InteractionBatch(models.Model):
    """What follows a logged batch: a segment of those who answered, or did not."""

    _inherit = "interaction.batch"

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
