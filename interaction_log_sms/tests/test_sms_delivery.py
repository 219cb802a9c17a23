from odoo.tests import tagged

from .common import ANNA, BOB, TEXT, InteractionSmsCommon


@tagged("-at_install", "post_install")
class TestSmsDelivery(InteractionSmsCommon):
    """What becomes of text messages: the entry says it in plain words."""

    def _assert_delivery(self, entry, status, reason=False):
        self.assertRecordValues(
            entry, [{"delivery_status": status, "delivery_error": reason}]
        )

    def test_failure(self):
        """A failed attempt: it counts, moves no last date, and its sender is told."""
        self._send(self.anna, gateway={"sim_error": "wrong_number_format"})
        entry = self._find_sms()
        self._assert_delivery(entry, "error", "The phone number is not valid")
        self.assertEqual(entry.summary, f"{TEXT}: SMS to Anna was not delivered")
        anna = self.anna.with_user(self.user_sales)
        self.assertEqual(anna.interaction_count, 1)
        self.assertFalse(anna.interaction_last_date)
        activity = (
            self.env["mail.activity"]
            .sudo()
            .search([("interaction_entry_id", "=", entry.id)])
        )
        self.assertEqual(activity.user_id, self.user_sales)
        self.assertIn("The phone number is not valid", activity.note)
        self.assertIn("View the interaction", activity.note)

    def test_reasons(self):
        for error, reason in (
            ("credit", "There are not enough credits to send SMS"),
            ("server_error", "The SMS service could not be reached"),
            ("unregistered", "The SMS account is not registered"),
        ):
            with self.subTest(error=error):
                order = self._new_order()
                self._send(order, gateway={"sim_error": error})
                self._assert_delivery(self._find(order), "error", reason)

    def test_without_a_number(self):
        self._send(self.anna | self.nobody, "mass", mass_force_send=True)
        entry = self._find_sms(self.nobody)
        self._assert_delivery(entry, "error", "The contact has no phone number")
        self._assert_delivery(self._find_sms(self.anna), "sent")
        self.assertFalse(self.nobody.with_user(self.user_sales).interaction_last_date)

    def test_sent_again(self):
        """Whoever sends it again, it is the same interaction."""
        for mode in ("comment", "mass"):
            with self.subTest(mode=mode):
                contacts = self.anna | self.bob if mode == "mass" else self.anna
                before = self._find_sms()
                self._send(
                    contacts,
                    mode,
                    mass_force_send=True,
                    gateway={"sim_error": "server_error"},
                )
                entry = (self._find_sms() - before)[:1]
                self._assert_delivery(
                    entry, "error", "The SMS service could not be reached"
                )
                failed = self.env["sms.sms"].sudo().search([("state", "=", "error")])
                with self.mockSMSGateway():
                    failed.resend_failed()
                self._assert_delivery(entry, "sent")
                self.assertEqual(
                    len(self._find_sms() - before), len(contacts), "no new one"
                )
        anna = self.anna.with_user(self.user_sales)
        self.assertTrue(anna.interaction_last_date)

    def _report(self, entry, status):
        """Let the service report what became of the text message."""
        notification = entry.mail_message_id.sudo().notification_ids
        response = self.make_jsonrpc_request(
            "/sms/status",
            {
                "message_statuses": [
                    {
                        "sms_status": status,
                        "uuids": notification.sms_tracker_ids.mapped("sms_uuid"),
                    }
                ]
            },
        )
        self.assertEqual(response, "OK")
        self.env.invalidate_all()

    def test_reports_of_the_service(self):
        for status, delivery, reason in (
            ("delivered", "sent", False),
            ("not_delivered", "error", "The operator did not deliver the SMS"),
            ("invalid_destination", "bounced", "The phone number does not exist"),
        ):
            with self.subTest(status=status):
                order = self._new_order()
                self._send(order)
                self._report(self._find(order), status)
                self._assert_delivery(self._find(order), delivery, reason)

    def test_moderated(self):
        self._send(self.anna, gateway={"moderated": True})
        entry = self._find_sms()
        self._assert_delivery(entry, "pending")
        self._report(entry, "sent")
        self._assert_delivery(entry, "sent")

    def test_canceled(self):
        for mode, contacts in (("comment", self.anna), ("mass", self.anna | self.bob)):
            with self.subTest(mode=mode):
                before = self._find_sms()
                if mode == "mass":
                    self._send(contacts, mode)
                else:
                    self.anna.with_user(self.user_sales)._message_sms(
                        TEXT, put_in_queue=True
                    )
                entries = self._find_sms() - before
                self._assert_delivery(entries[:1], "pending")
                waiting = (
                    self.env["sms.sms"].sudo().search([("state", "=", "outgoing")])
                )
                waiting.action_set_canceled()
                self._assert_delivery(
                    entries[:1], "error", "The SMS was canceled before it was sent."
                )

    def test_what_was_missed_is_updated_each_night(self):
        self._send(self.anna)
        entry = self._find_sms()
        entry.mail_message_id.sudo().notification_ids.flush_recordset()
        self.cr.execute(
            """UPDATE mail_notification SET notification_status = 'exception',
                failure_type = 'sms_rejected' WHERE mail_message_id = %s""",
            [entry.mail_message_id.id],
        )
        self.env.invalidate_all()
        self.Entry._sync_missed_delivery()
        self._assert_delivery(entry, "error", "The operator refused the SMS")

    def test_where_it_went(self):
        self._send(self.anna | self.bob, "mass")
        self.assertEqual(self._find_sms().mapped("contact_via"), [ANNA, BOB])
