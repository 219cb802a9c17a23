from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import InteractionEmailCommon

REPORT = """Return-Path: <>
From: MAILER-DAEMON@example.com (Mail Delivery System)
To: {to}
Subject: About your e-mail
Message-Id: <il-report@example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="split"

--split
Content-Type: text/plain; charset=us-ascii

This is what became of it.

--split
Content-Type: message/{kind}

Reporting-MTA: dns; example.com

{recipients}
--split
Content-Type: message/rfc822

From: sales@my.example.com
To: anna@acme.example.com
Subject: News
Message-Id: {message_id}

News
--split--
"""
RECIPIENT = "Final-Recipient: rfc822; {}@acme.example.com\nAction: {}\n"


@tagged("-at_install", "post_install")
class TestAutomatic(InteractionEmailCommon):
    """What a machine says is on record, and counts nowhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._new_order()

    def setUp(self):
        super().setUp()
        self._post(self.order, self.anna)
        self.sent = self._find(self.order)
        # longer ago than the answers come
        self.sent._write_facts(dict.fromkeys(("date", "last_date"), "2026-01-01"))

    def _answer(self, headers="", number=1, **values):
        """Let Anna's answer arrive, and return its entry."""
        before = self._find(self.order)
        self._receive(
            "Anna <anna@acme.example.com>",
            self.sent.mail_message_id,
            headers=headers,
            msg_id=f"<il-auto-{number}@example.com>",
            date=self.env.cr.now().strftime("%a, %d %b %Y %H:%M:%S +0000"),
            **values,
        )
        return self._find(self.order) - before

    # -- whose it is --------------------------------------------------------

    def test_headers(self):
        for number, (header, is_automatic) in enumerate(
            (
                ("Auto-Submitted: auto-replied", True),
                ("Auto-Submitted: Auto-Generated (absence); x=y", True),
                ("Auto-Submitted: auto-notified; owner-email=a@b.example.com", True),
                ("X-Autoreply: yes", True),
                ("X-Autorespond: Away", True),
                ("Precedence: auto_reply", True),
                ("X-Precedence: auto_reply", True),
                ("Precedence: Bulk", True),
                ("Precedence: junk", True),
                ("Precedence: list", True),
                ("List-Id: <news.example.com>", True),
                ("Auto-Submitted: no", False),
                ("Auto-Submitted: No (typed)\nPrecedence: bulk", False),
                ("Precedence: first-class", False),
                ("X-Autoreply: no", False),
                # people's e-mails have it, too: it asks for no answer
                ("X-Auto-Response-Suppress: All", False),
                ("Subject-Line: Auto-Submitted", False),
            )
        ):
            with self.subTest(header):
                entry = self._answer(f"{header}\n", number)
                self.assertRecordValues(
                    entry,
                    [
                        {
                            "event": "email_in",
                            "is_automatic": is_automatic,
                            "partner_id": self.anna.id,
                            "state": "logged",
                        }
                    ],
                )

    def test_counts_nowhere(self):
        campaign = self.env["utm.campaign"].sudo().create({"name": "Spring"})
        template = self._shipped("interaction_template_email_in").sudo()
        template.write(
            {
                "unit_cost": 5,
                "unit_duration": 1,
                "campaign_id": campaign.id,
                "campaign_response": True,
                "campaign_target": True,
            }
        )
        anna = self.anna.with_user(self.user_sales)
        acme = self.acme.with_user(self.user_sales)
        order = self.order.with_user(self.user_sales)
        campaign = campaign.with_user(self.user_sales)
        entries = self.Entry.with_user(self.user_sales)
        recent = [("interaction_last_date", ">=", "2026-06-01")]

        def read():
            self.env.invalidate_all()
            [[count, cost, hours]] = entries._read_group(
                [("template_id", "=", template.id)],
                [],
                ["entry_count:sum", "cost:sum", "duration:sum"],
            )
            partners = anna | acme
            return [
                partners.mapped("interaction_count"),
                partners.mapped("interaction_last_inbound_date"),
                partners.mapped("interaction_last_date"),
                partners.mapped("interaction_cost"),
                len(partners.search([("id", "in", partners.ids), *recent])),
                len(self._get_timeline(anna)),
                order.interaction_count,
                campaign.interaction_response_count,
                campaign.interaction_count,
                template.with_user(self.user_sales).interaction_count,
                (count or 0, cost or 0, hours or 0),
            ]

        before = read()
        entry = self._answer("Auto-Submitted: auto-replied\n")
        self.assertEqual(read(), before)
        self.assertRecordValues(
            entry,
            [
                {
                    "is_automatic": True,
                    "entry_count": 0,
                    "cost": 0,
                    "duration": 0,
                    "campaign_response": False,
                    "campaign_target": False,
                }
            ],
        )
        self.assertIn("automatic reply from", entry.summary)
        person = self._answer(number=2)
        after = read()
        self.assertTrue(person.campaign_response)
        for one, other in zip(before, after, strict=True):
            self.assertNotEqual(one, other)

    def test_failed_attempt_stays_the_last(self):
        self.sent._write_facts({"delivery_status": "bounced"})
        anna = self.anna.with_user(self.user_sales)
        failed = [("interaction_last_failed", "=", True), ("id", "=", anna.id)]
        self._answer("Auto-Submitted: auto-replied\n")
        self.assertTrue(anna.interaction_last_failed)
        self.assertEqual(anna.search(failed), anna)
        self._answer(number=2)
        self.env.invalidate_all()
        self.assertFalse(anna.interaction_last_failed)
        self.assertFalse(anna.search(failed))

    def test_passed_on(self):
        """Odoo sends it on to a follower: that is no act of ours either."""
        self.order.message_subscribe(self.bob.ids)
        entries = self._answer("Auto-Submitted: auto-replied\n")
        self.assertEqual(entries.partner_id, self.anna | self.bob)
        self.assertEqual(entries.mapped("is_automatic"), [True, True])

    def test_our_own_absence(self):
        with patch.object(type(self.Entry), "_track_pending_delivery"):
            self._post(self.order, self.anna, message_type="out_of_office")
        entry = self._find(self.order) - self.sent
        self.assertRecordValues(
            entry, [{"event": "email_out", "is_automatic": True, "cost": 0}]
        )

    # -- nobody but the gateway says so -------------------------------------

    def test_only_the_server_says_so(self):
        with self.assertRaisesRegex(ValidationError, "Automatic Reply"):
            self._log(is_automatic=True)
        with self.assertRaises(AccessError):
            self.env["mail.message"].with_user(self.user_sales).create(
                {
                    "model": "sale.order",
                    "res_id": self.order.id,
                    "interaction_is_automatic": True,
                }
            )

    # -- what is found later ------------------------------------------------

    def test_completeness(self):
        """The headers are gone, but what they said is known."""
        rules = self.Rule.search([("event", "=", "email_in")])
        rules.active = False
        self._answer("Auto-Submitted: auto-replied\n", 1)
        self._answer("", 2)
        self.assertEqual(self._find(self.order), self.sent)
        rules.active = True
        check = (
            self.env["interaction.completeness.check"]
            .with_user(self.user_manager)
            .create({})
        )
        check.action_check()
        self._run_slices(check)
        check.line_ids.missing_ids.filtered(
            lambda line: line.res_id == self.order.id
        ).action_fill_in()
        filled = self._find(self.order) - self.sent
        self.assertEqual(filled.sorted("id").mapped("is_automatic"), [True, False])
        self.assertFalse(filled[:1].entry_count)

    # -- reports ------------------------------------------------------------

    def _report(self, kind, recipients):
        """Let a report on the e-mail arrive, and return its status in the log."""
        with self.mock_mail_gateway():
            self.env["mail.thread"].with_user(self.user_root).message_process(
                None,
                REPORT.format(
                    to=f"{self.alias_bounce}@{self.alias_domain}",
                    kind=kind,
                    recipients="\n".join(
                        RECIPIENT.format(*recipient) for recipient in recipients
                    ),
                    message_id=self.sent.mail_message_id.message_id,
                ),
            )
        self.Entry._sync_missed_delivery()
        return self.sent.delivery_status

    def test_what_did_not_fail_is_no_bounce(self):
        for action in ("delivered", "Delayed", "relayed (to elsewhere)", "expanded"):
            with self.subTest(action):
                status = self._report("delivery-status", [("anna", action)])
                self.assertEqual(status, "sent")
        for kind in ("disposition-notification", "feedback-report"):
            with self.subTest(kind):
                self.assertEqual(self._report(kind, [("anna", "displayed")]), "sent")
        self.assertFalse(self.anna.message_bounce)
        self.assertEqual(self._find(self.order), self.sent)
        self.assertEqual(
            self.sent.mail_message_id.sudo().notification_ids.mapped(
                "notification_status"
            ),
            ["sent"],
        )

    def test_what_failed(self):
        self.assertEqual(
            self._report("delivery-status", [("anna", "failed")]), "bounced"
        )
        self.assertEqual(self.anna.message_bounce, 1)

    def test_report_that_names_no_recipient(self):
        """Who got the e-mail is the one, as it is for Odoo."""
        self.assertEqual(self._report("delivery-status", []), "bounced")

    def test_who_of_several_failed(self):
        self._post(self.order, self.anna | self.bob)
        sent = self._find(self.order) - self.sent
        self.sent = sent[:1]
        self._report("delivery-status", [("bob", "delivered"), ("anna", "failed")])
        status = {entry.partner_id: entry.delivery_status for entry in sent}
        self.assertEqual(status, {self.anna: "bounced", self.bob: "sent"})
