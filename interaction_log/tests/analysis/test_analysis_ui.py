from datetime import datetime, timedelta

from odoo.tests import tagged

from ..common import InteractionAccountCommon, InteractionHttpCommon


class AnalysisUi(InteractionAccountCommon, InteractionHttpCommon):
    """What a manager finds in Reporting, and on the contact."""

    tour = page = None

    def _start_analysis_tour(self):
        now = datetime.now().replace(microsecond=0)
        self.company_a.sudo().write(
            # all hours count: it may be a Sunday
            {"interaction_hourly_rate": 60, "resource_calendar_id": False}
        )
        for name, template, hours, vals in (
            ("Asks for a price", "interaction_template_email_in", 30, {}),
            ("Here is the price", "interaction_template_email_out", 27, {"cost": 7}),
            ("Thank you", "interaction_template_email_in", 5, {}),
        ):
            self._log(
                user=self.user_manager,
                name=name,
                template_id=self._shipped(template).id,
                date=now - timedelta(hours=hours),
                duration=0.5,
                **vals,
            )
        self._new_move(invoice_date=now.date())
        self.start_tour(self.page, self.tour, login=self.user_manager.login)
        thanks = self.Entry.search([("name", "=", "Thank you")])
        self.assertTrue(thanks.is_answer_waived)


@tagged("-at_install", "post_install")
class TestAnalysisUi(AnalysisUi):
    tour, page = "interaction_log_analysis", "/odoo/interactions"

    def test_analysis(self):
        self._start_analysis_tour()


@tagged("-at_install", "post_install")
class TestAnalysisUiPhone(AnalysisUi):
    browser_size = "390x844"
    touch_enabled = True
    tour, page = "interaction_log_analysis_phone", "/odoo/interaction-unanswered"

    def test_analysis(self):
        self._start_analysis_tour()
