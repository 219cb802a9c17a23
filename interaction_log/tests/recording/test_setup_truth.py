from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import InteractionCommon


@tagged("-at_install", "post_install")
class TestSetupTruth(InteractionCommon):
    """The page says of each rule whether it records, and why not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._shipped("interaction_rule_print_quotation")
        cls.own = cls.rule.with_user(cls.user_manager)

    def _get_row(self, rule=None, user=None):
        rule = rule or self.rule
        self.env.invalidate_all()
        rules = self.env["interaction.rule"].with_user(user or self.user_manager)
        return next(
            row
            for event in rules.get_recording_page()["events"]
            for row in event["rules"]
            if row["id"] == rule.id
        )

    def _assert_off(self, sentence, rule=None):
        row = self._get_row(rule)
        self.assertFalse(row["recorded"])
        self.assertIn(sentence, row["note"])
        self.assertTrue(row["problem"])

    def test_on(self):
        row = self._get_row()
        self.assertTrue(row["recorded"])
        self.assertFalse(row["problem"])
        self.assertEqual(
            row["note"],
            "Contact: Customer. Reports: "
            f"{', '.join(self.rule.report_ids.mapped('name'))}.",
        )
        self.assertEqual(row["document"], "Quotation or Order")
        self.assertEqual(row["announce"], "notify")
        self.assertFalse(
            self._get_row(self._shipped("interaction_rule_email_in_order"))["announce"]
        )

    def test_switched_off_and_on(self):
        self.own.set_recorded(False)
        row = self._get_row()
        self.assertEqual(
            (row["recorded"], row["note"], row["problem"]), (False, "Disabled.", False)
        )
        self.own.set_recorded(True)
        self.assertTrue(self._get_row()["recorded"])

    def test_event_off(self):
        event = self._shipped("interaction_event_print").with_user(self.user_manager)
        event.is_recorded = False
        row = self._get_row()
        # the event says why, once for all
        self.assertFalse(row["recorded"] or row["problem"])
        self.assertIn("The event Printed is disabled", self.own.unrecorded_reason)
        with self.assertRaisesRegex(UserError, "The event Printed is disabled"):
            self.own.set_recorded(True)

    def test_template(self):
        # as data from before this was refused
        self.rule.template_id._write({"active": False})
        self._assert_off("is archived")
        company = self._new_company()
        self.rule.template_id._write({"active": True, "company_id": company.id})
        self._assert_off("belongs to another company")

    def test_other_company(self):
        company = self._new_company()
        self.user_manager.sudo().company_ids += company
        self.rule.company_id = company
        manager = self.user_manager
        companies = (self.company_a | company).ids
        rules = self.env["interaction.rule"].with_user(manager)
        rules = rules.with_context(allowed_company_ids=companies)
        rule = rules.browse(self.rule.id)
        self.assertEqual(rule.unrecorded_reason, "Only recorded for Company B.")
        with self.assertRaisesRegex(UserError, "Only recorded for Company B"):
            rule.set_recorded(True)
        rule = rule.with_context(allowed_company_ids=companies[::-1])
        self.assertFalse(rule.unrecorded_reason)

    def test_no_report(self):
        rule = self.Rule.create(
            {
                "model_id": self.env["ir.model"]._get_id("account.payment"),
                "template_id": self.template_call.id,
            }
        )
        self.assertTrue(self._get_row(rule)["recorded"])
        reports = self.env["ir.actions.report"].sudo()
        reports = reports.search([("model", "=", "account.payment")])
        reports.model = "res.partner"
        self._assert_off("Payment has no report to print", rule)

    def test_its_reports_are_deleted(self):
        """It would record all others, and is switched off."""
        report = self.env["ir.actions.report"].sudo()
        report = report.create(
            {
                "name": "Slip",
                "model": "sale.order",
                "report_name": "interaction_log.test_slip",
            }
        )
        kept = self.rule.copy({"report_ids": (report | self.report_quotation).ids})
        only = self.rule.copy({"report_ids": report.ids})
        report.unlink()
        self.assertEqual((kept.active, only.active), (True, False))
        self.assertTrue(self.rule.active)

    def test_another_rule_first(self):
        first = self.Rule.create(
            {
                "sequence": -1,
                "model_id": self.rule.model_id.id,
                "template_id": self.template_call.id,
            }
        )
        self._assert_off(f"The rule {first.name} applies first.")
        self.assertTrue(self._get_row(first)["recorded"])
        first.domain = "[('amount_total', '>', 100)]"
        self.assertTrue(self._get_row()["recorded"])

    def test_broken(self):
        editor = self._new_user("il_nobody")
        self.rule.write({"editor_id": editor.id, "is_broken": True})
        self._assert_off("is not allowed to read")

    def test_no_address(self):
        rule = self.Rule.search(
            [("model_id.model", "=", "interaction.email.copy")], limit=1
        )
        aliases = self.env["mail.alias"].sudo()
        aliases.search([("alias_model_id.model", "=", rule.model_name)]).unlink()
        self._assert_off("no e-mail address", rule)

    def test_template_and_announcement(self):
        page = self.own.get_recording_page()
        self.assertIn(
            self.template_call.id, [template["id"] for template in page["templates"]]
        )
        self.assertEqual(page["company"], self.company_a.name)
        self.assertEqual(
            [choice["id"] for choice in page["announce"]], ["notify", "ask", "quiet"]
        )

    def test_every_event_is_there(self):
        events = {
            event["event"]: event for event in self.own.get_recording_page()["events"]
        }
        self.assertEqual(
            {*events}, {*self.own.env["interaction.event"].search([]).mapped("event")}
        )
        self.assertFalse(events["activity"]["has_rules"])
        self.assertTrue(events["meeting"]["has_rules"])

    def test_who(self):
        with self.assertRaises(AccessError):
            self.own.with_user(self.user_sales).get_recording_page()
        with self.assertRaises(AccessError):
            self.rule.with_user(self.user_sales).set_recorded(False)
