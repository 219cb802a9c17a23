from contextlib import contextmanager
from unittest.mock import patch

from markupsafe import Markup

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import InteractionAccountCommon
from .common import InteractionEmailCommon

SEND = "account.move.send"
METHOD = "x_network"
XML = b"<Invoice>one</Invoice>"


class EinvoiceCommon(InteractionEmailCommon, InteractionAccountCommon):
    """A network beside e-mail, as addons of countries bring one."""

    @contextmanager
    def _network(self, answer=None, is_applicable=True, before=None):
        """Let invoices be sent by a network.

        :param answer: function that is asked after the PDF was made, with the invoices
        :param before: the same, before anything was asked
        """
        Send = self.env.registry[SEND]
        field = self.env["res.partner"]._fields["invoice_sending_method"]
        ask, is_applicable_to_move = (
            Send._call_web_service_after_invoice_pdf_render,
            Send._is_applicable_to_move,
        )
        prepare = Send._hook_invoice_document_before_pdf_report_render
        self.sent = []

        def call(send, invoices_data):
            ask(send, invoices_data)
            for move, data in invoices_data.items():
                if METHOD in data["sending_methods"]:
                    data["xml_attachment_values"] = {
                        "name": "invoice.xml",
                        "raw": XML,
                        "mimetype": "application/xml",
                        "res_model": move._name,
                        "res_id": move.id,
                    }
                    self.sent.append(move.id)
            if answer:
                answer(invoices_data)

        def check(send, method, move, **data):
            if method == METHOD:
                return is_applicable and move.id not in self.sent
            return is_applicable_to_move(send, method, move, **data)

        def prepare_invoice(send, move, data):
            prepare(send, move, data)
            if before:
                before(data)

        with (
            patch.object(field, "selection", [*field.selection, (METHOD, "by Net")]),
            patch.object(Send, "_call_web_service_after_invoice_pdf_render", call),
            patch.object(Send, "_is_applicable_to_move", check),
            patch.object(
                Send,
                "_hook_invoice_document_before_pdf_report_render",
                prepare_invoice,
            ),
        ):
            yield

    def _send(self, moves, user=None, methods=(METHOD,), **kwargs):
        with self.mock_mail_gateway(mail_unlink_sent=True):
            self.env[SEND].with_user(
                user or self.user_assistant
            )._generate_and_send_invoices(
                moves, **{"sending_methods": list(methods), **kwargs}
            )

    @staticmethod
    def _refuse(invoices_data):
        for data in invoices_data.values():
            data["error"] = {"error_title": "Not known", "errors": ["No such ID"]}

    def _find_activities(self, user=None):
        return self.env["mail.activity"].search(
            [
                ("automated", "=", True),
                ("user_id", "=", (user or self.user_assistant).id),
            ]
        )


@tagged("-at_install", "post_install")
class TestEinvoice(EinvoiceCommon):
    def test_sent_from_the_dialog(self):
        invoice = self._new_move()
        with self._network():
            self._send_invoice(invoice, sending_methods=[METHOD])
        entry = self._find(invoice)
        self.assertRecordValues(
            entry,
            [
                {
                    "name": f"Invoice {invoice.name}",
                    "event": "einvoice",
                    "channel": "other",
                    "flow": "outbound",
                    "initiated_by": "us",
                    "partner_id": self.anna.id,
                    # which the network has in Odoo's own table, if it has one
                    "contact_via": METHOD,
                    "user_id": self.user_sales.id,
                    "create_uid": self.user_assistant.id,
                    "company_id": self.company_a.id,
                    "document_name": invoice.display_name,
                    "rule_id": self._shipped("interaction_rule_einvoice_invoice").id,
                    "template_id": self.template_invoice.id,
                    "delivery_status": "sent",
                    "delivery_error": False,
                    "resend_of_id": False,
                }
            ],
        )
        self.assertEqual(
            entry.summary,
            f"Invoice {invoice.name}: sent electronically by Assistant to Anna",
        )
        self.assertEqual(self.anna.sudo().interaction_last_outbound_date, entry.date)

    def test_credit_note(self):
        refund = self._new_move("out_refund")
        with self._network():
            self._send(refund)
        self.assertRecordValues(
            self._find(refund),
            [
                {
                    "event": "einvoice",
                    "template_id": self._shipped("interaction_template_credit_note").id,
                }
            ],
        )

    def test_with_an_email_beside_it(self):
        """Each is logged once, as what it is."""
        invoice = self._new_move()
        with self._network():
            self._send(invoice, methods=("email", METHOD))
        self.assertEqual(
            sorted(self._find(invoice).mapped("event")), ["einvoice", "email_out"]
        )

    def test_other_methods(self):
        for methods in (["manual"], ["email"], ["snailmail"], []):
            invoice = self._new_move()
            with self.subTest(methods), self._network():
                self._send(invoice, methods=methods)
                self.assertNotIn("einvoice", self._find(invoice).mapped("event"))

    def test_not_applicable(self):
        """Odoo leaves it out without a word."""
        invoice = self._new_move()
        with self._network(is_applicable=False):
            self._send(invoice)
        self.assertFalse(self._find(invoice))

    def test_sent_twice(self):
        """What left before, and is not sent again, is not logged again."""
        invoice = self._new_move()
        with self._network():
            self._send(invoice)
            self._send(invoice)
        self.assertEqual(len(self._find(invoice)), 1)

    def test_office_that_delivers(self):
        edis = {
            name: {"label": f"To {name}", "is_applicable": lambda move: True}
            for name in ("pl_ksef", "x_tax_office")
        }
        invoice = self._new_move()
        Send = self.env.registry[SEND]
        with patch.object(Send, "_get_all_extra_edis", lambda send: edis):
            self._send(invoice, methods=["manual"])
        # what only reports to a tax office has reached nobody
        self.assertEqual(self._find(invoice).contact_via, "To pl_ksef")

    def test_file(self):
        invoice = self._new_move()
        rule = self._shipped("interaction_rule_einvoice_invoice")
        rule.keep_copy = True
        with self._network():
            self._send(invoice)
        entry = self._find(invoice)
        self.assertEqual(entry.content_attachment_id.raw, XML)
        self.assertEqual(entry.attachment_ids.name, "invoice.xml")

    def test_file_that_odoo_stores(self):
        """Without an XML it is the PDF, made now or before."""

        def forget_xml(invoices_data):
            for data in invoices_data.values():
                del data["xml_attachment_values"]

        now, before = self._new_move(), self._new_move()
        self._send(before, methods=["manual"])
        with self._network(forget_xml):
            self._send(now | before)
        for invoice in now | before:
            entry = self._find(invoice)
            self.assertTrue(invoice.invoice_pdf_report_id)
            self.assertEqual(entry.content_attachment_id, invoice.invoice_pdf_report_id)
            self.assertEqual(len(entry.content_sha256), 64)
            self.assertFalse(entry.attachment_ids)

    # -- refused ---------------------------------------------------------

    def test_refused(self):
        invoice = self._new_move()
        with self._network(self._refuse):
            self._send(invoice, allow_raising=False)
        entry = self._find(invoice)
        self.assertRecordValues(
            entry,
            [
                {
                    "event": "einvoice",
                    "delivery_status": "error",
                    "delivery_error": "Not known\n- No such ID",
                    "create_uid": self.user_assistant.id,
                }
            ],
        )
        self.assertEqual(entry.status, "Not Delivered")
        self.assertIn("not delivered electronically to Anna", entry.summary)
        # a failed attempt
        self.assertFalse(self.anna.sudo().interaction_last_outbound_date)
        self.assertTrue(self.anna.sudo().interaction_last_failed)
        activity = self._find_activities()
        self.assertIn(invoice.name, activity.summary)
        self.assertIn("No such ID", activity.note)
        self.assertNotIn("Send Again", activity.note)

    def test_sent_after_it_was_refused(self):
        """It is another interaction, linked to the first; nobody need look any more."""
        invoice = self._new_move()
        with self._network(self._refuse):
            self._send(invoice, allow_raising=False)
        with self._network():
            self._send(invoice)
        refused, sent = self._find(invoice)
        self.assertEqual(refused.delivery_status, "error")
        self.assertEqual(sent.delivery_status, "sent")
        self.assertEqual(sent.resend_of_id, refused)
        self.assertFalse(self._find_activities())
        # what is sent once more does not follow the one that failed
        with self._network():
            self._send(invoice)
        self.assertFalse((self._find(invoice) - refused - sent).resend_of_id)

    def test_one_of_several_refused(self):
        invoices = self._new_move() | self._new_move()

        def refuse_last(invoices_data):
            self._refuse({1: list(invoices_data.values())[-1]})

        with self._network(refuse_last):
            self._send(invoices, allow_raising=False)
        self.assertEqual(
            self._find(invoices).mapped("delivery_status"), ["sent", "error"]
        )

    def test_error_as_text(self):
        invoice = self._new_move()

        def refuse(invoices_data):
            next(iter(invoices_data.values()))["error"] = "Too big"

        Send = self.env.registry[SEND]
        # Odoo takes none there, but some networks give one
        with (
            self._network(refuse),
            patch.object(Send, "_hook_if_errors", lambda *args, **kwargs: None),
        ):
            self._send(invoice, allow_fallback_pdf=True)
        self.assertEqual(self._find(invoice).delivery_error, "Too big")

    def test_not_made(self):
        """It has an error before it is sent; who sends by a dialog is told at once."""
        invoice = self._new_move()

        def fail(data):
            data["error"] = {"error_title": "No VAT"}

        with self._network(before=fail):
            self._send(invoice, allow_raising=False)
            self.assertFalse(self.sent)
            entry = self._find(invoice)
            self.assertRecordValues(
                entry, [{"delivery_status": "error", "delivery_error": "No VAT"}]
            )
            with self.assertRaisesRegex(UserError, "No VAT"):
                self._send(invoice)
            self.assertEqual(self._find(invoice), entry)

    def test_tried_again_by_odoo(self):
        """It is not over."""
        invoice = self._new_move()

        def fail(data):
            data["error"] = {"error_title": "Busy", "retry": True}

        with self._network(before=fail):
            self._send(invoice, allow_raising=False)
        self.assertFalse(self._find(invoice))
        with self._network(lambda moves_data: [*map(fail, moves_data.values())]):
            self._send(invoice, allow_raising=False)
        self.assertFalse(self._find(invoice))

    # -- what left stays in the log --------------------------------------

    def test_refused_in_the_dialog(self):
        """The user is told by an error, which rolls everything back but the fact."""
        invoice = self._new_move()
        with (
            self._network(self._refuse),
            self._other_transaction(invoice) as send,
            self.assertRaisesRegex(UserError, "No such ID"),
        ):
            send()
        self.assertRecordValues(
            self._find(invoice),
            [
                {
                    "delivery_status": "error",
                    "delivery_error": "Not known\n- No such ID",
                    "create_uid": self.user_assistant.id,
                    "document_name": invoice.display_name,
                }
            ],
        )

    def test_refused_by_an_error(self):
        invoice = self._new_move()

        def refuse(invoices_data):
            raise UserError(self.env._("Not registered"))

        with (
            self._network(refuse),
            self._other_transaction(invoice) as send,
            self.assertRaisesRegex(UserError, "Not registered"),
        ):
            send()
        self.assertRecordValues(
            self._find(invoice),
            [{"delivery_status": "error", "delivery_error": "Not registered"}],
        )

    def test_error_that_names_no_invoice(self):
        """Of two nobody knows which it was; what a job sends is tried again."""

        def refuse(invoices_data):
            raise UserError(self.env._("Not registered"))

        for moves, context in (
            (self._new_move() | self._new_move(), {}),
            (self._new_move(), {"ir_cron_progress_id": 1}),
        ):
            with (
                self.subTest(context),
                self._network(refuse),
                self._other_transaction(moves, **context) as send,
            ):
                with self.assertRaises(UserError):
                    send()
                self.assertFalse(self._find(moves))

    def test_error_before_anything_is_sent(self):
        invoice = self._new_move()

        def fail(data):
            raise UserError(self.env._("No certificate"))

        with (
            self._network(before=fail),
            self._other_transaction(invoice) as send,
            self.assertRaises(UserError),
        ):
            send()
        self.assertFalse(self._find(invoice))

    def test_sent_but_rolled_back(self):
        """The network has it, whatever fails after that."""
        invoice = self._new_move()
        Send = self.env.registry[SEND]

        def fail(*args, **kwargs):
            raise UserError(self.env._("Out of paper"))

        with (
            self._network(),
            patch.object(Send, "_hook_if_success", fail),
            self._other_transaction(invoice) as send,
            self.assertRaisesRegex(UserError, "Out of paper"),
        ):
            send()
        self.assertFalse(invoice.invoice_pdf_report_id)
        entry = self._find(invoice)
        self.assertEqual(entry.delivery_status, "sent")
        self.assertEqual(len(entry.content_sha256), 64)

    @contextmanager
    def _other_transaction(self, moves, **context):
        """Give the function that sends in a transaction of its own, closed after it."""

        def send():
            with self.registry.cursor() as cr:
                env = self.env(cr=cr, user=self.user_assistant.id)
                env[SEND].with_context(**context)._generate_and_send_invoices(
                    moves.with_env(env), sending_methods=[METHOD]
                )

        with self.enter_registry_test_mode():
            yield send
        self.env.invalidate_all()

    # -- what could go wrong ---------------------------------------------

    def test_error_while_logging(self):
        invoice = self._new_move()

        def fail(entries, vals_list):
            entries.env.cr.execute("SELECT 1 / 0")

        with (
            self._network(),
            patch.object(type(self.Entry), "_insert_entries", fail),
            mute_logger("odoo.sql_db"),
            self.assertLogs("odoo.addons.interaction_log", "ERROR"),
        ):
            self._send(invoice)
        self.assertTrue(invoice.invoice_pdf_report_id)
        skipped = self.Skipped.search([("res_id", "=", invoice.id)])
        self.assertEqual(skipped.event, "einvoice")
        skipped.with_user(self.user_manager).action_log_now()
        self.assertRecordValues(
            self._find(invoice),
            [{"delivery_status": "sent", "create_uid": self.user_assistant.id}],
        )

    def test_no_rule(self):
        """It costs nothing, and nothing is asked."""
        self.Rule.search([("event", "=", "einvoice")]).active = False
        invoice = self._new_move()
        Send = self.env.registry[SEND]
        with (
            self._network(),
            patch.object(Send, "_get_einvoice_methods", side_effect=AssertionError),
        ):
            self._send(invoice)
        self.assertFalse(self._find(invoice))

    def test_event_switched_off(self):
        self._shipped("interaction_event_einvoice").is_recorded = False
        invoice = self._new_move()
        with self._network():
            self._send(invoice)
        self.assertFalse(self._find(invoice))

    def test_queries(self):
        """Ten invoices take no more queries than one."""

        def count(moves):
            data = {
                move.sudo(): {
                    "interaction_log_methods": {METHOD},
                    "author_user_id": self.user_assistant.id,
                    "xml_attachment_values": {"name": f"{move.id}.xml", "raw": XML},
                }
                for move in moves
            }
            self.env.flush_all()
            self.env.invalidate_all()
            moves.mapped("display_name")
            before = self.env.cr.sql_log_count
            self.env[SEND].with_user(self.user_assistant)._record_einvoices(data)
            return self.env.cr.sql_log_count - before

        moves = self.env["account.move"].union(*(self._new_move() for _ in range(12)))
        count(moves[0])
        self.assertEqual(count(moves[2:]), count(moves[1]))

    def test_sender_that_was_deleted(self):
        """The invoice waited for the scheduled action: it left all the same."""
        user = self._new_user("il_gone")
        uid = user.id
        user.unlink()
        invoice = self._new_move()
        with self._network():
            self._send(invoice, author_user_id=uid)
        self.assertRecordValues(
            self._find(invoice),
            [{"event": "einvoice", "create_uid": self.user_assistant.id}],
        )

    def test_scheduled_action(self):
        """It is who pressed *Send* that sent it."""
        invoices = self._new_move() | self._new_move()
        self.anna.with_company(self.company_a).invoice_sending_method = "email"
        Send = self.env.registry[SEND]
        with (
            self._network(),
            patch.object(Send, "_get_default_sending_methods", lambda s, m: {METHOD}),
        ):
            self.env["account.move.send.batch.wizard"].with_user(
                self.user_assistant
            ).with_context(active_model="account.move", active_ids=invoices.ids).create(
                {}
            ).action_send_and_print()
            cron = self.env.ref("account.ir_cron_account_move_send").sudo()
            with self.mock_mail_gateway(), self.enter_registry_test_mode():
                cron.method_direct_trigger()
        entries = self._find(invoices)
        self.assertEqual(entries.mapped("res_id"), invoices.ids)
        self.assertEqual(entries.create_uid, self.user_assistant)

    def test_explain(self):
        invoice = self._new_move()
        said = self.Rule.with_user(self.user_manager).explain(invoice, "einvoice")
        self.assertTrue(said)


@tagged("-at_install", "post_install")
class TestEinvoiceState(EinvoiceCommon):
    """A network that notes a state on the invoice, and answers later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.model.fields"].sudo().create(
            {
                "name": f"{METHOD}_move_state",
                "field_description": "State",
                "model_id": cls.env["ir.model"]._get_id("account.move"),
                "ttype": "char",
            }
        )

    def _note(self, moves, state):
        moves[f"{METHOD}_move_state"] = state

    def _send_to(self, moves, state):
        def answer(invoices_data):
            for move in invoices_data:
                self._note(move, state)

        with self._network(answer):
            self._send(moves)
        self.env.cr.precommit.run()
        return self._find(moves)

    def test_states_when_it_is_sent(self):
        for state, status in (
            ("processing", ["pending"]),
            ("done", ["sent"]),
            # it waits, as where another one sends it at this moment
            ("to_send", []),
            (False, []),
        ):
            with self.subTest(state):
                entries = self._send_to(self._new_move(), state)
                self.assertEqual(entries.mapped("delivery_status"), status)

    def test_error_that_is_only_noted(self):
        entry = self._send_to(self._new_move(), "error")
        self.assertEqual(entry.delivery_status, "error")
        self.assertIn("chatter", entry.delivery_error)

    def test_later_states(self):
        """Of many at once, with the reason that is noted after the state."""
        moves = self.env["account.move"].union(*(self._new_move() for _ in range(4)))
        entries = self._send_to(moves, "processing")
        done, refused, silent, waiting = moves
        self._note(done, "done")
        for move in refused | silent:
            self._note(move, "error")
        refused._message_log(body=Markup("No such <b>receiver</b>"))
        self._note(waiting, "processing")
        self.env.cr.precommit.run()
        self.assertRecordValues(
            entries,
            [
                {"delivery_status": "sent", "delivery_error": False},
                {"delivery_status": "error", "delivery_error": "No such receiver"},
                {
                    "delivery_status": "error",
                    "delivery_error": moves._get_einvoice_refusal(),
                },
                {"delivery_status": "pending", "delivery_error": False},
            ],
        )
        self.assertEqual(len(self._find_activities()), 2)

    def test_arrived_after_it_was_refused(self):
        invoice = self._new_move()
        refused = self._send_to(invoice, "processing")
        self._note(invoice, "error")
        self.env.cr.precommit.run()
        self.assertTrue(self._find_activities())
        sent = self._send_to(invoice, "processing") - refused
        self.assertEqual(sent.resend_of_id, refused)
        # the network has it, not yet the customer
        self.assertTrue(self._find_activities())
        self._note(invoice, "done")
        self.env.cr.precommit.run()
        self.assertEqual((refused | sent).mapped("delivery_status"), ["error", "sent"])
        self.assertFalse(self._find_activities())

    def test_state_that_was_missed(self):
        invoice = self._new_move()
        entry = self._send_to(invoice, "processing")
        self._note(invoice, "done")
        self.env.cr.precommit.clear()
        self.assertEqual(entry.delivery_status, "pending")
        self.Entry._sync_missed_einvoices()
        self.assertEqual(entry.delivery_status, "sent")

    def test_completeness(self):
        """What was sent before is found once, and is no print."""
        self.env.cr.execute(
            """UPDATE account_move SET is_move_sent = FALSE;
            UPDATE ir_attachment SET create_date = '2020-01-01'
                WHERE res_field = 'invoice_pdf_report_file'"""
        )
        rules = self.Rule.search([("event", "=", "einvoice")])
        rules.active = False
        moves = self.env["account.move"].union(*(self._new_move() for _ in range(3)))
        sent, waiting, printed = moves
        self._send_to(sent, "done")
        self._send_to(waiting, "processing")
        self._send(printed, methods=["manual"])
        self.assertFalse(self._find(moves))
        rules.active = True
        logged = self._new_move()
        self._send_to(logged, "done")
        check = self.env["interaction.completeness.check"].with_user(self.user_manager)
        field = self.env["res.partner"]._fields["invoice_sending_method"]
        # in a language the labels come from the database, which has no such method
        self.user_manager.sudo().lang = False
        with patch.object(field, "selection", [*field.selection, (METHOD, "by Net")]):
            check = check.create({})
            check.action_check()
            missing = check.sudo().line_ids.missing_ids
            self.assertEqual(
                missing.sorted("res_id").mapped(lambda line: (line.event, line.res_id)),
                [
                    ("einvoice", sent.id),
                    ("einvoice", waiting.id),
                    ("print", printed.id),
                ],
            )
            found = missing.filtered(lambda line: line.event == "einvoice")
            found.with_user(self.user_manager).action_fill_in()
        entries = self._find(sent | waiting)
        self.assertRecordValues(
            entries,
            [
                {
                    "channel": "other",
                    "contact_via": "by Net",
                    "delivery_status": status,
                    "is_backfilled": True,
                    "user_id": self.user_sales.id,
                }
                for status in ("sent", "pending")
            ],
        )
        self._note(waiting, "done")
        self.env.cr.precommit.run()
        self.assertEqual(set(entries.mapped("delivery_status")), {"sent"})

    def test_other_invoices(self):
        """Writing costs nothing where no network says anything."""
        invoice = self._new_move()
        self.env.flush_all()
        invoice.write({"ref": "one"})
        self.assertFalse(self.env.cr.precommit.data.get("interaction_log_einvoices"))
