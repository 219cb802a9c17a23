from functools import cache

import xlsxwriter

from odoo import models
from odoo.tools import SQL, split_every

# How many lines are in memory at a time
SLICE = 2_000
# The columns beside the names, in their order
PARTNER_FIELDS = (
    "email",
    "phone",
    "street",
    "street2",
    "zip",
    "city",
    "state_id",
    "country_id",
    "category_id",
)


class InteractionSegment(models.Model):
    """A segment as a spreadsheet, written slice by slice whatever its size."""

    _inherit = "interaction.segment"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    def action_export(self):
        """Download the contacts of the segment as a spreadsheet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/interaction_log/segment/{self.id}/export",
            "target": "download",
        }

    def _get_export_titles(self):
        """Return the titles of the columns; see `_get_export_row`."""
        titles = [self.env._("Contact"), self.env._("Company")]
        for model, names in (
            ("res.partner", PARTNER_FIELDS),
            ("interaction.log.entry", self._get_exported_values()),
            ("interaction.segment.line", ("warning",)),
        ):
            titles += [
                self.env[model]._fields[name]._description_string(self.env)
                for name in names
            ]
        return titles

    def _get_exported_values(self):
        """Return the fields of an entry that say how each contact is logged."""
        values = self.env["interaction.segment.line"]._get_line_values()
        return [value.name for value in values if value.is_followed]

    def _write_spreadsheet(self, file):
        """Write the lines of the segment into an open file, as xlsx.

        With the rights of the user: of a contact out of sight there is the name only.
        Texts are texts, whatever they begin with.

        :raises AccessError: where the user may not read the segment
        """
        self.ensure_one()
        self.check_access("read")
        Line = self.env["interaction.segment.line"]
        book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for column, title in enumerate(self._get_export_titles()):
            sheet.set_column(column, column, 20)
            sheet.write_string(0, column, title, bold)
        sheet.freeze_panes(1, 0)
        row = 0
        Line._flush_for_reasons()
        for lines in split_every(SLICE, self._get_export_line_ids(), Line.browse):
            for values in self._get_export_rows(lines):
                row += 1
                for column, value in enumerate(values):
                    if isinstance(value, float):
                        sheet.write_number(row, column, value)
                    elif value:
                        sheet.write_string(row, column, value)
            self.env.invalidate_all()  # nothing of this slice is read again
        book.close()

    def _get_export_line_ids(self):
        """Return the ids of the lines in their order."""
        query = self.env["interaction.segment.line"]._search(
            [("segment_id", "=", self.id), ("is_removed", "=", False)], order="id"
        )
        return [id_ for (id_,) in self.env.execute_query(query.select())]

    def _get_export_rows(self, lines):
        """Return the values of each line, in the order of the titles."""
        Line, Entry = (
            self.env[f"interaction.{name}"] for name in ("segment.line", "log.entry")
        )
        names = self._get_exported_values()
        said = {
            id_: (dict(zip(names, values, strict=True)), reason)
            for id_, *values, reason in self.env.execute_query(
                Line._get_reason_query(
                    SQL("line.id = ANY(%s)", lines.ids),
                    columns=SQL(", ").join(
                        [
                            SQL("line.id"),
                            *(Line._get_line_value(name).get_sql() for name in names),
                        ]
                    ),
                )
            )
        }
        visible = set(lines.partner_id._filtered_access("read")._ids)
        labels = dict(Line._fields["warning"]._description_selection(self.env))

        @cache
        def get_defaults(template_id, lang):
            template = self.template_id.browse(template_id)
            return self._prepare_set_vals(template, lang)

        @cache
        def get_text(name, value):
            entry = Entry.new({name: value})
            return Entry._fields[name].convert_to_export(entry[name], entry)

        rows = []
        for line in lines:
            partner = line.partner_id
            vals, reason = said[line.id]
            if partner.id in visible:
                defaults = get_defaults(vals["template_id"], vals["lang"])
                vals = {
                    name: defaults.get(name) if value is None else value
                    for name, value in vals.items()
                }
            else:
                partner = partner.browse()
                vals = line._prepare_logged_vals(partner)
            rows.append(
                [
                    partner.name or line.partner_name,
                    partner.commercial_company_name,
                    partner.email,
                    partner.phone,
                    partner.street,
                    partner.street2,
                    partner.zip,
                    partner.city,
                    partner.state_id.name,
                    partner.country_id.name,
                    ", ".join(partner.category_id.mapped("name")),
                    *(get_text(name, vals.get(name)) for name in names),
                    labels.get(reason),
                ]
            )
        return rows
