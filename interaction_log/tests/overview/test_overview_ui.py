from odoo.tests import tagged

from ..common import InteractionHttpCommon
from .common import OverviewMixin


class OverviewUi(OverviewMixin, InteractionHttpCommon):
    def _open_tiles(self, tour):
        """Let a salesperson who is a manager, too, open each tile."""
        self._fill()
        manager = self.env.ref("interaction_log.group_manager")
        self.user_sales.sudo().group_ids += manager
        self.start_tour("/odoo/interaction-overview", tour, login=self.user_sales.login)


@tagged("-at_install", "post_install")
class TestOverviewUi(OverviewUi):
    def test_tiles(self):
        """Each tile opens what it counts, counted by hand."""
        self._open_tiles("interaction_log_overview")

    def test_first_run(self):
        """The app opens on its overview, where an administrator starts."""
        checklist = self._shipped("onboarding_overview")
        checklist.progress_ids.unlink()
        checklist.step_ids.progress_ids.unlink()
        menu = self.env.ref("interaction_log.interaction_log_menu_root")
        self.start_tour(
            f"/odoo?menu_id={menu.id}",
            "interaction_log_first_run",
            login=self.user_admin.login,
        )
        self.assertTrue(checklist.is_onboarding_closed)

    def test_tour_of_the_app(self):
        """The tour that a new user is offered."""
        contact = self.env["res.partner"].create({"name": "Azure of These Tests"})
        self.start_tour("/odoo", "interaction_log_tour", login=self.user_admin.login)
        self.assertEqual(len(self._get_timeline(contact)), 1)


@tagged("-at_install", "post_install")
class TestOverviewPhone(OverviewUi):
    browser_size = "390x844"
    touch_enabled = True

    def test_tiles(self):
        self._open_tiles("interaction_log_overview_phone")
