import io
from unittest.mock import patch

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...models.segment import interaction_segment_export
from ..common import InteractionHttpCommon
from .common import SegmentContentCommon


@tagged("-at_install", "post_install")
class TestSegmentExport(SegmentContentCommon, InteractionHttpCommon):
    """A segment as a spreadsheet."""

    def _export(self, user=None):
        """Return the rows as dicts of {title: value}."""
        user = user or self.user_sales
        url = self.segment.with_user(user).action_export()["url"]
        response = self._open(url, user)
        self.assertEqual(response.status_code, 200)
        self.assertIn("Spring.xlsx", response.headers["Content-Disposition"])
        self.sheet = load_workbook(io.BytesIO(response.content)).active
        titles, *rows = self.sheet.iter_rows(values_only=True)
        return [dict(zip(titles, row, strict=True)) for row in rows]

    def test_what_will_be_logged(self):
        tag = self.env["res.partner.category"].sudo().create({"name": "VIP"})
        self.anna.sudo().write(
            {
                "category_id": [Command.link(tag.id)],
                "email": "anna@example.com",
                "interaction_segment_excluded": True,
            }
        )
        self.line.write({"name": "Dear", "channel": "phone", "cost": 3})
        anna, acme = self._export()
        expected = {
            "Contact": "Anna",
            "Company": "Acme",
            "Email": "anna@example.com",
            "Phone": None,
            "Street": "Rue Haute 1",
            "Street2": None,
            "Zip": "5000",
            "City": "Namur",
            "State": None,
            "Country": "Belgium",
            "Tags": "VIP",
            "Language": "English (US)",
            "Salesperson": self.user_sales.name,
            "Template": "Letter",
            "Channel": "Phone",
            "Subject": "Dear",
            "Cost": 3,
            "Duration": 0.25,
            "Will Be Left Out": "Excluded from segments",
        }
        self.assertEqual(anna, expected)
        self.assertEqual(acme["Country"], "Belgium")
        self.assertEqual(acme["Language"], "French / Français")
        self.assertEqual(acme["Channel"], "Letter")
        self.assertIsNone(acme["Will Be Left Out"])
        # a line that was taken out is not in it
        self.line.action_remove()
        self.assertEqual([row["Contact"] for row in self._export()], ["Acme"])

    def test_texts_are_no_formulas(self):
        self.anna.sudo().write({"name": "=1+1", "street": "http://x", "zip": "00123"})
        self._export()
        for column in ("A", "E", "G"):
            self.assertEqual(self.sheet[f"{column}2"].data_type, "s")
        self.assertEqual(self.sheet["A2"].value, "=1+1")
        self.assertEqual(self.sheet["G2"].value, "00123")

    def test_slices(self):
        rows = self._export()
        with patch.object(interaction_segment_export, "SLICE", 1):
            self.assertEqual(self._export(), rows)
        self.anna.sudo().unlink()
        self.assertEqual(self._export()[0]["Contact"], "Acme, Anna")
        self.assertEqual(
            self._export()[0]["Will Be Left Out"], "The contact was deleted"
        )

    def test_contact_out_of_sight(self):
        """There is the name that it had, and nothing else."""
        rule = self.env["ir.rule"].sudo()
        rule.create(
            {
                "name": "Not Anna",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.anna.id})]",
            }
        )
        anna, acme = self._export()
        self.assertEqual(anna["Contact"], "Acme, Anna")
        self.assertFalse(anna["Street"] or anna["City"] or anna["Company"])
        self.assertEqual(acme["City"], "Bruxelles")

    def test_rights(self):
        url = self.segment.action_export()["url"]
        self.assertEqual(self._open(url, self.user_other_sales).status_code, 200)
        self.assertEqual(self._open(url, self.user_assistant).status_code, 404)
        other = self._new_user(
            "il_elsewhere",
            "interaction_log.group_user",
            company=self.env["res.company"].sudo().create({"name": "Elsewhere"}),
        )
        self.assertEqual(self._open(url, other).status_code, 404)
        with self.assertRaises(AccessError):
            self.segment.with_user(other)._write_spreadsheet(io.BytesIO())
        missing = "/interaction_log/segment/0/export"
        self.assertEqual(self._open(missing, self.user_sales).status_code, 404)
