from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import InteractionCommon


@tagged("-at_install", "post_install")
class TestSettings(InteractionCommon):
    """Events that are switched on and off for a company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prints = cls._shipped("interaction_event_print")
        cls.prints = cls.prints.with_user(cls.user_manager)

    def _record(self, document):
        return self.Recorder.with_user(self.user_assistant)._record_event(
            "print", document.sudo(), report=self.report_quotation
        )

    def test_switch_off_and_on(self):
        order = self._new_order()
        rule = self._shipped("interaction_rule_print_quotation")
        self.assertTrue(self.prints.is_recorded)
        self.prints.is_recorded = False
        self.assertFalse(self._record(order))
        self.assertFalse(self.Skipped.search([("res_id", "=", order.id)]))
        self.assertTrue(rule.active, "the rule stays as it is")
        self.prints.is_recorded = True
        self.assertEqual(len(self._record(order)), 1)

    def test_other_company(self):
        company = self._new_company()
        manager_b = self._new_user(
            "il_manager_b", "interaction_log.group_manager", company=company
        )
        prints_b = self.prints.with_user(manager_b)
        prints_b.is_recorded = False
        self.assertTrue(self.prints.is_recorded)
        order_b = (
            self.env["sale.order"]
            .sudo()
            .with_company(company)
            .create({"partner_id": self.partner.id, "company_id": company.id})
        )
        entries = self._record(self._new_order() | order_b).sudo()
        self.assertEqual(entries.company_id, self.company_a)

    def test_rules_say_that_their_event_is_off(self):
        rule = self._shipped("interaction_rule_print_quotation")
        rule = rule.with_user(self.user_manager)
        self.assertFalse(rule.event_warning)
        self.prints.is_recorded = False
        rule.invalidate_recordset()
        self.assertIn("disabled", rule.event_warning)

    def test_activities_are_recorded_by_their_types(self):
        setting = self._shipped("interaction_event_activity")
        setting = setting.with_user(self.user_manager)
        before = setting.rule_count
        activity_type = self.env["mail.activity.type"].sudo().create({"name": "Visit"})
        activity_type.interaction_template_id = self.template_call
        setting.invalidate_recordset()
        self.assertEqual(setting.rule_count, before + 1)
        action = setting.action_view_rules()
        self.assertEqual(action["res_model"], "mail.activity.type")
        types = self.env[action["res_model"]].search(action["domain"])
        self.assertIn(activity_type, types)

    def test_where_the_source_decides(self):
        activity_type = self.env["mail.activity.type"].sudo().create({"name": "Visit"})
        activity_type.interaction_template_id = self.template_call
        setting = self._shipped("interaction_event_activity")
        for recorded in (False, True):
            setting.with_user(self.user_manager).is_recorded = recorded
            activity = self.anna.activity_schedule(
                activity_type_id=activity_type.id, user_id=self.env.uid
            )
            activity.action_feedback()
            entries = self.Entry.search(
                [("partner_id", "=", self.anna.id), ("event", "=", "activity")]
            )
            self.assertEqual(len(entries), recorded)
        self.assertFalse(self.Skipped.search([("event", "=", "activity")]))

    def test_costs_no_query(self):
        self.prints.is_recorded = False
        rules = self.env["interaction.rule"]
        vals = {"company_id": self.company_a.id}
        matches = [rules._make_match(self._new_order(), vals)]
        self.assertFalse(rules._filter_recordable("print", matches))
        with self.assertQueryCount(0):
            self.assertFalse(rules._filter_recordable("print", matches))

    def test_nothing_that_records(self):
        """Switched on, but no rule is: the page says so, and what to do."""
        download = self._shipped("interaction_event_download")
        activity = self._shipped("interaction_event_activity")
        meeting = self._shipped("interaction_event_meeting")
        self.env["mail.activity.type"].sudo().search([]).interaction_template_id = False
        self.Rule.search([("event", "=", "meeting")]).active = False
        for event, sentence in (
            (self.prints, False),
            (download, "No active rule"),
            (meeting, "No active rule"),
            (activity, "No activity type has"),
        ):
            with self.subTest(event=event.event):
                event = event.with_user(self.user_manager)  # noqa: PLW2901
                event.is_recorded = True
                self.assertIn(sentence or "", event.warning or "")
                self.assertEqual(bool(event.warning), bool(sentence))
                event.is_recorded = False
                self.assertFalse(event.warning)
        download.is_recorded = True
        self.Rule.with_context(active_test=False).search(
            [("event", "=", "download")]
        ).active = True
        download.invalidate_recordset()
        self.assertFalse(download.warning)

    def test_who_may_switch(self):
        with self.assertRaises(AccessError):
            self.prints.with_user(self.user_sales).is_recorded = False
        with self.assertRaises(AccessError):
            self.prints.with_user(self.user_assistant).read(["is_recorded"])

    def test_nothing_else_can_be_changed(self):
        for vals in ({"event": "meeting"}, {"description": "x"}):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "only be"):
                self.prints.write(vals)
        with self.assertRaises(AccessError):
            self.prints.unlink()

    def test_every_event_is_explained(self):
        events = self.env["interaction.event"].with_user(self.user_manager).search([])
        recorded = {*self.Rule._fields["event"].get_values(self.env), "activity"}
        self.assertLessEqual(recorded, {*events.mapped("event")})
        self.assertTrue(all(events.mapped("description")))

    def test_rules_of_an_event(self):
        rules = self.Rule.search([("event", "=", "print")])
        self.assertEqual(self.prints.rule_count, len(rules))
        rules[0].active = False
        self.prints.invalidate_recordset()
        self.assertEqual(self.prints.rule_count, len(rules) - 1)
        action = self.prints.action_view_rules()
        shown = self.Rule.with_user(self.user_manager).search(action["domain"])
        self.assertIn(rules[0], shown.sudo())

    def test_explained(self):
        self.prints.is_recorded = False
        order = self._new_order().with_user(self.user_manager)
        rules = self.Rule.with_user(self.user_manager)
        reasons = [line["reason"] for line in rules._explain_rules(order, "print")]
        self.assertIn(
            f"The event Printed is disabled for {self.company_a.name}. Enable it in "
            "What Is Recorded.",
            reasons,
        )
