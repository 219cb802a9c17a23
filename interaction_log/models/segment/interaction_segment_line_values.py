from typing import Any

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..base.savepoint import isolated_savepoint
from .interaction_segment import CAMPAIGN_FIELDS, SEGMENT_FIELDS

# How the source keys of segments begin
SEGMENT_KEY = "segment,"


class InteractionSegmentLine(models.Model):
    """What will be logged of a line.

    Values and channel are told twice, in Python for one line and in SQL for many: what
    changes in one has to change in the other.
    """

    _inherit = "interaction.segment.line"

    def _has_segment_template(self):
        """Say whether the line is logged with the template of its segment."""
        self.ensure_one()
        own = self.template_id
        return not own or own == self.segment_id.template_id

    def _prepare_vals(self) -> dict[str, Any]:
        """Return what `log_interactions` is told of the line.

        Only what the line, else its segment, says; the rest comes from the template
        and the contact (`_prepare_log_vals`). A line with a template of its
        own takes subject, channel, flow, initiator, cost and duration from that; from
        the segment it has the language, the salesperson and the campaign. Files that
        are not the template's: `_get_own_files`.

        Extend to say more. Where nothing is made for each contact, it is called once
        for all lines of a template and a language, with no contact: what depends on
        the contact has to be said in `_prepare_set_columns` of the segment, too.

        :return: values of fields of `interaction.log.entry`; cost in the currency of
            the segment's company, duration in hours
        """
        self.ensure_one()
        segment = self.segment_id
        follows = self._has_segment_template()
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

    def _log(self):
        """Log the lines by `log_interactions`, all of them or none.

        :return: the entries, in the order of the lines
        :raises UserError: where one can't be logged; nothing is logged then
        """
        vals_list = []
        for line in self:
            segment = line.segment_id
            vals_list.append(
                {
                    **line._prepare_vals(),
                    "date": segment.log_date,
                    "event": "segment",
                    "batch_id": segment.log_options["batch_id"],
                    "source_key": f"{segment._get_key_prefix()}{line.id}",
                }
            )
        # who may log the segment was asked; only the system says that it is one
        entries = self.env["interaction.log.entry"].sudo().log_interactions(vals_list)
        for line, entry in zip(self, entries, strict=True):
            if line.attachment_ids:
                entry._add_attachments(line.attachment_ids)
        return entries

    def _log_one_by_one(self):
        """Log the lines, leaving out those that can't be.

        :return: (the entries, the lines that were left out)
        """
        entries = self.env["interaction.log.entry"].sudo()  # as `_log`
        failed = self.browse()
        for line in self:
            try:
                with isolated_savepoint(self.env.cr):
                    entries |= line._log()
            except UserError as error:
                failed |= line
                line.sudo().write({"left_out": "content", "left_out_detail": error})
        return entries, failed

    # ------------------------------------------------------------------
    # In SQL
    # ------------------------------------------------------------------

    @api.model
    def _get_channel_sql(self, line, partner):
        """Return the SQL of the channel of a line; the rule is the template's.

        See `_get_channel` of the template: what is said, then the contact's preference
        unless the template ignores it, then the template's. Reads the segment and the
        templates as `segment`, `template` (that of the line, else of the segment).
        """
        return SQL(
            """COALESCE(%(line)s.channel,
                CASE WHEN %(line)s.template_id IS NULL
                    OR %(line)s.template_id = segment.template_id
                THEN segment.channel END,
                CASE WHEN template.ignore_contact_channel IS NOT TRUE
                THEN %(partner)s.interaction_channel END,
                template.channel)""",
            line=line,
            partner=partner,
        )

    @api.model
    def _get_templates_sql(self, templates=None):
        """Return the SQL of a table of templates that is made once, and is small.

        The template comes from the line or its segment, which the database can't plan
        for: it would look for it once more for each line.
        """
        return SQL(
            """(WITH used AS MATERIALIZED (
                SELECT id, active, channel, ignore_contact_channel
                FROM interaction_template WHERE %s
            ) SELECT * FROM used)""",
            SQL("TRUE") if templates is None else SQL("id = ANY(%s)", templates.ids),
        )


class InteractionSegment(models.Model):
    """What will be logged of many lines with one statement."""

    _inherit = "interaction.segment"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    def _prepare_set_vals(
        self, template: models.BaseModel, lang: str
    ) -> dict[str, Any]:
        """Return the values that all entries of a template and a language have.

        By the contract between template and entry (`_prepare_log_vals`), with no
        contact; what depends on the contact comes from `_prepare_set_columns`.

        :param template: `interaction.template`
        :param lang: code of the language of the contacts, or ""
        :return: complete values of `interaction.log.entry`
        """
        Line = self.env["interaction.segment.line"]
        own = template if template != self.template_id else template.browse()
        line = Line.new({"segment_id": self.id, "template_id": own.id})
        code = self.env["res.lang"]._get_code(lang) if lang else False
        # our users read the log, the contact what goes with it
        content = template.with_context(lang=code or self.env.lang)
        given = {
            "name": content._get_subject(),
            **line._prepare_vals(),
            "date": self.log_date,
            "event": "segment",
            "batch_id": self.log_options["batch_id"],
        }
        defaults = self.env["interaction.log.entry"]._prepare_log_vals(
            given, template, self.env["res.partner"], self.company_id
        )
        return {**defaults, **given}

    def _prepare_set_columns(
        self, template: models.BaseModel, vals: dict[str, Any]
    ) -> dict[str, SQL]:
        """Return the SQL of what depends on the line and its contact, by field.

        Extend to add more. What `_prepare_vals` of the line says of each contact has to
        be said here, too: it is called where all lines are logged with one statement.

        :param template: `interaction.template`, that of the lines
        :param vals: what all of them have, see `_prepare_set_vals`
        :return: {stored field of `interaction.log.entry`: expression}; it may read
            `line`, `partner`, `segment` and `template`
        """
        line, partner = SQL("line"), SQL("partner")
        channel = self.env["interaction.segment.line"]._get_channel_sql(line, partner)
        return {
            "partner_id": SQL("partner.id"),
            "partner_name": SQL("partner.complete_name"),
            "commercial_partner_id": SQL("partner.commercial_partner_id"),
            "lang": SQL("COALESCE(line.lang, segment.lang, partner.lang)"),
            "user_id": SQL(
                "COALESCE(line.user_id, segment.user_id, partner.user_id, %s)",
                self.env.uid,
            ),
            "channel": channel,
            "name": SQL("COALESCE(line.name, %s)", vals["name"]),
            "cost": SQL(
                "CASE WHEN line.has_own_cost THEN line.own_cost ELSE %s END",
                vals["cost"],
            ),
            "duration": SQL(
                "CASE WHEN line.has_own_duration THEN line.own_duration ELSE %s END",
                vals["duration"],
            ),
            "source_key": SQL("%s || line.id", self._get_key_prefix()),
        }

    def _get_key_prefix(self):
        return f"{SEGMENT_KEY}{self.id},"
