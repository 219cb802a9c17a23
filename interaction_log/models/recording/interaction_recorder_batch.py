from collections import defaultdict

from odoo import models
from odoo.fields import Domain


class InteractionRecorder(models.AbstractModel):
    """What is recorded together: in one batch, to be canceled in one go."""

    _inherit = "interaction.recorder"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    def _add_batches(self, matches):
        """Return the matches, what belongs together in one batch, also with entries.

        A match belongs to one where it has the name of the `batch`: that of its
        document.
        """
        batched = [match for match in matches if match.batch]
        if not batched:
            return matches
        records = {match.record for match in batched}
        batches = {
            (entry.res_model, entry.res_id): entry.batch_id
            for entry in self.env["interaction.log.entry"].search_fetch(
                Domain("res_id", "in", [record.id for record in records])
                & Domain("res_model", "in", [record._name for record in records])
                & Domain("batch_id", "!=", False),
                ["res_model", "res_id", "batch_id"],
            )
        }
        missing = {}
        for match in batched:
            if match.document not in batches:
                missing[match.document] = {
                    "name": match.batch,
                    "event": match.vals["event"],
                    "company_id": match.vals["company_id"],
                    "duration": match.vals.get("duration"),
                }
        created = self.env["interaction.batch"].create(list(missing.values()))
        batches.update(zip(missing, created, strict=True))
        return [
            match.with_vals(batch_id=batches[match.document].id)
            if match.batch
            else match
            for match in matches
        ]

    def _add_print_batches(self, matches):
        """Return the matches, what was printed in one go in one batch per company."""
        printed = defaultdict(list)
        for match in matches:
            if match.vals["event"] == "print":
                printed[match.vals["company_id"]].append(match)
        counts = {
            company_id: len(group)
            for company_id, group in printed.items()
            if len(group) > 1
        }
        if not counts:
            return matches
        batches = self.env["interaction.batch"].create(
            [
                {
                    "name": self.env._("Print of %(count)s documents", count=count),
                    "event": "print",
                    "company_id": company_id,
                }
                for company_id, count in counts.items()
            ]
        )
        batch_ids = dict(zip(counts, batches.ids, strict=True))
        return [
            match.with_vals(batch_id=batch_ids[match.vals["company_id"]])
            if match.vals["event"] == "print" and match.vals["company_id"] in batch_ids
            else match
            for match in matches
        ]
