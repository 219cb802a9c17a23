from odoo import api, fields, models
from odoo.tools import SQL


class InteractionSegment(models.Model):
    """Address pages and labels of the contacts of a segment, and its letters."""

    _name = "interaction.segment"
    _inherit = ["interaction.segment", "interaction.address.mixin"]

    def _deliver(self, entries: models.BaseModel) -> None:
        # EXTENDS: those that are letters get their files
        result = super()._deliver(entries)
        if letters := entries.filtered(lambda entry: entry.channel == "letter"):
            self._get_batch()._add_letters(letters)
        return result

    def _get_addressees(self):
        # A letter needs no e-mail address, but a city: what is left out of the log for
        # another reason is left out here, too
        self.check_access("read")
        Line = self.env["interaction.segment.line"]
        Line._flush_for_reasons()
        query = Line._get_reason_query(
            SQL(
                "line.segment_id = ANY(%s) AND line.is_removed IS NOT TRUE",
                self.ids,
            ),
            chosen=self._get_addressed_reasons(),
            columns=SQL(
                """line.id, line.partner_id,
                (COALESCE(partner.city, '') <> '' OR line.is_forced) AS has_address"""
            ),
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT id, partner_id, has_address AND reason IS NULL
                FROM (%s) lines ORDER BY id""",
                query,
            )
        )
        printed = [
            (id_, partner_id) for id_, partner_id, is_printed in rows if is_printed
        ]
        partners = self.env["res.partner"].browse({partner for _id, partner in printed})
        known = set(partners._filtered_access("read")._ids)
        lines = Line.browse(id_ for id_, partner_id in printed if partner_id in known)
        return lines, len(rows) - len(lines)

    @api.model
    def _get_addressed_reasons(self) -> tuple[str, ...]:
        """Return for which reasons nothing is logged, though a letter is written.

        A hook: override to add more of the selection `left_out` of the line.
        """
        return ("blacklisted", "no_address")

    @api.model
    def _get_address_rows(self, records):
        today = fields.Date.context_today(self)
        rows = []
        for line in records:
            vals = line._prepare_logged_vals()
            rows.append(
                self._prepare_address_row(
                    line.partner_id,
                    vals["lang"],
                    line.company_id,
                    today,
                    vals.get("name"),
                )
            )
        return rows
