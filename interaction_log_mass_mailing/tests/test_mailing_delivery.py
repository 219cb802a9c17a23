from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MailingCommon


@tagged("-at_install", "post_install")
class TestMailingDelivery(MailingCommon):
    """What became of the e-mails, and the replies to them."""

    def test_statuses(self):
        """The entry follows the trace; who clicked is known by the trace."""
        mailing = self._new_mailing()
        self._send(mailing)
        bea, carl, dora = self._get_entries(mailing)
        traces = self._get_traces(mailing)

        traces[0].set_opened()
        traces[0].set_clicked()
        traces[1].set_bounced(bounce_message="No such person")
        self.assertEqual(
            (bea | carl | dora).mapped("delivery_status"), ["opened", "bounced", "sent"]
        )
        self.assertIn("No such person", carl.delivery_error)
        self.assertTrue(bea.with_user(self.user_sales).mailing_click_date)
        self.assertFalse(bea.mailing_reply_date)

        traces[2].set_replied()
        self.assertEqual(dora.delivery_status, "opened")
        self.assertTrue(dora.mailing_reply_date)
        self.assertFalse(carl.activity_ids | mailing.activity_ids)

    def test_before_logging(self):
        """What happened before the mailing was logged is known, too."""
        mailing = self._new_mailing()
        self._send(mailing, log=False)
        self._get_traces(mailing, self.bea).set_opened()
        self._log_mailings()
        self.assertEqual(self._get_entries(mailing)[0].delivery_status, "opened")

    def test_missed(self):
        """What could not be noted is noted at night."""
        mailing = self._new_mailing()
        self._send(mailing)
        with (
            patch.object(
                type(self.Entry), "_sync_mailing_delivery", side_effect=ValueError
            ),
            mute_logger(
                "odoo.addons.interaction_log_mass_mailing.models.mailing_trace"
            ),
        ):
            self._get_traces(mailing).set_opened()
        entries = self._get_entries(mailing)
        self.assertEqual(set(entries.mapped("delivery_status")), {"sent"})
        self.env.flush_all()

        self.Entry._sync_missed_delivery()

        self.assertEqual(set(entries.mapped("delivery_status")), {"opened"})

    def test_failed_and_sent_again(self):
        """A failure is on record; sent again, it is the same interaction."""
        mailing = self._new_mailing(self.bea)
        with patch.object(
            type(self.env["ir.mail_server"]), "_connect__", side_effect=OSError("down")
        ):
            self._send(mailing)
        entry = self._get_entries(mailing)
        self.assertEqual(entry.delivery_status, "error")
        self.assertTrue(entry.delivery_error)
        self.assertFalse(entry.activity_ids)

        mailing.action_retry_failed()
        self._send(mailing)

        self.assertEqual(self._get_entries(mailing), entry)
        self.assertRecordValues(
            entry,
            [
                {
                    "delivery_status": "sent",
                    "delivery_error": False,
                    "mailing_trace_id": self._get_traces(mailing).id,
                }
            ],
        )

    def test_not_sent_again_from_the_log(self):
        """A mailing is sent again by Odoo, not from the log."""
        mailing = self._new_mailing()
        self._send(mailing)
        self._get_traces(mailing).set_bounced()
        entries = self._get_entries(mailing).with_user(self.user_manager)
        with self.assertRaises(UserError):
            entries.action_ask_resend()

    def test_reply(self):
        """A reply is inbound and counts; it knows mailing and campaign."""
        self.bea.company_id = self.company_a
        mailing = self._new_mailing(self.bea, reply_to_mode="update")
        self._send(mailing)

        self._receive(
            "Bea <bea@example.com>", self._get_traces(mailing), "res.partner", self.bea
        )

        reply = self.Entry.search(
            [("partner_id", "=", self.bea.id), ("event", "=", "email_in")]
        )
        self.assertRecordValues(
            reply,
            [
                {
                    "flow": "inbound",
                    "mailing_id": mailing.id,
                    "campaign_id": self.campaign.id,
                    "campaign_response": True,
                }
            ],
        )
        self.assertTrue(
            self.bea.with_user(self.user_sales).interaction_last_inbound_date
        )
        sent = self._get_entries(mailing) - reply
        self.assertTrue(sent.mailing_reply_date)
        self.assertEqual(sent.delivery_status, "opened")

    def test_automatic_reply(self):
        """What a machine answers is no response."""
        mailing = self._new_mailing(self.bea, reply_to_mode="update")
        self._send(mailing)
        self._receive(
            "Bea <bea@example.com>",
            self._get_traces(mailing),
            "res.partner",
            self.bea,
            headers="Auto-Submitted: auto-replied\n",
        )
        reply = self.Entry.search(
            [("partner_id", "=", self.bea.id), ("event", "=", "email_in")]
        )
        self.assertEqual(reply.mailing_id, mailing)
        self.assertFalse(reply.campaign_response)
        self.assertFalse(self.bea.with_user(self.user_sales).interaction_last_date)
