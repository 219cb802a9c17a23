from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.interaction_log.tests.email.common import InteractionEmailCommon

from .common import InteractionCrmCommon

STRANGER = "Stan <stan@stranger.example.com>"
ADDRESS = "stan@stranger.example.com"
SENT = "Fri, 10 Apr 2026 14:16:26 +0000"


@tagged("-at_install", "post_install")
class TestLeadEmail(InteractionEmailCommon, InteractionCrmCommon):
    """E-mails about leads, with a contact or before there is one."""

    def _receive_lead(self, email_from=STRANGER, **values):
        """Let an e-mail make a lead."""
        number = self.env["mail.message"].sudo().search_count([])
        lead_id = self._receive(
            email_from,
            model="crm.lead",
            new={"user_id": self.user_sales.id},
            **{
                "subject": "Twelve desks?",
                "msg_id": f"<il-lead-{number}@example.com>",
                **values,
            },
        )
        return self.env["crm.lead"].sudo().browse(lead_id)

    def _waiting(self, lead):
        return self.Skipped.search(
            [
                ("res_model", "=", "crm.lead"),
                ("res_id", "in", lead.ids),
                ("state", "=", "todo"),
            ]
        )

    def test_sent_and_answered(self):
        """By rules that are switched on."""
        message = self._post(self.opportunity, self.anna, subject="Our offer")
        self._receive("anna@acme.example.com", parent=message)
        self.assertRecordValues(
            self._find(self.opportunity),
            [
                {
                    "event": event,
                    "name": name,
                    "flow": flow,
                    "partner_id": self.anna.id,
                    "user_id": self.user_sales.id,
                    "opportunity_id": self.opportunity.id,
                    "campaign_id": self.campaign.id,
                }
                for event, name, flow in (
                    ("email_out", "Our offer", "outbound"),
                    ("email_in", "Re: your offer", "inbound"),
                )
            ],
        )

    def test_sent_by_who_sees_no_log(self):
        self._post(self.opportunity, self.anna, user=self.user_assistant)
        self.assertEqual(self._find(self.opportunity).opportunity_id, self.opportunity)

    def test_quotation_sent(self):
        order = self._new_order(opportunity_id=self.opportunity.id)
        self._send_quotation(order)
        self.assertEqual(self._find(order).opportunity_id, self.opportunity)

    def test_lead_of_a_contact(self):
        lead = self._receive_lead("anna@acme.example.com")
        self.assertEqual(self._find(lead).partner_id, self.anna)

    # -- a lead without a contact ---------------------------------------------

    def _assert_logged(self, lead, partner):
        entry = self._find(lead)
        self.assertRecordValues(
            entry,
            [
                {
                    "partner_id": partner.id,
                    "contact_via": ADDRESS,
                    "event": "email_in",
                    "opportunity_id": lead.id,
                    "date": fields.Datetime.to_datetime("2026-04-10 14:16:26"),
                    "name": "Twelve desks?",
                    "user_id": self.user_sales.id,
                }
            ],
        )
        self.assertFalse(self._waiting(lead))
        return entry

    def test_logged_when_it_gets_its_contact(self):
        lead = self._receive_lead()
        self.assertFalse(self._find(lead))
        self.assertRegex(self._waiting(lead).reason, "No contact has the address")
        # whoever converts it, with a right on the log or without
        lead = self._as(lead, self.user_assistant)
        lead._handle_partner_assignment()
        self.cr.flush()
        partner = lead.partner_id
        self.assertEqual(partner.email_normalized, ADDRESS)
        entry = self._assert_logged(lead, partner)
        self.assertEqual(
            entry.mail_message_id,
            lead.sudo().message_ids.filtered(lambda m: m.message_type == "email"),
        )

    def test_contact_with_another_address(self):
        """Then the lead has that address, too; the e-mail was from the old one."""
        lead = self._receive_lead()
        self._as(lead).partner_id = self.carol
        self.cr.flush()
        self._assert_logged(lead, self.carol)

    def test_create_contact_and_log(self):
        """The lead gets the contact, of whoever may write it."""
        manager = self._new_user(
            "il_crm_manager",
            "interaction_log.group_manager",
            "base.group_partner_manager",
        )
        lead = self._receive_lead()
        self._waiting(lead).with_user(manager).action_create_contact()
        self.assertFalse(lead.partner_id)
        manager.sudo().group_ids |= self.env.ref(
            "sales_team.group_sale_salesman_all_leads"
        )
        lead = self._receive_lead("Eva <eva@stranger.example.com>")
        self._waiting(lead).with_user(manager).action_create_contact()
        self.cr.flush()
        self.assertEqual(lead.partner_id.name, "Eva")
        self.assertEqual(self._find(lead).partner_id, lead.partner_id)

    def test_who_is_written_to_is_the_contact(self):
        """As Odoo takes the customer of a lead without one."""
        lead = self._receive_lead()
        partner = self.env["res.partner"].create({"name": "Stan", "email": ADDRESS})
        self._post(lead, partner)
        self.cr.flush()
        self.assertEqual(lead.partner_id, partner)
        self.assertEqual(
            set(self._find(lead).mapped("event")), {"email_in", "email_out"}
        )

    def test_others_wait_for_their_own_contact(self):
        lead = self._receive_lead()
        self._receive(
            "Other <other@stranger.example.com>", model="crm.lead", thread=lead
        )
        self.assertEqual(len(self._waiting(lead)), 2)
        self._as(lead).partner_id = self.carol
        self.cr.flush()
        self.assertEqual(self._find(lead).partner_id, self.carol)
        self.assertEqual(len(self._waiting(lead)), 1)

    def test_internal_contact(self):
        lead = self._receive_lead()
        self._as(lead).partner_id = self.user_other_sales.partner_id
        self.cr.flush()
        self.assertFalse(self._find(lead))
        self.assertEqual(len(self._waiting(lead)), 1)

    def test_canceled_in_the_list(self):
        lead = self._receive_lead()
        self._waiting(lead).with_user(self.user_manager).action_dismiss()
        self._as(lead).partner_id = self.carol
        self.cr.flush()
        self.assertFalse(self._find(lead))

    def test_a_failure_keeps_the_contact(self):
        lead = self._receive_lead()
        with (
            patch.object(type(self.Skipped), "_log_now", side_effect=ValueError("no")),
            mute_logger(
                "odoo.addons.interaction_log_crm.models.interaction_skipped_event"
            ),
        ):
            self._as(lead).partner_id = self.carol
            self.cr.flush()
        self.assertEqual(lead.partner_id, self.carol)
        self.assertEqual(len(self._waiting(lead)), 1)

    def test_printed_before_it_had_a_contact(self):
        """Whatever the event of a rule that somebody made."""
        report = self.report_quotation
        self.Rule.create(
            {
                "name": "Printed lead",
                "event": "print",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "template_id": self.template_call.id,
                "partner_field": "partner_id",
            }
        )
        lead = self._new_lead(name="Desks?")
        self.Recorder.with_user(self.user_assistant)._record_event(
            "print", self._as(lead, self.user_assistant), report
        )
        self.assertTrue(self._waiting(lead))
        yesterday = fields.Datetime.now().replace(microsecond=0) - timedelta(days=1)
        self._waiting(lead).date = yesterday
        self._as(lead).partner_id = self.carol
        self.cr.flush()
        self.assertRecordValues(
            self._find(lead), [{"date": yesterday, "partner_id": self.carol.id}]
        )

    def test_no_contact_no_query(self):
        """What is written but the contact costs nothing."""
        lead = self._as(self._new_lead(name="Desks?"))
        with patch.object(
            type(self.Skipped), "_log_of_leads", side_effect=AssertionError
        ):
            lead.write({"name": "Desks!", "partner_id": False})
            self._as(self.opportunity).partner_id = self.carol
            self.cr.flush()

    def test_asked_once_for_all(self):
        """Converting a hundred leads asks once what waited for them."""
        leads = self.env["crm.lead"].concat(
            *(self._receive_lead(f"Max <max{n}@stranger.example.com>") for n in (1, 2))
        )
        ask = type(self.Skipped)._log_of_leads
        with patch.object(
            type(self.Skipped), "_log_of_leads", autospec=True, side_effect=ask
        ) as asked:
            for lead in leads:
                self._as(lead).partner_id = self.carol
            self.cr.flush()
        asked.assert_called_once()
        self.assertEqual(self._find(leads).partner_id, self.carol)
        self.assertEqual(len(self._find(leads)), 2)

    def test_contact_taken_away_again(self):
        lead = self._receive_lead()
        self._as(lead).partner_id = self.carol
        self._as(lead).partner_id = False
        self.cr.flush()
        self.assertEqual(len(self._waiting(lead)), 1)

    # -- merging --------------------------------------------------------------

    def test_merged_with_one_that_has_the_contact(self):
        partner = self.env["res.partner"].create({"name": "Stan"})
        lead = self._receive_lead()
        opportunity = self._new_lead(
            name="Desks", type="opportunity", partner_id=partner.id, probability=90
        )
        partner.email = ADDRESS
        merged = self._as(lead | opportunity).merge_opportunity()
        self.cr.flush()
        self.assertEqual(merged, opportunity)
        self._assert_logged(merged, partner)

    def test_contact_comes_by_merging(self):
        lead = self._receive_lead()
        other = self._new_lead(name="Desks", partner_id=self.carol.id)
        first, *_rest = (lead | other)._sort_by_confidence_level(reverse=True)
        merged = self._as(lead | other).merge_opportunity()
        self.cr.flush()
        self.assertEqual(merged, first)
        self.assertEqual(merged.partner_id, self.carol)
        self.assertEqual(self._find(merged).partner_id, self.carol)

    # -- installed late -------------------------------------------------------

    def test_past_emails_are_found(self):
        """Completeness offers what happened before there were the rules."""
        self.env.cr.execute("UPDATE mail_message SET date = '2020-01-01'")
        rules = self.Rule.search([("model_id.model", "=", "crm.lead")])
        self.assertEqual(len(rules), 2)
        rules.active = False
        lead = self._receive_lead("anna@acme.example.com")
        self._post(lead, self.anna, subject="Our offer")
        self.assertFalse(self._find(lead))
        rules.active = True
        check = (
            self.env["interaction.completeness.check"]
            .with_user(self.user_manager)
            .create({"date_from": "2026-04-01"})
        )
        check.action_check()
        self._run_slices(check)
        missing = check.sudo().line_ids.missing_ids.filtered(
            lambda line: line.res_model == "crm.lead"
        )
        missing.with_user(self.user_manager).action_fill_in()
        self.assertEqual(
            sorted(self._find(lead).mapped("event")), ["email_in", "email_out"]
        )
        self.assertEqual(self._find(lead).opportunity_id, lead)
