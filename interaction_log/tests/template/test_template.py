import psycopg2

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..common import InteractionCommon


@tagged("-at_install", "post_install")
class TestTemplate(InteractionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Template = cls.env["interaction.template"].with_user(cls.user_manager)
        cls.group = cls.template_call.group_id.with_user(cls.user_manager)

    def test_manager_creates_in_the_form(self):
        form = Form(self.Template)
        form.name = "Fair visit, Köln"
        form.group_id = self.group
        template = form.save()
        self.assertRecordValues(
            template,
            [
                {
                    "code": "FAIR-VISIT-KOLN",
                    "channel": "other",
                    "flow": "outbound",
                    "initiated_by": "us",
                    "currency_id": self.company_a.currency_id.id,
                }
            ],
        )
        template.name = "Fair"
        self.assertEqual(template.code, "FAIR-VISIT-KOLN")
        copy = template.copy()
        self.assertEqual((copy.name, copy.code), ("Fair (copy)", "FAIR-COPY"))
        self.assertEqual(
            self.Template.create(
                {"name": "Fair (copy)", "group_id": self.group.id}
            ).code,
            "FAIR-COPY-2",
        )

    def test_codes_of_many_names(self):
        templates = self.Template.create(
            [
                {"name": name, "group_id": self.group.id}
                for name in ("\u96fb\u8a71", "\u4f1a\u8b70", "Fair", "Fair")
            ]
        )
        self.assertEqual(
            templates.mapped("code"), ["TEMPLATE", "TEMPLATE-2", "FAIR", "FAIR-2"]
        )

    def test_currency_of_a_shared_template(self):
        """The cost is in the currency of the company in which it was typed."""
        euro = self.setup_other_currency("EUR", rates=[])
        company = self._new_company(currency_id=euro.id)
        self.user_manager.sudo().company_ids |= company
        template = self.Template.create({"name": "T", "group_id": self.group.id})
        in_b = template.with_company(company)
        in_b.unit_cost = 5
        self.assertEqual(template.currency_id, euro)
        template.unit_cost = 6
        self.assertEqual(template.currency_id, euro)

    def test_bad_input(self):
        good = {"name": "T", "group_id": self.group.id}
        with mute_logger("odoo.sql_db"):
            for message, vals in (
                ("Mandatory|required|group", {"group_id": False}),
                ("unit cost of a template can't be negative", {"unit_cost": -1}),
                ("duration of a template can't be negative", {"unit_duration": -1}),
            ):
                with (
                    self.subTest(vals=vals),
                    self.assertRaises(psycopg2.IntegrityError) as error,
                    self.env.cr.savepoint(),
                ):
                    self.Template.create({**good, **vals})
                sentence = self.Template._sql_error_to_message(error.exception)
                self.assertRegex(sentence, message)
        with self.assertRaisesRegex(ValidationError, "spaces"):
            self.Template.create({**good, "code": "A B"})

    @mute_logger("odoo.sql_db")
    def test_code_is_unique_in_a_company(self):
        self.Template.create({"name": "A", "code": "X1", "group_id": self.group.id})
        with self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint():
            self.Template.create({"name": "B", "code": "X1", "group_id": self.group.id})
        other = self.Template.create(
            {
                "name": "C",
                "code": "X1",
                "group_id": self.group.id,
                "company_id": self.company_a.id,
            }
        )
        self.assertEqual(other.code, "X1")

    def test_in_use(self):
        template = self.Template.create({"name": "T", "group_id": self.group.id})
        self._log(template_id=template.id)
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            template.unlink()
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            self.group.unlink()
        with self.assertRaisesRegex(UserError, "Printed customer invoice"):
            self.template_invoice.with_user(self.user_manager).unlink()
        self.assertTrue(template.exists())

    def test_unused_one_is_deleted(self):
        group = self.env["interaction.group"].with_user(self.user_manager)
        group = group.create({"name": "Empty"})
        self.assertEqual(group.code, "EMPTY")
        template = self.Template.create({"name": "T", "group_id": group.id})
        template.unlink()
        group.unlink()
        self.assertFalse(group.exists())

    def test_totals_open_what_they_count(self):
        template = self.Template.create(
            {"name": "T", "group_id": self.group.id, "unit_cost": 4, "unit_duration": 1}
        )
        entries = self._log(template_id=template.id) | self._log(
            template_id=template.id
        )
        self._log(template_id=template.id)._cancel(self.reason)
        self.assertRecordValues(
            template,
            [{"interaction_count": 2, "cost_total": 8, "duration_total": 2}],
        )
        action = template.action_view_interactions()
        self.assertTrue(action["context"]["search_default_filter_counted"])
        self.assertEqual(
            self.Entry.search(
                [*action["domain"], *self.Entry._get_counted_domain()], order="id"
            ),
            entries.sudo(),
        )

    def test_templates_of_other_companies_are_out_of_sight(self):
        company = self._new_company()
        template = self.template_call.sudo().copy({"company_id": company.id})
        self.assertFalse(self.Template.search([("id", "=", template.id)]))

    def test_shipped_templates_are_complete(self):
        data = self.env["ir.model.data"].sudo()
        shipped = data.search(
            [("module", "=", "interaction_log"), ("model", "=", "interaction.template")]
        )
        self.assertEqual(len(shipped), 22)
        self.assertTrue(all(shipped.mapped("noupdate")))
