from datetime import datetime

from odoo.tests import BaseCase, tagged

from ...models.email.forwarded import LOCALES, find_original, parse_date
from .common import InteractionCopyCommon

ATTACHED = """--split
Content-Type: text/plain; charset="UTF-8"

For the record
{parts}--split--
"""
PART = """--split
Content-Type: message/rfc822
Content-Disposition: attachment

From: {email_from}
To: il_sales@example.com
Subject: {subject}
Message-Id: {msg_id}
Date: Thu, 09 Apr 2026 08:30:00 +0200
{headers}MIME-Version: 1.0
Content-Type: text/plain; charset="UTF-8"

Where is my order?

"""
QUOTED = """<p>FYI</p><div><b>From:</b> Anna Smith &lt;anna@acme.example.com&gt;<br>
<b>Sent:</b> Thursday, April 9, 2026 8:30 AM<br><b>To:</b> Sales<br>
<b>Subject:</b> My order</div><p>Where is my order?</p>"""

LATEST = datetime(2026, 5, 1)
MORNING = datetime(2026, 4, 9, 6, 30)  # 8:30 in Brussels
# what mail programs write above an e-mail that they forward
HEADERS = {
    "Outlook in English": QUOTED,
    "Gmail in English": """<div>---------- Forwarded message ---------<br>From:
        <strong>Anna Smith</strong> <span>&lt;<a href="mailto:anna@acme.example.com"
        >anna@acme.example.com</a>&gt;</span><br>Date: Thu, Apr 9, 2026 at 8:30
        AM<br>Subject: My order<br>To: &lt;il_sales@example.com&gt;<br></div>""",
    "Apple in English": "<pre>Begin forwarded message:\n\n&gt; From: Anna Smith "
    "&lt;anna@acme.example.com&gt;\n&gt; Subject: My order\n&gt; Date: 9 April 2026 at "
    "8:30:00 CEST\n&gt; To: il_sales@example.com\n&gt;</pre>",
    "Thunderbird": """<p>-------- Forwarded Message --------</p><table><tr><th>Subject:
        </th><td>My order</td></tr><tr><th>Date: </th><td>Thu, 9 Apr 2026 08:30:00
        +0200</td></tr><tr><th>From: </th><td>Anna Smith &lt;anna@acme.example.com&gt;
        </td></tr><tr><th>To: </th><td>il_sales@example.com</td></tr></table>""",
    "old Outlook": "<pre>From: Anna Smith [mailto:anna@acme.example.com]\nSent: "
    "Thursday, April 09, 2026 8:30 AM\nTo: Sales\nSubject: My order</pre>",
}
LINES = {
    "de": ("Von", "Gesendet", "Donnerstag, 9. April 2026 08:30", "An", "Betreff"),
    "de Gmail": ("Von", "Date", "Do., 9. Apr. 2026 um 08:30 Uhr", "To", "Subject"),
    "nl": ("Van", "Verzonden", "donderdag 9 april 2026 08:30", "Aan", "Onderwerp"),
    "fr": ("De\xa0", "Envoyé\xa0", "jeudi 9 avril 2026 08:30", "À\xa0", "Objet\xa0"),
    "fr Gmail": ("De", "Date", "jeu. 9 avr. 2026 à 08:30", "To", "Subject"),
    "es": ("De", "Enviado el", "jueves, 9 de abril de 2026 8:30", "Para", "Asunto"),
    "it": ("Da", "Inviato", "giovedì 9 aprile 2026 08:30", "A", "Oggetto"),
    "pt": (
        "De",
        "Enviada em",
        "quinta-feira, 9 de abril de 2026 08:30",
        "Para",
        "Assunto",
    ),
    "fi": (
        "Lähettäjä",
        "Lähetetty",
        "torstai 9. huhtikuuta 2026 8.30",
        "Vastaanottaja",
        "Aihe",
    ),
    "sv": ("Från", "Skickat", "den 9 april 2026 08:30", "Till", "Ämne"),
}


@tagged("-at_install", "post_install")
class TestCopyForwarded(InteractionCopyCommon):
    """What users forward to the log: it is of who wrote it, and when."""

    def _forward(self, number=1, **values):
        return self._arrive(
            number,
            **{
                "to": self.log_address,
                "cc": "",
                "subject": "Fwd: My order",
                "body": QUOTED,
                **values,
            },
        )

    def _forward_attached(self, *parts, number=1, **values):
        """Forward e-mails as attachments: dicts of what differs."""
        text = "".join(
            PART.format(
                **{
                    "email_from": "Anna <anna@acme.example.com>",
                    "subject": "My order",
                    "msg_id": "<il-original@acme.example.com>",
                    "headers": "",
                    **part,
                }
            )
            for part in parts or [{}]
        )
        return self._forward(
            number,
            content_type='multipart/mixed; boundary="split"',
            body=ATTACHED.format(parts=text),
            **values,
        )

    def _assert_original(self, entry):
        self.assertRecordValues(
            entry,
            [
                {
                    "name": "My order",
                    "event": "email_in",
                    "flow": "inbound",
                    "initiated_by": "them",
                    "channel": "email",
                    "partner_id": self.anna.id,
                    "contact_via": "anna@acme.example.com",
                    "user_id": self.user_sales.id,
                    "template_id": self._shipped("interaction_template_email_in").id,
                    "delivery_status": "none",
                    "date": MORNING,
                }
            ],
        )
        self.assertIn("Where is my order?", entry.note)

    def test_quoted(self):
        self._assert_original(self._forward())

    def test_attached(self):
        entry = self._forward_attached()
        self._assert_original(entry)
        self.assertNotIn("For the record", entry.note)

    def test_with_a_colleague_in_copy(self):
        self._assert_original(self._forward(cc=self.user_manager.email))
        self._assert_original(
            self._forward(2, to=self.user_manager.email, cc=self.log_address)
        )
        # a rule that adds the log to every e-mail means nothing by it
        self.assertFalse(
            self._forward(
                3,
                to=self.user_manager.email,
                headers=f"Delivered-To: {self.log_address}\n",
            )
        )
        self.assertFalse(self._find_skipped())

    def test_forwarded_to_a_contact(self):
        """That is an e-mail to the contact."""
        entry = self._forward(to="carol@example.com", cc=self.log_address)
        self.assertRecordValues(
            entry, [{"event": "email_out", "partner_id": self.carol.id}]
        )

    def test_several_attached(self):
        entries = self._forward_attached(
            {},
            {"email_from": "bob@acme.example.com", "msg_id": "<il-bob@example.com>"},
            {"email_from": "bob@acme.example.com", "headers": "Sensitivity: Private\n"},
        )
        self.assertEqual(entries.partner_id, self.anna | self.bob)
        self.assertEqual(len(entries), 2)

    def test_once(self):
        """Also where another user forwards it, or Odoo has it on a document."""
        self.assertTrue(self._forward_attached())
        self.assertFalse(
            self._forward_attached(number=2, email_from=self.user_manager.email)
        )
        order = self._new_order()
        values = {"model": "sale.order", "thread": order}
        self._receive("anna@acme.example.com", msg_id="<il-doc@example.com>", **values)
        entry = self._find(order)
        self.assertEqual(entry.partner_id, self.anna)
        self.assertFalse(
            self._forward_attached({"msg_id": "<il-doc@example.com>"}, number=3)
        )
        self.assertFalse(self._find_skipped())

    def test_on_a_document_afterwards(self):
        entry = self._forward_attached()
        order = self._new_order()
        self._receive(
            "anna@acme.example.com",
            model="sale.order",
            thread=order,
            msg_id="<il-original@acme.example.com>",
        )
        self.assertEqual(
            order.message_ids[0].message_id, "<il-original@acme.example.com>"
        )
        self.assertFalse(self._find(order))
        self.env.flush_all()
        check = self.env["interaction.completeness.check"]
        check = check.with_user(self.user_manager).create({})
        check.action_check()
        self._run_slices(check)
        self.assertFalse(
            check.line_ids.missing_ids.filtered(lambda line: line.res_id == order.id)
        )
        entry._cancel(self.reason, "")
        entry.unlink()
        check.action_check()
        self._run_slices(check)
        self.assertFalse(
            check.line_ids.missing_ids.filtered(lambda line: line.res_id == order.id),
            "what was purged stays purged",
        )

    def test_where_a_rule_has_not_logged_it(self):
        order = self._new_order()
        self._shipped("interaction_rule_email_in_order").active = False
        self._receive(
            "anna@acme.example.com",
            model="sale.order",
            thread=order,
            msg_id="<il-original@acme.example.com>",
        )
        entry = self._forward_attached()
        self.assertRecordValues(
            entry,
            [
                {
                    "partner_id": self.anna.id,
                    "res_model": "sale.order",
                    "res_id": order.id,
                }
            ],
        )

    def test_what_a_machine_wrote(self):
        entry = self._forward_attached({"headers": "Auto-Submitted: auto-replied\n"})
        self.assertTrue(entry.is_automatic)

    def test_unknown_sender(self):
        self.assertFalse(
            self._forward_attached({"email_from": "Dave Doe <dave@example.org>"})
        )
        event = self._find_skipped()
        self.assertEqual(event.unknown_address, "dave@example.org")
        self.user_manager.sudo().group_ids |= self.env.ref("base.group_partner_manager")
        event.with_user(self.user_manager).action_create_contact()
        self.assertEqual(event.entry_id.partner_id.name, "Dave Doe")
        self.assertEqual(event.entry_id.event, "email_in")
        self.assertEqual(event.entry_id.date, MORNING)

    def test_refused_before(self):
        """The contact answered all, and the user forwards the answer."""
        values = {"email_from": self.anna.email, "to": self.user_sales.email}
        self.assertFalse(self._arrive(9, **values))
        self.assertIn("not an internal user", self._find_skipped().reason)
        self._assert_original(
            self._forward_attached({"msg_id": "<il-copy-9@example.com>"})
        )
        self.assertFalse(self._find_skipped())
        self.assertFalse(self._arrive(9, **values))
        self.assertFalse(self._find_skipped())

    def test_internal_sender(self):
        self.assertFalse(
            self._forward_attached({"email_from": self.user_manager.email})
        )
        self.assertIn("internal contact", self._find_skipped().reason)
        self.assertFalse(self.Copy.search([]).message_ids)

    def test_not_recognized(self):
        for number, (body, reason) in enumerate(
            (
                ("<p>Remember to call Anna</p>", "No forwarded e-mail was recognized"),
                (QUOTED.replace("anna@acme.example.com", ""), "no address"),
                (QUOTED.replace("April 9", "Floreal 9"), "date"),
                ("", "No forwarded e-mail"),
            )
        ):
            with self.subTest(reason=reason):
                self.assertFalse(self._forward(number, body=body))
                event = self._find_skipped()[:1]
                self.assertIn(reason, event.reason)
                self.assertIn("as an attachment", event.reason)
                self.assertEqual(event.user_id, self.user_sales)

    def test_plain_text(self):
        self._assert_original(
            self._forward(
                content_type="text/plain; charset=UTF-8",
                body="FYI\n\n---------- Forwarded message ---------\n"
                "From: *Anna Smith* <anna@acme.example.com>\n"
                "Date: Thu, Apr 9, 2026 at 8:30\u202fAM\nSubject: My order\n"
                "To: <il_sales@example.com>\n\nWhere is my order?\n",
            )
        )


@tagged("-at_install", "post_install")
class TestForwardedText(BaseCase):
    """What mail programs write above an e-mail that they forward."""

    def _assert_found(self, body):
        original = find_original(body, "Europe/Brussels", LATEST)
        self.assertIsNotNone(original)
        self.assertEqual(
            (original.email_from, original.date, original.subject),
            ('"Anna Smith" <anna@acme.example.com>', MORNING, "My order"),
        )

    def test_long_lines(self):
        """They are not read to the end: that takes minutes."""
        for word in ("x ", "may "):
            with self.subTest(word=word):
                original = find_original(
                    f"<p>From: {'a' * 9_000}, anna@acme.example.com<br>Date: "
                    f"{word * 500} 9.4.2026 08:30<br>Subject: My order</p>",
                    "Europe/Brussels",
                    LATEST,
                )
                self.assertEqual(original, (None, None, "My order"))

    def test_mail_programs(self):
        for program, body in HEADERS.items():
            with self.subTest(program=program):
                self._assert_found(body)

    def test_languages(self):
        self.assertEqual({name[:2] for name in LINES} | {"en"}, set(LOCALES))
        for name, (sender, date, moment, to, subject) in LINES.items():
            for bold in ("", "b", "strong"):
                with self.subTest(language=name, bold=bold):
                    start, end = (f"<{bold}>", f"</{bold}>") if bold else ("", "")
                    self._assert_found(
                        f"<div><p>{start}{sender}:{end} Anna Smith "
                        f"&lt;anna@acme.example.com&gt;<br>{start}{date}:{end} {moment}"
                        f"<br>{start}{to}:{end} Sales<br>{start}{subject}:{end} My "
                        "order</p></div>"
                    )

    def test_the_first_of_several(self):
        self._assert_found(
            f"{QUOTED}<p>From: Bob &lt;bob@acme.example.com&gt;<br>Sent: Friday, April "
            "3, 2026 1:00 PM<br>To: Anna<br>Subject: Before</p>"
        )

    def test_what_is_no_header(self):
        for body in (
            "",
            "<p>Date: tomorrow</p>",
            "<p>From: anna@acme.example.com</p>",
            "<p>From: anna@acme.example.com<br>To: me</p><p>Nothing more</p>",
            "<p>De: rien</p>",
        ):
            with self.subTest(body=body):
                self.assertIsNone(find_original(body, None, LATEST))

    def test_dates(self):
        for text, expected in (
            ("2026-04-09 08:30", MORNING),
            ("9.4.2026 8.30", MORNING),
            ("09/04/2026 08:30", MORNING),
            ("4/9/2026 8:30 AM", MORNING),
            ("4/13/2026 8:30", datetime(2026, 4, 13, 6, 30)),
            ("9.4.26 8:30", MORNING),
            ("Do., 9. Apr. 2026 um 08:30 Uhr", MORNING),
            ("to 9. huhtik. 2026 klo 8.30", MORNING),
            ("9. huhtikuuta 2026 klo 8.30.26", MORNING),
            ("mar. 14 avr. 2026 à 08:30", datetime(2026, 4, 14, 6, 30)),
            ("mar. 14/04/2026 08:30", datetime(2026, 4, 14, 6, 30)),
            ("mar, 10 mar 2026 a las 2:16 p. m.", datetime(2026, 3, 10, 13, 16)),
            ("9 Apr 2026, at 8:30:26\u202fAM GMT+2", MORNING),
            ("Thu, 9 Apr 2026 06:30:00 +0000", MORNING),
            ("Thu, 9 Apr 2026 01:30:00 -0500", MORNING),
            ("Thu, 9 Apr 2026 06:30 UTC", MORNING),
            # of two readings, the one that can have been
            ("10/4/2026 8:30:00 AM", datetime(2026, 4, 10, 6, 30)),
            ("1.6.2026 10.00", None),
            ("31.2.2026 14:00", None),
            ("9.4.2026", None),
            ("yesterday", None),
            ("", None),
        ):
            with self.subTest(text=text):
                self.assertEqual(parse_date(text, "Europe/Brussels", LATEST), expected)
        self.assertEqual(
            parse_date("9.4.2026 8.30", None, LATEST), datetime(2026, 4, 9, 8, 30)
        )
