from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import InteractionEmailCommon

MAIL_LOGGERS = "odoo.addons.mail.models.mail_mail"
DELIVERY = "odoo.addons.interaction_log.models.email.interaction_log_entry_delivery"


@tagged("-at_install", "post_install")
class TestDelivery(InteractionEmailCommon):
    """What becomes of an e-mail, whoever tells of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._new_order()

    def _post_queued(self, partners=None, **values):
        """Post a message whose e-mails wait in the queue."""
        message = self._post(
            self.order, partners or self.anna, force_send=False, **values
        )
        return self._find(self.order), message.sudo().notification_ids.mail_mail_id

    def _assert_delivery(self, entry, status, error=False):
        self.assertRecordValues(
            entry, [{"delivery_status": status, "delivery_error": error}] * len(entry)
        )

    def _send_queue(self, mails):
        with self.mock_mail_gateway(mail_unlink_sent=True):
            mails.sudo().send()

    @mute_logger(MAIL_LOGGERS)
    def _send_in_vain(self, mails):
        """The server refuses every e-mail."""
        with (
            self.mock_mail_gateway(mail_unlink_sent=True),
            patch.object(
                self.env.registry["ir.mail_server"],
                "send_email",
                side_effect=OSError("no such mailbox"),
            ),
        ):
            mails.sudo().send()

    # -- following the mail stack -------------------------------------------

    def test_queue(self):
        entry, mails = self._post_queued()
        self._assert_delivery(entry, "pending")
        self.assertEqual(entry.status, "Pending")
        self._send_queue(mails)
        self._assert_delivery(entry, "sent")
        self.assertEqual(entry.status, "Sent")
        self.assertFalse(mails.exists())

    def test_failure_and_retry(self):
        entry, mails = self._post_queued()
        self._send_in_vain(mails)
        self._assert_delivery(
            entry, "error", "The address does not exist: no such mailbox"
        )
        self.assertEqual(entry.status, "Not Delivered")
        mails.action_retry()
        self._assert_delivery(entry, "pending")
        self._send_queue(mails)
        self._assert_delivery(entry, "sent")

    @mute_logger(MAIL_LOGGERS)
    def test_server_out_of_reach(self):
        entry, mails = self._post_queued()
        with (
            self.mock_mail_gateway(),
            patch.object(
                self.env.registry["ir.mail_server"],
                "_connect__",
                side_effect=OSError("no route"),
            ),
        ):
            mails.sudo().send()
        self.assertEqual(entry.delivery_status, "error")
        self.assertEqual(
            entry.delivery_error,
            "The outgoing mail server could not be reached: no route",
        )

    def test_one_of_two_fails(self):
        """The recipients of one e-mail arrive, or not, each on its own."""
        (self.bob | self.nobody).lang = "en_US"
        entries, mails = self._post_queued(self.bob | self.nobody)
        self.assertEqual(len(mails), 1)
        self._send_queue(mails)
        delivery = {entry.partner_id: entry.delivery_status for entry in entries}
        self.assertEqual(delivery, {self.bob: "sent", self.nobody: "error"})

    def test_address_that_is_mended(self):
        self.order.partner_id = self.nobody
        entry, mails = self._post_queued(self.nobody)
        self._assert_delivery(entry, "error", "The contact has no e-mail address")
        self.nobody.email = "nobody@example.com"
        self._send_queue(mails)
        self._assert_delivery(entry, "sent")

    def test_bounce(self):
        entry, mails = self._post_queued()
        self._send_queue(mails)
        self._receive_bounce()
        self.assertEqual(entry.delivery_status, "bounced")
        self.assertRegex(
            entry.delivery_error, "^The address does not exist: There is no such person"
        )
        self.assertEqual(entry.status, "Bounced")

    def test_bounce_of_an_e_mail_without_notification(self):
        template = self._new_mail_template(
            "sale.order",
            subject="News",
            body_html="<p>News</p>",
            partner_to="{{ object.partner_id.id }}",
        )
        with self.mock_mail_gateway():
            mail = self.env["mail.mail"].browse(
                template.send_mail(self.order.id, force_send=True)
            )
        entry = self._find(self.order)
        self._assert_delivery(entry, "sent")
        self._receive_bounce(mail.sudo().mail_message_id)
        self.assertEqual(entry.delivery_status, "bounced")

    def test_bounce_of_an_address(self):
        """Whose it is, Odoo need not find again."""
        entry, mails = self._post_queued()
        self._send_queue(mails)
        message, nobody = entry.mail_message_id, self.env["res.partner"]
        for address, status in (
            ("bob@acme.example.com", "sent"),
            (entry.contact_via, "bounced"),
        ):
            self.Entry._update_delivery_status_of_messages(
                message, "bounced", "Gone", nobody, [address]
            )
            self.assertEqual(entry.delivery_status, status)

    def test_templates_fail_and_are_sent(self):
        """E-mails that have no notification."""
        template = self._new_mail_template(
            "sale.order",
            subject="News",
            body_html="<p>News</p>",
            use_default_to=False,
            partner_to=f"{self.anna.id},{self.nobody.id}",
        )
        with self.mock_mail_gateway():
            mail = self.env["mail.mail"].browse(template.send_mail(self.order.id))
        entries = self._find(self.order)
        self._send_in_vain(mail)
        self.assertEqual(entries.mapped("delivery_status"), ["error", "error"])
        mail.sudo().action_retry()
        self.assertEqual(entries.mapped("delivery_status"), ["pending", "pending"])
        self._send_queue(mail)
        delivery = {entry.partner_id: entry.delivery_status for entry in entries}
        self.assertEqual(delivery, {self.anna: "sent", self.nobody: "error"})

    def test_canceled_in_the_queue(self):
        entry, mails = self._post_queued()
        mails.sudo().cancel()
        self._assert_delivery(
            entry, "error", "The e-mail was canceled before it was sent."
        )

    def test_deleted_in_the_queue(self):
        entry, mails = self._post_queued()
        mails.sudo().unlink()
        self._assert_delivery(
            entry, "error", "The e-mail was canceled before it was sent."
        )

    def test_failure_that_the_user_dismisses(self):
        entry, mails = self._post_queued()
        self._send_in_vain(mails)
        self.order.with_user(self.user_sales).notify_cancel_by_type("email")
        self._assert_delivery(
            entry, "error", "The address does not exist: no such mailbox"
        )

    def test_what_came_in_has_no_delivery(self):
        message = self.order.sudo().message_post(body="Hello")  # pylint: disable=translation-required # a test's own text
        [received] = self.Entry.log_interactions(
            [
                {
                    "template_id": self.template_call.id,
                    "partner_id": self.anna.id,
                    "event": "email_in",
                    "mail_message_id": message.id,
                }
            ]
        )
        self.Entry._update_delivery_status_of_messages(message, "bounced", "Gone")
        self._assert_delivery(received, "none")

    def test_opened(self):
        """Another addon knows; what was opened is not merely sent, but may bounce."""
        entry, mails = self._post_queued()
        self.Entry._update_delivery_status([entry.source_key], "opened")
        self._send_queue(mails)
        self._assert_delivery(entry, "opened")
        self.Entry._update_delivery_status([entry.source_key], "bounced", "Gone")
        self._assert_delivery(entry, "bounced", "Gone")

    def test_clean_up(self):
        """The status stays when Odoo deletes what it was taken from."""
        entry, mails = self._post_queued()
        self._send_queue(mails)
        message = entry.mail_message_id.sudo()
        message.notification_ids.unlink()
        self._assert_delivery(entry, "sent")
        message.unlink()
        self._assert_delivery(entry, "sent")
        self.assertFalse(entry.mail_message_id)

    # -- what was missed -------------------------------------------------------

    def test_rule_that_is_switched_off_meanwhile(self):
        entry, mails = self._post_queued()
        self.Rule.search([("event", "=", "email_out")]).active = False
        self._send_queue(mails)
        self._assert_delivery(entry, "sent")

    def test_what_was_missed_is_taken_up(self):
        entries, mails = self._post_queued(self.anna | self.bob | self.carol)
        sent, bounced, gone = entries.sorted("partner_name")
        with patch.object(type(self.Entry), "_write_delivery_status"):
            self._send_queue(mails)
            notifications = entries.mail_message_id.sudo().notification_ids
            notifications.filtered(
                lambda notification: notification.res_partner_id == self.bob
            ).write({"notification_status": "bounce", "failure_type": "mail_bounce"})
        notifications.filtered(
            lambda notification: notification.res_partner_id == self.carol
        ).unlink()
        self.env.flush_all()
        self._assert_delivery(entries, "pending")
        self.Entry._sync_missed_delivery()
        self._assert_delivery(sent, "sent")
        self._assert_delivery(bounced, "bounced", "The e-mail came back")
        self._assert_delivery(
            gone, "error", "The e-mail was deleted before it was sent."
        )

    def test_what_was_missed_after_it_left(self):
        """It came back or failed later; it left when it was tried again."""
        entries, mails = self._post_queued(self.anna | self.bob | self.carol)
        self._send_queue(mails)
        retried, bounced, failed = entries.sorted("partner_name")
        notifications = entries.mail_message_id.sudo().notification_ids.grouped(
            "res_partner_id"
        )
        retried._write_facts({"delivery_status": "error"})
        bounced._write_facts({"delivery_status": "opened"})
        with patch.object(type(self.Entry), "_write_delivery_status"):
            notifications[self.bob].write(
                {"notification_status": "bounce", "failure_type": "mail_bounce"}
            )
            notifications[self.carol].write(
                {"notification_status": "exception", "failure_type": "mail_smtp"}
            )
        self.Entry._sync_missed_delivery()
        self._assert_delivery(retried, "sent")
        self._assert_delivery(bounced, "bounced", "The e-mail came back")
        self.assertEqual(failed.delivery_status, "error")
        self.assertIn("outgoing mail server", failed.delivery_error)

    def test_what_only_the_log_knows_stays(self):
        """A bounce of an address that has no notification of its own."""
        entry, mails = self._post_queued()
        self._send_queue(mails)
        entry._write_facts({"delivery_status": "bounced", "delivery_error": "Full"})
        self.Entry._sync_missed_delivery()
        self._assert_delivery(entry, "bounced", "Full")

    def test_what_waits_goes_on_waiting(self):
        entry, _mails = self._post_queued()
        template = self._new_mail_template(
            "sale.order",
            subject="News",
            partner_to="{{ object.partner_id.id }}",
        )
        template.send_mail(self.order.id)
        self.Entry._sync_missed_delivery()
        self._assert_delivery(self._find(self.order), "pending")
        self.assertEqual(len(self._find(self.order) - entry), 1)

    def test_what_failed_is_no_other_while_it_waits(self):
        """It had no address, and has one in the queue meanwhile."""
        entry, _mails = self._post_queued()
        entry._write_facts({"delivery_status": "error", "delivery_error": "None"})
        self.Entry._sync_missed_delivery()
        self._assert_delivery(entry, "error", "None")

    def test_what_failed_without_notification_stays(self):
        """The status of such an e-mail is that of all who got it."""
        template = self._new_mail_template(
            "sale.order", subject="News", partner_to="{{ object.partner_id.id }}"
        )
        mail = self.env["mail.mail"].sudo().browse(template.send_mail(self.order.id))
        entry = self._find(self.order)
        self.assertTrue(entry.source_key.startswith("mail.mail,"))
        with patch.object(type(self.Entry), "_write_delivery_status"):
            mail.state = "sent"
        entry._write_facts({"delivery_status": "error", "delivery_error": "Full"})
        self.Entry._sync_missed_delivery()
        self._assert_delivery(entry, "error", "Full")

    def test_failing_log_never_stops_the_queue(self):
        """Another transaction writes the entry: the e-mail has left all the same."""
        entry, mails = self._post_queued()
        execute = type(self.env.cr).execute

        def fail(cursor, query, *args, **kwargs):
            if "SAVEPOINT interaction_delivery;" in str(query):
                execute(cursor, "SAVEPOINT interaction_delivery")
                query = "SELECT 1/0"
            return execute(cursor, query, *args, **kwargs)

        with (
            patch.object(type(self.env.cr), "execute", fail),
            mute_logger(DELIVERY, "odoo.sql_db"),
        ):
            self._send_queue(mails)
        self.assertEqual(len(self._mails), 1)
        self._assert_delivery(entry, "pending")
        self.Entry._sync_missed_delivery()
        self._assert_delivery(entry, "sent")

    # -- many at once, and who may ---------------------------------------------

    def test_a_thousand_notifications_are_one_query(self):
        partners = self.env["res.partner"].create(
            [
                {"name": f"Guest {number}", "email": f"guest{number}@example.com"}
                for number in range(1000)
            ]
        )
        entries, _mails = self._post_queued(partners)
        notifications = entries.mail_message_id.sudo().notification_ids
        self.assertEqual(len(entries), 1000)
        self.env.flush_all()
        # what the ORM writes of the notifications is not counted
        with self.assertQueryCount(1, flush=False):
            notifications.write({"notification_status": "sent"})
        self._assert_delivery(entries, "sent")

    def test_facts(self):
        entry, _mails = self._post_queued()
        for vals in (
            {"delivery_status": "opened"},
            {"delivery_error": "none"},
            {"mail_message_id": False},
            {"resend_of_id": entry.id},
        ):
            with self.subTest(vals=vals):
                with self.assertRaisesRegex(
                    UserError, "can't be changed after logging"
                ):
                    entry.with_user(self.user_sales).write(vals)
                with self.assertRaises(ValidationError):
                    self._log(**vals)


@tagged("-at_install", "post_install")
class TestResend(InteractionEmailCommon):
    """*Send Again* in the log."""

    def _resend(self, entries, user=None, is_selection=False):
        with self.mock_mail_gateway(mail_unlink_sent=True):
            return entries.with_user(user or self.user_sales).action_resend(
                is_selection
            )

    def _post_many(self, number):
        """Return the entries of messages to Anna, oldest first."""
        orders = self.env["sale.order"].union(
            *(self._new_order() for _number in range(number))
        )
        for order in orders:
            self._post(order, self.anna)
        return self._find(orders)

    def _ask(self, entries):
        """Choose *Send E-mails Again* in the list."""
        action = self.env.ref("interaction_log.interaction_log_entry_action_resend")
        return (
            action.with_user(self.user_sales)
            .with_context(
                active_model=entries._name,
                active_id=entries[:1].id,
                active_ids=entries.ids,
            )
            .run()
        )

    def test_resend(self):
        order = self._new_order()
        order.message_subscribe((self.bob | self.user_manager.partner_id).ids)
        self._send_quotation(order)
        entry = self._find(order).filtered(lambda e: e.partner_id == self.anna)
        first = entry.mail_message_id
        before = self._find(order)
        notice = self._resend(entry)
        new = self._find(order) - before
        self.assertRecordValues(
            new,
            [
                {
                    "name": entry.name,
                    "partner_id": self.anna.id,
                    "resend_of_id": entry.id,
                    "event": "email_out",
                    "template_id": entry.template_id.id,
                    "rule_id": entry.rule_id.id,
                    "document_name": entry.document_name,
                    "res_id": order.id,
                    "user_id": self.user_sales.id,
                    "create_uid": self.user_sales.id,
                    "content_sha256": entry.content_sha256,
                    "delivery_status": "sent",
                }
            ],
        )
        self.assertEqual(entry.resend_ids, new)
        self.assertEqual(entry.resend_count, 1)
        self._log(user=self.env.ref("base.user_root"), resend_of_id=entry.id)
        self.assertEqual(entry.resend_count, 2)
        second = new.mail_message_id
        self.assertNotEqual(second, first)
        for name in ("subject", "body", "attachment_ids"):
            self.assertEqual(second[name], first[name])
        # to nobody else: the follower got nothing
        self.assertEqual(len(self._mails), 1)
        self.assertIn("anna@acme.example.com", self._mails[0]["email_to"][0])
        self.assertEqual(notice["params"]["type"], "success")
        self.assertEqual(
            notice["params"]["message"],
            "Sending again: 1 (Acme, Anna).\n"
            "The delivery status is shown on the new interaction.",
        )
        self.assertEqual(
            entry.with_user(self.user_sales).action_view_resends()["domain"],
            [("resend_of_id", "in", entry.ids)],
        )

    def test_resend_what_failed(self):
        order = self._new_order(self.nobody)
        self._post(order, self.nobody, subject="Again and again")
        entry = self._find(order)
        with self.assertRaisesRegex(UserError, "has no e-mail address"):
            self._resend(entry)
        self.nobody.email = "nobody@example.com"
        self._resend(entry)
        self.assertRecordValues(
            self._find(order),
            [
                {"delivery_status": "error", "name": "Again and again"},
                {"delivery_status": "sent", "name": "Again and again"},
            ],
        )

    def test_resend_many(self):
        orders = self._new_order() | self._new_order(self.carol) | self._new_order()
        for order in orders:
            self._post(order, order.partner_id)
        entries = self._find(orders)
        self.carol.email = False
        notice = self._resend(entries)
        self.assertEqual(notice["params"]["type"], "warning")
        self.assertIn("Carol has no e-mail address", notice["params"]["message"])
        self.assertIn("Sending again: 2", notice["params"]["message"])
        self.assertEqual(
            self._find(orders).filtered("resend_of_id").resend_of_id,
            entries.filtered(lambda entry: entry.partner_id == self.anna),
        )

    def test_selection_is_asked_first(self):
        entries = self._post_many(3)
        for selected, question in (
            (entries, "Send 3 e-mails again, each to its contact only?"),
            (entries[0], "Send this e-mail again, to this contact only?"),
            (
                entries[:2] | self._log(),
                "Send 2 e-mails again, each to its contact only?\n"
                "Left out: 1. The reasons are shown after sending.",
            ),
        ):
            action = self._ask(selected)
            self.assertEqual(action["tag"], "interaction_log_resend")
            self.assertEqual(
                action["params"], {"entry_ids": selected.ids, "message": question}
            )
        self.assertFalse(entries.resend_ids)
        with self.assertRaisesRegex(UserError, "only sent e-mails"):
            self._ask(self._log())

    def test_selection_leaves_out_what_was_sent_again(self):
        again, new = self._post_many(2)
        self._resend(again)
        for status in ("pending", "sent", "opened"):
            again.resend_ids._write_facts({"delivery_status": status})
            action = self._ask(again | new)
            self.assertIn("Send this e-mail again", action["params"]["message"])
        notice = self._resend(again | new, is_selection=True)
        self.assertEqual(notice["params"]["type"], "warning")
        self.assertIn(
            f"{again.name} was already sent again.", notice["params"]["message"]
        )
        self.assertEqual((again.resend_count, new.resend_count), (1, 1))
        with self.assertRaisesRegex(UserError, "was already sent again"):
            self._ask(again | new)
        with self.assertRaisesRegex(UserError, "was already sent again"):
            self._resend(again, is_selection=True)
        # from its form, as often as the user wants
        self._resend(again)
        self.assertEqual(len(again.resend_ids), 2)

    def test_selection_sends_what_failed_again_again(self):
        (entry,) = self._post_many(1)
        self._resend(entry)
        for status in ("error", "bounced"):
            entry.resend_ids._write_facts({"delivery_status": status})
            self.assertIn(
                "Send this e-mail again", self._ask(entry)["params"]["message"]
            )
        # the one that failed was sent again, so the contact has it
        self._resend(entry.resend_ids)
        with self.assertRaisesRegex(UserError, "was already sent again"):
            self._ask(entry)

    def test_selection_with_what_was_sent_again_and_its_resend(self):
        (entry,) = self._post_many(1)
        self._resend(entry)
        failed = entry.resend_ids
        failed._write_facts({"delivery_status": "error"})
        self._resend(entry | failed, is_selection=True)
        self.assertEqual(entry.resend_ids, failed)
        self.assertEqual(failed.resend_count, 1)

    def test_resend_whatever_the_rules_say_now(self):
        order = self._new_order()
        self._post(order, self.anna)
        self.Rule.search([("event", "=", "email_out")]).active = False
        entry = self._find(order)
        self._resend(entry)
        self.assertEqual(entry.resend_ids.mapped("delivery_status"), ["sent"])

    def test_resend_to_a_contact(self):
        self.user_sales.sudo().group_ids |= self.env.ref("base.group_partner_manager")
        self._post(self.carol, self.carol, subject="Hello")
        entry = self.Entry.search([("partner_id", "=", self.carol.id)])
        self._resend(entry)
        self.assertRecordValues(
            entry.resend_ids, [{"name": "Hello", "res_model": False, "res_id": False}]
        )

    def test_what_cannot_be_sent_again(self):
        order = self._new_order()
        self._post(order, self.anna)
        entry = self._find(order)
        with self.assertRaisesRegex(UserError, "only sent e-mails"):
            self._resend(self._log())
        entry.with_user(self.user_sales)._cancel(self.reason)
        with self.assertRaisesRegex(UserError, "was canceled"):
            self._resend(entry)
        entry.with_user(self.user_sales).action_restore()
        with self.assertRaisesRegex(UserError, "not allowed to read this e-mail"):
            reader = self._new_user("il_reader", "interaction_log.group_user")
            self._resend(entry, reader)
        entry.mail_message_id.sudo().unlink()
        with self.assertRaisesRegex(UserError, "the e-mail was deleted"):
            self._resend(entry)
        with self.assertRaisesRegex(UserError, "the e-mail was deleted"):
            entry.with_user(self.user_sales).action_open_message()

    def test_document_or_contact_that_is_gone(self):
        order = self._new_order()
        self._post(order, self.anna | self.carol)
        entry = self._find(order).filtered(lambda e: e.partner_id == self.carol)
        self.carol.unlink()
        with self.assertRaisesRegex(UserError, "Carol no longer exists"):
            self._resend(entry)
        entry = self._find(order) - entry
        order.sudo().state = "cancel"
        order.sudo().unlink()
        with self.assertRaisesRegex(UserError, "deleted"):
            self._resend(entry)

    def test_open_the_message(self):
        order = self._new_order()
        self._post(order, self.anna)
        entry = self._find(order).with_user(self.user_sales)
        self.assertEqual(
            entry.action_open_message()["url"],
            f"/mail/message/{entry.mail_message_id.id}",
        )
