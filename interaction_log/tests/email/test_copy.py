from odoo import Command
from odoo.tests import tagged

from .common import InteractionCopyCommon

WITH_FILE = """--split
Content-Type: text/html; charset="UTF-8"

<p>The offer is attached</p>
--split
Content-Type: application/pdf; name="offer.pdf"
Content-Disposition: attachment; filename="offer.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQK
--split--
"""


@tagged("-at_install", "post_install")
class TestCopy(InteractionCopyCommon):
    """What users send from other mail programs, with the log in Cc or Bcc."""

    def test_in_copy(self):
        entry = self._arrive()
        self.assertRecordValues(
            entry,
            [
                {
                    "name": "About Friday",
                    "event": "email_out",
                    "channel": "email",
                    "flow": "outbound",
                    "initiated_by": "us",
                    "partner_id": self.anna.id,
                    "commercial_partner_id": self.acme.id,
                    "contact_via": "anna@acme.example.com",
                    "user_id": self.user_sales.id,
                    "create_uid": self.user_sales.id,
                    "company_id": self.company_a.id,
                    "template_id": self._shipped("interaction_template_email_out").id,
                    "rule_id": self._shipped("interaction_rule_email_copy").id,
                    "res_model": False,
                    "res_id": False,
                    "document_name": False,
                    "delivery_status": "sent",
                    "state": "logged",
                }
            ],
        )
        self.assertEqual(str(entry.date), "2026-04-10 14:16:26")
        self.assertIn("See you on <b>Friday</b>", entry.note)
        self.assertFalse(self._find_skipped())

    def test_by_who_has_no_right_on_the_log(self):
        entry = self._arrive(email_from=self.user_assistant.email)
        self.assertEqual(entry.user_id, self.user_assistant)

    def test_files_and_text_are_read_in_the_log(self):
        entry = self._arrive(
            content_type='multipart/mixed; boundary="split"', body=WITH_FILE
        )
        files = entry.with_user(self.user_other_sales).mail_attachment_ids
        self.assertEqual(files.mapped("name"), ["offer.pdf"])
        self.assertEqual(len(entry.content_sha256), 64)
        copy = self.Copy.search([]).with_user(self.user_other_sales)
        self.assertEqual(
            entry.action_open_message()["url"], f"/mail/message/{copy.message_ids.id}"
        )
        self.assertIn("The offer is attached", copy.message_ids.body)
        self.assertFalse(copy.with_user(self.user_assistant).has_access("read"))

    def test_files_of_the_template(self):
        template = self._shipped("interaction_template_email_out")
        template.write(
            {
                "default_lang_id": self.env.ref("base.lang_en").id,
                "file_ids": [
                    Command.create({"filename": "terms.txt", "file": "VGVybXM="})
                ],
            }
        )
        self.assertEqual(self._arrive().attachment_ids.mapped("name"), ["terms.txt"])

    def test_each_contact(self):
        entries = self._arrive(
            to="Anna <anna@acme.example.com>, bob@acme.example.com",
            cc=f"carol@example.com, {self.user_manager.email}, {self.log_address}",
        )
        self.assertEqual(entries.partner_id, self.anna | self.bob | self.carol)
        self.assertEqual(len(entries), 3)

    def test_blind_copy(self):
        for number, header in enumerate(
            ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Bcc")
        ):
            with self.subTest(header=header):
                entry = self._arrive(
                    number, cc="", headers=f"{header}: {self.log_address}\n"
                )
                self.assertEqual(entry.partner_id, self.anna)

    def test_mailbox_of_the_log(self):
        """What is fetched from it is for the log, whatever the headers say."""
        entry = self._arrive(cc="", model="interaction.email.copy")
        self.assertEqual(entry.partner_id, self.anna)
        self.assertEqual(len(self.Copy.search([])), 1)

    def test_without_a_subject(self):
        self.assertEqual(self._arrive(subject="").name, "See you on Friday")

    def test_once(self):
        self.assertTrue(self._arrive())
        self.assertFalse(self._arrive(headers=f"Delivered-To: {self.log_address}\n"))
        self.assertFalse(self._find_skipped())

    def test_time_that_can_not_be(self):
        now = self.env.cr.now().replace(microsecond=0)
        for number, date in enumerate(
            ("Fri, 10 Apr 2096 14:16:26 +0000", "Thu, 01 Jan 1970 00:00:00 +0000")
        ):
            with self.subTest(date=date):
                entry = self._arrive(number, date=date)
                self.assertLess(abs((entry.date - now).total_seconds()), 3600)

    def test_colleagues_are_no_contacts(self):
        self.assertFalse(self._arrive(to=self.user_manager.email))
        self.assertFalse(self._arrive(2, to=f"someone@{self.alias_domain}"))
        self.assertFalse(self._find_skipped())
        self.assertFalse(self.Copy.search([]))

    def test_rules_switched_off(self):
        self._shipped("interaction_rule_email_copy").active = False
        self.assertFalse(self._arrive())
        self._shipped("interaction_rule_email_forwarded").active = False
        self.assertFalse(self._arrive(2))
        self.assertEqual(len(self.Copy.search([])), 1)

    def test_broken_log_stops_no_mail(self):
        order = self._new_order()
        self._post(order, self.anna)
        self.patch(type(self.Recorder), "_take_copies", lambda *args: 1 / 0)
        with self.assertLogs(
            "odoo.addons.interaction_log.models.email.interaction_recorder_copy",
            "ERROR",
        ):
            self._arrive(headers=f"References: {order.message_ids[0].message_id}\n")
        self.assertEqual(order.message_ids[0].message_type, "email")
        self.assertIn("Unexpected error", self._find_skipped().reason)

    # -- beside documents -----------------------------------------------------

    def test_answer_to_a_document(self):
        """The document gets the message, the log gets it once, with the document."""
        order = self._new_order()
        self._post(order, self.anna)
        first = self._find(order)
        entry = self._arrive(headers=f"References: {order.message_ids[0].message_id}\n")
        message = order.message_ids[0]
        self.assertEqual(message.message_id, "<il-copy-1@example.com>")
        self.assertRecordValues(
            entry,
            [
                {
                    "partner_id": self.anna.id,
                    "event": "email_out",
                    "res_model": "sale.order",
                    "res_id": order.id,
                    "document_name": order.name,
                    "mail_message_id": message.id,
                }
            ],
        )
        self.assertEqual(self._find(order), first | entry)
        self.assertFalse(self.Copy.search([]).message_ids, "the text is kept once")

    def test_blind_copy_of_an_answer(self):
        """The server delivers it twice, to the document first or to the log first."""
        for number, is_log_first in enumerate((False, True)):
            with self.subTest(is_log_first=is_log_first):
                order = self._new_order()
                self._post(order, self.anna)
                parent = f"References: {order.message_ids[0].message_id}\n"
                deliveries = [
                    parent,
                    f"{parent}Delivered-To: {self.log_address}\n",
                ]
                # the second one does not say which document it answers
                if is_log_first:
                    deliveries = [f"Delivered-To: {self.log_address}\n", parent]
                entries = self.Entry.browse()
                for headers in deliveries:
                    entries |= self._arrive(number, cc="", headers=headers)
                self.assertEqual(
                    order.message_ids[0].message_id, f"<il-copy-{number}@example.com>"
                )
                self.assertEqual(entries.mapped("partner_id"), self.anna)
                self.assertEqual(len(entries), 1)

    def test_what_odoo_sent(self):
        order = self._new_order()
        message = self._post(order, self.anna)
        self.assertFalse(self._arrive(msg_id=message.message_id))
        self.assertEqual(len(self._find(order)), 1)

    def test_other_alias_in_copy(self):
        """What else gets it goes on as without the log."""
        alias = self.env["mail.alias"].create(
            {
                "alias_name": "quotes",
                "alias_domain_id": self.mail_alias_domain.id,
                "alias_model_id": self.env["ir.model"]._get_id("res.partner"),
                "alias_defaults": "{'name': 'Made by an alias'}",
            }
        )
        entry = self._arrive(cc=f"{self.log_address}, {alias.alias_full_name}")
        self.assertEqual(entry.partner_id, self.anna)
        made = self.env["res.partner"].search([("name", "=", "Made by an alias")])
        self.assertEqual(len(made.message_ids), 1)
        self.assertEqual(entry.document_name, "Made by an alias")

    def test_fallback_of_a_mail_server_makes_nothing(self):
        """Odoo makes a document of each e-mail, but not of those for the log."""
        contacts = self.env["res.partner"].search_count([])
        self._arrive(model="res.partner")
        self.assertEqual(self.env["res.partner"].search_count([]), contacts)

    def test_fallback_of_a_mail_server_for_others(self):
        """A customer who has the log in copy wrote to us all the same."""
        contacts = self.env["res.partner"].search_count([])
        values = {"email_from": "dave@example.org", "model": "res.partner"}
        self._arrive(to="sales@my.example.com", **values)
        self.assertEqual(self.env["res.partner"].search_count([]), contacts + 1)
        self.assertFalse(self._find_skipped(), "it is on a document")
        self._arrive(2, to=self.log_address, cc="", **values)
        self.assertEqual(self.env["res.partner"].search_count([]), contacts + 1)
        self.assertEqual(len(self._find_skipped()), 1)

    def test_null_character(self):
        self.assertEqual(self._arrive(subject="=?utf-8?q?Fri=00day?=").name, "Friday")

    def test_gateway_without_the_log(self):
        contacts = self.env["res.partner"].search_count([])
        self.assertFalse(self._arrive(model="res.partner", cc=""))
        self.assertEqual(self.env["res.partner"].search_count([]), contacts + 1)
        self.alias.unlink()
        with self.assertRaisesRegex(ValueError, "No possible route"):
            self._arrive(2)

    def test_not_missing(self):
        """Completeness finds the e-mail on the document in the log."""
        order = self._new_order(partner=self.carol)
        parent = self._post(order, self.carol)
        self._arrive(
            cc="",
            headers=f"Delivered-To: {self.log_address}\n",
            to="catalog@example.org, carol@example.com",
        )
        # Odoo sends it on to who follows: an e-mail of its own, which no rule wanted
        self._shipped("interaction_rule_email_about_order").active = False
        order.message_subscribe(self.carol.ids)
        self._arrive(cc="", to="x@y.org", headers=f"References: {parent.message_id}\n")
        self._shipped("interaction_rule_email_about_order").active = True
        self.env.flush_all()
        check = self.env["interaction.completeness.check"]
        check = check.with_user(self.user_manager).create({})
        check.action_check()
        self._run_slices(check)
        self.assertFalse(
            check.line_ids.missing_ids.filtered(lambda line: line.res_id == order.id)
        )

    # -- many, and several companies -----------------------------------------

    def test_two_hundred_recipients(self):
        partners = self.env["res.partner"].create(
            [
                {"name": f"Guest {number}", "email": f"guest{number}@example.org"}
                for number in range(200)
            ]
        )
        unknown = [f"unknown{number}@example.org" for number in range(10)]
        counts = []
        for number, emails in enumerate(
            (partners[:3].mapped("email"), [*partners.mapped("email"), *unknown]), 1
        ):
            self._arrive(10 + number, to=partners[0].email)  # caches
            before = self.env.cr.sql_log_count
            entries = self._arrive(number, to=",".join(emails))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(entries.partner_id, partners)
        self.assertEqual(len(entries), 200)
        self.assertEqual(len(self._find_skipped()), 10)
        # chunks of inserts and reads, and the list of what is skipped
        self.assertLess(counts[1] - counts[0], 30)

    def test_companies(self):
        """The address says of which company it is; the contact may be of another."""
        company_b = self._new_company()
        domain_b = self.env["mail.alias.domain"].create(
            {"name": "b.example.com", "company_ids": [Command.link(company_b.id)]}
        )
        alias_b = self.alias.copy({"alias_name": "log", "alias_domain_id": domain_b.id})
        # has no access to it
        self.assertEqual(
            self._arrive(cc=alias_b.alias_full_name).company_id, self.company_a
        )
        self.user_sales.company_ids |= company_b
        self.assertEqual(
            self._arrive(2, cc=alias_b.alias_full_name).company_id, company_b
        )
        self.assertEqual(self._arrive(3).company_id, self.company_a)
        self.anna.company_id = self.acme.company_id = company_b
        self.assertEqual(self._arrive(4).company_id, company_b)
        self.user_sales.company_ids -= company_b
        self.assertEqual(self._arrive(5).company_id, self.company_a)
        # who sees another company alone does not see its e-mails
        copies = self.Copy.search([]).with_user(self.user_other_sales)
        self.assertEqual(copies._filtered_access("read").company_id, self.company_a)

    def test_contact_of_the_company(self):
        """Of two contacts with the address it is the one of the company."""
        other = self.anna.copy(
            {"company_id": self._new_company().id, "parent_id": False}
        )
        other.email = self.anna.email
        self.assertEqual(self._arrive().partner_id, self.anna)

    # -- what becomes of it ----------------------------------------------------

    def test_send_again(self):
        entry = self._arrive()
        with self.mock_mail_gateway(mail_unlink_sent=True):
            entry.with_user(self.user_other_sales).action_resend()
        again = self.Entry.search([("resend_of_id", "=", entry.id)])
        self.assertEqual(again.partner_id, self.anna)
        self.assertIn("See you on", again.mail_message_id.body)

    def test_answer_to_what_was_sent_again(self):
        entry = self._arrive()
        with self.mock_mail_gateway(mail_unlink_sent=True):
            entry.with_user(self.user_other_sales).action_resend()
        again = self.Entry.search([("resend_of_id", "=", entry.id)])
        answer = self._arrive(
            2,
            email_from="anna@acme.example.com",
            to=f"{self.alias_catchall}@{self.alias_domain}",
            cc="",
            headers=f"References: {again.mail_message_id.message_id}\n",
        )
        self.assertRecordValues(
            answer, [{"event": "email_in", "partner_id": self.anna.id}]
        )

    def test_unused_copies_go(self):
        entry = self._arrive()
        copy = self.Copy.search([])
        self.env.cr.execute(
            "UPDATE interaction_email_copy SET create_date = '2020-01-01'"
        )
        self.Copy._gc_copies()
        self.assertTrue(copy.exists())
        reason = self.reason
        entry._cancel(reason, "")
        entry.unlink()
        message = copy.mail_message_id
        self.Copy._gc_copies()
        self.assertFalse(copy.exists() or message.exists())

    def test_nobody_writes_copies(self):
        self._arrive()
        copy = self.Copy.search([])
        for user in (self.user_sales, self.user_manager, self.user_admin):
            with self.subTest(user=user.login):
                rights = copy.with_user(user)
                self.assertTrue(rights.has_access("read"))
                for operation in ("create", "write", "unlink"):
                    self.assertFalse(rights.has_access(operation))
