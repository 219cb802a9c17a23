from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import InteractionHttpCommon

QUOTATION = "sale.report_saleorder"
TOKEN = "token-1"


@tagged("-at_install", "post_install")
class TestAnnounce(InteractionHttpCommon):
    """After a print the user is told, or asked first, and can undo it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._shipped("interaction_rule_print_quotation")
        cls.order = cls._new_order()

    def _print_named(self, documents=None, user=None, token=TOKEN):
        return self._print(
            QUOTATION,
            documents or self.order,
            user=user or self.user_sales,
            context={"interaction_log_token": token},
        )

    def _as(self, user=None):
        return self.env["interaction.log.entry"].with_user(user or self.user_sales)

    def test_one(self):
        self._print_named()
        entry = self._find(self.order)
        self.assertEqual(
            self._as().get_announcement(TOKEN),
            {
                "message": f"Logged: Quotation {self.order.name}, for Acme, Anna",
                "entry_ids": entry.ids,
                "can_undo": True,
                "undone": "Interaction canceled.",
            },
        )

    def test_thirty_are_one(self):
        orders = self.env["sale.order"].union(
            *(
                self._new_order(partner=partner)
                for partner in self.env["res.partner"].create(
                    [{"name": f"P{number}"} for number in range(30)]
                )
            )
        )
        self._print_named(orders)
        announcement = self._as().get_announcement(TOKEN)
        self.assertEqual(
            announcement["message"], "Logged: 30 documents, for P0; P1; P2; …"
        )
        self.assertEqual(len(announcement["entry_ids"]), 30)
        self._as().undo_announced(TOKEN)
        self.assertEqual(set(self._find(orders).mapped("state")), {"canceled"})

    def test_undo(self):
        self._print_named()
        self._as().undo_announced(TOKEN)
        self.assertRecordValues(
            self._find(self.order),
            [
                {
                    "state": "canceled",
                    "cancel_reason_id": self._shipped(
                        "interaction_cancel_reason_printed_by_mistake"
                    ).id,
                    "cancel_uid": self.user_sales.id,
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "nothing left to undo"):
            self._as().undo_announced(TOKEN)

    def test_undo_without_that_reason(self):
        self._print_named()
        self._shipped("interaction_cancel_reason_printed_by_mistake").unlink()
        self._as().undo_announced(TOKEN)
        self.assertEqual(self._find(self.order).cancel_reason_id.kind, "error")

    def test_undo_of_what_was_logged_by_hand_has_another_reason(self):
        entry = self._log()
        entry.action_undo()
        self.assertEqual(entry.cancel_reason_id, self.reason)

    def test_undo_of_a_repeat(self):
        """Only the repeat was a mistake: what was counted first stays."""
        self.rule.write({"repeat": "merge", "merge_minutes": 10})
        self._print_named(token="first")
        self._print_named(token="second")
        self.assertIn("2 times", self._as().get_announcement("second")["message"])
        self._as().undo_announced("second")
        self.assertRecordValues(
            self._find(self.order), [{"state": "logged", "occurrence_count": 1}]
        )
        self.assertEqual(self._find(self.order).last_date, self._find(self.order).date)

    def test_undo_of_a_repeat_of_somebody_else(self):
        """Who may not cancel the interaction does not change its count either."""
        self.rule.write({"repeat": "merge", "merge_minutes": 10})
        self._print_named(token="first")
        self._print_named(token="second")
        entry = self._find(self.order)
        self.assertEqual(entry.occurrence_count, 2)
        entry._write_facts({"user_id": self.user_other_sales.id})
        self.env.cr.execute(
            "UPDATE interaction_log_entry SET create_uid = %s WHERE id = %s",
            (self.user_other_sales.id, entry.id),
        )
        self.env.invalidate_all()
        self.assertFalse(self._as().get_announcement("second")["can_undo"])
        with self.assertRaises(AccessError):
            self._as().undo_announced("second")
        self.assertEqual(entry.occurrence_count, 2)

    def test_repeat_of_somebody_else_at_the_own_level(self):
        """The print is confirmed; of the colleague's interaction nothing is told."""
        self.rule.repeat = "once"
        user = self._new_user(
            "il_own",
            "sales_team.group_sale_salesman_all_leads",
            "interaction_log.group_user_own",
        )
        self._print_named(token="first")
        self._print_named(token="second", user=user)
        self.assertEqual(self._find(self.order).occurrence_count, 2)
        announced = self._as(user).get_announcement("second")
        self.assertEqual(
            announced,
            {
                "message": f"Print logged: {self.order.name}",
                "entry_ids": [],
                "can_undo": False,
            },
        )
        # what is the first print of its document is announced in full
        own = self._new_order()
        self._print_named(own, token="third", user=user)
        announced = self._as(user).get_announcement("third")
        self.assertEqual(announced["entry_ids"], self._find(own).ids)
        self.assertTrue(announced["can_undo"])

    def test_what_could_not_be_logged(self):
        """Who is used to be told must not take silence for success."""
        self.rule.partner_field = "partner_id.parent_id"
        self.order.partner_id = self.acme
        with_contact = self._new_order()
        self._print_named(self.order | with_contact)
        announcement = self._as().get_announcement(TOKEN)
        self.assertEqual(
            announcement["warning"],
            f"Not logged: {self.order.name}. "
            "The document has no contact (Customer > Related Company).",
        )
        self.assertEqual(announcement["entry_ids"], self._find(with_contact).ids)
        self.assertEqual(
            self.Skipped.search([("res_id", "=", self.order.id)]).state, "todo"
        )

    def test_many_that_could_not_be_logged(self):
        self.rule.partner_field = "partner_id.parent_id"
        orders = self.env["sale.order"].union(
            *(self._new_order(partner=self.acme) for _number in range(7))
        )
        self._print_named(orders)
        lines = self._as().get_announcement(TOKEN)["warning"].splitlines()
        self.assertEqual(len(lines), 6)
        self.assertEqual(lines[-1], "…")

    def test_quiet(self):
        self.rule.announce = "quiet"
        self._print_named()
        self.assertEqual(len(self._find(self.order)), 1)
        self.assertEqual(self._as().get_announcement(TOKEN), {})

    def test_each_rule_speaks_for_itself(self):
        self._shipped("interaction_rule_print_order").announce = "quiet"
        order = self._new_order()
        order.action_confirm()
        self._print_named(self.order | order)
        self.assertEqual(
            self._as().get_announcement(TOKEN)["entry_ids"],
            self._find(self.order).ids,
        )

    def test_nothing_to_tell(self):
        self.rule.active = False
        self._print_named()
        self.assertEqual(self._as().get_announcement(TOKEN), {})
        self.assertEqual(self._as().get_announcement("unknown"), {})

    def test_only_to_who_printed(self):
        self._print_named()
        other = self._as(self.user_other_sales)
        self.assertEqual(other.get_announcement(TOKEN), {})
        with self.assertRaisesRegex(UserError, "nothing left to undo"):
            other.undo_announced(TOKEN)
        self.assertEqual(self._find(self.order).state, "logged")
        announcement = self.env["interaction.announcement"].sudo().search([])
        with self.assertRaises(AccessError):
            announcement.with_user(self.user_other_sales).read(["token"])

    # -- without right on the log ---------------------------------------

    def _print_as_assistant(self, documents=None, token=TOKEN):
        """Print without right on the log; return the log as that user."""
        self._print_named(documents, self.user_assistant, token)
        return self._as(self.user_assistant)

    def test_short_announcement(self):
        """It says what was printed, and nothing of the log."""
        self.assertEqual(
            self._print_as_assistant().get_announcement(TOKEN),
            {
                "message": f"Print logged: {self.order.name}",
                "can_undo": True,
                "undone": "Interaction canceled.",
            },
        )

    def test_short_announcement_of_several(self):
        log = self._print_as_assistant(self.order | self._new_order())
        announcement = log.get_announcement(TOKEN)
        self.assertEqual(announcement["message"], "Print logged: 2 documents")
        self.assertEqual(announcement["undone"], "2 interactions canceled.")

    def test_short_announcement_tells_no_reason(self):
        self.rule.partner_field = "partner_id.parent_id"
        self.order.partner_id = self.acme
        log = self._print_as_assistant()
        self.assertEqual(log.get_announcement(TOKEN), {})
        self.assertTrue(self.Skipped.search([("res_id", "=", self.order.id)]))

    def test_who_has_no_right_is_not_asked(self):
        """What was printed is logged at once; it can be undone."""
        self.rule.announce = "ask"
        announcement = self._print_as_assistant().get_announcement(TOKEN)
        self.assertEqual(len(self._find(self.order)), 1)
        self.assertNotIn("question", announcement)
        self.assertTrue(announcement["can_undo"])

    def test_undo_without_right(self):
        log = self._print_as_assistant(self.order | self._new_order())
        other = self._new_order()
        self._print_as_assistant(other, "another")
        entries = self.Entry.search([("create_uid", "=", self.user_assistant.id)])
        # what has become of it since is no reason to keep a print that never left
        entries[:1].evaluation = "positive"
        self.assertIs(log.undo_announced(TOKEN), True)
        entry = self._find(self.order)
        self.assertRecordValues(
            entry,
            [
                {
                    "state": "canceled",
                    "cancel_reason_id": self._shipped(
                        "interaction_cancel_reason_printed_by_mistake"
                    ).id,
                    "cancel_uid": self.user_assistant.id,
                }
            ],
        )
        self.assertEqual(self._find(other).state, "logged", "only that print")
        with self.assertRaisesRegex(UserError, "nothing left to undo"):
            log.undo_announced(TOKEN)
        self.assertEqual(log.get_announcement(TOKEN), {})

    def test_undo_of_a_repeat_without_right(self):
        self.rule.write({"repeat": "merge", "merge_minutes": 10})
        self._print_as_assistant(token="first")
        log = self._print_as_assistant(token="second")
        self.assertEqual(self._find(self.order).occurrence_count, 2)
        log.undo_announced("second")
        self.assertRecordValues(
            self._find(self.order), [{"state": "logged", "occurrence_count": 1}]
        )

    def test_undo_of_what_was_printed_again(self):
        """What others printed since is not undone, nor what is canceled changed."""
        self.rule.repeat = "once"
        log = self._print_as_assistant(token="first")
        self._print_named(token="second")
        entry = self._find(self.order)
        self.assertEqual(entry.occurrence_count, 2)
        log.undo_announced("first")
        self.assertRecordValues(entry, [{"state": "logged", "occurrence_count": 1}])
        self._as().undo_announced("second")
        self.assertEqual(entry.state, "canceled")

    def test_undo_without_right_too_late(self):
        log = self._print_as_assistant()
        announcement = self.env["interaction.announcement"].sudo()
        announcement = announcement.search([("token", "=", TOKEN)])
        for minutes, is_late in ((16, True), (14, False)):
            self.env.cr.execute(
                "UPDATE interaction_announcement SET create_date = %s WHERE id = %s",
                (fields.Datetime.now() - timedelta(minutes=minutes), announcement.id),
            )
            announcement.invalidate_recordset(["create_date"])
            if is_late:
                with self.assertRaisesRegex(UserError, "for 15 minutes"):
                    log.undo_announced(TOKEN)
                self.assertEqual(self._find(self.order).state, "logged")
        log.undo_announced(TOKEN)
        self.assertEqual(self._find(self.order).state, "canceled")

    def test_who_has_a_right_is_not_timed(self):
        """That user can cancel it in the log all the same."""
        self._print_named()
        self.env.cr.execute(
            "UPDATE interaction_announcement SET create_date = %s",
            (fields.Datetime.now() - timedelta(hours=2),),
        )
        self.env.invalidate_all()
        self._as().undo_announced(TOKEN)
        self.assertEqual(self._find(self.order).state, "canceled")

    def test_undo_without_right_after_somebody_else(self):
        log = self._print_as_assistant()
        entry = self._find(self.order)
        entry.with_user(self.user_manager)._cancel(self.reason, "Not sent")
        with self.assertRaisesRegex(UserError, "Only logged"):
            log.undo_announced(TOKEN)
        self.assertRecordValues(
            entry, [{"cancel_uid": self.user_manager.id, "cancel_note": "Not sent"}]
        )
        entry.with_user(self.user_admin).unlink()
        with self.assertRaisesRegex(UserError, "nothing left to undo"):
            log.undo_announced(TOKEN)

    def test_undo_with_the_token_of_somebody_else(self):
        """Neither colleagues nor customers, nor with whatever they send."""
        self._print_as_assistant()
        colleague = self._new_user("il_colleague", "sales_team.group_sale_salesman")
        for user in (colleague, self.user_sales, self.user_manager, self.user_portal):
            log = self._as(user)
            with self.subTest(user=user.login):
                self.assertEqual(log.get_announcement(TOKEN), {})
                with self.assertRaisesRegex(UserError, "nothing left to undo"):
                    log.undo_announced(TOKEN)
        log = self._as(self.user_assistant)
        for token in (
            None,
            False,
            True,
            1,
            "",
            "%",
            [TOKEN],
            {"a": 1},
            "\ud800",
            "x\0",
        ):
            with self.subTest(token=token):
                self.assertEqual(log.get_announcement(token), {})
                with self.assertRaisesRegex(UserError, "nothing left to undo"):
                    log.undo_announced(token)
        self.assertEqual(self._find(self.order).state, "logged")
        with self.assertRaises(AccessError):
            self._find(self.order).with_user(self.user_assistant).action_undo()

    # -- with a right that is lost --------------------------------------

    def test_undo_where_the_user_may_not(self):
        """An entry of another company is out of reach by the time of the undo."""
        self._print_named()
        company = self._new_company()
        self.user_sales.sudo().write(
            {"company_id": company.id, "company_ids": [Command.set(company.ids)]}
        )
        self.assertEqual(self._as().get_announcement(TOKEN), {})

    # -- asking first ---------------------------------------------------

    def test_ask_and_yes(self):
        self.rule.write({"announce": "ask", "keep_copy": True})
        response = self._print_named()
        self.assertFalse(self._find(self.order))
        self.assertEqual(
            self._as().get_announcement(TOKEN),
            {
                "question": f"Log the print of {self.order.name} for Acme, Anna?",
            },
        )
        # it is logged as it was printed, whatever has happened since
        total = self.order.amount_total
        self.order.order_line.price_unit += 100
        self.order.action_confirm()
        told = self._as().log_announced(TOKEN)
        entry = self._find(self.order)
        self.assertEqual(told["entry_ids"], entry.ids)
        self.assertRecordValues(
            entry,
            [
                {
                    "event": "print",
                    "partner_id": self.anna.id,
                    "create_uid": self.user_sales.id,
                    "report_id": self.report_quotation.id,
                    "template_id": self.rule.template_id.id,
                    "document_state": "Quotation",
                    "document_total": total,
                }
            ],
        )
        self.assertEqual(entry.attachment_ids.raw, response.content)
        # yes twice is yes once
        self._as().log_announced(TOKEN)
        self.assertEqual(len(self._find(self.order)), 1)
        self._as().undo_announced(TOKEN)
        self.assertEqual(entry.state, "canceled")

    def test_token_that_can_not_be_stored(self):
        """Who sends one is not told; the print is logged."""
        for number, token in enumerate(("a\x00b", "\ud800"), 1):
            self._print_named(token=token)
            self.assertEqual(len(self._find(self.order)), number)

    def test_ask_and_no(self):
        self.rule.announce = "ask"
        self._print_named()
        self.assertFalse(self._find(self.order))

    def test_ask_of_many(self):
        self.rule.announce = "ask"
        self._print_named(self.order | self._new_order())
        self.assertEqual(
            self._as().get_announcement(TOKEN)["question"],
            "Log the print of 2 documents for Acme, Anna?",
        )

    def test_ask_where_nobody_can_be_asked(self):
        self.rule.announce = "ask"
        self._open(f"/report/pdf/{QUOTATION}/{self.order.id}", user=self.user_sales)
        self.assertEqual(len(self._find(self.order)), 1)

    def test_ask_what_can_not_be_logged(self):
        """Nobody is asked: it is listed as skipped."""
        self.rule.announce = "ask"
        self.rule.template_id.active = False
        self._print_named()
        skipped = self.Skipped.search([("res_id", "=", self.order.id)])
        self.assertIn("is archived", skipped.reason)

    def test_ask_and_yes_too_late(self):
        self.rule.announce = "ask"
        self._print_named()
        self.rule.template_id.active = False
        self.assertIn("could not be", self._as().log_announced(TOKEN)["warning"])
        skipped = self.Skipped.search([("res_id", "=", self.order.id)])
        self.assertIn("archived", skipped.reason)

    def test_ask_and_yes_after_the_rule_is_gone(self):
        self.rule.announce = "ask"
        self._print_named()
        self.rule.unlink()
        with self.assertRaisesRegex(UserError, "rule was deleted"):
            self._as().log_announced(TOKEN)

    # -- in the web client ----------------------------------------------

    def _start_real_tour(self, name, address):
        """Run a tour in which the engine prints real PDFs."""
        with self._real_pdfs() as rendered:
            self.start_tour(address, name, login=self.user_sales.login)
        self.assertEqual(set(rendered), {"pdf"})

    def test_tour_undo(self):
        self._start_real_tour(
            "interaction_log_announce_undo",
            f"/odoo/action-sale.action_quotations/{self.order.id}",
        )
        self.assertRecordValues(
            self._find(self.order),
            [
                {
                    "state": "canceled",
                    "cancel_reason_id": self._shipped(
                        "interaction_cancel_reason_printed_by_mistake"
                    ).id,
                }
            ],
        )

    def test_tour_undo_without_right(self):
        """Who has no right on the log undoes a print, at a desk and with a phone."""
        for size, touch in (("1366x768", False), ("390x844", True)):
            order = self._new_order()
            self.browser_size, self.touch_enabled = size, touch
            with self.subTest(size=size), self._real_pdfs() as rendered:
                self.start_tour(
                    f"/odoo/action-sale.action_quotations/{order.id}",
                    "interaction_log_announce_undo_print",
                    login=self.user_assistant.login,
                )
                self.assertEqual(set(rendered), {"pdf"})
                self.assertRecordValues(
                    self._find(order),
                    [{"state": "canceled", "cancel_uid": self.user_assistant.id}],
                )

    def test_tour_ask(self):
        self.rule.announce = "ask"
        self._start_real_tour(
            "interaction_log_announce_ask",
            f"/odoo/action-sale.action_quotations/{self.order.id}",
        )
        self.assertEqual(self._find(self.order).mapped("state"), ["logged"])

    def test_tour_many(self):
        """Several documents from the list are one notification."""
        orders = self.order | self._new_order() | self._new_order()
        orders.write({"client_order_ref": "Tour of many"})
        # one more that the search leaves out: the tour sees that it has been done
        self._new_order()
        # without an engine that can join several documents tests get them as HTML
        self.start_tour(
            "/odoo/action-sale.action_quotations",
            "interaction_log_announce_many",
            login=self.user_sales.login,
        )
        self.assertEqual(self._find(orders).mapped("state"), ["canceled"] * 3)
