from datetime import timedelta
from unittest.mock import patch

from markupsafe import Markup

from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import InteractionAccountCommon
from .common import InteractionEmailCommon

RECORDER = "odoo.addons.interaction_log.models.recording.interaction_recorder"
RECORDER_EMAIL = "odoo.addons.interaction_log.models.email.interaction_recorder"

# what the classes of Odoo's tests switch off
TRACKED = {"mail_notrack": False, "tracking_disable": False}


@tagged("-at_install", "post_install")
class TestEmailOut(InteractionEmailCommon, InteractionAccountCommon):
    """Every way to send an e-mail, for a person without right on the log."""

    def _compose(self, records, user=None, **values):
        """Send to many with the composer, as *Send an email* in a list does."""
        composer = (
            self.env["mail.compose.message"]
            .with_user(user or self.user_assistant)
            .with_context(
                default_model=records._name,
                default_res_ids=records.ids,
                default_composition_mode="mass_mail",
            )
            .create({"subject": "News", "body": "<p>News for you</p>", **values})
        )
        with self.mock_mail_gateway(mail_unlink_sent=True):
            composer.action_send_mail()

    # -- the ways to send ------------------------------------------------

    def test_invoice(self):
        invoice = self._new_move()
        self._send_invoice(invoice)
        entry = self._find(invoice)
        message = invoice.message_ids.filtered("notification_ids")
        self.assertRecordValues(
            entry,
            [
                {
                    "name": f"Invoice {invoice.name}",
                    "event": "email_out",
                    "channel": "email",
                    "flow": "outbound",
                    "initiated_by": "us",
                    "partner_id": self.anna.id,
                    "commercial_partner_id": self.acme.id,
                    "contact_via": "anna@acme.example.com",
                    "user_id": self.user_sales.id,
                    "create_uid": self.user_assistant.id,
                    "company_id": self.company_a.id,
                    "document_name": invoice.display_name,
                    "rule_id": self._shipped("interaction_rule_email_invoice").id,
                    "template_id": self.template_invoice.id,
                    "delivery_status": "sent",
                    "delivery_error": False,
                    "mail_message_id": message.id,
                    "source_key": f"mail.notification,{message.notification_ids.id}",
                }
            ],
        )
        self.assertEqual(
            entry.summary, f"Invoice {invoice.name}: e-mailed by Assistant to Anna"
        )
        self.assertIn("invoice", entry.note)
        self.assertEqual(len(self._mails), 1)

    def test_credit_note(self):
        refund = self._new_move("out_refund")
        self._send_invoice(refund)
        self.assertEqual(
            self._find(refund).template_id,
            self._shipped("interaction_template_credit_note"),
        )

    def test_files_are_those_of_the_message(self):
        invoice = self._new_move()
        self._send_invoice(invoice)
        entry = self._find(invoice).with_user(self.user_manager)
        files = entry.mail_attachment_ids
        self.assertEqual(files, entry.mail_message_id.attachment_ids)
        self.assertTrue(files)
        self.assertEqual(len(entry.content_sha256), 64)
        self.assertFalse(entry.attachment_ids, "no file is kept twice")
        # who may read the entry but not the invoice sees no file of it
        reader = self._new_user("il_reader", "interaction_log.group_user")
        self.assertFalse(entry.with_user(reader).mail_attachment_ids)

    def test_invoices_by_the_scheduled_action(self):
        invoices = self._new_move() | self._new_move() | self._new_move()
        self.env["account.move.send.batch.wizard"].with_user(
            self.user_assistant
        ).with_context(active_model="account.move", active_ids=invoices.ids).create(
            {}
        ).action_send_and_print()
        self.assertFalse(self._find(invoices))
        cron = self.env.ref("account.ir_cron_account_move_send").sudo()
        with self.mock_mail_gateway(), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        mails, entries = self._new_mails, self._find(invoices)
        self.assertEqual(entries.mapped("res_id"), invoices.ids)
        self.assertEqual(entries.create_uid, self.user_assistant)
        self.assertEqual(entries.user_id, self.user_sales)
        # they wait for the mail queue, another scheduled action
        self.assertEqual(set(entries.mapped("delivery_status")), {"pending"})
        with self.mock_mail_gateway(mail_unlink_sent=True):
            self.env["mail.mail"].sudo().process_email_queue(mails.ids)
        self.assertEqual(set(entries.mapped("delivery_status")), {"sent"})

    def test_scheduled_action_that_fails_half_way(self):
        """The first try is rolled back after the mails were posted."""
        invoices = self._new_move() | self._new_move()
        self.env["account.move.send.batch.wizard"].with_user(
            self.user_assistant
        ).with_context(active_model="account.move", active_ids=invoices.ids).create(
            {}
        ).action_send_and_print()
        Send = self.env.registry["account.move.send"]
        record_unsent = Send._record_unsent
        tries = []

        def fail_once(send, moves_data):
            tries.append(len(self._find(invoices)))
            if len(tries) == 1:
                raise ZeroDivisionError
            return record_unsent(send, moves_data)

        with self.mock_mail_gateway(), patch.object(Send, "_record_unsent", fail_once):
            with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
                self.env["account.move.send"]._generate_and_send_invoices(
                    invoices, from_cron=True
                )
            self.assertFalse(self._find(invoices))
            self.env["account.move.send"]._generate_and_send_invoices(
                invoices, from_cron=True
            )
        self.assertEqual(tries, [2, 2])
        self.assertEqual(self._find(invoices).mapped("res_id"), invoices.ids)

    def test_quotation_and_order(self):
        order = self._new_order()
        self._send_quotation(order)
        order.action_confirm()
        self._send_quotation(order)
        self.assertRecordValues(
            self._find(order),
            [
                {
                    "name": f"Quotation {order.name}",
                    "template_id": self._shipped("interaction_template_quotation").id,
                    "partner_id": self.anna.id,
                    "create_uid": self.user_sales.id,
                    "delivery_status": "sent",
                },
                {
                    "name": f"Order {order.name}",
                    "template_id": self._shipped("interaction_template_order").id,
                    "partner_id": self.anna.id,
                    "create_uid": self.user_sales.id,
                    "delivery_status": "sent",
                },
            ],
        )

    def test_pro_forma(self):
        """A document of its own, whichever state the order has."""
        order = self._new_order()
        pro_forma = order.with_context(proforma=True)
        self._send_quotation(pro_forma)
        order.action_confirm()
        self._send_quotation(pro_forma)
        template = self.env.ref("sale.email_template_proforma")
        with self.mock_mail_gateway():
            template.sudo().send_mail(order.id)
            order.message_post_with_source(template, subtype_xmlid="mail.mt_comment")
        self._send_quotation(order)
        self.assertEqual(
            self._find(order).mapped("name"),
            [f"Pro-forma invoice {order.name}"] * 4 + [f"Order {order.name}"],
        )
        self.assertEqual(
            self._find(order)[:4].template_id,
            self._shipped("interaction_template_proforma"),
        )

    def test_pro_forma_that_is_told_by_its_file(self):
        """As of a message that leaves later, or with a file that was printed before."""
        order = self._new_order()
        later = fields.Datetime.now() + timedelta(hours=1)
        name = f"PRO-FORMA - {order.name}.pdf"
        with mute_logger("pypdf._reader"):
            self._post(order, self.anna, attachments=[(name, b"%PDF-")])
            message = self._post(
                order,
                self.anna,
                attachments=[(name, b"%PDF-"), ("terms.txt", b"as agreed")],
                scheduled_date=later,
            )
            schedule = self.env["mail.message.schedule"].sudo()
            schedule = schedule.search([("mail_message_id", "=", message.id)])
            with self.mock_mail_gateway():
                schedule.with_user(self.user_root)._send_notifications()
            # that of another order is a file as any
            other = self._new_order()
            self._post(other, self.anna, attachments=[(name, b"%PDF-")])
        self.assertEqual(
            self._find(order).mapped("name"), [f"Pro-forma invoice {order.name}"] * 2
        )
        self.assertEqual(self._find(other).name, f"Quotation {other.name}")

    def test_pro_forma_in_the_name_of_the_report_now(self):
        order = self._new_order()
        report = self.env.ref("sale.action_report_pro_forma_invoice").sudo()
        file = [(f"Advance {order.name}.txt", b"as wished")]
        self._post(order, self.anna, attachments=file)
        report.print_report_name = "'Advance %s.txt' % object.name"
        self._post(order, self.anna, attachments=file)
        report.print_report_name = "1 / 0"
        self._post(order, self.anna, attachments=file)
        self.assertEqual(
            self._find(order).template_id.mapped("code"), ["QUOTATION", "PROFORMA"]
        )
        self.assertEqual(len(self._find(order)), 3)

    def test_pro_forma_without_its_file(self):
        """Whoever takes the file out writes about the order."""
        order = self._new_order().with_user(self.user_sales)
        action = order.with_context(proforma=True).action_quotation_send()
        composer = self.env["mail.compose.message"].with_user(self.user_sales)
        composer = composer.with_context(**action["context"]).create({})
        composer.attachment_ids = False
        with self.mock_mail_gateway():
            composer.action_send_mail()
        self.assertEqual(
            self._find(order.sudo()).template_id,
            self._shipped("interaction_template_email_out"),
        )

    def test_report_of_an_invoice(self):
        """Rules may ask for reports of what is sent, too."""
        rule = self._shipped("interaction_rule_email_invoice")
        rule.report_ids = self.report_invoice
        sent, posted = self._new_move(), self._new_move()
        self._send_invoice(sent)
        self.assertEqual(self._find(sent).rule_id, rule)
        self._post(
            posted,
            self.anna,
            user=self.user_assistant,
            attachments=[("invoice.txt", b"as wished")],
        )
        self.assertEqual(
            self._find(posted).rule_id,
            self._shipped("interaction_rule_email_about_invoice"),
        )

    def test_composer_opened_and_closed(self):
        order = self._new_order()
        action = order.with_user(self.user_sales).action_quotation_send()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.user_sales)
            .with_context(**action["context"])
            .create({})
        )
        self.assertTrue(composer.attachment_ids, "the PDF is made")
        self.assertFalse(self._find(order))

    def test_message_has_its_own_subject(self):
        order = self._new_order()
        self._post(order, self.anna, subject="Your question")
        self._post(order, self.anna)
        self.assertRecordValues(
            self._find(order),
            [
                {
                    "name": name,
                    "template_id": self._shipped("interaction_template_email_out").id,
                    "document_name": order.name,
                    "content_sha256": False,
                    "note": "<p>Hello there</p>",
                }
                for name in ("Your question", order.name)
            ],
        )

    def test_pictures_in_the_text_are_no_files(self):
        order = self._new_order()
        self._post(order, self.anna, attachments=[("dog.png", b"\x89PNG\r\n\x1a\n")])
        self._post(order, self.anna, attachments=[("order.txt", b"as wished")])
        self.assertEqual(
            self._find(order).template_id.mapped("code"), ["EMAIL-OUT", "QUOTATION"]
        )

    def test_many_with_the_composer(self):
        orders = self._new_order() | self._new_order(self.carol)
        self._compose(orders)
        self.assertRecordValues(
            self._find(orders),
            [
                {
                    "res_id": order.id,
                    "partner_id": order.partner_id.id,
                    "name": "News",
                    "note": "<p>News for you</p>",
                    "create_uid": self.user_assistant.id,
                    "delivery_status": "sent",
                }
                for order in orders
            ],
        )
        self.assertEqual(len(self._mails), 2)

    def test_many_that_leave_no_trace(self):
        """Odoo deletes them with their messages once they are sent."""
        orders = self._new_order() | self._new_order(self.carol)
        self._compose(orders, auto_delete=True, auto_delete_keep_log=False)
        entries = self._find(orders)
        self.assertEqual(entries.mapped("delivery_status"), ["sent", "sent"])
        self.assertFalse(entries.mail_message_id)
        self.assertEqual(len(self._mails), 2)

    def test_many_less_those_on_the_blacklist(self):
        self.env["mail.blacklist"].sudo()._add(self.carol.email)
        orders = self._new_order() | self._new_order(self.carol)
        for keep in (True, False):
            self._compose(orders, auto_delete_keep_log=keep, use_exclusion_list=True)
        self.assertEqual(self._find(orders).partner_id, self.anna)

    def test_mail_template(self):
        order = self._new_order()
        template = self._new_mail_template("sale.order")
        with self.mock_mail_gateway(mail_unlink_sent=True):
            template.with_user(self.user_assistant).send_mail(order.id, force_send=True)
        self.assertRecordValues(
            self._find(order),
            [
                {
                    "name": f"About {order.name}",
                    "partner_id": self.anna.id,
                    "create_uid": self.user_assistant.id,
                    "note": "<p>Dear customer</p>",
                    "delivery_status": "sent",
                    "mail_message_id": False,
                }
            ],
        )

    def test_mail_template_with_report(self):
        order = self._new_order()
        template = self._new_mail_template(
            "sale.order", report_template_ids=[Command.link(self.report_quotation.id)]
        )
        with self.mock_mail_gateway():
            template.send_mail(order.id)
        self.assertRecordValues(
            self._find(order),
            [{"name": f"Quotation {order.name}", "delivery_status": "pending"}],
        )

    def test_mail_template_after_a_change(self):
        """A stage's template is posted as a note, and leaves all the same."""
        order = self._new_order()
        template = self._new_mail_template("sale.order")
        with self.mock_mail_gateway():
            order.message_post_with_source(
                template,
                message_type="auto_comment",
                subtype_xmlid="mail.mt_note",
            )
        self.assertEqual(self._find(order).name, f"About {order.name}")

    def test_scheduled_message(self):
        """It leaves later, and not by the user who wrote it."""
        order = self._new_order(user_id=False)
        later = fields.Datetime.now() + timedelta(hours=1)
        message = self._post(order, self.carol, scheduled_date=later)
        self.assertFalse(self._find(order))
        schedule = self.env["mail.message.schedule"].sudo()
        schedule = schedule.search([("mail_message_id", "=", message.id)])
        with self.mock_mail_gateway():
            schedule.with_user(self.user_root)._send_notifications()
        self.assertRecordValues(
            self._find(order),
            [
                {
                    "create_uid": self.user_sales.id,
                    "user_id": self.user_sales.id,
                    "delivery_status": "sent",
                }
            ],
        )

    def test_contact(self):
        self.user_sales.sudo().group_ids |= self.env.ref("base.group_partner_manager")
        self._post(self.carol, self.carol, subject="Hello Carol")
        entry = self.Entry.search([("partner_id", "=", self.carol.id)])
        self.assertRecordValues(
            entry,
            [
                {
                    "name": "Hello Carol",
                    "res_model": False,
                    "res_id": False,
                    "document_name": False,
                    "delivery_status": "sent",
                }
            ],
        )

    def test_contact_without_subject(self):
        """The name of a contact is no subject, whoever gets the e-mail."""
        self.user_sales.sudo().group_ids |= self.env.ref("base.group_partner_manager")
        template = self._shipped("interaction_template_email_out")
        for body, subject, name in (
            ("Hello there", False, "Hello there"),
            # what the composer fills in
            ("Hello there", self.acme.display_name, "Hello there"),
            ("Hello there", "Your question", "Your question"),
            ("Until Monday.", False, "Until Monday"),
            (
                Markup("<p>Dear <b>Anna</b>,<br/>the price</p><p>is 5&nbsp;&euro;</p>"),
                False,
                "Dear Anna, the price is 5 €",
            ),
            ("word " * 20, False, f"{'word ' * 11}word…"),
            ("x" * 100, False, f"{'x' * 59}…"),
            ("", False, template._get_subject()),
        ):
            with self.subTest(body=body, subject=subject):
                message = self._post(self.acme, self.acme, body=body, subject=subject)
                entry = self.Entry.search([("mail_message_id", "=", message.id)])
                self.assertEqual(entry.name, name)
                self.assertLessEqual(len(entry.name), 60)
        message = self._post(self.acme, self.carol)
        entry = self.Entry.search([("mail_message_id", "=", message.id)])
        self.assertRecordValues(
            entry, [{"name": "Hello there", "document_name": "Acme"}]
        )

    # -- the right contact ------------------------------------------------

    def test_three_people_are_three_entries(self):
        order = self._new_order()
        message = self._post(order, self.anna | self.bob | self.carol)
        entries = self._find(order)
        self.assertEqual(entries.partner_id, self.anna | self.bob | self.carol)
        self.assertFalse(entries.batch_id, "a batch is what was printed together")
        self.assertEqual(len(entries), 3)
        self.assertEqual(entries.mail_message_id, message)
        self.assertEqual(len(set(entries.mapped("source_key"))), 3)

    def test_the_person_addressed(self):
        invoice = self._new_move(partner=self.acme)
        self._send_invoice(
            invoice, mail_partner_ids=[Command.set((self.bob | self.carol).ids)]
        )
        self.assertRecordValues(
            self._find(invoice).sorted("partner_name"),
            [
                {"partner_id": self.bob.id, "commercial_partner_id": self.acme.id},
                {"partner_id": self.carol.id, "commercial_partner_id": self.carol.id},
            ],
        )

    def test_never_to_ourselves(self):
        """Users, employees, who belongs to our company, and who follows of them."""
        order = self._new_order()
        colleague = self.env["res.partner"].create(
            {
                "name": "Reception",
                "email": "reception@example.com",
                "parent_id": self.company_a.partner_id.id,
            }
        )
        employee = self.env["res.partner"].create(
            {"name": "Worker", "email": "worker@example.com", "employee": True}
        )
        order.message_subscribe(self.user_manager.partner_id.ids)
        self._post(
            order,
            self.user_other_sales.partner_id
            | self.company_a.partner_id
            | colleague
            | employee,
        )
        self.assertGreater(len(self._mails), 2)
        self.assertFalse(self._find(order))
        self._post(order, colleague | self.anna)
        self.assertEqual(self._find(order).partner_id, self.anna)

    def test_never_to_an_alias(self):
        """A contact with the address at which we receive is no contact."""
        catchall = f"{self.alias_catchall}@{self.alias_domain}"
        alias = self.env["mail.alias"].create(
            {
                "alias_name": "il.orders",
                "alias_model_id": self.env["ir.model"]._get_id("sale.order"),
                "alias_domain_id": self.mail_alias_domain.id,
            }
        )
        desks = self.env["res.partner"].create(
            [
                {"name": "Desk", "email": address}
                for address in (catchall, alias.alias_full_name.upper())
            ]
        )
        neighbour = self.env["res.partner"].create(
            {"name": "Neighbour", "email": f"il.neighbour@{self.alias_domain}"}
        )
        order = self._new_order()
        self._post(order, desks | neighbour)
        self.assertEqual(self._find(order).partner_id, neighbour)

    def test_customer_is_no_salesperson(self):
        """As of an invoice that a customer made by paying in the portal."""
        order = self._new_order(user_id=self.user_portal.id)
        self._post(order, self.anna)
        self.assertRecordValues(self._find(order), [{"user_id": False}])

    def test_portal_user_is_a_contact(self):
        order = self._new_order()
        self._post(order, self.user_portal.partner_id)
        self.assertEqual(self._find(order).partner_id, self.user_portal.partner_id)

    def test_domain_of_aliases_that_changes(self):
        domain = self.mail_alias_domain
        partner = self.carol
        partner.email = f"{domain.catchall_alias}@elsewhere.example.com"
        self.assertTrue(partner._filter_interaction_external())
        domain.name = "elsewhere.example.com"
        self.assertFalse(partner._filter_interaction_external())

    def test_follower_who_is_a_contact(self):
        order = self._new_order()
        order.message_subscribe(self.bob.ids)
        self._post(order, self.anna)
        self.assertEqual(self._find(order).partner_id, self.anna | self.bob)

    def test_mere_addresses(self):
        order = self._new_order()
        self._post(
            order,
            self.env["res.partner"],
            outgoing_email_to="Carol <carol@example.com>, stranger@example.com, "
            f"{self.alias_catchall}@{self.alias_domain}, {self.user_manager.email}",
        )
        self.assertRecordValues(
            self._find(order),
            [
                {
                    "partner_id": self.carol.id,
                    "contact_via": "carol@example.com",
                    "delivery_status": "sent",
                }
            ],
        )

    def test_mere_addresses_of_a_template(self):
        order = self._new_order()
        template = self._new_mail_template(
            "sale.order",
            partner_to=False,
            use_default_to=False,
            email_to="carol@example.com",
            email_cc="bob@acme.example.com, stranger@example.com",
        )
        with self.mock_mail_gateway(mail_unlink_sent=True):
            template.send_mail(order.id, force_send=True)
        self.assertEqual(self._find(order).partner_id, self.bob | self.carol)
        self.assertEqual(set(self._find(order).mapped("delivery_status")), {"sent"})

    def test_one_contact_by_name_and_by_address(self):
        order = self._new_order()
        self._post(order, self.carol, outgoing_email_to="carol@example.com")
        self.assertEqual(len(self._find(order)), 1)

    # -- never ------------------------------------------------------------

    def test_internal_note(self):
        order = self._new_order()
        self._post(order, self.anna, subtype_xmlid="mail.mt_note")
        self._post(order, self.env["res.partner"], subtype_xmlid="mail.mt_note")
        self.assertFalse(self._find(order))

    def test_tracking(self):
        subtype = self.env["mail.message.subtype"].sudo()
        subtype = subtype.create({"name": "Changed", "res_model": "sale.order"})
        order = self._new_order()
        order._message_subscribe(self.anna.ids, subtype.ids)
        field = self.env["ir.model.fields"]._get("sale.order", "state")
        order._message_subscribe(self.anna.ids, subtype.ids)
        with self.mock_mail_gateway():
            order.message_post(
                subtype_id=subtype.id,
                tracking_value_ids=[
                    Command.create(
                        {
                            "field_id": field.id,
                            "old_value_char": "Quotation",
                            "new_value_char": "Sales Order",
                        }
                    )
                ],
            )
        self.assertEqual(len(self._mails), 1)
        self.assertFalse(self._find(order))

    def test_document_without_rule(self):
        product = self.product.product_tmpl_id.sudo()
        self._post(product, self.anna, user=self.env.user)
        self.assertEqual(len(self._mails), 1)
        self.assertFalse(self._find(product))

    # -- no address ---------------------------------------------------------

    def test_no_address(self):
        order = self._new_order(self.nobody)
        self._post(order, self.nobody)
        self.assertRecordValues(
            self._find(order),
            [
                {
                    "partner_id": self.nobody.id,
                    "delivery_status": "error",
                    "delivery_error": "The contact has no e-mail address",
                    "status": "Not Delivered",
                }
            ],
        )

    def test_wrong_address(self):
        self.nobody.email = "nowhere"
        order = self._new_order(self.nobody)
        self._post(order, self.nobody)
        self._compose(order)
        template = self._new_mail_template("sale.order")
        with self.mock_mail_gateway():
            template.send_mail(order.id, force_send=True)
        self.assertRecordValues(
            self._find(order),
            [
                {
                    "delivery_status": "error",
                    "delivery_error": "The e-mail address is not valid",
                    "contact_via": "nowhere",
                }
            ]
            * 3,
        )

    def test_invoice_without_address(self):
        """Odoo leaves it out without a word."""
        invoices = self._new_move(partner=self.nobody) | self._new_move()
        with self.mock_mail_gateway():
            self.env["account.move.send"].with_user(
                self.user_assistant
            )._generate_and_send_invoices(invoices, sending_methods=["email"])
        self.assertRecordValues(
            self._find(invoices).sorted("res_id"),
            [
                {
                    "res_id": invoices[0].id,
                    "partner_id": self.nobody.id,
                    "name": f"Invoice {invoices[0].name}",
                    "create_uid": self.user_assistant.id,
                    "delivery_status": "error",
                    "delivery_error": "The contact has no e-mail address",
                },
                {
                    "res_id": invoices[1].id,
                    "partner_id": self.anna.id,
                    "name": f"Invoice {invoices[1].name}",
                    "create_uid": self.user_assistant.id,
                    "delivery_status": "sent",
                    "delivery_error": False,
                },
            ],
        )

    def test_scheduled_action_logs_as_who_asked(self):
        """Under that user and in that language, whether it leaves or not."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.user_assistant.sudo().lang = "fr_FR"
        self.template_invoice.with_context(lang="fr_FR").description = "Facture"
        invoices = self._new_move(partner=self.nobody) | self._new_move()
        self.env["account.move.send.batch.wizard"].with_user(
            self.user_assistant
        ).with_context(active_model="account.move", active_ids=invoices.ids).create(
            {}
        ).action_send_and_print()
        cron = self.env.ref("account.ir_cron_account_move_send").sudo()
        with self.mock_mail_gateway(), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertRecordValues(
            self._find(invoices).sorted("res_id"),
            [
                {
                    "name": f"Facture {invoice.name}",
                    "create_uid": self.user_assistant.id,
                }
                for invoice in invoices
            ],
        )

    def test_invoice_that_is_not_to_be_mailed(self):
        invoice = self._new_move(partner=self.nobody)
        with self.mock_mail_gateway():
            self.env["account.move.send"]._generate_and_send_invoices(
                invoice, sending_methods=["manual"]
            )
        self.assertFalse(self._find(invoice))

    # -- exactly once, and never in the way ----------------------------------

    def test_replay(self):
        order = self._new_order()
        message = self._post(order, self.anna | self.bob)
        entries = self._find(order)
        message.sudo().notification_ids._record_emails()
        self.assertEqual(self._find(order), entries)

    def test_rollback(self):
        order = self._new_order()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self._post(order, self.anna)
            self.assertTrue(self._find(order))
            raise ZeroDivisionError
        self.assertFalse(self._find(order))

    def test_changes_are_told_at_once(self):
        """What is logged in between does not part the tracking of the document."""
        order = self._new_order().with_context(**TRACKED)
        self.flush_tracking()
        before = order.sudo().message_ids
        order.sudo().user_id = self.user_other_sales
        self._post(order, self.anna)
        order.sudo().state = "sent"
        self.flush_tracking()
        tracking = (order.sudo().message_ids - before).filtered("tracking_value_ids")
        self.assertEqual(len(tracking), 1)
        self.assertEqual(
            set(tracking.tracking_value_ids.field_id.mapped("name")),
            {"state", "user_id"},
        )

    def test_changes_are_told_where_the_log_fails(self):
        order = self._new_order().with_context(**TRACKED)
        self.flush_tracking()
        before = order.sudo().message_ids
        order.sudo().state = "sent"
        with (
            patch.object(
                type(self.Entry), "log_interactions", side_effect=ValueError("broken")
            ),
            mute_logger(RECORDER),
        ):
            self._post(order, self.anna)
        self.flush_tracking()
        tracking = (order.sudo().message_ids - before).filtered("tracking_value_ids")
        self.assertEqual(tracking.tracking_value_ids.field_id.name, "state")

    def test_failing_log_never_stops_the_mail(self):
        order = self._new_order()
        with (
            patch.object(
                type(self.Entry), "log_interactions", side_effect=ValueError("broken")
            ),
            mute_logger(RECORDER),
        ):
            message = self._post(order, self.anna)
        self.assertTrue(message.exists())
        self.assertEqual(len(self._mails), 1)
        self.assertFalse(self._find(order))
        skipped = self.Skipped.search([("res_id", "=", order.id)])
        self.assertRecordValues(
            skipped,
            [{"event": "email_out", "state": "todo", "res_model": "sale.order"}],
        )
        self.assertIn("Unexpected error", skipped.reason)

    def test_failing_source_never_stops_the_mail(self):
        order = self._new_order()
        with (
            patch.object(
                type(self.Recorder),
                "_prepare_message_vals",
                side_effect=ValueError("broken"),
            ),
            mute_logger(RECORDER_EMAIL),
        ):
            self._post(order, self.anna)
        self.assertEqual(len(self._mails), 1)
        skipped = self.Skipped.search([("res_id", "=", order.id)])
        self.assertIn("Unexpected error", skipped.reason)

    def test_error_of_the_database_while_matching(self):
        order = self._new_order()

        def fail(rule, *args):
            rule.env.cr.execute("SELECT 1 / 0")

        with (
            patch.object(type(self.Rule), "_match_mail", fail),
            mute_logger(RECORDER, "odoo.sql_db"),
        ):
            self._post(order, self.anna)
        self.assertEqual(len(self._mails), 1)
        skipped = self.Skipped.search([("res_id", "=", order.id)])
        self.assertIn("Unexpected error", skipped.reason)

    def test_long_subject_is_cut(self):
        order = self._new_order()
        self._post(order, self.anna, subject="x" * 1001)
        self.assertEqual(self._find(order).name, "x" * 999 + "…")

    def test_archived_template_is_listed(self):
        order = self._new_order()
        template = self._shipped("interaction_template_email_out")
        self.env.cr.execute(
            "UPDATE interaction_template SET active = FALSE WHERE id = %s",
            [template.id],
        )
        self.env.invalidate_all()
        self._post(order, self.anna)
        self.assertFalse(self._find(order))
        skipped = self.Skipped.search([("res_id", "=", order.id)])
        self.assertIn("archived", skipped.reason)

    def test_keys_are_the_systems_own(self):
        for key in ("mail.notification,1", "mail.mail,1,2", "mail.message,1"):
            with (
                self.subTest(key=key),
                self.assertRaisesRegex(ValidationError, "are reserved"),
            ):
                self._log(source_key=key)

    # -- what it costs --------------------------------------------------------

    def _count_queries(self, record, **values):
        """Return how many queries a message takes, until it has left."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._post(record, self.anna, **values)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _without_addon(self):
        """Switch off what hooks into the mail stack."""
        Notification = self.env.registry["mail.notification"]
        Mail = self.env.registry["mail.mail"]
        Message = self.env.registry["mail.message"]
        patches = [
            (Notification, "_record_emails"),
            (Notification, "_update_interaction_delivery"),
            (Mail, "_record_emails"),
            (Mail, "_is_delivery_tracked"),
            (Message, "_record_received_emails"),
        ]
        for cls, name in patches:
            patcher = patch.object(cls, name, lambda *args: False)
            self.addCleanup(patcher.stop)
            patcher.start()

    def test_no_query_where_no_rule_names_the_document(self):
        self.Rule.search([("model_id.model", "=", "sale.order")]).active = False
        orders = [self._new_order() for _number in range(4)]
        self._count_queries(orders[0])
        with_addon = self._count_queries(orders[1])
        self._without_addon()
        self._count_queries(orders[2])
        self.assertEqual(with_addon, self._count_queries(orders[3]))

    def test_seven_queries_for_a_logged_message(self):
        orders = [self._new_order() for _number in range(4)]
        self._count_queries(orders[0])
        with_addon = self._count_queries(orders[1])
        self.assertTrue(self._find(orders[1]))
        self._without_addon()
        self._count_queries(orders[2])
        without = self._count_queries(orders[3])
        self.assertFalse(self._find(orders[3]))
        self.assertLessEqual(with_addon - without, 7)  # one asks for the table

    def test_seven_queries_for_a_logged_quotation(self):
        """With a file, whose content is told by its hash."""
        orders = [self._new_order() for _number in range(4)]
        file = [("quotation.txt", b"as wished")]
        self._count_queries(orders[0], attachments=file)
        with_addon = self._count_queries(orders[1], attachments=file)
        self.assertTrue(self._find(orders[1]).content_sha256)
        self._without_addon()
        self._count_queries(orders[2], attachments=file)
        without = self._count_queries(orders[3], attachments=file)
        self.assertLessEqual(with_addon - without, 7)  # one asks for the table

    def test_queries_do_not_depend_on_the_number(self):
        orders = [self._new_order() for _number in range(3)]
        partners = self.env["res.partner"].create(
            [
                {"name": f"Guest {number}", "email": f"guest{number}@example.com"}
                for number in range(20)
            ]
        )
        notifications = []
        sizes = (2, 2, 20)
        for order, size in zip(orders, sizes, strict=True):
            with patch.object(self.env.registry["mail.notification"], "_record_emails"):
                message = self._post(order, partners[:size])
            notifications.append(message.sudo().notification_ids)
        counts = []
        for group in notifications:
            self.env.invalidate_all()
            group.mail_message_id.mapped("model")
            group._filtered_access("read")
            before = self.env.cr.sql_log_count
            group._record_emails()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual([len(self._find(order)) for order in orders], [2, 2, 20])
        self.assertEqual(counts[1], counts[2])
