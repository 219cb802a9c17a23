from odoo.tests import tagged

from .common import InteractionEmailCommon


@tagged("-at_install", "post_install")
class TestNobodyToAsk(InteractionEmailCommon):
    """What is no print is logged without a question."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.Rule.search([])
        cls.rules.write({"announce": "ask", "keep_copy": True})
        cls.announced = cls.env["interaction.announcement"].sudo()

    def _check_logged(self, document):
        self.assertEqual(self._find(document).mapped("state"), ["logged"])
        self.assertFalse(self.announced.search([]))
        self.assertFalse(self.Skipped.search([("state", "=", "todo")]))

    def test_email(self):
        order = self._new_order()
        self._post(order, self.anna, attachments=[("offer.txt", b"offer")])
        self._check_logged(order)

    def test_log_now(self):
        order = self._new_order()
        template = self._shipped("interaction_template_quotation")
        template.active = False
        self.Recorder._record_event("print", order, source="print,a")
        skipped = self.Skipped.search([("res_id", "=", order.id)])
        template.active = True
        skipped.with_user(self.user_manager).action_log_now()
        self._check_logged(order)

    def test_what_is_filled_in(self):
        order = self._new_order()
        rules = self.rules.filtered(lambda rule: rule.event == "email_out")
        rules.active = False
        self._post(order, self.anna)
        rules.active = True
        check = self.env["interaction.completeness.check"]
        check = check.with_user(self.user_manager).create({})
        check.action_check()
        self._run_slices(check)
        check.action_fill_in()
        self._check_logged(order)
