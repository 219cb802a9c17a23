from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..common import InteractionAccountCommon, InteractionHttpCommon
from ..email.common import InteractionEmailCommon


@tagged("-at_install", "post_install")
class TestEverySwitch(
    InteractionEmailCommon, InteractionHttpCommon, InteractionAccountCommon
):
    """Every event that is recorded by itself can be switched off for a company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_portal.partner_id.email = "customer@example.com"

    def _check_switch(self, event, act, expected=1):
        """Let it happen where `event` is off, then where it is on.

        :param act: function that returns the documents to which it happened
        """
        setting = self._shipped(f"interaction_event_{event}")
        for recorded in (False, True):
            setting.with_user(self.user_manager).is_recorded = recorded
            documents = act()
            self.env.invalidate_all()
            entries = self._find(documents).filtered(lambda e: e.event == event)
            self.assertEqual(len(entries), expected if recorded else 0)
            self.assertFalse(self.Skipped.search([("res_id", "in", documents.ids)]))

    def _new_customer_order(self):
        order = self._new_order(partner=self.user_portal.partner_id, state="sent")
        order._portal_ensure_token()
        self.env.flush_all()
        return order

    def test_print(self):
        def act():
            order = self._new_order()
            self._print("sale.report_saleorder", order)
            return order

        self._check_switch("print", act)

    def test_download(self):
        self._shipped("interaction_rule_download_invoice").active = True

        def act():
            move = self._new_move()
            self.env["ir.attachment"].sudo().create(
                {
                    "name": "invoice.pdf",
                    "raw": b"%PDF-1.4",
                    "res_model": "account.move",
                    "res_id": move.id,
                    "res_field": "invoice_pdf_report_file",
                }
            )
            self._open(f"/account/download_invoice_documents/{move.id}/pdf")
            return move

        self._check_switch("download", act)

    def test_download_in_the_portal(self):
        self._shipped("interaction_rule_download_quotation").active = True

        def act():
            order = self._new_customer_order()
            self._open(
                f"/my/orders/{order.id}?report_type=pdf&download=true",
                self.user_portal,
            )
            return order

        self._check_switch("download", act)

    def test_portal_view(self):
        self._shipped("interaction_rule_portal_view_quotation").active = True

        def act():
            order = self._new_customer_order()
            self._open(f"/my/orders/{order.id}", self.user_portal)
            return order

        self._check_switch("portal_view", act)

    def test_email_out(self):
        def act():
            order = self._new_order()
            self._post(order, self.anna)
            return order

        self._check_switch("email_out", act)

    def test_email_out_of_the_sending_dialogs(self):
        def act():
            order, move = self._new_order(), self._new_move(partner=self.bob)
            self._send_quotation(order)
            self._send_invoice(move)
            self.assertFalse(self._find(order)[1:])
            self.assertEqual(len(self._find(move)), len(self._find(order)))
            return order

        self._check_switch("email_out", act)

    def test_email_out_without_an_address(self):
        def act():
            move = self._new_move(partner=self.nobody)
            self._send_invoice(move)
            return move

        self._check_switch("email_out", act)

    def test_email_in(self):
        def act():
            order = self._new_order()
            self._receive("anna@acme.example.com", None, "sale.order", order)
            return order

        self._check_switch("email_in", act)

    def test_meeting(self):
        self._shipped("interaction_rule_meeting").active = True

        def act():
            now = fields.Datetime.now()
            meeting = self.env["calendar.event"].with_context(dont_notify=True)
            meeting = meeting.create(
                {
                    "name": "Plans",
                    "start": now - timedelta(hours=3),
                    "stop": now - timedelta(hours=2),
                    "partner_ids": self.anna.ids,
                }
            )
            self._shipped("ir_cron_record_meetings").method_direct_trigger()
            return meeting

        self._check_switch("meeting", act)

    def test_what_is_done_by_hand_has_no_switch(self):
        """Nor have meetings and calls that somebody logs, nor what is sent again."""
        events = self.env["interaction.event"].sudo().search([])
        core = events.filtered(
            lambda event: event.get_external_id()[event.id].startswith(
                "interaction_log."
            )
        )
        self.assertEqual(
            {*core.mapped("event")},
            {
                "print",
                "download",
                "email_out",
                "email_in",
                "einvoice",
                "portal_view",
                "portal_comment",
                "meeting",
                "activity",
            },
        )
        order = self._new_order()
        self._post(order, self.anna)
        entry = self._find(order)
        events.is_recorded = False
        with self.mock_mail_gateway(mail_unlink_sent=True):
            entry.with_user(self.user_sales).action_resend()
        self.assertEqual(self._find(order).resend_of_id, entry)
        self.assertTrue(self._log(event="call", channel="phone"))

    def test_no_query_where_every_event_is_off(self):
        """Posting takes as many queries as where there is no rule."""

        def count_queries():
            counts = []
            for order in (self._new_order(), self._new_order()):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self._post(order, self.anna)
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
            return counts[-1]  # the first one fills caches

        events = self.env["interaction.event"].sudo().search([])
        for company in self.env["res.company"].sudo().search([]):
            events.with_company(company).is_recorded = False
        off = count_queries()
        events.is_recorded = True
        on = count_queries()
        messages = self.env["interaction.event"]._get_message_events()
        rules = self.Rule.search([("event", "in", messages)])
        rules.active = False
        # of what waits the delivery is followed whatever the rules say
        self.Entry.search([("delivery_status", "=", "pending")])._write_facts(
            {"delivery_status": "sent"}
        )
        self.env.registry.clear_cache("stable")
        self.assertEqual(off, count_queries())
        self.assertGreater(on, off)

    def test_new_company(self):
        """An event that is off everywhere is on in a company that is new."""
        prints = self._shipped("interaction_event_print")
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        for company in companies.search([]):
            prints.with_company(company).is_recorded = False
        self.assertTrue(self.Rule._get_candidates("print", "sale.order"))
        self.assertFalse(self.Rule._may_match("print", "sale.order"))
        self.assertIn("sale.order", self.Rule._get_email_models()["email_out"])
        company = self._new_company()
        self.assertTrue(self.Rule._may_match("print", "sale.order"))
        self.assertEqual(
            prints._get_companies_off("print"),
            frozenset(companies.search([]).ids) - {company.id},
        )

    def test_log_now(self):
        """What was skipped while an event was on is not logged where it is off."""
        order = self._new_order()
        template = self._shipped("interaction_rule_email_about_order").template_id
        template.active = False
        self._post(order, self.anna)
        skipped = self.Skipped.search([("res_id", "=", order.id)])
        self.assertTrue(skipped.source_key)
        template.active = True
        setting = self._shipped("interaction_event_email_out")
        setting.with_user(self.user_manager).is_recorded = False
        skipped.with_user(self.user_manager).action_log_now()
        self.assertEqual(skipped.state, "todo")
        self.assertIn("The event E-mail Sent is disabled for", skipped.reason)
        setting.with_user(self.user_manager).is_recorded = True
        skipped.with_user(self.user_manager).action_log_now()
        self.assertEqual(self._find(order).partner_id, self.anna)
