from odoo.tests import tagged

from .common import InteractionCrmCommon


@tagged("-at_install", "post_install")
class TestMerge(InteractionCrmCommon):
    """Leads that become one, or opportunities, keep what is in the log."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._new_lead(name="Desks?", partner_id=cls.anna.id)

    def _merge(self, user):
        return self._as(self.lead | self.opportunity, user).merge_opportunity()

    def test_merge(self):
        """Whoever merges, with a right on the log or without."""
        order = self._new_order(opportunity_id=self.lead.id)
        about_lead = self._log_about(self.lead, name="First call")
        about_order = self._log_about(order)
        canceled = self._log_about(self.lead)
        canceled._cancel(self.reason, "")
        plain = self._log()
        merged = self._merge(self.user_assistant)
        self.assertEqual(merged, self.opportunity)
        self.assertFalse(self.lead.exists())
        self.env.invalidate_all()
        about_merged = {
            "opportunity_id": merged.id,
            "res_model": "crm.lead",
            "res_id": merged.id,
            "document_name": "Desks?",
        }
        about_document = {
            "opportunity_id": merged.id,
            "res_model": "sale.order",
            "res_id": order.id,
            "document_name": order.name,
        }
        self.assertRecordValues(
            about_lead | about_order | canceled,
            [about_merged, about_document, about_merged],
        )
        self.assertEqual(about_lead.name, "First call")
        self.assertFalse(plain.opportunity_id)
        self.assertEqual(self._as(merged).interaction_count, 2)
        self.assertEqual(
            about_lead.action_open_document()["res_id"], self.opportunity.id
        )

    def test_follow_up_of_what_is_merged(self):
        form = self._open_dialog(self.lead)
        form.template_id = self.template_call
        form.follow_up_type_id = self.env.ref("mail.mail_activity_data_call")
        entry, _action = self._press_log(form)
        merged = self._merge(self.user_sales)
        self.assertEqual(entry.follow_up_ids.res_id, merged.id)

    def test_convert(self):
        entry = self._log_about(self.lead)
        self._as(self.lead).convert_opportunity(self.anna)
        self.assertEqual(self.lead.type, "opportunity")
        self.assertRecordValues(
            entry,
            [
                {
                    "opportunity_id": self.lead.id,
                    "res_id": self.lead.id,
                    "document_name": "Desks?",
                }
            ],
        )
