import hashlib
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.interaction_log.tests.common import InteractionAccountCommon
from odoo.addons.interaction_log.tests.email.common import InteractionEmailCommon
from odoo.addons.snailmail.models.snailmail_letter import SnailmailLetter

SERVICE = "odoo.addons.snailmail.models.snailmail_letter.iap_tools.iap_jsonrpc"
ADDRESS = "Rue Haute 1, 1000 Brussels, Belgium"

FILE = b"%PDF the letter"


@tagged("-at_install", "post_install")
class TestSnailmail(InteractionEmailCommon, InteractionAccountCommon):
    """What is sent by post; the service that prints and sends it is never called."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.address = {
            "street": "Rue Haute 1",
            "zip": "1000",
            "city": "Brussels",
            "country_id": cls.env.ref("base.be").id,
        }
        cls.anna.write(cls.address)
        cls.invoice = cls._new_move()

    @classmethod
    def _get_rule(cls, name):
        return cls.env.ref(f"interaction_log_snailmail.{name}").sudo()

    def _post_invoice(self, move=None, user=None):
        """Press *Send* on the invoice, choose *by Post*, and *Send*."""
        move = move or self.invoice
        self._send_invoice(move, user, sending_methods=["snailmail"])
        return self._find(move)

    @contextmanager
    def _service(self, error=None, reason=None):
        """Let the service take letters, or refuse them.

        :param error: of each letter
        :param reason: of all of them
        """

        def answer(url, params=None, **kwargs):
            return {
                "request_code": 400 if reason else 200,
                "reason": reason,
                "request": {
                    "documents": [
                        {**document, "sent": not error, "send_id": 1, "error": error}
                        for document in params["documents"]
                    ]
                },
            }

        with (
            patch(SERVICE, side_effect=answer) as service,
            # what makes the file needs a certain version of a package
            patch.multiple(
                SnailmailLetter,
                _generate_report_pdf=lambda letter, report: ("Letter.pdf", FILE),
                _overwrite_margins=lambda letter, content: content,
            ),
        ):
            yield service

    def _run_queue(self, **answer):
        """Let Odoo send what waits, as the scheduled action does."""
        with self._service(**answer), self.enter_registry_test_mode():
            self.env.ref("snailmail.snailmail_print").sudo().method_direct_trigger()
        self.env.invalidate_all()

    def _find_letters(self):
        letters = self.env["snailmail.letter"].sudo()
        return letters.search([("model", "=", "account.move")])

    # -- what is logged --------------------------------------------------

    def test_invoice(self):
        entry = self._post_invoice()
        letter = self._find_letters()
        self.assertRecordValues(
            entry,
            [
                {
                    "name": f"Invoice {self.invoice.name}",
                    "event": "post",
                    "channel": "letter",
                    "flow": "outbound",
                    "initiated_by": "us",
                    "partner_id": self.anna.id,
                    "commercial_partner_id": self.acme.id,
                    "contact_via": ADDRESS,
                    "user_id": self.user_sales.id,
                    "create_uid": self.user_assistant.id,
                    "company_id": self.company_a.id,
                    "document_name": self.invoice.display_name,
                    "report_id": self.report_invoice.id,
                    "rule_id": self._get_rule("interaction_rule_post_invoice").id,
                    "template_id": self.template_invoice.id,
                    "delivery_status": "pending",
                    "source_key": f"mail.notification,{letter.notification_ids.id}",
                    "content_sha256": False,
                }
            ],
        )
        self.assertEqual(
            entry.summary,
            f"Invoice {self.invoice.name}: sent by post by Assistant to Anna",
        )
        anna = self.anna.with_user(self.user_sales)
        self.assertEqual(anna.interaction_last_outbound_date, entry.date)

    def test_credit_note(self):
        refund = self._new_move("out_refund")
        self.assertEqual(
            self._post_invoice(refund).template_id,
            self._shipped("interaction_template_credit_note"),
        )

    def test_by_email_and_by_post(self):
        self._send_invoice(self.invoice, sending_methods=["email", "snailmail"])
        self.assertEqual(
            sorted(self._find(self.invoice).mapped("event")), ["email_out", "post"]
        )

    def test_letter_about_a_contact(self):
        """As another addon makes it, with a file of its own."""
        file = self.env["ir.attachment"].create({"name": "Letter.pdf", "raw": b"%PDF"})
        self.env["snailmail.letter"].with_user(self.env.user).create(
            {
                "model": "res.partner",
                "res_id": self.anna.id,
                "partner_id": self.anna.id,
                "attachment_id": file.id,
            }
        )
        entry = self.Entry.search([("event", "=", "post")])
        self.assertRecordValues(
            entry,
            [
                {
                    "name": "Letter.pdf",
                    "partner_id": self.anna.id,
                    "res_model": False,
                    "template_id": self._shipped("interaction_template_letter").id,
                    "content_attachment_id": file.id,
                    "content_sha256": hashlib.sha256(b"%PDF").hexdigest(),
                }
            ],
        )

    def test_other_company(self):
        company = self._new_company()
        order = self._new_order(company_id=company.id, order_line=False)
        rule = self._get_rule("interaction_rule_post_contact").copy(
            {
                "name": "Order by post",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
            }
        )
        self.env["snailmail.letter"].sudo().create(
            {
                "model": "sale.order",
                "res_id": order.id,
                "partner_id": self.anna.id,
                "company_id": company.id,
            }
        )
        entry = self._find(order)
        self.assertEqual((entry.rule_id, entry.company_id), (rule, company))
        self.assertFalse(
            self.env["interaction.log.entry"]
            .with_user(self.user_sales)
            .search([("id", "=", entry.id)])
        )

    # -- what becomes of it ----------------------------------------------

    def test_sent(self):
        entry = self._post_invoice()
        self._run_queue()
        letter = self._find_letters()
        self.assertEqual(letter.state, "sent")
        self.assertRecordValues(
            entry,
            [
                {
                    "delivery_status": "sent",
                    "delivery_error": False,
                    "content_attachment_id": letter.attachment_id.id,
                    "content_sha256": hashlib.sha256(FILE).hexdigest(),
                    "content_fingerprint": False,
                }
            ],
        )

    def test_copy_of_the_file(self):
        self._get_rule("interaction_rule_post_invoice").keep_copy = True
        entry = self._post_invoice()
        self._run_queue()
        kept = entry.content_attachment_id
        self.assertEqual((kept.res_model, kept.res_id), (entry._name, entry.id))
        self.assertEqual(kept.raw, FILE)

    def test_refused(self):
        for code, reason in (
            ("NO_PRICE_AVAILABLE", "Letters can't be sent to this country"),
            ("FORMAT_ERROR", "The document can't be sent by post in this format"),
        ):
            with self.subTest(code=code):
                move = self._new_move()
                entry = self._post_invoice(move)
                self._run_queue(error=code)
                self.assertRecordValues(
                    entry, [{"delivery_status": "error", "delivery_error": reason}]
                )
                self.assertEqual(
                    entry.summary, f"Invoice {move.name}: not sent by post to Anna"
                )
        anna = self.anna.with_user(self.user_sales)
        self.assertFalse(anna.interaction_last_date, "failed attempts")

    def test_no_credit_then_sent_by_the_queue(self):
        entry = self._post_invoice()
        self._run_queue(reason="CREDIT_ERROR")
        self.assertEqual(
            entry.delivery_error, "There are not enough credits to send letters"
        )
        self._run_queue()
        self.assertRecordValues(
            entry, [{"delivery_status": "sent", "delivery_error": False}]
        )
        self.assertEqual(self._find(self.invoice), entry)

    def test_contact_without_an_address(self):
        """The scheduled action leaves it out without a word; the log says so."""
        (self.acme | self.carol).invoice_sending_method = "snailmail"
        self.carol.write(self.address)
        invoices = self.invoice | self._new_move(partner=self.carol)
        self.env["account.move.send.batch.wizard"].with_user(
            self.user_assistant
        ).with_context(active_model="account.move", active_ids=invoices.ids).create(
            {}
        ).action_send_and_print()
        self.carol.zip = False
        with self.mock_mail_gateway(), self.enter_registry_test_mode():
            self.env.ref("account.ir_cron_account_move_send").method_direct_trigger()
        reason = "The address of the contact is not complete"
        self.assertEqual(self._find_letters().partner_id, self.anna)
        self.assertRecordValues(
            self._find(invoices).sorted("partner_name"),
            [
                {
                    "event": "post",
                    "partner_id": partner.id,
                    "create_uid": self.user_assistant.id,
                    "delivery_status": status,
                    "delivery_error": error,
                }
                for partner, status, error in (
                    (self.anna, "pending", False),
                    (self.carol, "error", reason),
                )
            ],
        )

    def test_address_that_is_not_complete_any_more(self):
        entry = self._post_invoice()
        letter = self._find_letters()
        letter.zip = False
        self._run_queue()
        self.assertRecordValues(
            entry,
            [
                {
                    "delivery_status": "error",
                    "delivery_error": "The address of the contact is not complete",
                }
            ],
        )

    def test_what_the_letter_alone_tells(self):
        entry = self._post_invoice()
        self._find_letters().report_template = False
        self._run_queue()
        self.assertEqual(self._find_letters().error_code, "ATTACHMENT_ERROR")
        self.assertRecordValues(
            entry,
            [
                {
                    "delivery_status": "error",
                    "delivery_error": "The letter could not be made or sent",
                }
            ],
        )

    def test_canceled(self):
        entry = self._post_invoice()
        self._find_letters().with_user(self.user_assistant).cancel()
        self.assertRecordValues(
            entry,
            [
                {
                    "delivery_status": "error",
                    "delivery_error": "The letter was canceled before it was sent.",
                }
            ],
        )

    # -- who may say so, and what it costs -------------------------------

    def test_state_of_a_client(self):
        """Every user may write letters; that says nothing of what was sent."""
        vals = {
            "model": "account.move",
            "res_id": self.invoice.id,
            "partner_id": self.anna.id,
        }
        Letter = self.env["snailmail.letter"].with_user(self.user_assistant)
        Letter.create({**vals, "state": "sent"})
        self.assertFalse(self._find(self.invoice))
        letter = Letter.create({**vals, "user_id": self.user_manager.id})
        letter.state = "sent"
        file = self.env["ir.attachment"].with_user(self.user_assistant)
        letter.attachment_id = file.create({"name": "Other.pdf", "raw": b"other"})
        self.assertRecordValues(
            self._find(self.invoice),
            [
                {
                    "delivery_status": "pending",
                    "content_sha256": False,
                    "create_uid": self.user_assistant.id,
                }
            ],
        )

    def test_failure_of_the_log_stops_no_letter(self):
        with (
            patch.object(
                type(self.Recorder), "_record_mails", side_effect=ZeroDivisionError
            ),
            mute_logger(
                "odoo.addons.interaction_log.models.email.interaction_recorder"
            ),
        ):
            self._post_invoice()
        self.assertTrue(self._find_letters())
        self.assertFalse(self._find(self.invoice))
        self.assertEqual(
            self.Skipped.search([("event", "=", "post")]).res_id, self.invoice.id
        )

    def test_no_query_without_a_rule(self):
        self.Rule.search([("event", "=", "post")]).active = False
        messages = self.env["mail.message"]
        recorder = self.env["interaction.recorder"]
        recorder._record_sent("post", messages, self.fail)  # fills the caches
        with self.assertQueryCount(0):
            recorder._record_sent("post", messages, self.fail)
        self.assertFalse(self._post_invoice())

    # -- the past --------------------------------------------------------

    def test_completeness(self):
        event = self.env.ref("interaction_log_snailmail.interaction_event_post")
        event = event.with_user(self.user_manager)
        event.is_recorded = False
        self._post_invoice()
        self._run_queue()
        canceled = self._new_move()
        self._post_invoice(canceled)
        (self._find_letters() - self._find_letters().filtered("attachment_id")).cancel()
        event.is_recorded = True
        self.assertFalse(self._find(self.invoice))
        # a client may rewrite a letter that was sent
        letter = self._find_letters().filtered("attachment_id")
        letter.with_user(self.user_sales).write(
            {"partner_id": self.acme.id, "res_id": canceled.id}
        )
        check = (
            self.env["interaction.completeness.check"]
            .with_user(self.user_manager)
            .create({})
        )
        check.action_check()
        self._run_slices(check)
        lines = check.sudo().line_ids.filtered(lambda line: line.event == "post")
        self.assertEqual(lines.missing_ids.mapped("res_id"), self.invoice.ids)
        self.assertEqual(lines.missing_ids.partner_id, self.anna)
        lines.missing_ids.with_user(self.user_manager).action_fill_in()
        self.assertRecordValues(
            self._find(self.invoice),
            [
                {
                    "event": "post",
                    "delivery_status": "sent",
                    "is_backfilled": True,
                    "date": letter.create_date.replace(microsecond=0),
                    "content_attachment_id": letter.attachment_id.id,
                }
            ],
        )
        check.action_check()
        self._run_slices(check)
        lines = check.sudo().line_ids.filtered(lambda line: line.event == "post")
        self.assertFalse(lines.missing_ids)
