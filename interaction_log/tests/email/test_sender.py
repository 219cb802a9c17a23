from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import InteractionEmailCommon

SHARED = "info@shared.example.com"


@tagged("-at_install", "post_install")
class TestSender(InteractionEmailCommon):
    """Whose an address is, where Odoo takes the first who has it, or knows nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Partner = cls.env["res.partner"]
        # Odoo takes the first one for everybody
        cls.first, cls.second = Partner.create(
            [{"name": name, "email": SHARED} for name in ("First", "Second")]
        )
        cls.several = Partner.create(
            {"name": "Several", "email": "one@several.example.com, two@b.example.com"}
        )
        cls.stranger = "Stan Stranger <stan@stranger.example.com>"

    def _answer(self, email_from, order=None, **values):
        """Let an answer arrive, and return (its entry, what was skipped, its order)."""
        order = order or self._new_order()
        number = self.env["mail.message"].sudo().search_count([])
        self._receive(
            email_from,
            model="sale.order",
            thread=order,
            msg_id=f"<il-sender-{number}@example.com>",
            **values,
        )
        entries = self._find(order).filtered(lambda entry: entry.event == "email_in")
        skipped = self.Skipped.search([("res_id", "=", order.id)])
        return entries[-1:], skipped, order

    def _get_email(self, order):
        """Return the last e-mail that arrived on the order."""
        messages = order.sudo().message_ids
        return messages.filtered(lambda message: message.message_type == "email")[:1]

    # -- an address that several have -----------------------------------------

    def test_contact_of_the_document(self):
        for contact in self.first, self.second:
            order = self._new_order(partner=contact)
            entry, skipped, _order = self._answer(SHARED, order)
            self.assertRecordValues(
                entry, [{"partner_id": contact.id, "contact_via": SHARED}]
            )
            self.assertFalse(skipped)
            self.assertEqual(self._get_email(order).author_id, self.first)

    def test_company_of_the_document(self):
        self.second.parent_id = self.acme
        entry = self._answer(f"First <{SHARED}>")[0]
        self.assertEqual(entry.partner_id, self.second)
        self.assertEqual(entry.commercial_partner_id, self.acme)

    def test_contact_of_the_document_among_its_colleagues(self):
        (self.first | self.second).parent_id = self.acme
        order = self._new_order(partner=self.second)
        self.assertEqual(self._answer(SHARED, order)[0].partner_id, self.second)

    def test_who_was_written_to(self):
        order = self._new_order()
        self._post(order, self.second)
        self.assertEqual(self._answer(SHARED, order)[0].partner_id, self.second)
        self._post(order, self.first)
        self.assertEqual(self._answer(SHARED, order)[0].partner_id, self.first)

    def test_who_a_client_says_was_written_to(self):
        order = self._new_order()
        message = order.with_user(self.user_assistant).message_post(body="Hello")  # pylint: disable=translation-required # a test's own text
        self.env["mail.notification"].with_user(self.user_assistant).create(
            {
                "mail_message_id": message.id,
                "res_partner_id": self.second.id,
                "notification_type": "email",
            }
        )
        self.assertEqual(self._answer(SHARED, order)[0].partner_id, self.first)

    def test_name(self):
        entry = self._answer(f"SECOND <{SHARED}>")[0]
        self.assertEqual(entry.partner_id, self.second)
        # nothing tells: the one whom Odoo takes it for
        self.assertEqual(self._answer(SHARED)[0].partner_id, self.first)

    def test_whom_odoo_takes_it_for(self):
        """Not the first, where a follower has the address."""
        order = self._new_order()
        order.message_subscribe(self.second.ids)
        entry = self._answer(SHARED, order)[0]
        self.assertEqual(self._get_email(order).author_id, self.second)
        self.assertEqual(entry.partner_id, self.second)

    def test_contact_of_another_company(self):
        self.first.company_id = self.env["res.company"].create({"name": "Other"})
        self.assertEqual(self._answer(f"First <{SHARED}>")[0].partner_id, self.second)

    def test_answered(self):
        """Who answered is who was asked, not who comes first."""
        self._answer(SHARED, self._new_order(partner=self.second))
        self.assertTrue(
            self.second.with_user(self.user_sales).interaction_last_inbound_date
        )
        self.assertFalse(
            self.first.with_user(self.user_sales).interaction_last_inbound_date
        )

    def test_sent_to_an_address(self):
        order = self._new_order(partner=self.second)
        self._post(order, self.env["res.partner"], outgoing_email_to=SHARED)
        self.assertEqual(self._find(order).partner_id, self.second)

    # -- a contact with several addresses -------------------------------------

    def test_second_address(self):
        entry, skipped, order = self._answer("two@b.example.com")
        self.assertFalse(self._get_email(order).author_id)
        self.assertRecordValues(
            entry,
            [{"partner_id": self.several.id, "contact_via": "two@b.example.com"}],
        )
        self.assertFalse(skipped)
        # what is only alike is another's
        self.assertFalse(self._answer("two_b@b.example.com")[0])
        self.assertFalse(self._answer("wo@b.example.com")[0])

    def test_second_address_of_the_document(self):
        """Nearer than another who has it as the only one."""
        self.several.email = f"one@several.example.com; {SHARED}"
        entry = self._answer(SHARED, self._new_order(partner=self.several))[0]
        self.assertEqual(entry.partner_id, self.several)

    def test_sent_to_the_second_address(self):
        order = self._new_order()
        self._post(
            order, self.env["res.partner"], outgoing_email_to="two@b.example.com"
        )
        self.assertEqual(self._find(order).partner_id, self.several)

    def test_second_address_of_ours(self):
        self.user_sales.partner_id.email = "sales@us.example.com, me@us.example.com"
        self.assertEqual(
            self._answer("me@us.example.com")[:2], (self.Entry, self.Skipped)
        )

    # -- strangers ------------------------------------------------------------

    def test_create_contact_and_log(self):
        entry, event, order = self._answer(self.stranger)
        self.assertFalse(entry)
        self.assertRecordValues(
            event,
            [
                {
                    "event": "email_in",
                    "state": "todo",
                    "partner_id": False,
                    "unknown_address": "stan@stranger.example.com",
                    "reason": "No contact has the address stan@stranger.example.com. "
                    "Create a contact to log the e-mail.",
                }
            ],
        )
        event = event.with_user(self.user_manager)
        event.action_log_now()
        self.assertEqual(event.state, "todo", "it is not the document's contact")
        # whom no app of sales lets create contacts
        reader = self._new_user("il_reader", "interaction_log.group_manager")
        with self.assertRaises(AccessError):
            event.with_user(reader).action_create_contact()
        self.user_manager.group_ids = [
            Command.link(self.env.ref("base.group_partner_manager").id)
        ]
        event.action_create_contact()
        entry = event.entry_id.sudo()
        self.assertRecordValues(
            entry.partner_id,
            [{"name": "Stan Stranger", "email": "stan@stranger.example.com"}],
        )
        self.assertRecordValues(
            entry,
            [
                {
                    "event": "email_in",
                    "flow": "inbound",
                    "initiated_by": "them",
                    "res_id": order.id,
                    "mail_message_id": self._get_email(order).id,
                    "source_key": f"mail.message,{self._get_email(order).id}",
                    "name": "Re: your offer",
                }
            ],
        )
        self.assertEqual(str(entry.date), "2026-04-10 14:16:26")
        self.assertEqual(event.state, "logged")
        self.assertFalse(event.unknown_address)
        with self.assertRaisesRegex(UserError, "Log Now"):
            event.action_create_contact()

    def test_no_address(self):
        """Some headers say nothing of whose it is; nothing can be created then."""
        for sender in ("<>", "anna"):
            with self.subTest(sender=sender):
                entry, event, _order = self._answer(sender)
                self.assertFalse(entry)
                self.assertRecordValues(
                    event,
                    [
                        {
                            "unknown_address": False,
                            "reason": "The e-mail has no address to find a contact. "
                            "Log it manually and dismiss this event.",
                        }
                    ],
                )
                with self.assertRaisesRegex(UserError, "no address to create"):
                    event.with_user(self.user_manager).action_create_contact()

    def test_address_that_is_too_long(self):
        """It is logged all the same, with the beginning."""
        address = f"{'x' * 1500}@stranger.example.com"
        event = self._answer(address)[1].with_user(self.user_manager)
        self.env["res.partner"].create({"name": "Stan", "email": address})
        event.action_log_now()
        self.assertEqual(event.entry_id.sudo().contact_via, f"{'x' * 999}…")

    def test_contact_that_is_created_by_hand(self):
        event = self._answer(self.stranger)[1].with_user(self.user_manager)
        contact = self.env["res.partner"].create(
            {"name": "Stan", "email": "stan@stranger.example.com"}
        )
        event.action_log_now()
        self.assertEqual(event.entry_id.partner_id, contact)

    def test_mail_to_strangers(self):
        """The document names nobody: it is listed, and logged once they are known."""
        order = self._new_order()
        self._post(
            order, self.env["res.partner"], outgoing_email_to="new@lead.example.com"
        )
        self.assertFalse(self._find(order))
        event = self.Skipped.search([("res_id", "=", order.id)])
        self.assertRecordValues(
            event,
            [{"event": "email_out", "unknown_address": "new@lead.example.com"}],
        )
        self.user_manager.group_ids = [
            Command.link(self.env.ref("base.group_partner_manager").id)
        ]
        event.with_user(self.user_manager).action_create_contact()
        entry = self._find(order)
        self.assertEqual(entry.partner_id.email, "new@lead.example.com")
        self.assertRecordValues(
            entry, [{"flow": "outbound", "delivery_status": "sent"}]
        )

    def test_strangers_beside_a_contact(self):
        """The e-mail is logged: who else gets it is no gap."""
        order = self._new_order()
        self._post(order, self.anna, outgoing_email_to="new@lead.example.com")
        self.assertEqual(self._find(order).partner_id, self.anna)
        self.assertFalse(self.Skipped.search([("res_id", "=", order.id)]))

    def test_strangers_beside_a_colleague(self):
        """No interaction with a contact is logged: the stranger is on the list."""
        order = self._new_order()
        colleague = self.user_manager.partner_id
        self._post(order, colleague, outgoing_email_to="new@lead.example.com")
        self.assertFalse(self._find(order))
        event = self.Skipped.search([("res_id", "=", order.id)])
        self.assertEqual(event.mapped("unknown_address"), ["new@lead.example.com"])

    def test_machines_of_strangers(self):
        result = self._answer(self.stranger, headers="Precedence: bulk\n")
        self.assertEqual(result[:2], (self.Entry, self.Skipped))

    def test_our_own_addresses(self):
        alias = f"{self.alias_catchall}@{self.alias_domain}"
        self.assertEqual(self._answer(alias)[:2], (self.Entry, self.Skipped))
        order = self._new_order()
        self._post(order, self.env["res.partner"], outgoing_email_to=alias)
        self.assertFalse(self.Skipped.search([("res_id", "=", order.id)]))

    # -- what is found later --------------------------------------------------

    def test_completeness(self):
        rules = self.Rule.search([("event", "in", ("email_in", "email_out"))])
        rules.active = False
        order = self._new_order(partner=self.second)
        for sender in (SHARED, "two@b.example.com", self.stranger):
            self._answer(sender, order)
        self._post(order, self.env["res.partner"], outgoing_email_to=SHARED)
        rules.active = True
        missing = self._find_missing(order)
        self.assertEqual(
            sorted(
                missing.mapped(lambda line: (line.event, line.partner_id.name or ""))
            ),
            [
                ("email_in", ""),
                ("email_in", "Second"),
                ("email_in", "Several"),
                ("email_out", "Second"),
            ],
        )
        self.assertIn("stan@", missing.filtered(lambda line: line.reason).reason)
        missing.action_fill_in()
        self.assertEqual(len(self._find(order)), 3)

    def test_completeness_of_an_answer_before(self):
        """Who was written to afterwards did not answer that."""
        rules = self.Rule.search([("event", "=", "email_in")])
        rules.active = False
        order = self._new_order()
        self._answer(SHARED, order)
        self._post(order, self.second)
        rules.active = True
        self.assertEqual(self._find_missing(order).partner_id, self.first)

    def _find_missing(self, order):
        self.env.flush_all()
        check = self.env["interaction.completeness.check"]
        check = check.with_user(self.user_manager).create(
            {"date_from": fields.Date.today() - timedelta(days=400)}
        )
        check.action_check()
        self._run_slices(check)
        return check.line_ids.missing_ids.filtered(
            lambda line: (
                line.res_id == order.id and line.event in ("email_in", "email_out")
            )
        )

    # -- what it costs --------------------------------------------------------

    def test_queries_do_not_depend_on_the_number(self):
        orders = [self._new_order(partner=self.second) for _number in range(12)]
        rules = self.Rule.search([("event", "=", "email_in")])
        rules.active = False
        for order in orders:
            self._answer(SHARED, order)
        rules.active = True
        messages = self.env["mail.message"].sudo()
        messages = messages.union(*(self._get_email(order) for order in orders))
        counts = []
        for group in (messages[:2], messages[:2], messages):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self.Recorder._find_senders(group)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(found.values()), {self.second})
        self.assertEqual(counts[1], counts[2])

    def test_no_query_where_no_rule_names_the_document(self):
        order = self._new_order()
        self._answer(SHARED, order)
        message = self._get_email(order)
        self.Rule.search([("event", "=", "email_in")]).active = False
        message._record_received_emails()
        with self.assertQueryCount(0):
            message._record_received_emails()
