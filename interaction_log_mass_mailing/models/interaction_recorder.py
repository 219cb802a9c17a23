from odoo import models

from .interaction_log_entry import EVENT


class InteractionRecorder(models.AbstractModel):
    """Mailings that are filled in later: they belong to the batch of the mailing."""

    _inherit = "interaction.recorder"

    def _add_batches(self, matches):
        # EXTENDS
        matches = super()._add_batches(matches)
        companies = self.env["res.company"]
        batches = {
            key: key[0]._get_interaction_batch(companies.browse(key[1]))
            for key in {
                (match.record, match.vals["company_id"])
                for match in matches
                if match.vals["event"] == EVENT
            }
        }
        return [
            match.with_vals(batch_id=batches[match.record, match.vals["company_id"]].id)
            if match.vals["event"] == EVENT
            else match
            for match in matches
        ]
