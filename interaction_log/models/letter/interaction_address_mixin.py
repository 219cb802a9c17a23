from typing import Any

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date, split_every

from ..base.file_name import clean_file_name
from ..base.ui import get_notification_action

# How many contacts one print may have, and how many the engine gets at a time
MAX_PRINTED = 5_000
SLICE = 500


class InteractionAddressMixin(models.AbstractModel):
    """What addresses are printed of: a segment, and a batch of what was logged.

    A model says of whom by `_get_addressees`, and what by `_get_address_rows`.
    """

    _name = "interaction.address.mixin"
    _description = "Addresses to Print"

    def _get_addressees(self) -> tuple[models.BaseModel, int]:
        """Return (records to print in their order, how many are left out).

        :raises AccessError: where the user may not read what is printed of
        """
        raise NotImplementedError

    @api.model
    def _get_address_rows(self, records: models.BaseModel) -> list[dict[str, Any]]:
        """Return what is printed of each record; see `_prepare_address_row`.

        :param records: of those that `_get_addressees` returned, in their order
        """
        raise NotImplementedError

    @api.model
    def _prepare_address_row(self, partner, lang, company, date=None, subject=None):
        """Return what is printed of a contact, in its language.

        :return: dict: `lines` of the address, `sender`, `date`, `subject`, `lang` as
            web pages write it
        """
        lang = self.env["res.lang"]._get_code(lang or "") or self.env.lang or "en_US"
        return {
            "lines": partner.with_context(lang=lang)._get_postal_lines(),
            "sender": self._get_sender_line(company),
            "date": date and format_date(self.env, date, lang_code=lang),
            "subject": subject,
            "lang": lang.replace("_", "-"),
        }

    @api.model
    def _get_sender_line(self, company):
        """Return the line in the window that says where a letter comes from."""
        company = company.sudo()  # it is on every letter
        city = " ".join(filter(None, (company.zip, company.city)))
        return " · ".join(filter(None, (company.name, company.street, city)))

    def _get_printed_addressees(self):
        """Return the records to print; see `_get_addressees`.

        :raises UserError: where there are none, or too many for one print
        """
        records, left_out = self._get_addressees()
        if not records:
            raise UserError(
                self.env._("None of the contacts has a postal address.")
                if left_out
                else self.env._("There are no contacts to print.")
            )
        if len(records) > MAX_PRINTED:
            raise UserError(
                self.env._(
                    "You selected %(count)s contacts, but only %(limit)s can be "
                    "printed at a time. Refine the segment, or log it as letters to "
                    "generate all address pages and labels as files.",
                    count=len(records),
                    limit=MAX_PRINTED,
                )
            )
        return records

    def _iter_sheets(self, layout, records):
        """Yield the sheets of `SLICE` records after the other."""
        size = SLICE - SLICE % (layout.columns * layout.rows)
        for part in split_every(size, records.ids, records.browse):
            rows = self._get_address_rows(part)
            yield [
                layout.get_sheet(sheet)
                for sheet in split_every(layout.columns * layout.rows, rows, list)
            ]
            part.invalidate_recordset()

    @api.private
    def get_print_name(self, layout):
        """Return the name of a printed file, which says how many are left out.

        :param str layout: see `layout.LAYOUTS`
        """
        name = self._get_address_report(layout).name
        _records, left_out = self._get_addressees()
        if not left_out:
            return clean_file_name(f"{name} - {self.display_name}.pdf")[:-4]
        name = self.env._(
            "%(name)s - %(segment)s (%(count)s left out)",
            name=name,
            segment=self.display_name,
            count=left_out,
        )
        return clean_file_name(f"{name}.pdf")[:-4]

    @api.model
    def _get_address_report(self, layout):
        """Return the report that prints the addresses in a layout."""
        model = self._name.removeprefix("interaction.")
        return self.env.ref(f"interaction_log.action_report_{model}_{layout}")

    def action_print_address_pages(self):
        """Print a page for each contact, its address placed for a window envelope."""
        return self._action_print("address_pages")

    def action_print_labels(self):
        """Print the addresses on sheets of 3 x 8 labels."""
        return self._action_print("labels")

    def _action_print(self, layout):
        """Print, and tell the user how many are left out.

        :raises UserError: where there is nothing to print, or too much
        """
        self.ensure_one()
        self._get_printed_addressees()
        _records, left_out = self._get_addressees()
        action = self._get_address_report(layout).report_action(self, config=False)
        if not left_out:
            return action
        return get_notification_action(
            self.env._(
                "Left out because they can't receive letters: %(count)s.",
                count=left_out,
            ),
            "warning",
            next=action,
        )
