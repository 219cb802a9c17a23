from odoo import models

from .interaction_segment import CAMPAIGN_FIELDS, SEGMENT_FIELDS


class InteractionSegmentLine(models.Model):
    """What will be logged of a line."""

    _inherit = "interaction.segment.line"

    def _follows_template(self):
        """Say whether the line is logged with the template of its segment."""
        self.ensure_one()
        own = self.template_id
        return not own or own == self.segment_id.template_id

    def _prepare_vals(self):
        """Return what `log_interactions` is told of the line.

        Only what the line, else its segment, says; the rest comes from the template
        and the contact (`_prepare_log_vals`). A line with a template of its
        own takes subject, channel, flow, initiator, cost and duration from that; from
        the segment it has the language, the salesperson and the campaign. Files that
        are not the template's: `_get_own_files`.

        :return: dict of field values
        """
        self.ensure_one()
        segment = self.segment_id
        follows = self._follows_template()
        vals = {
            "template_id": (self.template_id or segment.template_id).id,
            "partner_id": self.partner_id.id,
            "company_id": segment.company_id.id,
            # contacts of nobody are those of the user who logs
            "user_id": (self.user_id or segment.user_id or self.partner_id.user_id).id
            or self.env.uid,
        }
        said = {
            "name": self.name or (follows and segment.subject),
            "channel": self.channel or (follows and segment.channel),
            "lang": self.lang or segment.lang,
        }
        vals.update({name: value for name, value in said.items() if value})
        if follows:
            vals.update(
                {
                    name: segment[name]
                    for name in SEGMENT_FIELDS
                    if segment[name] is not False  # a flow that was emptied
                }
            )
        if self.has_own_cost:
            vals["cost"] = self.own_cost
        if self.has_own_duration:
            vals["duration"] = self.own_duration
        if follows or segment.campaign_id:
            vals.update(
                segment._convert_to_write(
                    {name: segment[name] for name in CAMPAIGN_FIELDS}
                )
            )
        return vals

    def _get_own_files(self):
        """Return the attachments that go beside the files of the template."""
        self.ensure_one()
        return self.segment_id.attachment_ids | self.attachment_ids
