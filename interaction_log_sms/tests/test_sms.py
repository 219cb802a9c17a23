from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ANNA, BOB, TEXT, UNKNOWN, InteractionSmsCommon


@tagged("-at_install", "post_install")
class TestSms(InteractionSmsCommon):
    """Every way to send a text message, and whom it is logged with."""

    # -- the ways to send ------------------------------------------------

    def test_contact(self):
        self._send(self.anna)
        entry = self._find_sms()
        message = self.anna.message_ids.filtered(lambda m: m.message_type == "sms")
        self.assertRecordValues(
            entry,
            [
                {
                    "name": TEXT,
                    "event": "sms",
                    "channel": "sms",
                    "flow": "outbound",
                    "initiated_by": "us",
                    "partner_id": self.anna.id,
                    "commercial_partner_id": self.acme.id,
                    "contact_via": ANNA,
                    "user_id": self.user_sales.id,
                    "create_uid": self.user_sales.id,
                    "company_id": self.company_a.id,
                    "res_model": False,
                    "template_id": self.template_sms.id,
                    "rule_id": self._get_rule("contact").id,
                    "delivery_status": "sent",
                    "delivery_error": False,
                    "mail_message_id": message.id,
                    "source_key": f"mail.notification,{message.notification_ids.id}",
                }
            ],
        )
        self.assertIn(TEXT, entry.note)
        self.assertEqual(entry.summary, f"{TEXT}: Sales sent an SMS to Anna")
        anna = self.anna.with_user(self.user_sales)
        self.assertEqual(anna.interaction_last_outbound_date, entry.date)

    def test_document_by_a_user_without_rights(self):
        self._send(self.order, user=self.user_assistant)
        self.assertRecordValues(
            self._find(self.order),
            [
                {
                    "name": TEXT,
                    "partner_id": self.anna.id,
                    "document_name": self.order.name,
                    "user_id": self.user_sales.id,
                    "create_uid": self.user_assistant.id,
                    "rule_id": self._get_rule("order").id,
                    "contact_via": ANNA,
                }
            ],
        )

    def test_one_for_each_contact(self):
        """However many numbers a contact has."""
        with self.mockSMSGateway():
            self.order.with_user(self.user_sales)._message_sms(
                TEXT,
                partner_ids=(self.anna | self.bob).ids,
                sms_numbers=[ANNA, UNKNOWN],
            )
        self.assertEqual(len(self._sms), 3)
        self.assertEqual(self._find(self.order).partner_id, self.anna | self.bob)
        self.assertEqual(len(self._find(self.order)), 2)
        self.assertFalse(
            self.Skipped.search([("event", "=", "sms")]),
            "a stranger next to the contacts is no loss",
        )

    def test_template(self):
        template = self.env["sms.template"].create(
            {
                "name": "Ready",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "body": "{{ object.name }} is ready",
            }
        )
        with self.mockSMSGateway():
            self.order.with_user(self.user_sales)._message_sms_with_template(
                template.with_user(self.user_sales)
            )
        self.assertEqual(self._find(self.order).name, f"{self.order.name} is ready")

    def test_mass_with_a_note(self):
        contacts = self.anna | self.bob
        self._send(contacts, "mass", mass_force_send=True)
        entries = self._find_sms()
        self.assertEqual(entries.partner_id, contacts)
        self.assertEqual(entries.mapped("contact_via"), [ANNA, BOB])
        self.assertEqual(set(entries.mapped("delivery_status")), {"sent"})
        self.assertEqual(entries.mail_message_id.mapped("res_id"), contacts.ids)

    def test_mass_in_the_queue(self):
        self._send(self.anna | self.bob, "mass")
        entries = self._find_sms()
        self.assertEqual(entries.mapped("delivery_status"), ["pending"] * 2)
        with self.mockSMSGateway():
            self.env["sms.sms"].sudo().search([]).send()
        self.assertEqual(entries.mapped("delivery_status"), ["sent"] * 2)

    def test_automated_without_a_note(self):
        """As an automation sends it: the document is known, and no message."""
        template = self.env["sms.template"].create(
            {
                "name": "Ready",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "body": "{{ object.name }} is ready",
            }
        )
        action = self.env["ir.actions.server"].create(
            {
                "name": "Tell",
                "model_id": template.model_id.id,
                "state": "sms",
                "sms_template_id": template.id,
                "sms_method": "sms",
            }
        )
        with self.mockSMSGateway():
            action.with_user(self.env.ref("base.user_root")).with_context(
                active_model="sale.order", active_ids=self.order.ids
            ).run()
        entry = self._find(self.order)
        self.assertRecordValues(
            entry,
            [
                {
                    "name": f"{self.order.name} is ready",
                    "partner_id": self.anna.id,
                    "mail_message_id": False,
                    "user_id": self.user_sales.id,
                    "delivery_status": "pending",
                }
            ],
        )
        self.assertIn("is ready", entry.note)

    def test_blocked_on_purpose(self):
        self.env["phone.blacklist"].sudo().create({"number": ANNA})
        twin = self.anna.copy({"phone": BOB})
        self._send(self.anna | self.bob | twin, "mass", mass_force_send=True)
        self.assertEqual(self._find_sms().partner_id, self.bob)

    # -- whom a number belongs to ----------------------------------------

    def _send_to_numbers(self, numbers):
        with self.mockSMSGateway():
            self.env["sms.composer"].with_user(self.user_sales).create(
                {"composition_mode": "numbers", "numbers": numbers, "body": TEXT}
            ).action_send_sms()

    def test_number_alone(self):
        self._send_to_numbers(f"{ANNA},{UNKNOWN}")
        self.assertRecordValues(
            self._find_sms(),
            [
                {
                    "partner_id": self.anna.id,
                    "res_model": False,
                    "mail_message_id": False,
                    "contact_via": ANNA,
                    "delivery_status": "sent",
                    "create_uid": self.user_sales.id,
                }
            ],
        )

    def test_number_of_two_contacts(self):
        """The contact of the document, else who is there longest."""
        twin = self.anna.copy({"name": "Twin"})
        self._send_to_numbers(ANNA)
        self.assertEqual(self._find_sms().partner_id, self.anna)
        order = self._new_order(twin)
        with self.mockSMSGateway():
            order.with_user(self.user_sales)._message_sms(TEXT, sms_numbers=[ANNA])
        self.assertEqual(self._find(order).partner_id, twin)

    def test_recipient_whom_odoo_names(self):
        """Also where another contact with the number is nearer to the document."""
        twin = self.anna.copy({"name": "Twin"})
        with self.mockSMSGateway():
            self.order.with_user(self.user_sales)._message_sms(
                TEXT, partner_ids=twin.ids
            )
        self.assertEqual(self._find(self.order).partner_id, twin)

    def test_internal_contact(self):
        self.user_manager.sudo().partner_id.phone = UNKNOWN
        self._send_to_numbers(UNKNOWN)
        with self.mockSMSGateway():
            self.order.with_user(self.user_sales)._message_sms(
                TEXT, partner_ids=self.user_manager.partner_id.ids
            )
        self.assertFalse(self._find_sms())
        self.assertFalse(self.Skipped.search([("event", "=", "sms")]))

    def test_unknown_number(self):
        with self.mockSMSGateway():
            self.order.with_user(self.user_sales)._message_sms(
                TEXT, sms_numbers=[UNKNOWN]
            )
        self.assertFalse(self._find(self.order))
        skipped = self.Skipped.search([("event", "=", "sms")])
        self.assertEqual(
            skipped.reason,
            f"No contact has the number {UNKNOWN}. Create a contact to log the SMS.",
        )
        self.user_manager.group_ids += self.env.ref("base.group_partner_manager")
        skipped.with_user(self.user_manager).action_create_contact()
        self.assertEqual(skipped.state, "logged", skipped.reason)
        self.assertRecordValues(
            self._find(self.order),
            [{"contact_via": UNKNOWN, "name": TEXT, "create_uid": self.user_sales.id}],
        )
        self.assertEqual(self._find(self.order).partner_id.phone_sanitized, UNKNOWN)

    # -- what is not logged, and by whose right --------------------------

    def test_notification_of_a_client(self):
        """It says that a text message left; none did."""
        message = self.order.with_user(self.user_sales).message_post(body="Note")
        self.env["mail.notification"].with_user(self.user_sales).create(
            {
                "mail_message_id": message.id,
                "res_partner_id": self.anna.id,
                "notification_type": "sms",
                "notification_status": "sent",
            }
        )
        self.assertFalse(self._find_sms())
        with self.assertRaises(AccessError):
            self.env["sms.sms"].with_user(self.user_sales).create({"number": ANNA})

    def test_key_of_a_client(self):
        for key in ("sms.sms,1", "sms,1"):
            with self.subTest(key=key), self.assertRaisesRegex(Exception, "reserved"):
                self._log(source_key=key)

    def test_disabled(self):
        event = self.env.ref("interaction_log_sms.interaction_event_sms")
        event.with_user(self.user_manager).is_recorded = False
        self._send(self.anna)
        self.assertFalse(self._find_sms())

    def test_no_query_without_a_rule(self):
        self.Rule.search([("event", "=", "sms")]).active = False
        messages = self.env["mail.message"]
        recorder = self.env["interaction.recorder"]
        recorder._record_sent("sms", messages, self.fail)  # fills the caches
        with self.assertQueryCount(0):
            recorder._record_sent("sms", messages, self.fail)
        self._send(self.anna)
        self.assertFalse(self._find_sms())

    def test_mass_in_a_constant_number_of_queries(self):
        def count(number):
            contacts = self.env["res.partner"].create(
                [
                    {"name": f"C{index}", "phone": f"+3247100{number:02}{index:02}"}
                    for index in range(number)
                ]
            )
            sms = self.env["sms.sms"].sudo()
            sms = sms.create(
                [
                    {"number": c.phone, "partner_id": c.id, "body": TEXT}
                    for c in contacts
                ]
            )
            self.env.flush_all()
            start = self.cr.sql_log_count
            sms._record_interactions({})
            self.env.flush_all()
            self.assertEqual(self._find_sms(contacts).partner_id, contacts)
            return self.cr.sql_log_count - start

        count(2)  # fills the caches
        self.assertEqual(count(3), count(30))

    def test_other_company(self):
        company = self._new_company()
        self.user_sales.sudo().company_ids |= company
        order = self._new_order(company_id=company.id, order_line=False)
        with self.mockSMSGateway():
            order.with_user(self.user_sales).with_context(
                allowed_company_ids=[company.id]
            )._message_sms(TEXT)
        self.assertEqual(self._find(order).company_id, company)
        self.assertFalse(
            self.env["interaction.log.entry"]
            .with_user(self.user_other_sales)
            .search([("res_id", "=", order.id), ("event", "=", "sms")])
        )

    def test_explain(self):
        rules = self.env["interaction.rule"].with_user(self.user_manager)
        [line] = rules.explain(self.order, "sms")
        self.assertEqual(line["template_id"], self.template_sms.id, line)
