from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import BatchCommon


@tagged("-at_install", "post_install")
class TestCampaign(BatchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls.env["utm.campaign"].sudo().create({"title": "Fair"})
        cls.template_in = cls._shipped("interaction_template_email_in")
        cls.segment.sudo().campaign_id = cls.campaign
        cls.batch, cls.entries = cls._new_batch(
            4, campaign_id=cls.campaign.id, campaign_target=True
        )
        cls.partners = cls.entries.partner_id

    def _respond(self, user=None, entries=None, **vals):
        user = user or self.user_sales
        action = (entries or self.batch).with_user(user).action_record_responses()
        return (
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
            .create({"template_id": self.template_in.id, **vals})
        )

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def test_figures(self):
        campaign = self.campaign.with_user(self.user_sales)
        self.assertRecordValues(
            campaign,
            [
                {
                    "interaction_target_count": 4,
                    "interaction_response_count": 0,
                    "interaction_response_rate": 0,
                    "interaction_response_cost": 0,
                    "interaction_response_duration": 0,
                    "interaction_segment_count": 1,
                }
            ],
        )
        self._respond(partner_ids=self.partners[:2].ids).action_apply()
        campaign.invalidate_recordset()
        cost = campaign.interaction_cost
        hours = campaign.interaction_duration
        self.assertRecordValues(
            campaign,
            [
                {
                    "interaction_response_count": 2,
                    "interaction_response_rate": 0.5,
                    "interaction_response_cost": cost / 2,
                    "interaction_response_duration": hours / 2,
                }
            ],
        )
        self.assertGreaterEqual(cost, 8)
        # what is canceled never counts
        self.entries[0]._cancel(self.reason)
        self.entries[1]._cancel(self.reason)
        campaign.invalidate_recordset()
        self.assertEqual(campaign.interaction_response_rate, 1)

    def test_responses_without_targets(self):
        campaign = self.env["utm.campaign"].sudo().create({"title": "Empty"})
        self._log(campaign_id=campaign.id, campaign_response=True)
        campaign = campaign.with_user(self.user_sales)
        self.assertEqual(campaign.interaction_response_rate, 0)

    def test_view(self):
        self._let_open_campaigns(self.user_sales)
        with Form(self.campaign.with_user(self.user_sales)) as form:
            self.assertEqual(form.interaction_target_count, 4)
        action = self.campaign.with_user(
            self.user_sales
        ).action_view_interaction_segments()
        self.assertEqual(
            self.env["interaction.segment"]
            .with_user(self.user_sales)
            .search(action["domain"]),
            self.segment,
        )

    def test_figures_of_many_cost_what_those_of_one_do(self):
        campaigns = self.campaign
        for number in range(5):
            campaigns |= campaigns.create({"title": f"Campaign {number}"})
        campaigns = campaigns.with_user(self.user_sales)
        names = (
            "interaction_response_rate",
            "interaction_response_cost",
            "interaction_segment_count",
        )

        def count(campaigns):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            campaigns.read(names)
            return self.cr.sql_log_count - before

        count(campaigns)
        self.assertEqual(count(campaigns), count(campaigns[:1]))

    # ------------------------------------------------------------------
    # Responses
    # ------------------------------------------------------------------

    def test_record_responses(self):
        wizard = self._respond(
            partner_ids=self.partners[:2].ids,
            evaluation="positive",
            note="<p>Comes along</p>",
            date="2026-03-01 10:00:00",
        )
        self.assertEqual(wizard.campaign_id, self.campaign)
        action = wizard.action_apply()
        responses = self.Entry.browse(action["params"]["entry_ids"])
        self.assertRecordValues(
            responses,
            [
                {
                    "partner_id": partner.id,
                    "flow": "inbound",
                    "initiated_by": "them",
                    "campaign_id": self.campaign.id,
                    "campaign_response": True,
                    "campaign_target": False,
                    "evaluation": "positive",
                    "user_id": self.user_sales.id,
                    "template_id": self.template_in.id,
                    "name": "Response: Spring",
                }
                for partner in self.partners[:2]
            ],
        )
        self.assertIn("Comes along", responses[0].note)
        self.assertEqual(responses.batch_id.response_of_id, self.batch)
        self.assertFalse(responses.batch_id.segment_id)
        self.assertEqual(self.batch.response_count, 2)
        found = self.Entry.search(self.batch.action_view_responses()["domain"])
        self.assertEqual(found, responses.sorted("id", reverse=True))
        # Undo of the announcement
        responses.with_user(self.user_sales).action_undo()
        self.assertEqual(self.batch.response_count, 0)
        self.assertEqual(set(self.entries.mapped("state")), {"logged"})

    def test_template_is_proposed(self):
        action = self.batch.action_record_responses()
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(self.user_sales)
            .with_context(**action["context"])
        )
        self.assertEqual(wizard.template_id.flow, "inbound")
        self.template_in.write(
            {"campaign_id": self.campaign.id, "campaign_response": True}
        )
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(self.user_sales)
            .with_context(**action["context"])
        )
        self.assertEqual(wizard.template_id, self.template_in)

    def test_pasted(self):
        self.partners[1].ref = "C-1"
        wizard = self._respond(
            pasted="Contact0@Example.com, C-1;C-1\n\nnobody@example.com"
        )
        self.assertEqual(
            (wizard.respondent_count, wizard.unknown_count, wizard.unknown_names),
            (2, 1, "nobody@example.com"),
        )
        with self.assertRaisesRegex(UserError, "Not found.*nobody@example.com"):
            wizard.action_apply()
        wizard.skip_unknown = True
        action = wizard.action_apply()
        responses = self.Entry.browse(action["params"]["entry_ids"])
        self.assertEqual(responses.partner_id, self.partners[:2])

    def test_pasted_from_a_spreadsheet(self):
        """It is read as the list of a step of a segment is."""
        self.partners[1].ref = "C 1"
        wizard = self._respond(
            pasted="Name\tE-mail\tReference\n"
            'Nobody\t"Zero" <contact0@example.com>\t\nNobody\t\t"C 1"'
        )
        self.assertEqual((wizard.respondent_count, wizard.unknown_count), (2, 0))

    def test_pasted_thousand_unknown(self):
        wizard = self._respond(
            pasted="\n".join(f"unknown{i}@example.com" for i in range(1_000))
        )
        with self.assertRaisesRegex(UserError, "and 995 more"):
            wizard.action_apply()
        wizard.skip_unknown = True
        with self.assertRaisesRegex(UserError, "Choose the contacts who responded"):
            wizard.action_apply()

    def test_responded_already(self):
        self._respond(partner_ids=self.partners[:1].ids).action_apply()
        wizard = self._respond(partner_ids=self.partners[:2].ids)
        self.assertEqual(
            (wizard.again_count, wizard.again_names, wizard.respondent_count),
            (1, "Contact 0", 1),
        )
        action = wizard.action_apply()
        responses = self.Entry.browse(action["params"]["entry_ids"])
        self.assertEqual(responses.partner_id, self.partners[1])
        wizard = self._respond(partner_ids=self.partners[:1].ids)
        with self.assertRaisesRegex(UserError, "already responded to Fair: Contact 0"):
            wizard.action_apply()
        wizard.with_again = True
        self.assertEqual(wizard.respondent_count, 1)
        wizard.action_apply()
        campaign = self.campaign.with_user(self.user_sales)
        self.assertEqual(campaign.interaction_response_count, 3)

    def test_stranger(self):
        with self.assertRaisesRegex(UserError, "not contacted: Acme, Anna"):
            self._respond(partner_ids=self.anna.ids).action_apply()
        # nor who was contacted by what is canceled
        self.entries[0].with_user(self.user_sales)._cancel(self.reason)
        with self.assertRaisesRegex(UserError, "not contacted: Contact 0"):
            self._respond(partner_ids=self.partners[0].ids).action_apply()
        before = self.Entry.search_count([])
        with self.assertRaisesRegex(UserError, "Choose the contacts who responded"):
            self._respond().action_apply()
        self.assertEqual(self.Entry.search_count([]), before)

    def test_selected_entries(self):
        entries = self.entries[:2]
        action = (
            self.env.ref("interaction_log.interaction_log_entry_action_respond")
            .with_user(self.user_other_sales)
            .with_context(active_model=entries._name, active_ids=entries.ids)
            .run()
        )
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.user_other_sales)
            .with_context(**action["context"])
            .create({"template_id": self.template_in.id})
        )
        self.assertEqual(wizard.partner_ids, entries.partner_id)
        self.assertEqual(wizard.campaign_id, self.campaign)
        responses = self.Entry.browse(wizard.action_apply()["params"]["entry_ids"])
        self.assertEqual(responses.partner_id, entries.partner_id)
        self.assertEqual(responses.batch_id.response_of_id, self.batch)
        self.assertEqual(responses.user_id, self.user_other_sales)

    def test_without_campaign(self):
        batch, entries = self._new_batch(2)
        self.segment.sudo().campaign_id = False
        wizard = self._respond(entries=batch, partner_ids=entries.partner_id.ids)
        self.assertFalse(wizard.campaign_id)
        responses = self.Entry.browse(wizard.action_apply()["params"]["entry_ids"])
        self.assertEqual(responses.mapped("campaign_response"), [False, False])

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_who_may_record(self):
        company = self._new_company()
        other = self._new_user("il_b", "interaction_log.group_user", company=company)
        for user in (self.user_assistant, other):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._respond(user=user, partner_ids=self.partners.ids).action_apply()
