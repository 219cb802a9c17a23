from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.interaction_log_crm import post_init_hook

from .common import InteractionCrmCommon

SHOWN = (
    "interaction_count",
    "interaction_cost",
    "interaction_duration",
    "interaction_currency_id",
)


@tagged("-at_install", "post_install")
class TestOpportunity(InteractionCrmCommon):
    """Interactions about an opportunity, and about what is made of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._new_order(opportunity_id=cls.opportunity.id)

    def test_about_the_opportunity(self):
        entry = self._log_about(self.opportunity)
        self.assertRecordValues(
            entry,
            [{"opportunity_id": self.opportunity.id, "campaign_id": self.campaign.id}],
        )

    def test_about_its_quotation_and_its_meeting(self):
        meeting = (
            self.env["calendar.event"]
            .sudo()
            .create(
                {
                    "name": "Show the desks",
                    "start": "2026-01-15 10:00:00",
                    "stop": "2026-01-15 11:00:00",
                    "opportunity_id": self.opportunity.id,
                    "user_id": self.user_sales.id,
                }
            )
        )
        for document in self.order, meeting:
            with self.subTest(document=document):
                entry = self._log_about(self._as(document))
                self.assertEqual(entry.opportunity_id, self.opportunity)
                self.assertEqual(entry.res_id, document.id)

    def test_own_level(self):
        """The salesperson of an opportunity sees all that is about it."""
        user = self._new_user(
            "il_own", "sales_team.group_sale_salesman", "interaction_log.group_user_own"
        )
        about = self._log_about(self.opportunity) | self._log_about(self.order)
        log = self.env["interaction.log.entry"].with_user(user)
        self.assertFalse(log.search([]))
        self.opportunity.sudo().user_id = user
        self.env.invalidate_all()
        self.assertEqual(set(log.search([])._ids), set(about._ids))
        self.assertTrue(about.with_user(user).has_access("read"))
        self.assertEqual(self._as(self.opportunity, user).interaction_count, 2)

    def test_about_something_else(self):
        for entry in self._log(), self._log_about(self._new_order()):
            self.assertFalse(entry.opportunity_id)
            self.assertFalse(entry.campaign_id)

    def test_campaign_of_the_template_comes_first(self):
        campaign = self.env["utm.campaign"].sudo().create({"title": "Autumn"})
        self.template_call.campaign_id = campaign
        self.assertEqual(self._log_about(self.opportunity).campaign_id, campaign)

    def _record_print(self, orders, user=None):
        return self.Recorder.with_user(user or self.user_assistant)._record_event(
            "print",
            self._as(orders, user or self.user_assistant),
            self.report_quotation,
        )

    def test_printed_by_who_sees_no_log(self):
        self._record_print(self.order)
        self.assertEqual(self._find(self.order).opportunity_id, self.opportunity)

    def test_print_costs_no_query_per_document(self):
        """Nor any where the orders have no opportunity."""
        own = {"opportunity_id": self.opportunity.id}
        warm, plain, few, many = (
            self.env["sale.order"]
            .sudo()
            .union(*(self._new_order(**vals) for _number in range(number)))
            for number, vals in ((2, own), (3, {}), (3, own), (12, own))
        )
        self._record_print(warm)
        for orders, expected in (plain, 8), (few, 9), (many, 9):
            self.env.flush_all()
            self.env.invalidate_all()
            # what rendering has read
            orders.mapped("display_name")
            orders.mapped("company_id.currency_id.name")
            with self.subTest(orders=len(orders)), self.assertQueryCount(expected):
                self._record_print(orders)
            entries = self._find(orders)
            self.assertEqual(len(entries), len(orders))
            self.assertEqual(entries.opportunity_id, orders.opportunity_id)

    def test_totals(self):
        """Also of its quotations; canceled ones and drafts don't count."""
        self._log_about(self.opportunity, cost=5, duration=1)
        self._log_about(self.order, cost=7, duration=0.5)
        self._log_about(self.opportunity, cost=100)._cancel(self.reason, "")
        self._log_about(self.opportunity, cost=100, state="postponed")
        self._log(cost=100)
        opportunity = self._as(self.opportunity)
        self.assertRecordValues(
            opportunity,
            [
                {
                    "interaction_count": 2,
                    "interaction_cost": 12,
                    "interaction_duration": 1.5,
                }
            ],
        )
        action = opportunity.action_view_interactions()
        shown = self.Entry.search(action["domain"])
        self.assertEqual(len(shown.filtered(lambda e: e.state == "logged")), 2)
        self.assertEqual(shown.opportunity_id, self.opportunity)

    def test_timeline(self):
        first = self._log_about(self.opportunity, date="2026-01-15 10:00:00")
        self.order.name = "Quotation 7"
        last = self._log_about(self.order, date="2026-01-16 10:00:00")
        self._log()
        entries = self._get_timeline(self.opportunity)
        self.assertEqual(entries, (last | first).sudo())
        rows = self._as(self.opportunity).get_interaction_timeline()["entries"]
        self.assertEqual([row["document"] for row in rows], ["Quotation 7", False])

    def test_note(self):
        self._as(self.opportunity).log_interaction_note("Wants oak")
        self.assertEqual(
            self._get_timeline(self.opportunity).document_name, "Twelve desks"
        )

    def test_opening_costs_at_most_three_queries(self):
        self._log_about(self.opportunity)
        opportunity = self._as(self.opportunity)
        specification = {
            name: {"fields": {"display_name": {}}} if name == "partner_id" else {}
            for name in ("name", "partner_id", "phone", "quotation_count")
        }

        def count(specification):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            opportunity.web_read(specification)
            return self.env.cr.sql_log_count - before

        shown = {**specification, **{name: {} for name in SHOWN}}
        count(shown)  # warm
        self.assertLessEqual(count(shown), count(specification) + 3)

    def test_who_sees_no_log_opens_it(self):
        opportunity = self._as(self.opportunity, self.user_assistant)
        arch = opportunity.get_view(view_type="form")["arch"]
        self.assertNotIn("interaction_count", arch)
        self.assertIn(
            "interaction_count",
            self._as(self.opportunity).get_view(view_type="form")["arch"],
        )
        with self.assertRaises(AccessError):
            opportunity.get_interaction_timeline()

    def test_another_company(self):
        company = self._new_company()
        self.opportunity.sudo().write({"user_id": False, "team_id": False})
        self.opportunity.sudo().company_id = company
        with self.assertRaises(AccessError):
            self._as(self.opportunity).get_interaction_timeline()
        with self.assertRaises(ValidationError):
            self._log(opportunity_id=self.opportunity.id)

    def test_opportunity_of_another_company(self):
        """Who works in both does not mix them up."""
        company = self._new_company()
        self.user_sales.sudo().company_ids += company
        lead = self._new_lead(
            name="Theirs", user_id=False, team_id=False, company_id=company.id
        )
        both = (self.company_a | company).ids
        Entry = self.env["interaction.log.entry"].with_user(self.user_sales)
        Entry = Entry.with_context(allowed_company_ids=both)
        vals = {
            "template_id": self.template_call.id,
            "partner_id": self.anna.id,
            "opportunity_id": lead.id,
        }
        with self.assertRaisesRegex(ValidationError, "belongs to another company"):
            Entry.log_interactions([vals])
        entry = Entry.log_interactions([{**vals, "company_id": company.id}])
        self.assertEqual(entry.opportunity_id, lead)

    def test_opportunity_out_of_sight(self):
        """It can't be named, but the quotation names it."""
        with self.assertRaises(ValidationError):
            self._log(user=self.user_own_leads, opportunity_id=self.opportunity.id)
        order = self._new_order(
            opportunity_id=self.opportunity.id, user_id=self.user_own_leads.id
        )
        entry = self._log(
            user=self.user_own_leads, res_model=order._name, res_id=order.id
        )
        self.assertEqual(entry.sudo().opportunity_id, self.opportunity)

    def test_it_is_written_once(self):
        entry = self._log_about(self.opportunity)
        other = self._new_lead(name="Other")
        with self.assertRaisesRegex(Exception, "can't be changed after logging"):
            entry.opportunity_id = other

    def test_deleted_opportunity(self):
        entry = self._log_about(self.opportunity, name="Call about desks")
        self.opportunity.sudo().unlink()
        self.assertRecordValues(
            entry,
            [
                {
                    "opportunity_id": False,
                    "document_name": "Twelve desks",
                    "campaign_id": self.campaign.id,
                    "state": "logged",
                }
            ],
        )
        self.assertIn("Call about desks", entry.summary)
        # server code that is late
        late = self.Entry.log_interactions(
            [
                {
                    "template_id": self.template_call.id,
                    "partner_id": self.anna.id,
                    "res_model": "crm.lead",
                    "res_id": self.opportunity.id,
                }
            ]
        )
        self.assertFalse(late.opportunity_id)

    def test_installed_late(self):
        entries = self._log_about(self.opportunity) | self._log_about(self.order)
        plain = self._log()
        entries.sudo()._write_facts({"opportunity_id": False})
        self.env.flush_all()
        post_init_hook(self.env)
        self.env.invalidate_all()
        self.assertEqual(entries.mapped("opportunity_id.id"), self.opportunity.ids)
        self.assertTrue(all(entry.opportunity_id for entry in entries))
        self.assertFalse(plain.opportunity_id)

    def test_done_activity(self):
        """What is done on an opportunity is logged about it."""
        activity_type = self.env.ref("mail.mail_activity_data_call").sudo()
        activity_type.interaction_template_id = self.template_call
        activity = self._as(self.opportunity).activity_schedule(
            "mail.mail_activity_data_call", fields.Date.today()
        )
        activity.action_feedback("Wants oak")
        self.assertRecordValues(
            self._find(self.opportunity),
            [{"opportunity_id": self.opportunity.id, "event": "activity"}],
        )

    def test_search_and_group(self):
        entry = self._log_about(self.order)
        self._log()
        Entry = self.Entry.with_user(self.user_sales)
        self.assertEqual(
            Entry.search([("opportunity_id", "ilike", "Twelve desks")]), entry
        )
        groups = dict(
            Entry._read_group(
                [("partner_id", "=", self.anna.id)],
                ["opportunity_id"],
                ["entry_count:sum"],
            )
        )
        self.assertEqual(groups[self.opportunity.with_env(Entry.env)], 1)
