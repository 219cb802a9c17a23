from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import InteractionEmailCommon


@tagged("-at_install", "post_install")
class TestForged(InteractionEmailCommon):
    """An internal user without rights on the log, who writes mail models by RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._new_order()
        cls.forger = cls.user_assistant
        cls.forged_order = cls.order.with_user(cls.forger)

    def _forge(self, model_name, **vals):
        return self.env[model_name].with_user(self.forger).create(vals)

    def _forge_message(self, **vals):
        return self._forge(
            "mail.message",
            **{
                "model": "sale.order",
                "res_id": self.order.id,
                "message_type": "comment",
                "body": "I never wrote this",
                **vals,
            },
        )

    def _forge_sent(self, message, **vals):
        return self._forge(
            "mail.notification",
            **{
                "mail_message_id": message.id,
                "res_partner_id": self.anna.id,
                "notification_type": "email",
                "notification_status": "sent",
                **vals,
            },
        )

    def _assert_nothing(self):
        """Nothing is logged, nothing skipped, and nothing missing."""
        self.env.flush_all()
        self.assertFalse(self._find(self.order))
        self.assertFalse(self.Skipped.search([("res_id", "=", self.order.id)]))
        check = self.env["interaction.completeness.check"]
        check = check.with_user(self.user_manager).create({})
        check.action_check()
        self._run_slices(check)
        self.assertFalse(
            check.line_ids.missing_ids.filtered(
                lambda line: line.res_id == self.order.id
            )
        )

    # -- e-mails that nobody sent us -----------------------------------------

    def test_received(self):
        vals = {"author_id": self.anna.id, "email_from": self.anna.email_formatted}
        message = self._forge_message(message_type="email", **vals)
        message.sudo()._record_received_emails()
        self._assert_nothing()
        self._forge_message(create_uid=self.user_root.id, message_type="email", **vals)
        self._forge_message(**vals).write({"message_type": "email"})
        with self.mock_mail_gateway():
            self.forged_order.message_post(  # pylint: disable=translation-required # a test's own text
                body="Nor this", message_type="email", **vals
            )
        self._assert_nothing()

    def test_received_by_a_script(self):
        """What hands Odoo e-mails from another mail server is the gateway, too."""
        with self.mock_mail_gateway():
            self.env["mail.thread"].with_user(self.forger).message_process(
                "sale.order",
                "From: anna@acme.example.com\nTo: sales@my.example.com\n"
                "Subject: Thanks\nMessage-Id: <il-script@example.com>\n\nThank you",
                thread_id=self.order.id,
            )
        self.assertRecordValues(
            self._find(self.order),
            [{"event": "email_in", "partner_id": self.anna.id, "name": "Thanks"}],
        )

    def test_posted_in_the_name_of_a_contact(self):
        """It leaves for Bob, but we wrote it."""
        self._post(
            self.order,
            self.bob,
            user=self.forger,
            message_type="email",
            author_id=self.anna.id,
        )
        self.assertRecordValues(
            self._find(self.order),
            [
                {
                    "event": "email_out",
                    "partner_id": self.bob.id,
                    "initiated_by": "us",
                    "delivery_status": "sent",
                }
            ],
        )

    # -- e-mails that never left ---------------------------------------------

    def test_sent(self):
        self._forge_sent(self._forge_message())
        self._assert_nothing()
        self._forge_message(
            notification_ids=[
                Command.create(
                    {
                        "res_partner_id": self.anna.id,
                        "notification_type": "email",
                        "notification_status": "sent",
                    }
                )
            ]
        )
        self._assert_nothing()

    def test_what_a_forged_one_hides(self):
        """A quotation on paper is missing, whatever is said of an e-mail."""
        self.order.sudo().state = "sent"
        self._forge_sent(self._forge_message())
        self.env.flush_all()
        check = self.env["interaction.completeness.check"]
        check = check.with_user(self.user_manager).create({})
        check.action_check()
        self._run_slices(check)
        missing = check.line_ids.missing_ids.filtered(
            lambda line: line.res_id == self.order.id
        )
        self.assertEqual(missing.mapped("event"), ["print"])

    def test_beside_one_that_was_sent(self):
        """Who looks at the e-mail again finds whom it went to, and nobody else."""
        message = self._post(self.order, self.bob).sudo()
        self._forge_sent(message)
        mails = message._get_interaction_mails("email_out")
        self.assertEqual([mail.partner for mail in mails], [self.bob])

    def test_status(self):
        """Odoo itself lets nobody write it."""
        message = self._post(self.order, self.anna, force_send=False)
        with self.assertRaises(AccessError):
            message.sudo().notification_ids.with_user(self.forger).write(
                {"notification_status": "sent"}
            )
        self.assertEqual(self._find(self.order).delivery_status, "pending")

    def test_to_many(self):
        """Odoo's composer makes notifications with the rights of who sends."""
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.forger)
            .with_context(
                default_model="sale.order",
                default_res_ids=self.order.ids,
                default_composition_mode="mass_mail",
            )
            .create(
                {
                    "subject": "News",
                    "body": "<p>News</p>",
                    "auto_delete": False,
                    "force_send": False,
                }
            )
        )
        with self.mock_mail_gateway(mail_unlink_sent=True):
            composer.action_send_mail()
        entry = self._find(self.order)
        self.assertRecordValues(
            entry, [{"event": "email_out", "delivery_status": "pending"}]
        )
        notification = entry.mail_message_id.sudo().notification_ids
        self.assertTrue(notification)
        self.assertFalse(notification.interaction_by_client)

    def test_messages_are_duplicated_by_who_reads_them(self):
        """As Odoo does it, with their own rights."""
        copy = self._forge_message().copy()
        self.assertIn("I never wrote this", copy.body)
        sent = self._forge_sent(copy).copy({"res_partner_id": self.bob.id})
        self.assertEqual(sent.mail_message_id, copy)
        self._assert_nothing()
