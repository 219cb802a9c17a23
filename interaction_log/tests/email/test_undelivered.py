from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...models.email.delivery_failure import explain_failure
from .common import InteractionEmailCommon

MAIL_LOGGERS = "odoo.addons.mail.models.mail_mail"

UNDELIVERED = (
    "odoo.addons.interaction_log.models.email.interaction_log_entry_undelivered"
)


@tagged("-at_install", "post_install")
class TestUndelivered(InteractionEmailCommon):
    """Who sent what did not arrive is told, once, until it arrives."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._new_order()

    def _find_told(self, *entries):
        """Return what tells that they were not delivered, oldest first."""
        domain = [("automated", "=", True)]
        if entries:
            ids = [entry.id for entry in entries]
            domain.append(("interaction_entry_id", "in", ids))
        else:
            domain.append(("interaction_entry_id", "!=", False))
        return self.env["mail.activity"].sudo().search(domain, order="id")

    def _post_queued(self, document=None, partners=None, user=None):
        """Send an e-mail that waits in the queue; return (entry, mails)."""
        document = document or self.order
        before = self._find(document)
        message = self._post(document, partners or self.anna, user, force_send=False)
        mails = message.sudo().notification_ids.mail_mail_id
        return self._find(document) - before, mails

    @mute_logger(MAIL_LOGGERS)
    def _send_in_vain(self, mails, answer="550 5.1.1 User unknown"):
        with (
            self.mock_mail_gateway(mail_unlink_sent=True),
            patch.object(
                self.env.registry["ir.mail_server"],
                "send_email",
                side_effect=OSError(answer),
            ),
        ):
            # as the job of the queue does
            mails.with_user(self.env.ref("base.user_root")).send()

    def _send(self, mails):
        with self.mock_mail_gateway(mail_unlink_sent=True):
            mails.sudo().send()

    def test_told(self):
        """On the document, with the reason, and where it is sent again."""
        entry, mails = self._post_queued()
        self.assertFalse(self._find_told())
        self._send_in_vain(mails)
        told = self._find_told()
        self.assertRecordValues(
            told,
            [
                {
                    "res_model": "sale.order",
                    "res_id": self.order.id,
                    "user_id": self.user_sales.id,
                    "interaction_entry_id": entry.id,
                    "activity_type_id": self.env.ref(
                        "mail.mail_activity_data_warning"
                    ).id,
                    "summary": f"Not delivered: {self.order.name} to Anna",
                    "date_deadline": fields.Date.today(),
                }
            ],
        )
        self.assertIn("The address does not exist", told.note)
        self.assertIn(f'data-oe-id="{entry.id}"', told.note)
        # about an e-mail that did not arrive nobody gets an e-mail
        self.assertFalse(
            self.env["mail.mail"].sudo().search([("id", ">", max(mails.ids))])
        )

    def test_once_for_each_document_and_recipient(self):
        entry, mails = self._post_queued()
        self._send_in_vain(mails)
        mails.sudo().action_retry()
        self._send_in_vain(mails)
        other, more = self._post_queued()
        self._send_in_vain(more)
        self.assertEqual(self._find_told(), self._find_told(entry))
        carol, mails = self._post_queued(partners=self.carol)
        self._send_in_vain(mails)
        another = self._new_order()
        anna, mails = self._post_queued(another)
        self._send_in_vain(mails)
        self.assertEqual(self._find_told().interaction_entry_id, entry | carol | anna)
        self.assertFalse(self._find_told(other))

    def test_ends_when_it_was_tried_again_and_left(self):
        entry, mails = self._post_queued()
        self._send_in_vain(mails)
        told = self._find_told()
        mails.sudo().action_retry()
        self.assertTrue(told.active, "it waits")
        self._send(mails)
        self.assertEqual(entry.delivery_status, "sent")
        self.assertRecordValues(told, [{"active": False, "state": "done"}])
        # without a word in the chatter
        self.assertNotIn("done", " ".join(self.order.message_ids.mapped("body")))

    def test_ends_when_it_was_sent_again_and_left(self):
        """Also where the one that did not arrive was corrected."""
        entry, mails = self._post_queued()
        self._send_in_vain(mails)
        told = self._find_told()
        with self.mock_mail_gateway():
            entry.with_user(self.user_sales).action_resend()
        self.assertFalse(told.active)
        other, mails = self._post_queued(partners=self.carol)
        self._send_in_vain(mails)
        told = self._find_told(other)
        correction = other.with_user(self.user_sales)._correct(
            {"template_id": other.template_id.id, "note": "<p>x</p>"}
        )
        self.assertEqual(told.interaction_entry_id, correction.sudo())
        with self.mock_mail_gateway():
            correction.action_resend()
        self.assertFalse(told.active)

    def test_follow_ups_are_left_alone(self):
        """What a user planned after the e-mail neither tells of it nor ends with it."""
        entry, mails = self._post_queued()
        follow_up = entry.with_user(self.user_sales)._schedule_follow_up(
            {"activity_type_id": self.env.ref("mail.mail_activity_data_call").id}
        )
        self._send_in_vain(mails)
        self.assertEqual(len(self._find_told(entry)), 1)
        mails.sudo().action_retry()
        self._send(mails)
        self.assertFalse(self._find_told(entry))
        self.assertTrue(follow_up.active)

    def test_each_sender_is_told(self):
        """What a colleague was told of an earlier e-mail tells nobody else."""
        _entry, mails = self._post_queued()
        self._send_in_vain(mails)
        other, mails = self._post_queued(user=self.user_other_sales)
        self._send_in_vain(mails)
        self.assertEqual(self._find_told(other).user_id, self.user_other_sales)

    def test_another_document_of_the_same_id(self):
        entry, mails = self._post_queued()
        self._send_in_vain(mails)
        entry._write_facts({"res_model": "account.move"})
        other, mails = self._post_queued()
        self._send_in_vain(mails)
        self.assertTrue(self._find_told(other))

    def test_due_on_the_day_of_the_user(self):
        self.user_sales.tz = "Asia/Tokyo"
        _entry, mails = self._post_queued()
        with freeze_time("2026-03-01 20:00:00"):
            self._send_in_vain(mails)
        self.assertEqual(self._find_told().date_deadline, date(2026, 3, 2))

    def test_done_by_hand(self):
        """What the user has seen is told again only when it fails again."""
        entry, mails = self._post_queued()
        self._send_in_vain(mails)
        self._find_told().with_user(self.user_sales).action_feedback()
        self.assertFalse(self._find_told())
        mails.sudo().action_retry()
        self._send_in_vain(mails)
        self.assertEqual(len(self._find_told(entry)), 1)

    def test_bounce(self):
        entry, mails = self._post_queued()
        self._send(mails)
        self._receive_bounce()
        self.assertEqual(entry.delivery_status, "bounced")
        self.assertEqual(self._find_told().user_id, self.user_sales)
        self.assertIn("The address does not exist", self._find_told().note)

    def test_no_address(self):
        """It can't even leave: whoever sends it is told at once."""
        order = self._new_order(self.nobody)
        self._post(order, self.nobody)
        told = self._find_told()
        self.assertEqual(told.res_id, order.id)
        self.assertIn("The contact has no e-mail address", told.note)

    def test_who_has_no_right_on_the_log(self):
        """That user is told of the document, without a link into the log."""
        _entry, mails = self._post_queued(user=self.user_assistant)
        self._send_in_vain(mails)
        told = self._find_told()
        self.assertEqual(told.user_id, self.user_assistant)
        self.assertEqual(told.res_id, self.order.id)
        self.assertNotIn("data-oe-id", told.note)
        self.assertTrue(told.with_user(self.user_assistant).read(["summary"]))

    def test_where_the_user_can_not_see_it(self):
        """On the contact, on the interaction, or by itself."""
        entry, mails = self._post_queued()
        reader = self._new_user("il_reader")
        for groups, model in (
            ("base.group_partner_manager", "res.partner"),
            ("interaction_log.group_user", "interaction.log.entry"),
            ("base.group_user", False),
        ):
            reader.sudo().group_ids = self.env.ref("base.group_user") | self.env.ref(
                groups
            )
            with (
                self.subTest(groups=groups),
                patch.object(type(entry), "_get_sender", lambda _entry: reader.sudo()),
            ):
                mails.sudo().action_retry()
                self._send_in_vain(mails)
                told = self._find_told(entry)
                self.assertEqual(told.res_model, model)
                told.unlink()

    def test_companies_of_somebody_else(self):
        """Whoever has the queue sent, in companies that the sender may not see."""
        _entry, mails = self._post_queued()
        companies = self.company_a | self._new_company()
        self._send_in_vain(mails.with_context(allowed_company_ids=companies.ids))
        self.assertEqual(self._find_told().res_model, "sale.order")

    def test_nobody_to_tell(self):
        """Who sent it is gone, or is a robot."""
        entry, mails = self._post_queued()
        self.user_sales.sudo().active = False
        self._send_in_vain(mails)
        self.assertEqual(entry.delivery_status, "error")
        self.assertFalse(self._find_told())

    def test_what_is_no_news(self):
        """Canceled on purpose, in the log or in the queue; and filled in later."""
        entry, mails = self._post_queued()
        mails.sudo().cancel()
        self.assertEqual(entry.delivery_status, "error")
        entry, mails = self._post_queued()
        entry._cancel(self.reason)
        self._send_in_vain(mails)
        entry, mails = self._post_queued()
        entry._write_facts({"is_backfilled": True})
        self._send_in_vain(mails)
        self.assertEqual(entry.delivery_status, "error")
        self.assertFalse(self._find_told())

    def test_never_stops_the_mail(self):
        entry, mails = self._post_queued()

        def fail(entries):
            entries.env.cr.execute("SELECT 1 / 0")

        with (
            patch.object(type(entry), "_plan_undelivered", fail),
            mute_logger("odoo.sql_db"),
            self.assertLogs(UNDELIVERED, "ERROR") as logs,
        ):
            self._send_in_vain(mails)
        self.assertIn("Could not tell", logs.output[0])
        self.assertEqual(entry.delivery_status, "error")

    def test_what_arrives_costs_nothing(self):
        _entry, mails = self._post_queued()
        self._send_in_vain(mails)
        others, _mails = self._post_queued(partners=self.bob | self.carol)
        keys = others.mapped("source_key")
        self.env.flush_all()
        with self.assertQueryCount(1, flush=False):
            self.Entry._update_delivery_status(keys, "sent")

    def test_plain_words(self):
        for failure_type, answer, said in (
            ("mail_bounce", "550 5.1.1 <a@b.c>: Recipient rejected", "does not exist"),
            ("unknown", "552 5.2.2 Mailbox full", "mailbox is full"),
            ("mail_bounce", "Your message looks like spam", "refused it as spam"),
            ("mail_bounce", "Status: 5.3.4", "too large"),
            ("mail_bounce", "Host not found", "could not be reached"),
            ("mail_bounce", "Sorry", "came back"),
            ("mail_smtp", "no route", "outgoing mail server"),
            ("mail_email_missing", "", "no e-mail address"),
            ("mail_email_invalid", "", "is not valid"),
        ):
            with self.subTest(answer=answer, failure_type=failure_type):
                self.assertIn(said, explain_failure(self.env, failure_type, answer))
        self.assertIsNone(explain_failure(self.env, "unknown", "Sorry"))
