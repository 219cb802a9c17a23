from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import InteractionCopyCommon


@tagged("-at_install", "post_install")
class TestCopyRefused(InteractionCopyCommon):
    """What arrives at the address of the log and is not logged, and what waits."""

    def _assert_refused(self, reason, number=1, **values):
        """It is listed, without its content, and can't be logged."""
        before = self._find_skipped()
        self.assertFalse(self._arrive(number, **values))
        event = self._find_skipped() - before
        self.assertEqual(event.mapped("state"), ["todo"])
        self.assertIn(reason, event.reason)
        self.assertFalse(event._get_document().message_ids)
        event.with_user(self.user_manager).action_log_now()
        self.assertEqual(event.state, "todo")
        self.assertIn(reason, event.reason)
        self.assertFalse(event.unknown_address)
        with self.assertRaises(UserError):
            event.with_user(self.user_manager).action_create_contact()
        return event

    def _assert_ignored(self, number=1, **values):
        self.assertFalse(self._arrive(number, **values))
        self.assertFalse(self._find_skipped())
        self.assertFalse(self.Copy.search([]))

    # -- who sends it ------------------------------------------------------------

    def test_stranger(self):
        event = self._assert_refused(
            "stranger@example.com is not an internal user",
            email_from="Stranger <stranger@example.com>",
        )
        self.assertRecordValues(
            event,
            [
                {
                    "event": "email_in",
                    "document_name": "About Friday",
                    "company_id": False,
                    "rule_id": False,
                }
            ],
        )

    def test_contact_and_portal_user(self):
        self._assert_refused("not an internal user", email_from=self.bob.email)
        self._assert_refused(
            "not an internal user", 2, email_from="il_portal@example.com"
        )

    def test_archived_user(self):
        self.user_sales.active = False
        self._assert_refused("not an internal user")

    def test_stranger_is_no_business_of_users(self):
        """Who does not see the list reads no subject of it either."""
        self._assert_refused("not an internal", email_from="stranger@example.com")
        copy = self.Copy.search([])
        self.assertFalse(copy.with_user(self.user_sales).search([]))
        self.assertEqual(copy.with_user(self.user_manager).search([]), copy)

    def test_stranger_is_listed_once(self):
        self._assert_refused("not an internal", email_from="stranger@example.com")
        self.assertFalse(self._arrive(email_from="stranger@example.com"))
        self.assertEqual(len(self._find_skipped()), 1)

    def test_contact_answers_all_on_a_document(self):
        """The document has it, its rules decide, and the list says nothing."""
        order = self._new_order()
        self._post(order, self.anna)
        entry = self._arrive(
            email_from="anna@acme.example.com",
            to=self.user_sales.email,
            headers=f"References: {order.message_ids[0].message_id}\n",
        )
        self.assertRecordValues(
            entry,
            [{"event": "email_in", "partner_id": self.anna.id, "res_id": order.id}],
        )
        self.assertFalse(self._find_skipped())

    def test_forged(self):
        for number, (results, check) in enumerate(
            (
                ("spf=pass smtp.mailfrom=x; dkim=none; dmarc=fail (p=NONE)", "DMARC"),
                ("spf=softfail (x; dkim=pass) smtp.mailfrom=x; dkim=none", "SPF"),
                ("dkim=fail header.d=example.com; spf=neutral", "DKIM"),
            )
        ):
            with self.subTest(results=results):
                event = self._assert_refused(
                    f"{check} failed",
                    number,
                    headers="Authentication-Results: evil.example.com; dmarc=pass\n"
                    f"Authentication-Results: mx.example.com; {results}\n",
                )
                self.assertEqual(event.user_id, self.user_sales)

    def test_comments_without_end(self):
        """Who writes them deeper than any server does can't keep us busy."""
        for number, depth in enumerate((8, 9)):
            comment = f"(; dmarc=fail {'(' * (depth - 1)}{')' * depth}"
            headers = f"Authentication-Results: mx.example.com; spf=pass {comment}\n"
            self.assertEqual(bool(self._arrive(number, headers=headers)), depth == 8)

    def test_not_forged(self):
        for number, results in enumerate(
            (
                "spf=fail smtp.mailfrom=x; dkim=pass; dmarc=pass (p=NONE)",
                "spf=fail smtp.mailfrom=x; dkim=pass",
                "spf=pass; dkim=fail (bad signature; dmarc=fail)",
                "spf=temperror; dkim=none; dmarc=none",
                "none",
            )
        ):
            with self.subTest(results=results):
                headers = f"Authentication-Results: mx.example.com; {results}\n"
                self.assertTrue(self._arrive(number, headers=headers))

    # -- what is nobody's business ---------------------------------------------------

    def test_private(self):
        for number, value in enumerate(
            ("Private", "personal", "Company-Confidential", "Confidential")
        ):
            with self.subTest(value=value):
                self._assert_ignored(number, headers=f"Sensitivity: {value}\n")
        self.assertTrue(self._arrive(9, headers="Sensitivity: Normal\n"))

    def test_machines(self):
        for number, header in enumerate(
            (
                "Auto-Submitted: auto-replied",
                "Precedence: bulk",
                "Precedence: list",
                "List-Id: <all.example.com>",
                "X-Autoreply: yes",
            )
        ):
            with self.subTest(header=header):
                self._assert_ignored(number, headers=f"{header}\n")

    def test_machine_of_a_stranger(self):
        self._assert_ignored(
            email_from="stranger@example.com", headers="Auto-Submitted: auto-replied\n"
        )

    def test_bounce(self):
        self._assert_ignored(
            email_from="MAILER-DAEMON@example.com", to=self.log_address, cc=""
        )

    # -- unknown recipients ---------------------------------------------------------

    def test_create_contact_and_log(self):
        entry = self._arrive(to="anna@acme.example.com, Dave Doe <dave@example.org>")
        self.assertEqual(entry.partner_id, self.anna)
        event = self._find_skipped().with_user(self.user_manager)
        self.assertRecordValues(
            event,
            [
                {
                    "event": "email_out",
                    "user_id": self.user_sales.id,
                    "unknown_address": "dave@example.org",
                    "document_name": "About Friday",
                }
            ],
        )
        self.assertIn("No contact has the address dave@example.org", event.reason)
        self.user_manager.sudo().group_ids |= self.env.ref("base.group_partner_manager")
        event.action_create_contact()
        dave = self.env["res.partner"].search([("email", "=", "dave@example.org")])
        self.assertEqual(dave.name, "Dave Doe")
        self.assertRecordValues(
            self.Entry.search([("partner_id", "=", dave.id)]),
            [
                {
                    "name": "About Friday",
                    "event": "email_out",
                    "user_id": self.user_sales.id,
                    "document_name": False,
                    "res_model": False,
                    "mail_message_id": entry.mail_message_id.id,
                }
            ],
        )
        self.assertEqual(str(event.entry_id.date), "2026-04-10 14:16:26")
        self.assertEqual(event.state, "logged")

    def test_contact_who_came_since(self):
        self._arrive(to="Dave Doe <dave@example.org>")
        event = self._find_skipped()
        self.carol.email = "dave@example.org"
        event.with_user(self.user_manager).action_log_now()
        self.assertEqual(event.entry_id.partner_id, self.carol)

    def test_unknown_recipient_of_an_answer(self):
        order = self._new_order()
        self._post(order, self.anna)
        self._arrive(
            to="dave@example.org",
            headers=f"References: {order.message_ids[0].message_id}\n",
        )
        event = self._find_skipped()
        self.carol.email = "dave@example.org"
        event.with_user(self.user_manager).action_log_now()
        self.assertRecordValues(
            event.entry_id,
            [{"partner_id": self.carol.id, "document_name": order.name}],
        )

    def test_template_of_the_rule_is_archived(self):
        self._shipped("interaction_rule_email_copy").active = False
        self._shipped("interaction_rule_email_about_order").active = False
        template = self._shipped("interaction_template_email_out")
        self.env["interaction.rule"].sudo().search(
            [("template_id", "=", template.id)]
        ).active = False
        rule = self._shipped("interaction_rule_email_copy")
        rule.active = True
        self.env.cr.execute(
            "UPDATE interaction_template SET active = FALSE WHERE id = %s",
            [template.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self._arrive())
        event = self._find_skipped()
        self.assertIn("archived", event.reason)
        template.active = True
        event.with_user(self.user_manager).action_log_now()
        self.assertEqual(event.entry_id.partner_id, self.anna)
