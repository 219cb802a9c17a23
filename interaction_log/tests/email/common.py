from contextlib import contextmanager

from odoo.addons.mail.tests.common import MailCase

from ..common import InteractionCommon

# an e-mail that arrives
MAIL = """Return-Path: {email_from}
To: {to}
From: {email_from}
Cc: {cc}
Subject: {subject}
Message-Id: {msg_id}
References: {references}
Date: {date}
{headers}MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="split"

--split
Content-Type: text/html; charset="UTF-8"

<p>Please send it <b>twice</b><script>alert("x")</script></p>

--split
Content-Type: application/pdf; name="wish.pdf"
Content-Disposition: attachment; filename="wish.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQK
--split--
"""


# an e-mail that comes back
BOUNCE = """Return-Path: <>
From: MAILER-DAEMON@example.com (Mail Delivery System)
To: {bounce}
Subject: Undelivered
Message-Id: <il-bounce@example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="split"

--split
Content-Type: text/plain; charset=us-ascii

There is no such person at this address.

--split
Content-Type: message/delivery-status

Reporting-MTA: dns; example.com

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.0.0

--split
Content-Type: message/rfc822

From: sales@my.example.com
To: {address}
Subject: News
Message-Id: {message_id}

News
--split--
"""


# an e-mail that somebody writes in another mail program
PLAIN = """From: {email_from}
To: {to}
Cc: {cc}
Subject: {subject}
Message-Id: {msg_id}
Date: {date}
{headers}MIME-Version: 1.0
Content-Type: {content_type}

{body}
"""


class MailGatewayCase(MailCase):
    """Odoo's mocks of the mail gateway, without the companies of its `MailCommon`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_root = cls.env.ref("base.user_root")
        cls._init_mail_gateway()
        cls._init_mail_servers()
        cls.env["ir.config_parameter"].set_param("mail.restrict.template.rendering", "")


class InteractionEmailCommon(InteractionCommon, MailGatewayCase):
    """Contacts with addresses, and the ways in which e-mails leave.

    What is sent goes through Odoo's whole mail stack, but for the connection to the
    server: `with self.mock_mail_gateway():`.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme.email = "office@acme.example.com"
        cls.anna.email = "anna@acme.example.com"
        cls.bob, cls.carol, cls.nobody = cls.env["res.partner"].create(
            [
                {
                    "name": "Bob",
                    "parent_id": cls.acme.id,
                    "email": "bob@acme.example.com",
                },
                {"name": "Carol", "email": "carol@example.com"},
                {"name": "Nobody"},
            ]
        )

    def _receive(
        self, email_from, parent=None, model=None, thread=None, new=None, **values
    ):
        """Let an e-mail arrive: an answer to `parent`, or for a thread.

        :param values: of the headers; `headers` has further ones, a line each
        """
        mail = MAIL.format(
            **{
                "to": "sales@my.example.com",
                "cc": "",
                "email_from": email_from,
                "subject": "Re: your offer",
                "msg_id": f"<il-in-{thread and thread.id}@example.com>",
                "references": parent.message_id if parent else "",
                "headers": "",
                "date": "Fri, 10 Apr 2026 14:16:26 +0000",
                **values,
            }
        )
        with self.mock_mail_gateway():
            return (
                self.env["mail.thread"]
                .with_user(self.user_root)
                .message_process(
                    model, mail, thread_id=thread and thread.id, custom_values=new
                )
            )

    def _post(self, record, partners, user=None, **values):
        """Send a message from the chatter, as a user does."""
        with self.mock_mail_gateway(mail_unlink_sent=True):
            return record.with_user(user or self.user_sales).message_post(
                **{
                    "body": "Hello there",
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                    "partner_ids": partners.ids,
                    **values,
                }
            )

    def _receive_bounce(self, message=None):
        """Let an e-mail come back: `message`, or the one about `self.order`."""
        message = message or self._find(self.order).mail_message_id
        mail = BOUNCE.format(
            bounce=f"{self.alias_bounce}@{self.alias_domain}",
            address="anna@acme.example.com",
            message_id=message.message_id,
        )
        with self.mock_mail_gateway():
            self.env["mail.thread"].with_user(self.user_root).message_process(
                None, mail
            )

    def _new_mail_template(self, model, **vals):
        """Return a template whose e-mails go to the document's contact."""
        return (
            self.env["mail.template"]
            .sudo()
            .create(
                {
                    "name": "Text",
                    "model_id": self.env["ir.model"]._get_id(model),
                    "subject": "About {{ object.name }}",
                    "body_html": "<p>Dear customer</p>",
                    "partner_to": "{{ object.partner_id.id }}",
                    "auto_delete": True,
                    **vals,
                }
            )
        )

    def _send_quotation(self, order, user=None):
        """Press *Send* on the quotation, and *Send* in the composer."""
        order = order.with_user(user or self.user_sales)
        action = order.action_quotation_send()
        composer = (
            self.env["mail.compose.message"]
            .with_user(user or self.user_sales)
            .with_context(**action["context"])
            .create({})
        )
        with self.mock_mail_gateway(mail_unlink_sent=True):
            composer.action_send_mail()
        return composer

    def _send_invoice(self, move, user=None, **values):
        """Press *Send* on the invoice, and *Send* in the dialog."""
        wizard = (
            self.env["account.move.send.wizard"]
            .with_user(user or self.user_assistant)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"sending_methods": ["email"], **values})
        )
        with self.mock_mail_gateway(mail_unlink_sent=True):
            wizard.action_send_and_print()

    @contextmanager
    def _broken_connection(self):
        """The mail server can't be reached."""
        with self.mock_mail_gateway(mail_unlink_sent=True):
            self.connect_mocked.side_effect = OSError("no route to the mail server")
            yield


class InteractionCopyCommon(InteractionEmailCommon):
    """A company with an address of the log, and what arrives there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a.alias_domain_id = cls.mail_alias_domain
        cls.alias = cls.env["mail.alias"].create(
            {
                "alias_name": "log",
                "alias_domain_id": cls.mail_alias_domain.id,
                "alias_model_id": cls.env["ir.model"]._get_id("interaction.email.copy"),
            }
        )
        cls.log_address = cls.alias.alias_full_name
        cls.user_sales.tz = "Europe/Brussels"
        cls.Copy = cls.env["interaction.email.copy"].sudo()

    def _arrive(self, number=1, model=None, **values):
        """Let an e-mail of the salesperson arrive; return the entries it makes.

        :param values: what differs from an e-mail to Anna with the log in copy;
            `headers` has further ones, a line each
        """
        before = self.Entry.search([])
        mail = PLAIN.format(
            **{
                "email_from": self.user_sales.email_formatted,
                "to": "Anna <anna@acme.example.com>",
                "cc": self.log_address,
                "subject": "About Friday",
                "msg_id": f"<il-copy-{number}@example.com>",
                "date": "Fri, 10 Apr 2026 14:16:26 +0000",
                "headers": "",
                "content_type": "text/html; charset=UTF-8",
                "body": "<p>See you on <b>Friday</b></p>",
                **values,
            }
        )
        with self.mock_mail_gateway():
            self.env["mail.thread"].with_user(self.user_root).message_process(
                model, mail
            )
            # those about a document are for its followers
            answers = self._new_mails.filtered(lambda mail: not mail.model)
            self.assertFalse(answers, "nobody is answered")
        return self.Entry.search([]) - before

    def _find_skipped(self):
        return self.Skipped.search([("res_model", "=", "interaction.email.copy")])
