from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import InteractionCrmCommon


@tagged("-at_install", "post_install")
class TestCreateOpportunity(InteractionCrmCommon):
    """An opportunity that comes of an interaction."""

    def _create(self, entry, user=None):
        action = self._as(entry, user).action_create_opportunity()
        self.assertEqual(action["res_model"], "crm.lead")
        return self.env["crm.lead"].sudo().browse(action["res_id"])

    def test_create(self):
        file = (
            self.env["ir.attachment"]
            .with_user(self.user_sales)
            .create({"name": "plan.txt", "raw": b"twelve desks"})
        )
        entry = self._log(
            name="Needs desks",
            note="<p>Twelve of them</p>",
            campaign_id=self.campaign.id,
            attachment_ids=[Command.link(file.id)],
        )
        self.assertTrue(entry.can_create_opportunity)
        opportunity = self._create(entry)
        self.assertRecordValues(
            opportunity,
            [
                {
                    "type": "opportunity",
                    "name": "Needs desks",
                    "partner_id": self.anna.id,
                    "user_id": self.user_sales.id,
                    "campaign_id": self.campaign.id,
                    "description": "<p>Twelve of them</p>",
                    "company_id": self.company_a.id,
                }
            ],
        )
        copied = (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", "crm.lead"), ("res_id", "=", opportunity.id)])
        )
        self.assertEqual(copied.raw, b"twelve desks")
        self.assertEqual(entry.attachment_ids.raw, b"twelve desks")
        self.assertEqual(entry.opportunity_id, opportunity)
        self.assertFalse(entry.can_create_opportunity)
        self.assertEqual(self._as(opportunity).interaction_count, 1)

    def test_name(self):
        """What only says that there was a call names no opportunity."""
        entry = self._log()
        self.assertEqual(entry.name, self.template_call._get_subject())
        self.assertEqual(self._create(entry).name, "Anna's opportunity")

    def test_once(self):
        entry = self._log()
        opportunity = self._create(entry)
        self.assertEqual(self._create(entry, self.user_other_sales), opportunity)
        action = self._as(entry).action_open_opportunity()
        self.assertEqual(action["res_id"], opportunity.id)

    def test_again_once_it_is_deleted(self):
        entry = self._log()
        self._create(entry).unlink()
        self.assertTrue(self._create(entry).exists())

    def test_only_what_counts(self):
        canceled = self._log()
        canceled._cancel(self.reason, "")
        for entry in canceled, self._log(state="postponed"):
            self.assertFalse(entry.can_create_opportunity)
            with self.assertRaisesRegex(UserError, "a logged interaction"):
                entry.action_create_opportunity()

    def test_rights(self):
        """Who may read no entry, or create no opportunity, creates none."""
        no_crm = self._new_user("il_no_crm", "interaction_log.group_user")
        entry = self._log()
        self.assertFalse(self._as(entry, no_crm).can_create_opportunity)
        for user in no_crm, self.user_assistant:
            with self.assertRaises(AccessError):
                self._as(entry, user).action_create_opportunity()
        self.assertFalse(entry.opportunity_id)

    def test_contact_is_gone(self):
        partner = self.env["res.partner"].create({"name": "Zoe"})
        entry = self._log(partner_id=partner.id)
        partner.unlink()
        self.assertRecordValues(
            self._create(entry), [{"partner_id": False, "contact_name": "Zoe"}]
        )

    def test_salesperson_is_gone(self):
        entry = self._log()
        entry.sudo()._write_facts({"user_id": False})
        self.assertEqual(
            self._create(entry, self.user_other_sales).user_id, self.user_other_sales
        )

    def test_context_of_a_client(self):
        entry = self._as(self._log()).with_context(
            default_type="lead", default_name="X"
        )
        self.assertEqual(self._create(entry).type, "opportunity")

    def test_no_opportunity_to_open(self):
        with self.assertRaisesRegex(UserError, "has no opportunity"):
            self._log().action_open_opportunity()

    # -- the offer ------------------------------------------------------------

    def _evaluate(self, entries, evaluation, user=None):
        """Return the action that follows the evaluation."""
        entries = self._as(entries, user)
        action = entries.action_evaluate()
        wizard = (
            entries.env["interaction.log.evaluate"]
            .with_context(**action["context"])
            .create({"evaluation": evaluation})
        )
        return wizard.action_apply()

    def test_offer_after_a_positive_one(self):
        entry = self._log()
        for evaluation in "positive", "very_positive":
            params = self._evaluate(entry, evaluation)["params"]
            self.assertEqual(params["offer"]["method"], "action_create_opportunity")
            self.assertEqual(params["entry_ids"], entry.ids)

    def test_no_offer(self):
        closed = {"type": "ir.actions.act_window_close"}
        self.assertEqual(self._evaluate(self._log(), "negative"), closed)
        self.assertEqual(self._evaluate(self._log() | self._log(), "positive"), closed)
        entry = self._log_about(self.opportunity)
        self.assertEqual(self._evaluate(entry, "positive"), closed)

    def test_offer_when_it_is_logged(self):
        for evaluation, expected in ("positive", True), ("neutral", False):
            form = self._open_dialog(self.anna)
            form.template_id = self.template_call
            form.evaluation = evaluation
            _entry, action = self._press_log(form)
            self.assertEqual("offer" in action["params"], expected)
