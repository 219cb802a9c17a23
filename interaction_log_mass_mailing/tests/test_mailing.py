from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MailingCommon


@tagged("-at_install", "post_install")
class TestMailing(MailingCommon):
    """Which mailings are logged, and as what."""

    def test_logged(self):
        """Each contact who gets a mailing has one entry, all of them in one batch."""
        mailing = self._new_mailing()

        self._send(mailing)

        entries = self._get_entries(mailing)
        self.assertEqual(entries.partner_id, self.partners)
        self.assertRecordValues(
            entries[0],
            [
                {
                    "event": "mailing",
                    "name": "Spring offer",
                    "template_id": self.template.id,
                    "rule_id": self.rule.id,
                    "channel": "email",
                    "flow": "outbound",
                    "initiated_by": "us",
                    "contact_via": "bea@example.com",
                    "campaign_id": self.campaign.id,
                    "user_id": self.user_marketing.id,
                    "create_uid": self.user_marketing.id,
                    "delivery_status": "sent",
                    "cost": 0,
                    "note": False,
                    "res_model": "mailing.mailing",
                    "res_id": mailing.id,
                    "document_name": "Spring offer",
                    "partner_name": "Bea",
                    "company_id": self.company_a.id,
                    "mailing_trace_id": self._get_traces(mailing)[0].id,
                }
            ],
        )
        self.assertRecordValues(
            entries.batch_id,
            [{"name": "Spring offer", "event": "mailing", "mailing_id": mailing.id}],
        )
        self.assertEqual(entries.batch_id.delivery, "3 sent")
        self.assertIn("mailing sent to Bea", entries[0].summary)

    def test_no_email_of_the_core(self):
        """The rule for e-mails to contacts leaves mailings alone, kept ones too."""
        self._send(self._new_mailing(keep_archives=True, reply_to_mode="update"))

        entries = self.Entry.search([("partner_id", "in", self.partners.ids)])
        self.assertEqual(set(entries.mapped("event")), {"mailing"})

        self._post(self.bea, self.bea)
        entries = self.Entry.search([("partner_id", "=", self.bea.id)])
        self.assertEqual(set(entries.mapped("event")), {"mailing", "email_out"})

    def test_no_personal_contact(self):
        """A mailing counts, but it moves no last date and is no attempt."""
        self.template.unit_cost = 2
        mailing = self._new_mailing()
        self._send(mailing)
        self._get_traces(mailing, self.carl).set_bounced()

        bea, carl = (self.bea | self.carl).with_user(self.user_sales)
        self.assertEqual(bea.interaction_count, 1)
        self.assertEqual(bea.interaction_cost, 2)
        self.assertFalse(bea.interaction_last_date)
        self.assertFalse(bea.interaction_last_outbound_date)
        self.assertFalse(carl.interaction_last_attempt_date)
        domain = [("id", "in", self.partners.ids)]
        Partner = self.env["res.partner"].with_user(self.user_sales)
        never = Partner.search([*domain, ("interaction_last_date", "=", False)])
        self.assertEqual(never.sudo(), self.partners.sudo())
        self.assertFalse(
            Partner.search([*domain, ("interaction_last_failed", "=", True)])
        )
        self._log(partner_id=self.bea.id)
        self.bea.invalidate_recordset()
        self.assertTrue(bea.interaction_last_date)

    def test_test_mailing(self):
        """What a user sends to try a mailing is no interaction."""
        mailing = self._new_mailing()
        wizard = self.env["mailing.mailing.test"].with_user(self.user_marketing)
        with self.mock_mail_gateway():
            wizard.create(
                {"mass_mailing_id": mailing.id, "email_to": "bea@example.com"}
            ).send_mail_test()

        self._log_anew(mailing)

        self.assertFalse(self.Entry.search([("partner_id", "=", self.bea.id)]))

    def test_canceled_half_way(self):
        """What left before a mailing was canceled is logged, the rest never."""
        mailing = self._new_mailing()
        self._send(mailing)
        self._get_entries(mailing)._cancel(self.reason)
        other = self._new_mailing(subject="Half")
        trace = {"mass_mailing_id": other.id, "model": "res.partner"}
        self.Trace.create(
            [
                {**trace, "res_id": self.bea.id, "trace_status": "sent"},
                {**trace, "res_id": self.carl.id, "trace_status": "outgoing"},
            ]
        )
        other.state = "sending"
        other.action_cancel()

        self._log_mailings()
        self._log_mailings()

        self.assertEqual(self._get_entries(other).partner_id, self.bea)

    def test_later(self):
        """What leaves later is logged then, and nothing twice."""
        mailing = self._new_mailing()
        self._send(mailing)
        late = self.env["res.partner"].create(
            {"name": "Emil", "email": "emil@example.com"}
        )
        mailing.mailing_domain = repr([("id", "in", (self.partners | late).ids)])

        self._send(mailing)

        entries = self._get_entries(mailing)
        self.assertEqual(entries.partner_id, self.partners | late)
        self.assertEqual(len(entries), 4)
        self.assertEqual(len(entries.batch_id), 1)

    def test_purged(self):
        """What was canceled and deleted for good does not come back."""
        mailing = self._new_mailing()
        self._send(mailing)
        entry = self._get_entries(mailing)[0]
        entry._cancel(self.reason)
        self.env["interaction.purged.key"].sudo()._remember(entry)
        self.env.cr.execute(
            "DELETE FROM interaction_log_entry WHERE id = %s", [entry.id]
        )
        self.env.invalidate_all()

        self._log_mailings()

        entries = self._get_entries(mailing)
        self.assertEqual(entries.partner_id, self.carl | self.dora)

    def test_slices(self):
        """Many recipients are logged slice by slice, each of them committed."""
        mailing = self._new_mailing()
        self._send(mailing, log=False)

        with self._slices_of(2):
            self.assertEqual(
                mailing._log_interaction_slice(0), self._get_traces(mailing)[1].id
            )
            self.assertEqual(len(self._get_entries(mailing)), 2)
            self._log_mailings()

        self.assertEqual(self._get_entries(mailing).partner_id, self.partners)

    def test_one_fails(self):
        """A mailing that can't be logged keeps no other from being logged."""
        broken, mailing = self._new_mailing(), self._new_mailing(subject="Other")
        self._send(broken, log=False)
        self._send(mailing, log=False)
        Mailing = type(mailing)
        log_slice = Mailing._log_interaction_slice

        def fail(self, last):
            if self == broken:
                self.env.cr.execute("SELECT 1 / 0")
            return log_slice(self, last)

        with (
            patch.object(Mailing, "_log_interaction_slice", fail),
            mute_logger(
                "odoo.sql_db",
                "odoo.addons.interaction_log_mass_mailing.models.mailing_mailing_log",
            ),
        ):
            self._log_mailings()
        self.assertFalse(self._get_entries(broken))
        self.assertEqual(len(self._get_entries(mailing)), 3)

        self._log_mailings()
        self.assertEqual(len(self._get_entries(broken)), 3)

    def test_forgotten(self):
        """The job forgets a mailing once a day has passed and nothing waits."""
        mailing = self._new_mailing().sudo()
        self._send(mailing)
        self.assertTrue(mailing.interaction_waiting)
        self.env.cr.execute(
            """UPDATE mailing_trace SET create_date = create_date - INTERVAL '2 days',
                sent_datetime = sent_datetime - INTERVAL '2 days'"""
        )

        self._log_mailings()

        self.assertFalse(mailing.interaction_waiting)

    def test_ab_test(self):
        """Each version of an A/B test is a mailing with a batch of its own."""
        values = {"ab_testing_enabled": True, "ab_testing_pc": 50}
        mailing = self._new_mailing(**values)
        other = mailing.copy({"subject": "Version B"})
        self._send(mailing)
        self._send(other)

        first, second = self._get_entries(mailing), self._get_entries(other)
        self.assertTrue(first and second)
        self.assertFalse(first.partner_id & second.partner_id)
        self.assertEqual(first.batch_id.mailing_id, mailing)
        self.assertEqual(second.batch_id.mailing_id, other)

    # ------------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------------

    def test_rule_chooses(self):
        """Rules choose by the campaign, the model that is mailed and so on."""
        template = self.template.copy({"name": "Campaign", "unit_cost": 3})
        self.Rule.create(
            {
                "event": "mailing",
                "template_id": template.id,
                "domain": repr([("campaign_id", "=", self.campaign.id)]),
                "subject": "Mailing {{ object.subject }}",
                "sequence": 1,
            }
        )
        mailing, other = self._new_mailing(), self._new_mailing(campaign_id=False)
        self._send(mailing)
        self._send(other)

        entries = self._get_entries(mailing)
        self.assertEqual(entries.template_id, template)
        self.assertEqual(set(entries.mapped("cost")), {3})
        self.assertEqual(entries[0].name, "Mailing Spring offer")
        self.assertEqual(self._get_entries(other).template_id, self.template)

    def test_rule_document(self):
        """A rule for mailings is for no other document."""
        rule = self.Rule.create({"event": "mailing", "template_id": self.template.id})
        self.assertEqual(rule.model_id.model, "mailing.mailing")
        with self.assertRaisesRegex(ValidationError, "is for mailings"):
            rule.model_id = self.env["ir.model"]._get("res.partner")

    def test_explained(self):
        """A rule says what it would do with a mailing."""
        rules = self.env["interaction.rule"].with_user(self.user_admin)
        self.user_admin.sudo().group_ids += self.env.ref(
            "mass_mailing.group_mass_mailing_user"
        )
        mailing = self._new_mailing().with_user(self.user_admin)

        [line] = rules.explain(mailing, "mailing")
        self.assertTrue(line["logged"], line["reason"])
        self.assertEqual(line["template_id"], self.template.id)
        [line] = rules._explain_rules(mailing, "mailing")
        self.assertEqual(line["verdict"], "logged")

    def test_no_rule(self):
        """Without a rule nothing is logged, and the job does not look."""
        self.rule.active = False
        mailing = self._new_mailing()
        self._send(mailing)

        self.assertFalse(mailing.sudo().interaction_waiting)
        self.assertFalse(self._get_entries(mailing))

    def test_switched_off(self):
        """Nothing is logged where the event is switched off."""
        event = self.env.ref("interaction_log_mass_mailing.interaction_event_mailing")
        event.with_user(self.user_manager).is_recorded = False
        mailing = self._new_mailing()
        self._send(mailing)
        self.assertFalse(self._get_entries(mailing))

    def test_skipped(self):
        """A mailing that can't be logged is listed once, and is logged later."""
        mailing = self._new_mailing()
        self._send(mailing, log=False)
        # past the check that no rule uses it
        self.env.cr.execute(
            "UPDATE interaction_template SET active = FALSE WHERE id = %s",
            [self.template.id],
        )
        self.env.invalidate_all()
        self._log_mailings()
        self._log_mailings()

        skipped = self.Skipped.search([("event", "=", "mailing")])
        self.assertRecordValues(skipped, [{"res_id": mailing.id, "state": "todo"}])
        self.assertIn("archived", skipped.reason)
        skipped.with_user(self.user_manager).action_log_now()
        self.assertEqual(skipped.state, "todo")

        self.template.active = True
        skipped.with_user(self.user_manager).action_log_now()
        self._log_mailings()
        self.assertEqual(skipped.state, "logged")
        self.assertEqual(len(self._get_entries(mailing)), 3)

    def test_placeholders(self):
        """A subject that differs by recipient is named without what differs."""
        mailing = self._new_mailing(subject="News for {{ object.name }} only")
        self._send(mailing)
        self.assertEqual(self._get_entries(mailing)[0].name, "News for … only")
