from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import InteractionAccountCommon
from .common import InteractionEmailCommon


@tagged("-at_install", "post_install")
class TestEmailIn(InteractionEmailCommon, InteractionAccountCommon):
    """E-mails that come through the mail gateway."""

    def test_answer(self):
        order = self._new_order()
        self._post(order, self.anna)
        order.message_ids[0].sudo().date = "2026-04-09 10:00:00"
        self._receive("Anna <anna@acme.example.com>", order.message_ids[0])
        message = order.message_ids[0]
        entry = self._find(order)[1]
        self.assertRecordValues(
            entry,
            [
                {
                    "name": "Re: your offer",
                    "event": "email_in",
                    "channel": "email",
                    "flow": "inbound",
                    "initiated_by": "them",
                    "partner_id": self.anna.id,
                    "commercial_partner_id": self.acme.id,
                    "contact_via": "anna@acme.example.com",
                    "user_id": self.user_sales.id,
                    "document_name": order.name,
                    "template_id": self._shipped("interaction_template_email_in").id,
                    "delivery_status": "none",
                    "mail_message_id": message.id,
                    "source_key": f"mail.message,{message.id}",
                    "state": "logged",
                }
            ],
        )
        self.assertEqual(str(entry.date), "2026-04-10 14:16:26")
        self.assertIn("Please send it <b>twice</b>", entry.note)
        self.assertNotIn("script", entry.note)
        files = entry.with_user(self.user_sales).mail_attachment_ids
        self.assertEqual(files.mapped("name"), ["wish.pdf"])
        self.assertFalse(entry.attachment_ids, "no file is kept twice")
        self.assertEqual(len(entry.content_sha256), 64)
        self.assertEqual(entry.summary, "Re: your offer: e-mail from Anna")

    def test_person_rather_than_contact_of_the_document(self):
        order = self._new_order()
        self._post(order, self.anna)
        self._receive("carol@example.com", order.message_ids[0])
        self.assertEqual(
            self._find(order).filtered(lambda e: e.event == "email_in").partner_id,
            self.carol,
        )

    @mute_logger("pypdf._reader")  # the PDF is none
    def test_document_that_it_makes(self):
        """A vendor's e-mail makes a bill."""
        journal = self.env["account.journal"].search(
            [("type", "=", "purchase"), ("company_id", "=", self.company_a.id)]
        )
        before = self.env["account.move"].search([])
        self._receive(
            "carol@example.com",
            model="account.move",
            new={
                "move_type": "in_invoice",
                "journal_id": journal.id,
                "company_id": self.company_a.id,
            },
            to="bills@example.com",
            subject="Our bill",
        )
        bill = self.env["account.move"].search([]) - before
        self.assertRecordValues(
            self._find(bill),
            [{"event": "email_in", "partner_id": self.carol.id, "name": "Our bill"}],
        )

    def test_the_same_e_mail_twice(self):
        order = self._new_order()
        self._post(order, self.anna)
        parent = order.message_ids[0]
        for _time in range(2):
            self._receive("anna@acme.example.com", parent)
        self.assertEqual(self._find(order).mapped("event"), ["email_out", "email_in"])

    def test_replay(self):
        order = self._new_order()
        self._post(order, self.anna)
        self._receive("anna@acme.example.com", order.message_ids[0])
        entries = self._find(order)
        order.message_ids._record_received_emails()
        self.assertEqual(self._find(order), entries)

    def test_never_from_ourselves_nor_from_strangers(self):
        order = self._new_order()
        self._post(order, self.anna)
        parent = order.message_ids[0]
        self._receive(self.user_manager.email, parent)
        self._receive("stranger@example.com", parent, msg_id="<il-in-3@example.com>")
        self.assertLessEqual(
            {self.user_manager.email, "stranger@example.com"},
            set(order.message_ids.mapped("email_from")),
        )
        self.assertEqual(self._find(order).mapped("event"), ["email_out"])

    def test_no_salesperson(self):
        """A robot receives it, and robots are no salespeople."""
        order = self._new_order(user_id=False)
        order.partner_id = self.carol
        self._receive("carol@example.com", model="sale.order", thread=order)
        self.assertFalse(self._find(order).user_id)

    def test_time_to_come(self):
        order = self._new_order()
        self._receive(
            "anna@acme.example.com",
            model="sale.order",
            thread=order,
            date="Fri, 10 Apr 2096 14:16:26 +0000",
        )
        self.assertLess(str(self._find(order).date), "2096")

    def test_time_before_what_it_answers(self):
        """The sender's clock is wrong: it was when it arrived."""
        order = self._new_order()
        self._post(order, self.anna)
        arrived = self.env.cr.now().replace(microsecond=0)
        for number, date in enumerate(
            ("Thu, 01 Jan 1970 00:00:00 +0000", "Fri, 10 Apr 2018 14:16:26 +0000")
        ):
            with self.subTest(date=date):
                self._receive(
                    "Anna <anna@acme.example.com>",
                    order.message_ids[-1],
                    date=date,
                    msg_id=f"<il-old-{number}@example.com>",
                )
                self.assertEqual(self._find(order)[-1].date, arrived)
        # what answers nothing may be older: nobody knows better
        other = self._new_order()
        self._receive(
            "Anna <anna@acme.example.com>",
            model="sale.order",
            thread=other,
            msg_id="<il-old@example.com>",
        )
        self.assertEqual(str(self._find(other).date), "2026-04-10 14:16:26")

    def test_who_wrote_what_is_passed_on(self):
        """Odoo sends it on to who follows: it leaves us, but we didn't begin it."""
        for sender, initiator in (
            ("Stranger <stranger@elsewhere.example.com>", "them"),
            (f"Bob <{self.bob.email}>", "them"),
            (self.user_sales.email_formatted, "us"),
        ):
            with self.subTest(sender=sender):
                order = self._new_order()
                self._post(order, self.anna)
                order.message_subscribe(self.anna.ids)
                self._receive(
                    sender, order.message_ids[0], msg_id=f"<il-{initiator}{sender}"
                )
                entries = self._find(order).filtered(
                    lambda entry: entry.event == "email_out"
                )
                first, passed_on = entries.sorted("id")
                self.assertEqual(first.initiated_by, "us")
                self.assertRecordValues(
                    passed_on,
                    [
                        {
                            "partner_id": self.anna.id,
                            "flow": "outbound",
                            "initiated_by": initiator,
                        }
                    ],
                )

    def test_bounce_is_no_e_mail(self):
        order = self._new_order()
        self._post(order, self.anna)
        self._receive(
            "MAILER-DAEMON@example.com",
            order.message_ids[0],
            to=f"{self.alias_bounce}@{self.alias_domain}",
        )
        self.assertEqual(self._find(order).mapped("event"), ["email_out"])

    def test_comment_in_the_portal_is_no_e_mail(self):
        order = self._new_order()
        with self.mock_mail_gateway():
            order.sudo().message_post(  # pylint: disable=translation-required # a test's own text
                body="Hello",
                message_type="comment",
                author_id=self.anna.id,
            )
        self.assertFalse(self._find(order))

    def test_document_without_rule(self):
        product = self.product.product_tmpl_id.sudo()
        self._receive("anna@acme.example.com", model="product.template", thread=product)
        self.assertEqual(product.message_ids[0].author_id, self.anna)
        self.assertFalse(self._find(product))

    def test_failing_log_never_stops_the_e_mail(self):
        order = self._new_order()
        with (
            patch.object(
                type(self.Entry), "log_interactions", side_effect=ValueError("broken")
            ),
            mute_logger(
                "odoo.addons.interaction_log.models.recording.interaction_recorder"
            ),
        ):
            self._receive("anna@acme.example.com", model="sale.order", thread=order)
        received = order.message_ids.filtered(
            lambda message: message.message_type == "email"
        )
        self.assertEqual(received.author_id, self.anna)
        skipped = self.Skipped.search([("res_id", "=", order.id)])
        self.assertEqual(skipped.mapped("event"), ["email_in"])
