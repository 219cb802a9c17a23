from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ...models.analysis import interaction_cost_report
from ..common import InteractionAccountCommon

REPORT = "interaction.cost.report"


@tagged("-at_install", "post_install")
class TestCosts(InteractionAccountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a.sudo().interaction_hourly_rate = 60

    def _sum(self, *names, user=None, partner=None, companies=None, **context):
        """Return the sums of a contact's rows, as a user reads them."""
        self.env.flush_all()
        self.env.invalidate_all()
        report = self.env[REPORT].with_user(user or self.user_manager)
        if companies:
            context["allowed_company_ids"] = companies.ids
        return report.with_context(**context)._read_group(
            [("commercial_partner_id", "=", (partner or self.acme).id)],
            [],
            [f"{name}:sum" for name in names],
        )[0]

    def test_worked_out_by_hand(self):
        self._log(cost=5, duration=0.5)
        self._log(cost=2, duration=0.25, partner_id=self.acme.id)
        # none of these counts
        self._log(cost=100, duration=10, state="postponed")
        self._log(cost=100, duration=10)._cancel(self.reason)
        self._new_move()
        self._new_move(partner=self.acme)
        self._new_move("out_refund")
        self._new_move(post=False)
        self._new_move("in_invoice")
        self.assertEqual(
            self._sum(
                "interaction_count",
                "duration",
                "cost",
                "time_cost",
                "total_cost",
                "revenue",
                "net_revenue",
            ),
            (2, 0.75, 7, 45, 52, 1000, 948),
        )
        other = self.env["res.partner"].create({"name": "Nobody"})
        self.assertFalse(any(self._sum("cost", "revenue", partner=other)))

    def test_period(self):
        """An invoice is in the month that is written on it, wherever its reader is."""
        self._new_move(invoice_date="2026-01-31")
        self._log(date="2026-01-31 12:00:00", cost=3)
        for tz in ("Pacific/Honolulu", "Asia/Tokyo"):
            self.user_manager.sudo().tz = tz
            rows = self.env[REPORT].with_user(self.user_manager).with_context(tz=tz)
            months = rows._read_group(
                [("commercial_partner_id", "=", self.acme.id)],
                ["date:month"],
                ["cost:sum", "revenue:sum"],
            )
            self.assertEqual(
                [(f"{month:%Y-%m}", *sums) for month, *sums in months],
                [("2026-01", 3, 1000)],
            )

    def test_two_companies_with_two_currencies(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 2)])
        company = self._new_company(currency_id=euro.id, interaction_hourly_rate=10)
        self.env["res.currency.rate"].sudo().create(
            {
                "name": "2020-01-01",
                "currency_id": self.company_a.currency_id.id,
                "company_id": company.id,
                "rate": 0.5,
            }
        )
        self.user_manager.sudo().company_ids |= company
        self._log(user=self.user_manager, cost=5, duration=0.5)
        self._log(
            user=self.user_manager.with_context(allowed_company_ids=company.ids),
            company_id=company.id,
            cost=8,
            duration=1,
        )
        both = self.company_a | company
        names = ("cost", "time_cost")
        self.assertEqual(self._sum(*names, companies=self.company_a), (5, 30))
        self.assertEqual(self._sum(*names, companies=company), (8, 10))
        self.assertEqual(self._sum(*names, companies=both), (5 + 4, 30 + 5))
        self.assertEqual(
            self._sum(*names, companies=company | self.company_a), (10 + 8, 60 + 10)
        )

    def test_no_hourly_rate(self):
        self.company_a.sudo().interaction_hourly_rate = 0
        self._log(cost=5, duration=0.5)
        self.assertEqual(self._sum("cost", "time_cost"), (5, 0))
        self.env.invalidate_all()
        contact = self.acme.with_user(self.user_manager)
        self.assertFalse(contact.interaction_has_hourly_rate)
        self.company_a.sudo().interaction_hourly_rate = 1
        self.env.invalidate_all()
        self.assertTrue(contact.interaction_has_hourly_rate)
        with self.assertRaisesRegex(ValidationError, "can't be negative"):
            self.company_a.sudo().interaction_hourly_rate = -1

    def test_contact(self):
        self._log(cost=5, duration=0.5)
        self._log(cost=70, duration=7, date="2020-01-01 12:00:00")
        self._new_move(invoice_date=self._today())
        self.env.flush_all()
        for partner in (self.acme, self.anna):
            contact = partner.with_user(self.user_manager)
            self.env.invalidate_all()
            self.assertRecordValues(
                contact,
                [
                    {
                        "interaction_direct_cost": 5,
                        "interaction_time_cost": 30,
                        "interaction_revenue": 1000,
                        "interaction_has_margin": False,
                    }
                ],
            )
            action = contact.action_view_costs()
            rows = self.env[REPORT].with_user(self.user_manager)
            self.assertEqual(rows.search_count(action["domain"]), 2)

    @classmethod
    def _today(cls):
        return cls.env.cr.now().date()

    # ------------------------------------------------------------------
    # Who reads what
    # ------------------------------------------------------------------

    def test_rights(self):
        self._log(cost=5)
        self._new_move()
        self._new_move(invoice_user_id=self.user_other_sales.id)
        own, none = self._new_users(
            {
                "il_own": (
                    "base.group_user",
                    "sales_team.group_sale_salesman",
                    "interaction_log.group_user",
                ),
                "il_none": ("base.group_user", "interaction_log.group_user"),
            }
        )
        # a salesperson of own documents reads own invoices
        self.anna.with_user(own).sudo().user_id = own
        self._new_move(invoice_user_id=own.id)
        self.assertEqual(self._sum("cost", "revenue", user=own), (5, 1000))
        self.assertEqual(self._sum("cost", "revenue"), (5, 3000))
        self.assertEqual(self._sum("cost", user=none), (5,))
        with self.assertRaises(AccessError):
            self._sum("revenue", user=none)
        with self.assertRaises(AccessError):
            self._sum("net_revenue", user=none)
        with self.assertRaises(AccessError):
            self._sum("cost", user=self.user_assistant)
        # no row of an invoice either
        rows = self.env[REPORT].with_user(none)
        self.assertEqual(rows.search_count([("interaction_count", "=", False)]), 0)
        self.assertNotIn("revenue", rows.fields_get())
        view = rows.get_view(view_type="pivot")["arch"]
        self.assertNotIn("revenue", view)
        self.assertNotIn("margin", view)

    def test_no_margin(self):
        """Without sale_margin nobody is offered a margin, and nobody reads one."""
        if "margin" in self.env["sale.order"]._fields:
            return  # the addon is there
        rows = self.env[REPORT].with_user(self.user_manager)
        self.assertNotIn("margin", rows.fields_get())
        self.assertNotIn("margin", rows.get_view(view_type="pivot")["arch"])
        with self.assertRaises(AccessError):
            self._sum("margin")

    def test_margin(self):
        """Of orders that have a margin; here their amount plays it."""
        self._log(cost=5, duration=0.5)
        self._new_order().action_confirm()
        self._new_order()  # only a quotation
        with patch.object(interaction_cost_report, "ORDER_MARGIN", "amount_untaxed"):
            self.env.registry.clear_cache("templates")
            self.assertEqual(self._sum("margin", "net_margin"), (1000, 965))
            rows = self.env[REPORT].with_user(self.user_manager)
            self.assertIn("net_margin", rows.get_view(view_type="pivot")["arch"])
            none = self._new_user("il_none", "interaction_log.group_user")
            with self.assertRaises(AccessError):
                self._sum("margin", user=none)

    def test_cost_of_employees(self):
        """Where employees have an hourly cost; here their orders play it.

        Who may not read it is shown the rate of the company.
        """
        self._log(duration=0.5)
        self._log(duration=0.5, user=self.user_other_sales)
        self._new_order()  # of `user_sales`, 1000
        with (
            patch.object(interaction_cost_report, "EMPLOYEE_MODEL", "sale.order"),
            patch.object(interaction_cost_report, "EMPLOYEE_COST", "amount_untaxed"),
        ):
            self.assertEqual(self._sum("time_cost"), (500 + 30,))
            none = self._new_user("il_none", "interaction_log.group_user")
            self.assertEqual(self._sum("time_cost", user=none), (30 + 30,))

    def test_settings(self):
        settings = self.env["res.config.settings"].sudo().create({})
        self.assertEqual(settings.interaction_hourly_rate, 60)
        settings.interaction_hourly_rate = 75.5
        settings.execute()
        self.assertEqual(self.company_a.sudo().interaction_hourly_rate, 75.5)
        self.assertEqual(
            settings.interaction_calendar_id,
            self.company_a.sudo().resource_calendar_id,
        )

    def test_list_of_rows(self):
        """Each row has an id of its own, and can be read."""
        entry = self._log(cost=5, duration=0.5)
        self._new_move()
        rows = self.env[REPORT].with_user(self.user_manager)
        found = rows.search([("commercial_partner_id", "=", self.acme.id)])
        self.assertEqual(len(set(found.ids)), 2)
        self.assertEqual(sorted(found.mapped("total_cost")), [0, 35])
        self.assertEqual(found.template_id, entry.template_id)

    def test_other_currency_of_an_order(self):
        """The margin is converted from the currency of the order."""
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 2)])
        pricelist = (
            self.env["product.pricelist"]
            .sudo()
            .create({"name": "Euro", "currency_id": euro.id})
        )
        order = self._new_order(
            pricelist_id=pricelist.id,
            order_line=[
                Command.create({"product_id": self.product.id, "price_unit": 500})
            ],
        )
        order.action_confirm()
        with patch.object(interaction_cost_report, "ORDER_MARGIN", "amount_untaxed"):
            self.assertEqual(self._sum("margin"), (250,))
