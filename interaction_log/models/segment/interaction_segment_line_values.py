from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.savepoint import isolated_savepoint
from .line_value import LINE_VALUES, LineValue

# How the source keys of segments begin
SEGMENT_KEY = "segment,"


class InteractionSegmentLine(models.Model):
    """What will be logged of a line, in Python."""

    _inherit = "interaction.segment.line"

    is_different = fields.Boolean(
        string="Different from the Segment",
        store=False,
        search="_search_is_different",
    )

    @api.model
    def _get_line_values(self) -> tuple[LineValue, ...]:
        """Return what a line says of its entry; all that tells of lines reads it.

        Extend to say more: `(*super()._get_line_values(), LineValue(...))`. What lines
        say of their own is copied with a segment, and kept where the user changes the
        segment for new contacts only.
        """
        return LINE_VALUES

    @api.model
    def _get_line_value(self, name: str) -> LineValue:
        """Return what a line says of the field `name` of its entry."""
        [value] = (value for value in self._get_line_values() if value.name == name)
        return value

    def _search_is_different(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(
            Domain(value.has_own or value.own, "!=", False)
            for value in self._get_line_values()
            if value.is_followed
        )

    def _has_segment_template(self):
        """Say whether the line is logged with the template of its segment."""
        self.ensure_one()
        own = self.template_id
        return not own or own == self.segment_id.template_id

    def _prepare_vals(self, partner: models.BaseModel | None = None) -> dict[str, Any]:
        """Return what `log_interactions` is told of the line; see `_get_line_values`.

        Only what the line, else its segment, says; the rest comes from the template
        and the contact (`_prepare_log_vals`). Files that are not the template's:
        `_get_own_files`.

        :param partner: the contact as far as the user may know it, if not all
        :return: values of fields of `interaction.log.entry`; cost in the currency of
            the segment's company, duration in hours
        """
        self.ensure_one()
        partner = self.partner_id if partner is None else partner
        said = {
            value.name: value.get(self, partner) for value in self._get_line_values()
        }
        return {name: value for name, value in said.items() if value is not None}

    def _prepare_logged_vals(
        self, partner: models.BaseModel | None = None
    ) -> dict[str, Any]:
        """Return the values of the entry that the line would be logged as.

        Texts and files that are made for each contact (`_prepare_contents`) are not
        among them. Without a template only what line, segment and contact say.

        :param partner: see `_prepare_vals`
        """
        said = self._prepare_vals(partner)
        partner = self.partner_id if partner is None else partner
        return {**self._prepare_unsaid_vals(said, partner), **said}

    def _prepare_unsaid_vals(self, said, partner):
        """Return what the log says of the line by itself (`_prepare_log_vals`).

        :param dict said: what line and segment say
        """
        segment = self.segment_id
        facts = {"date": segment.log_date or fields.Datetime.now(), "event": "segment"}
        template = self.template_id or segment.template_id
        if template:
            vals = self.env["interaction.log.entry"]._prepare_log_vals(
                {**said, **facts}, template, partner, segment.company_id
            )
        else:
            vals = {"lang": partner.lang, "channel": partner.interaction_channel}
        return {**vals, **facts}

    def _get_default(self, name):
        """Return what would be logged where the line said nothing of its own.

        :param str name: of a field of `interaction.log.entry`
        """
        partner = self.partner_id
        value = self._get_line_value(name).get(self, partner, with_own=False)
        return self._prepare_unsaid_vals({}, partner)[name] if value is None else value

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
                    # whatever the user may see of the contact, as the database does
                    **line.sudo()._prepare_vals(),
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


class InteractionSegment(models.Model):
    """What will be logged of many lines with one statement."""

    _inherit = "interaction.segment"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    def _prepare_set_vals(
        self, template: models.BaseModel, lang: str | None
    ) -> dict[str, Any]:
        """Return the values that all entries of a template and a language have.

        By the contract between template and entry (`_prepare_log_vals`), with no
        contact; what depends on the contact comes from `_prepare_set_columns`.

        :param template: `interaction.template`
        :param lang: code of the language of the contacts, if any
        :return: complete values of `interaction.log.entry`
        """
        own = template if template != self.template_id else template.browse()
        line = self.env["interaction.segment.line"].new(
            {"segment_id": self.id, "template_id": own.id, "lang": lang}
        )
        return line._prepare_logged_vals()

    def _prepare_set_columns(
        self, template: models.BaseModel, vals: dict[str, Any]
    ) -> dict[str, SQL]:
        """Return the SQL of what depends on the line and its contact, by field.

        That is what `_get_line_values` of the line says. Extend to add what is no value
        of a line: it is called where all lines are logged with one statement.

        :param template: `interaction.template`, that of the lines
        :param vals: what all of them have, see `_prepare_set_vals`
        :return: {stored field of `interaction.log.entry`: expression}; it may read
            `line`, `partner`, `segment` and `template`
        """
        columns = {}
        for value in self.env["interaction.segment.line"]._get_line_values():
            if value.is_personal:
                default = vals.get(value.name)
                columns[value.name] = value.get_sql(
                    SQL("%s", None if default is False else default)
                )
        columns["source_key"] = SQL("%s || line.id", self._get_key_prefix())
        return columns

    def _get_key_prefix(self):
        return f"{SEGMENT_KEY}{self.id},"
