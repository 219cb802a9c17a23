from dataclasses import FrozenInstanceError

from odoo.tests import tagged

from ...models.recording.match import Match
from ..common import InteractionCommon


@tagged("-at_install", "post_install")
class TestMatch(InteractionCommon):
    """What is handed from the rules through the recorder to the log."""

    def _make(self, **details):
        return self.Rule._make_match(
            self._new_order(), {"partner_id": self.anna.id}, **details
        )

    def test_never_changes(self):
        match = self._make()
        with self.assertRaises(FrozenInstanceError):
            match.reason = "Changed"
        with self.assertRaises(TypeError):
            match.vals["partner_id"] = self.partner.id
        other = match.with_vals(partner_id=self.partner.id)
        self.assertEqual(
            (match.vals["partner_id"], other.vals["partner_id"]),
            (self.anna.id, self.partner.id),
        )

    def test_values_are_its_own(self):
        vals = {"partner_id": self.anna.id}
        match = self.Rule._make_match(self._new_order(), vals)
        vals["partner_id"] = self.partner.id
        self.assertEqual(match.vals["partner_id"], self.anna.id)

    def test_rules_make_them(self):
        order = self._new_order()
        rule = self._shipped("interaction_rule_print_quotation")
        (match,) = self.Rule._match("print", order, self.report_quotation)
        self.assertIsInstance(match, Match)
        self.assertEqual((match.rule, match.vals["rule_id"]), (rule.sudo(), rule.id))
        self.assertEqual(match.document, ("sale.order", order.id))
        self.assertFalse(match.reason)

    def test_left_out(self):
        """Not for the log at all: matching says why, and what is recorded has none."""
        order = self._new_order(partner=self.user_sales.partner_id)
        matches = self.Rule._match_all("print", order, self.report_quotation)
        (match,) = self.Rule._mark_exclusions("print", matches)
        self.assertEqual(match.exclusion, "internal")
        self.assertFalse(self.Rule._match("print", order, self.report_quotation))
        self._shipped("interaction_event_print").sudo().is_recorded = False
        (match,) = self.Rule._mark_exclusions("print", matches)
        self.assertEqual(match.exclusion, "off")

    def test_one_telling_of_what_a_rule_wants(self):
        """Explaining a rule alone says the same as matching it alone."""
        orders = self._new_order() | self._new_order()
        orders[0].client_order_ref = "Wanted"
        rule = self._shipped("interaction_rule_print_quotation").sudo()
        rule.domain = "[('client_order_ref', '=', 'Wanted')]"
        for order, key in zip(orders, (None, "domain"), strict=True):
            with self.subTest(key=key):
                mismatches = rule._find_mismatches(rule._get_candidate(), order)
                self.assertEqual(mismatches.get(order.id), key)
                self.assertEqual(bool(rule._match_rules("print", order)), not key)
                self.assertEqual(bool(rule._get_mismatch(order, "print")), bool(key))

    def test_document_of_no_company(self):
        """A rule of one company is for it, too."""
        rule = self.Rule.create(
            {
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "template_id": self.template_call.id,
                "company_id": self.company_a.id,
            }
        )
        self.assertFalse(self.anna.company_id)
        self.assertEqual(rule._match_rules("print", self.anna), [(rule, self.anna)])

    def test_first_reason(self):
        """A document that a rule does not want for many reasons has the first one."""
        order = self._new_order()
        rule = self._shipped("interaction_rule_print_quotation").sudo()
        rule.write({"company_id": self._new_company().id, "domain": "[('id', '=', 0)]"})
        for report in (None, self.report_invoice):
            mismatches = rule._find_mismatches(rule._get_candidate(), order, report)
            self.assertEqual(mismatches, {order.id: "company"})

    def test_salesperson(self):
        """That of the document, else of the contact, else who does it."""
        order = self._new_order(user_id=self.user_other_sales.id)
        rules = self.Rule.with_user(self.user_assistant).sudo()

        def salesperson():
            return rules._match("print", order)[0].vals["user_id"]

        self.assertEqual(salesperson(), self.user_other_sales.id)
        order.user_id = False
        self.assertEqual(salesperson(), self.user_sales.id)
        self.anna.user_id = False
        self.assertEqual(salesperson(), self.user_assistant.id)

    def test_salesperson_of_who_did_it(self):
        """Where neither the document nor its contact has one."""
        order = self._new_order(partner=self.acme, user_id=False)
        recorder = self.Recorder.with_user(self.user_portal).sudo()
        matches = recorder.env["interaction.rule"]._match("print", order)
        self.assertFalse(matches[0].vals["user_id"])
        (match,) = recorder._add_details(matches, partner=self.anna)
        self.assertEqual(match.vals["user_id"], self.user_sales.id)
