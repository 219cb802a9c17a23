from odoo.tests import tagged

from odoo.addons.interaction_log.tests.common import InteractionHttpCommon

from .common import InteractionCrmCommon


@tagged("-at_install", "post_install")
class TestUi(InteractionHttpCommon, InteractionCrmCommon):
    def test_opportunity(self):
        """A salesperson logs a call with a follow-up, and finds it in the timeline."""
        self.start_tour(
            f"/odoo/crm.lead/{self.opportunity.id}",
            "interaction_log_crm_opportunity",
            login=self.user_sales.login,
        )
        entry = self._find(self.opportunity)
        self.assertEqual(entry.opportunity_id, self.opportunity)
        self.assertEqual(self.opportunity.sudo().activity_ids, entry.follow_up_ids)

    def test_create_opportunity(self):
        """A positive call becomes an opportunity, once."""
        entry = self._log(name="Needs twelve desks", note="<p>In oak</p>")
        self.start_tour(
            f"/odoo/interactions/{entry.id}",
            "interaction_log_crm_create",
            login=self.user_sales.login,
        )
        self.assertEqual(entry.opportunity_id.name, "Needs twelve desks")

    def test_offer(self):
        """What went well in the dialog is offered as an opportunity."""
        self.start_tour(
            f"/odoo/contacts/{self.anna.id}",
            "interaction_log_crm_offer",
            login=self.user_sales.login,
        )
        entry = self.Entry.search([("partner_id", "=", self.anna.id)])
        self.assertTrue(entry.opportunity_id)

    def test_phone_number(self):
        self.opportunity.sudo().phone = "+32 470 12 34 56"
        self.start_tour(
            f"/odoo/crm.lead/{self.opportunity.id}",
            "interaction_log_crm_phone",
            login=self.user_sales.login,
        )
        self.assertRecordValues(
            self._find(self.opportunity),
            [{"event": "call", "contact_via": "+32 470 12 34 56"}],
        )
