from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import InteractionCommon


@tagged("-at_install", "post_install")
class TestChecklist(InteractionCommon):
    """What an administrator does first, until it is done or dismissed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.checklist = cls._shipped("onboarding_overview")
        cls.checklist.progress_ids.unlink()
        cls.checklist.step_ids.progress_ids.unlink()
        cls.Entry.search([("event", "=", "print")]).date = "2020-01-01"
        # whoever sets up the log sets up users, too
        cls.user_admin.sudo().group_ids += cls.env.ref("base.group_erp_manager")

    def _get_steps(self, user=None):
        overview = self.env["interaction.overview"].with_user(user or self.user_admin)
        return {step["title"]: step for step in overview.get_overview()["checklist"]}

    def _open(self, title, user=None):
        overview = self.env["interaction.overview"].with_user(user or self.user_admin)
        return overview.open_step(self._get_steps()[title]["id"])

    def test_steps(self):
        self.assertEqual(
            [(title, step["done"]) for title, step in self._get_steps().items()],
            [
                ("See what is recorded", False),
                ("Decide who may log", False),
                ("Check your templates", False),
                ("Print a quotation", False),
            ],
        )
        for title, opened in (
            ("See what is recorded", "interaction_log_recording"),
            ("Decide who may log", "res.users"),
            ("Check your templates", "interaction.template"),
            ("Print a quotation", "sale.order"),
        ):
            action = self._open(title)
            self.assertIn(opened, (action.get("res_model"), action.get("tag")))
        self.assertEqual(
            [step["done"] for step in self._get_steps().values()],
            [True, True, True, False],
        )
        self.Recorder.with_user(self.user_assistant)._record_event(
            "print", self._new_order(), report=self.report_quotation
        )
        self.assertFalse(self._get_steps(), "it goes away by itself")

    def test_who_sees_it(self):
        for user in (self.user_assistant, self.user_sales, self.user_manager):
            self.assertFalse(self._get_steps(user))
            with self.assertRaises(AccessError):
                self._open("See what is recorded", user)
            with self.assertRaises(AccessError):
                self.env["interaction.overview"].with_user(user).dismiss_checklist()

    def test_without_the_right_to_set_up_users(self):
        self.user_admin.sudo().group_ids -= self.env.ref("base.group_erp_manager")
        self.assertNotIn("Decide who may log", self._get_steps())
        with self.assertRaises(AccessError):
            overview = self.env["interaction.overview"].with_user(self.user_admin)
            overview.open_step(self._shipped("onboarding_step_rights").id)
        # a step of somebody else's checklist
        step = self.env["onboarding.onboarding.step"].sudo()
        step = step.create({"panel_step_open_action_name": "unlink"})
        with self.assertRaises(AccessError):
            overview.open_step(step.id)

    def test_dismiss(self):
        overview = self.env["interaction.overview"].with_user(self.user_admin)
        overview.dismiss_checklist()
        self.assertFalse(self._get_steps())
        self.assertFalse(overview.get_overview()["checklist"])

    def test_update(self):
        """Who logs already needs no first steps."""
        self._migrate("19.0.1.11.0", name="overview")
        closed = bool(self.Entry.search_count([], limit=1))
        self.assertEqual(self.checklist.is_onboarding_closed, closed)
        self._log()
        self._migrate("19.0.1.11.0", name="overview")
        self.assertTrue(self.checklist.is_onboarding_closed)
        self.assertFalse(self._get_steps())
