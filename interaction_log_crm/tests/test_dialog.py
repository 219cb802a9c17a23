from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.interaction_log.tests.log.common import CorrectCommon

from .common import InteractionCrmCommon


@tagged("-at_install", "post_install")
class TestDialog(CorrectCommon, InteractionCrmCommon):
    """The dialog that logs, from an opportunity or with one."""

    def _fill_in(self, form):
        form.template_id = self.template_call
        return form

    def test_from_the_opportunity(self):
        form = self._fill_in(self._open_dialog(self.opportunity))
        self.assertEqual(form.partner_ids[:], self.anna)
        self.assertEqual(form.document_name, "Twelve desks")
        self.assertEqual(form.opportunity_id, self.opportunity)
        self.assertTrue(form.is_opportunity_known)
        self.assertEqual(form.campaign_id, self.campaign)
        entry, _action = self._press_log(form)
        self.assertRecordValues(
            entry,
            [
                {
                    "partner_id": self.anna.id,
                    "opportunity_id": self.opportunity.id,
                    "campaign_id": self.campaign.id,
                    "res_model": "crm.lead",
                    "res_id": self.opportunity.id,
                    "document_name": "Twelve desks",
                }
            ],
        )

    def test_chosen_without_a_document(self):
        form = self._fill_in(self._open_dialog(self.anna))
        self.assertFalse(form.opportunity_id)
        self.assertFalse(form.is_opportunity_known)
        self.assertEqual(form.commercial_partner_ids[:], self.acme)
        form.opportunity_id = self.opportunity
        self.assertEqual(form.campaign_id, self.campaign)
        entry, _action = self._press_log(form)
        self.assertEqual(entry.opportunity_id, self.opportunity)
        self.assertEqual(entry.campaign_id, self.campaign)
        self.assertFalse(entry.res_id)

    def test_no_campaign(self):
        """A campaign that the user takes away stays away."""
        form = self._fill_in(self._open_dialog(self.opportunity))
        form.campaign_id = self.campaign.browse()
        entry, _action = self._press_log(form)
        self.assertFalse(entry.campaign_id)

    def test_opportunity_out_of_sight(self):
        order = self._new_order(
            opportunity_id=self.opportunity.id, user_id=self.user_own_leads.id
        )
        form = self._fill_in(self._open_dialog(order, self.user_own_leads))
        self.assertFalse(form.opportunity_id)
        entry, _action = self._press_log(form)
        self.assertEqual(entry.opportunity_id, self.opportunity)

    def test_opportunity_that_a_client_names(self):
        """Its name is not told to who may not see it."""
        Dialog = self.env["interaction.log.create"].with_user(self.user_own_leads)
        vals = {"opportunity_id": self.opportunity.id}
        with self.assertRaises(AccessError):
            Dialog.create(vals)
        dialog = Dialog.create({})
        with self.assertRaises(AccessError):
            dialog.write(vals)
        self.assertTrue(Dialog.with_user(self.user_sales).create(vals).opportunity_id)

    def test_who_has_no_right_on_opportunities(self):
        user = self._new_user("il_no_crm", "interaction_log.group_user")
        action = self.Entry.with_user(user).get_log_action("res.partner", self.anna.id)
        entry, _action = self._press_log(
            self._fill_in(self._open_action(action, self.env(user=user)))
        )
        self.assertFalse(entry.opportunity_id)

    def test_call(self):
        """The phone number of the opportunity logs a call about it."""
        opportunity = self._as(self.opportunity)
        action = opportunity.action_log_call("+32 470 12 34 56")
        entry, _action = self._press_log(self._open_action(action, opportunity.env))
        self.assertRecordValues(
            entry,
            [
                {
                    "event": "call",
                    "contact_via": "+32 470 12 34 56",
                    "opportunity_id": self.opportunity.id,
                    "partner_id": self.anna.id,
                }
            ],
        )

    def _follow_up(self, form):
        form = self._fill_in(form)
        form.follow_up_type_id = self.env.ref("mail.mail_activity_data_call")
        entry, _action = self._press_log(form)
        return entry.follow_up_ids

    def test_follow_up(self):
        activity = self._follow_up(self._open_dialog(self.opportunity))
        self.assertEqual(self.opportunity.sudo().activity_ids, activity)

    def test_follow_up_without_a_document(self):
        form = self._fill_in(self._open_dialog(self.anna))
        form.opportunity_id = self.opportunity
        activity = self._follow_up(form)
        self.assertEqual(self.opportunity.sudo().activity_ids, activity)

    def test_follow_up_on_the_quotation(self):
        order = self._new_order(opportunity_id=self.opportunity.id)
        activity = self._follow_up(self._open_dialog(order))
        self.assertEqual(order.activity_ids, activity)

    def test_follow_up_of_who_does_not_see_the_opportunity(self):
        entry = self._log_about(self.opportunity)
        entry.sudo()._write_facts({"res_id": False, "res_model": False})
        places = self._as(entry, self.user_own_leads)._get_follow_up_records()
        self.assertEqual(list(places.values()), [self.anna])

    def test_draft(self):
        form = self._fill_in(self._open_dialog(self.anna))
        form.opportunity_id = self.opportunity
        form.save().action_postpone()
        draft = self.Entry.search([("state", "=", "postponed")])
        self.assertEqual(draft.opportunity_id, self.opportunity)
        draft = self._as(draft)
        form = self._open_action(draft.action_resume(), draft.env)
        self.assertEqual(form.opportunity_id, self.opportunity)
        entry, _action = self._press_log(form)
        self.assertEqual(entry.opportunity_id, self.opportunity)

    def test_correction(self):
        """It keeps the opportunity, or has another one, or none."""
        other = self._new_lead(name="Other", partner_id=self.anna.id)
        entry = self._log(opportunity_id=self.opportunity.id)
        for chosen in self.opportunity, other, other.browse():
            form = self._open_correction(entry)
            self.assertEqual(form.opportunity_id, entry.opportunity_id)
            form.opportunity_id = chosen
            form.note = "Corrected"
            entry, _action = self._save_correction(form)
            self.assertEqual(entry.opportunity_id, chosen)

    def test_correction_of_what_is_out_of_sight(self):
        order = self._new_order(
            opportunity_id=self.opportunity.id, user_id=self.user_own_leads.id
        )
        entry = self._log(
            user=self.user_own_leads, res_model=order._name, res_id=order.id
        )
        form = self._open_correction(entry, self.user_own_leads)
        form.note = "Corrected"
        entry, _action = self._save_correction(form)
        self.assertEqual(entry.opportunity_id, self.opportunity)

    # -- a lead without a contact ---------------------------------------------

    def test_lead_without_a_contact(self):
        """Who is talked to about it is its contact."""
        lead = self._new_lead(name="Desks?", email_from="new@example.com")
        form = self._fill_in(self._open_dialog(lead))
        self.assertFalse(form.partner_ids[:])
        form.partner_ids.add(self.anna)
        entry, _action = self._press_log(form)
        self.assertEqual(entry.opportunity_id, lead)
        self.assertEqual(lead.partner_id, self.anna)

    def test_contact_by_the_address_of_the_lead(self):
        self.anna.email = "anna@acme.example.com"
        lead = self._new_lead(name="Desks?", email_from="Anna <anna@acme.example.com>")
        form = self._open_dialog(lead)
        self.assertEqual(form.partner_ids[:], self.anna)

    def test_several_contacts_are_not_the_contact(self):
        lead = self._new_lead(name="Desks?")
        form = self._fill_in(self._open_dialog(lead))
        form.partner_ids.add(self.anna)
        form.partner_ids.add(self.acme)
        self._press_log(form)
        self.assertFalse(lead.partner_id)
