import base64
from datetime import timedelta
from io import BytesIO

from openpyxl import Workbook

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import InteractionAccountCommon
from .common import SegmentCommon


@tagged("-at_install", "post_install")
class TestSegmentStep(SegmentCommon, InteractionAccountCommon):
    def _ours(self, domain):
        """Return the text of a domain that only finds contacts of these tests."""
        return repr([("ref", "=like", "T-%"), *domain])

    def _match(self, **vals):
        """Return the contacts of these tests that a step with conditions adds."""
        segment = self._new_segment()
        self._run(segment, **{"domain": self._ours([]), **vals})
        return self._get_partners(segment)

    # The operations

    def test_add_reduce_refine(self):
        segment = self._new_segment()
        step = self._run(segment, domain=self._ours([]))
        self.assertEqual((step.added_count, segment.line_count), (3, 3))
        lines = segment.line_ids
        self.assertEqual(lines.mapped("partner_name"), ["Bea", "Carl", "Dora"])
        self.assertEqual(lines.step_id, step)
        step = self._run(segment, "reduce", domain="[('name', '=', 'Bea')]")
        self.assertEqual((step.removed_count, segment.line_count), (1, 2))
        step = self._run(segment, "refine", domain="[('name', '=', 'Dora')]")
        self.assertEqual((step.removed_count, segment.line_count), (1, 1))
        self.assertEqual(self._get_partners(segment), self.dora)
        self.assertEqual(len(segment.step_ids), 3)

    def test_step_without_a_condition(self):
        """Refine is none; Add and Reduce are about all, and the dialog asks."""
        segment = self._new_segment()
        self._run(segment, domain=self._ours([]))
        with self._assert_refused("at least one condition", ValidationError):
            self._run(segment, "refine", expand_companies=True)
        self.assertEqual(len(segment.step_ids), 1)
        for operation, is_broken, is_for_all in (
            ("refine", True, False),
            ("reduce", False, True),
            ("add", False, True),
        ):
            form = Form(
                segment.env["interaction.segment.step"].with_context(
                    default_segment_id=segment.id, default_operation=operation
                )
            )
            with self.subTest(operation):
                self.assertEqual(form.is_broken, is_broken)
                self.assertEqual(form.is_for_all, is_for_all)
                form.domain = self._ours([])
                self.assertFalse(form.is_broken or form.is_for_all)
        step = self._run(segment, "reduce")
        self.assertEqual((step.removed_count, segment.line_count), (3, 0))

    def test_go_back_again_and_again(self):
        segment = self._new_segment()
        self._run(segment, domain=self._ours([]))
        line = segment.line_ids.filtered(lambda line: line.partner_id == self.bea)
        line.write({"name": "For Bea", "cost": 5})
        self._run(segment, "reduce", domain="[('name', '=', 'Bea')]")
        self._run(segment, "refine", domain="[('name', '=', 'Dora')]")
        segment.action_go_back()
        self.assertEqual(self._get_partners(segment), self.carl | self.dora)
        segment.action_go_back()
        self.assertEqual(self._get_partners(segment), self.partners)
        self.assertEqual(segment.line_count, 3)
        self.assertIn(line, segment.line_ids)
        self.assertRecordValues(line, [{"name": "For Bea", "cost": 5}])
        segment.action_go_back()
        self.assertFalse(self._get_partners(segment))
        self.assertFalse(segment.step_ids)
        with self._assert_refused("no steps to undo"):
            segment.action_go_back()

    def test_go_back_keeps_who_was_added_by_hand_once(self):
        segment = self._new_segment()
        self._add(segment, self.bea)
        self._run(segment, "reduce", domain=self._ours([]))
        segment.write({"line_ids": [Command.create({"partner_id": self.bea.id})]})
        segment.action_go_back()
        self.assertEqual(segment.line_count, 1)
        self.assertFalse(segment.line_ids.step_id)

    def test_nobody_came(self):
        segment = self._new_segment()
        step = self._run(segment, domain="[('name', '=', 'Nobody at all')]")
        self.assertFalse(step.added_count)
        action = step.action_done()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertEqual(
            action["params"]["message"], "No contacts were added or removed"
        )

    def test_contact_is_in_it_once(self):
        segment = self._new_segment()
        self._add(segment, self.bea)
        step = self._add(segment, self.bea | self.carl)
        self.assertEqual(step.added_count, 1)
        self.assertEqual(segment.line_count, 2)

    def test_include_existing(self):
        segment = self._new_segment()
        self._add(segment, self.bea)
        line = segment.line_ids
        line.name = "For Bea"
        step = self._add(segment, self.bea | self.carl, include_existing=True)
        self.assertRecordValues(
            step, [{"added_count": 1, "renewed_count": 1, "removed_count": 0}]
        )
        self.assertEqual(segment.line_count, 2)
        self.assertNotIn(line, segment.line_ids)
        self.assertFalse(any(segment.line_ids.mapped("name")))
        segment.action_go_back()
        self.assertEqual(segment.line_ids, line)
        self.assertEqual(line.name, "For Bea")

    def test_exclusion(self):
        self.bea.interaction_segment_excluded = True
        segment = self._new_segment()
        step = self._add(segment, self.partners)
        self.assertRecordValues(step, [{"added_count": 2, "excluded_count": 1}])
        step = self._add(segment, self.bea, ignore_exclusion=True)
        self.assertRecordValues(step, [{"added_count": 1, "excluded_count": 0}])

    def test_expand_companies_to_people(self):
        self.env["res.partner"].create(
            {"name": "Ramp", "type": "delivery", "parent_id": self.acme.id}
        )
        segment = self._new_segment()
        self._add(segment, self.acme, expand_companies=True)
        self.assertEqual(self._get_partners(segment), self.acme | self.anna)

    def test_add_company_of_people(self):
        segment = self._new_segment()
        self._add(segment, self.anna | self.bea, add_companies=True)
        self.assertEqual(self._get_partners(segment), self.anna | self.bea | self.acme)

    def test_entire_companies(self):
        segment = self._new_segment()
        self._add(segment, self.anna | self.acme | self.bea)
        domain = f"[('id', '=', {self.anna.id})]"
        self._run(segment, "reduce", domain=domain, expand_companies=True)
        self.assertEqual(self._get_partners(segment), self.bea)
        segment.action_go_back()
        self._run(segment, "refine", domain=domain, expand_companies=True)
        self.assertEqual(self._get_partners(segment), self.anna | self.acme)

    def test_archived(self):
        self.bea.active = False
        self.assertEqual(self._match(), self.carl | self.dora)
        self.assertEqual(
            self._match(domain=self._ours([("active", "=", False)])), self.bea
        )
        segment = self._new_segment()
        self._add(segment, self.bea | self.carl)
        self._run(segment, "refine", domain="[('name', '=', 'Bea')]")
        self.assertEqual(self._get_partners(segment), self.bea)

    # Rights

    def test_other_salesperson_is_refused(self):
        segment = self._new_segment()
        self._add(segment, self.bea)
        theirs = segment.with_user(self.user_other_sales)
        with self.assertRaises(AccessError):
            self._add(theirs, self.carl)
        with self.assertRaises(AccessError):
            theirs.action_go_back()
        with self.assertRaises(AccessError):
            theirs.action_add()
        self.assertEqual(self._get_partners(segment), self.bea)
        self._add(segment.with_user(self.user_manager), self.carl)
        self.assertEqual(self._get_partners(segment), self.bea | self.carl)

    def test_own_level(self):
        """*User: Own Interactions* has own segments, by what it may see of the log."""
        user = self._new_user(
            "il_own", "sales_team.group_sale_salesman", "interaction_log.group_user_own"
        )
        foreign = self._new_segment()
        self._add(foreign, self.bea)
        theirs = foreign.with_user(user)
        for records in (foreign, foreign.line_ids, foreign.step_ids):
            self.assertTrue(records)
            found = records.with_user(user).search([("id", "in", records.ids)])
            self.assertFalse(found)
        with self.assertRaises(AccessError):
            self._run(theirs, domain=self._ours([]))
        criteria = (
            self.env["interaction.segment.criteria"]
            .with_user(self.user_sales)
            .create({"name": "Ours"})
        )
        self._run(
            criteria, domain=self._ours([]), criteria_id=criteria.id, segment_id=False
        )
        self.assertEqual(len(criteria.with_user(user).step_ids), 1)

        self._log(partner_id=self.bea.id)
        self._log(user, partner_id=self.carl.id)
        self.dora.user_id = user
        self._log(partner_id=self.dora.id)
        for match, partners in (
            ("had", self.carl | self.dora),
            ("none", self.bea),
        ):
            with self.subTest(match=match):
                segment = self._new_segment(user)
                self._run(segment, domain=self._ours([]), interaction_match=match)
                self.assertEqual(self._get_partners(segment), partners)
        segment.write({"template_id": self.template_call.id})
        segment.action_log()
        batch = segment.batch_ids
        self.assertEqual((batch.entry_count, segment.interaction_count), (1, 1))
        self.assertEqual(self.bea.with_user(user).interaction_count, 1)
        batch.action_undo()
        self.assertEqual(batch.state, "canceled")

    def test_logged_segment(self):
        segment = self._new_segment()
        self._add(segment, self.bea)
        segment.sudo().state = "logged"
        with self._assert_refused("already logged and can't be changed"):
            self._add(segment, self.carl)
        with self._assert_refused("already logged and can't be changed"):
            segment.action_go_back()

    def test_step_is_not_changed(self):
        step = self._add(self._new_segment(), self.bea)
        with self._assert_refused("can't be changed"):
            step.domain = "[('name', '=', 'x')]"
        with self._assert_refused("Use Undo Last Step"):
            step.unlink()

    def test_contacts_and_interactions_of_another_company(self):
        other = self._new_company()
        self.bea.company_id = other
        self.assertEqual(self._match(), self.carl | self.dora)
        self.user_manager.sudo().company_ids |= other
        user = self.user_manager
        companies = (self.company_a | other).ids
        Entry = self.env["interaction.log.entry"].with_user(user)
        Entry.with_context(allowed_company_ids=companies).log_interactions(
            [
                {
                    "template_id": self.template_call.id,
                    "partner_id": self.carl.id,
                    "company_id": other.id,
                }
            ]
        )
        segment = self._new_segment(user).with_context(allowed_company_ids=companies)
        step = self._run(segment, domain=self._ours([]), interaction_match="had")
        self.assertFalse(step.added_count)

    # Bad input

    def test_broken_domain(self):
        segment = self._new_segment()
        broken = (
            "[('name', '=',",
            "[('no_such_field', '=', 1)]",
            "[('name', 'resembles', 1)]",
            "uid",
            "{'name': 1}",
            "[('create_date', '>', 'the other day')]",
            "__import__('os')",
        )
        for domain in broken:
            with (
                self.subTest(domain),
                self._assert_refused("contact filter is invalid", ValidationError),
            ):
                self._run(segment, domain=domain)
            step = segment.env["interaction.segment.step"].new(
                {"segment_id": segment.id, "domain": domain}
            )
            self.assertTrue(step.is_broken)
            self.assertIn("contact filter is invalid", step.match_message)
        self.assertFalse(segment.step_ids)

    def test_value_that_the_database_refuses(self):
        segment = self._new_segment()
        for value in (("id", "in", ["x"]), ("name", "=", "\x00")):
            vals = {"domain": repr([value])}
            with (
                self.subTest(value),
                mute_logger("odoo.sql_db"),
                self._assert_refused("invalid value"),
            ):
                self._run(segment, **vals)
            step = segment.env["interaction.segment.step"].new(
                {"segment_id": segment.id, **vals}
            )
            with mute_logger("odoo.sql_db"):
                self.assertIn("invalid value", step.match_message)
        self._add(segment, self.bea)
        self.assertEqual(self._get_partners(segment), self.bea)

    def test_relative_dates(self):
        # what the domain editor writes
        week = [("create_date", ">=", "today -7d"), ("create_date", "<", "today +1d")]
        self.assertEqual(self._match(domain=self._ours(week)), self.partners)
        self.assertFalse(
            self._match(domain=self._ours([("create_date", ">=", "today +1d")]))
        )

    def test_wrong_periods_and_amounts(self):
        segment = self._new_segment()
        for vals in (
            {
                "interaction_date_from": "2026-02-01",
                "interaction_date_to": "2026-01-01",
            },
            {"document_date_from": "2026-02-01", "document_date_to": "2026-01-01"},
            {"document_amount_min": 10, "document_amount_max": 5},
            {"interaction_days": -1},
            {"document_days": 99999999},
        ):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self._run(segment, **vals)

    # What people select on

    def test_country_tag_salesperson(self):
        tag, below, other = self.env["res.partner.category"].create(
            [{"name": "Fair"}, {"name": "Stand"}, {"name": "Other"}]
        )
        below.parent_id = tag
        self.bea.category_id = tag
        self.carl.category_id = below
        self.dora.write({"category_id": other.ids, "user_id": self.user_sales.id})
        self.assertEqual(
            self._match(category_ids=[Command.set(tag.ids)]), self.bea | self.carl
        )
        self.assertEqual(
            self._match(user_ids=[Command.set(self.user_sales.ids)]), self.dora
        )
        countries = self.bea.country_id | self.dora.country_id
        self.assertEqual(
            self._match(country_ids=[Command.set(countries.ids)]), self.bea | self.dora
        )

    def test_email_condition(self):
        self.bea.email = False
        self.carl.message_bounce = 2
        self.env["mail.blacklist"].sudo()._add(self.dora.email)
        for condition, partners in (
            ("usable", self.carl),
            ("missing", self.bea),
            ("blacklisted", self.dora),
            ("bounced", self.carl),
        ):
            with self.subTest(condition):
                self.assertEqual(self._match(email_condition=condition), partners)

    def test_attempts_that_failed_are_no_contact(self):
        """Nobody answered, or the e-mail came back: there was none since."""
        self._log(partner_id=self.bea.id, outcome="no_answer")
        self._log(partner_id=self.carl.id)._write_facts({"delivery_status": "bounced"})
        self._log(partner_id=self.dora.id)._write_facts({"delivery_status": "sent"})
        for vals, partners in (
            ({"interaction_match": "none"}, self.bea | self.carl),
            ({"interaction_match": "had"}, self.bea | self.carl | self.dora),
            (
                {"interaction_match": "none", "interaction_delivery_status": "bounced"},
                self.bea | self.dora,
            ),
        ):
            with self.subTest(vals=vals):
                self.assertEqual(self._match(**vals), partners)

    def test_what_a_machine_said_is_no_contact(self):
        """Nor is it an answer to what was sent to many."""
        batch, _entries = self._new_batch(self.bea | self.carl)
        for partner in self.bea, self.carl:
            answer = self._log(partner_id=partner.id, flow="inbound")
            answer._write_facts({"is_automatic": partner == self.bea})
        for result, partners in (
            ("answered", self.carl),
            ("not_answered", self.bea),
        ):
            self.assertEqual(
                self._match(batch_id=batch.id, batch_result=result), partners
            )
        self._log(partner_id=self.dora.id)._write_facts({"is_automatic": True})
        for match, partners in (
            ("none", self.dora),
            ("had", self.bea | self.carl),
        ):
            self.assertEqual(self._match(interaction_match=match), partners)

    def test_interactions(self):
        now = fields.Datetime.now()
        old = self._log(partner_id=self.bea.id, date=now - timedelta(days=40))
        self._log(partner_id=self.carl.id, evaluation="positive")
        template = self.template_invoice
        group = self.template_call.group_id
        for vals, partners in (
            ({"interaction_match": "had"}, self.bea | self.carl),
            ({"interaction_match": "none"}, self.dora),
            ({"interaction_match": "had", "interaction_days": 30}, self.carl),
            (
                {"interaction_match": "none", "interaction_days": 30},
                self.bea | self.dora,
            ),
            (
                {
                    "interaction_match": "had",
                    "interaction_date_to": now - timedelta(days=10),
                },
                self.bea,
            ),
            (
                {
                    "interaction_match": "none",
                    "interaction_date_from": now - timedelta(days=10),
                },
                self.bea | self.dora,
            ),
            (
                {"interaction_match": "had", "interaction_evaluation": "positive"},
                self.carl,
            ),
            (
                {
                    "interaction_match": "had",
                    "interaction_template_ids": [Command.set(template.ids)],
                },
                self.env["res.partner"],
            ),
            (
                {
                    "interaction_match": "had",
                    "interaction_group_ids": [Command.set(group.ids)],
                },
                self.bea | self.carl,
            ),
            (
                {"interaction_match": "had", "interaction_delivery_status": "bounced"},
                self.env["res.partner"],
            ),
        ):
            with self.subTest(vals):
                self.assertEqual(self._match(**vals), partners)
        old._cancel(self.reason, "")
        self.assertEqual(self._match(interaction_match="had"), self.carl)
        self.assertEqual(self._match(interaction_match="none"), self.bea | self.dora)

    def test_interactions_of_a_company_are_those_of_its_people(self):
        self._log(partner_id=self.anna.id)
        (self.acme | self.anna).write({"ref": "T-Acme"})
        self.assertEqual(self._match(interaction_match="had"), self.acme | self.anna)

    def test_invoices(self):
        self._new_move(partner=self.bea)  # 1000
        self._new_move(partner=self.carl)
        self._new_move("out_refund", partner=self.carl)
        self._new_move(partner=self.dora, post=False)
        for vals, partners in (
            ({}, self.bea | self.carl),
            ({"document_match": "none"}, self.dora),
            ({"document_amount_min": 1000}, self.bea),
            ({"document_amount_min": 1000.01}, self.env["res.partner"]),
            ({"document_amount_max": 999}, self.carl),
            (
                {
                    "document_amount_min": 1000,
                    "document_product_ids": [Command.set(self.product.ids)],
                },
                self.bea,
            ),
            (
                {"document_product_ids": [Command.set(self.service_product.ids)]},
                self.env["res.partner"],
            ),
            ({"document_date_from": "2026-01-16"}, self.env["res.partner"]),
            (
                {"document_date_from": "2026-01-15", "document_date_to": "2026-01-15"},
                self.bea | self.carl,
            ),
        ):
            with self.subTest(vals):
                self.assertEqual(
                    self._match(document_kind="invoices", **vals), partners
                )

    def test_orders(self):
        self._new_order(partner=self.bea).action_confirm()
        self._new_order(partner=self.carl)
        for vals, partners in (
            ({}, self.bea),
            ({"document_match": "none"}, self.carl | self.dora),
            ({"document_days": 2}, self.bea),
            ({"document_date_to": "2020-01-01"}, self.env["res.partner"]),
            ({"document_amount_min": 1000000}, self.env["res.partner"]),
            ({"document_product_ids": [Command.set(self.product.ids)]}, self.bea),
        ):
            with self.subTest(vals):
                self.assertEqual(self._match(document_kind="orders", **vals), partners)

    def test_days_of_the_user(self):
        """A day is the user's, also one of 25 hours."""
        self.user_sales.tz = "Europe/Brussels"
        day = "2025-10-26"
        for partner, moment in (
            (self.bea, "2025-10-25 21:59:59"),
            (self.carl, "2025-10-25 22:00:00"),
            (self.dora, "2025-10-26 22:59:59"),
        ):
            self._log(partner_id=partner.id, date=moment)
            order = self._new_order(partner=partner)
            order.action_confirm()
            order.date_order = moment
        on_that_day = self.carl | self.dora
        for kind, vals in (
            ("interaction", {"interaction_match": "had"}),
            ("document", {"document_kind": "orders"}),
        ):
            first, last = f"{kind}_date_from", f"{kind}_date_to"
            self.assertEqual(
                self._match(**vals, **{first: day, last: day}), on_that_day, kind
            )
            self.assertEqual(
                self._match(**vals, **{last: "2025-10-25"}), self.bea, kind
            )

    def test_without_the_right_to_read_invoices(self):
        user = new_test_user(
            self.env,
            login="il_no_sales",
            groups="base.group_user,interaction_log.group_user",
            company_id=self.company_a.id,
            company_ids=[Command.set(self.company_a.ids)],
        )
        segment = self._new_segment(user)
        with self._assert_refused("You are not allowed to read"):
            self._run(segment, document_kind="invoices")
        self.assertFalse(segment.step_ids)

    # Lists

    def test_pasted_list(self):
        self.dora.active = False
        segment = self._new_segment()
        step = self._run(
            segment,
            list_text='"Bea" <BEA@example.com>; T-Carl,\tnobody@example.com\n'
            "T-Dora\nT-Dora\n\nX 1",
        )
        self.assertEqual(self._get_partners(segment), self.partners)
        self.assertRecordValues(
            step,
            [
                {
                    "added_count": 3,
                    "unknown_count": 2,
                    "unknown_list": "nobody@example.com\nX 1",
                }
            ],
        )
        self.assertIn("see the step: 2", step.action_done()["params"]["message"])

    def test_list_files(self):
        book, stream = Workbook(), BytesIO()
        book.active.append(["Name", "E-mail"])
        book.active.append(["T-Carl", "bea@example.com"])
        book.save(stream)
        files = {
            "list.csv": (b"Name;Email\nT-Carl;bea@example.com\n", self.bea),
            "list.txt": (
                b"\xef\xbb\xbfT-Carl\r\ndora@example.com",
                self.carl | self.dora,
            ),
            "list.xlsx": (stream.getvalue(), self.bea),
        }
        for name, (content, partners) in files.items():
            with self.subTest(name):
                segment = self._new_segment()
                vals = {"list_file": base64.b64encode(content), "list_filename": name}
                step = self._run(segment, **vals)
                self.assertEqual(self._get_partners(segment), partners)
                self.assertFalse(step.unknown_count)

    def test_files_that_are_no_list(self):
        segment = self._new_segment()
        for content in (b"PK\x03\x04 no spreadsheet", b"\x00\x01\x02binary"):
            with (
                self.subTest(content),
                self._assert_refused("picture can't be read", ValidationError),
            ):
                self._run(
                    segment,
                    list_file=base64.b64encode(content),
                    list_filename="picture",
                )

    def test_list_of_unknown_values(self):
        segment = self._new_segment()
        text = "\n".join(f"unknown{number}@example.org" for number in range(1_000))
        with self._assert_refused(r"values: 1000", ValidationError):
            self._run(segment, list_text=text)
        with self._assert_refused("No contact matches the e-mails", ValidationError):
            self._run(segment, list_text=" \n;")
        self.assertFalse(segment.step_ids)
        step = self._run(segment, list_text=f"{text}\nT-Bea")
        self.assertRecordValues(step, [{"added_count": 1, "unknown_count": 1_000}])

    def test_what_was_named_is_deleted(self):
        tag = self.env["res.partner.category"].create({"name": "Fair"})
        self.bea.category_id = tag
        segment = self._new_segment()
        self._run(segment, category_ids=[Command.set(tag.ids)])
        tag.unlink()
        # nobody has it any more; it doesn't become a step on all contacts
        self.assertEqual(segment._preview_refresh()["come_count"], 0)
        self.assertEqual(segment._preview_refresh()["go_names"], ["Bea"])

    # Logged batches

    def test_answers_to_a_batch(self):
        now = fields.Datetime.now()
        batch, entries = self._new_batch(
            self.partners | self.anna, date=now - timedelta(days=2)
        )
        self.anna.ref = "T-Anna"
        of_carl, of_dora, of_anna = entries[1:]
        of_anna._cancel(self.reason, "")
        of_carl.evaluation = "very_positive"
        of_dora.evaluation = "negative"
        self._log(partner_id=self.anna.id, flow="inbound", date=now)
        self._log(partner_id=self.bea.id, flow="inbound", date=now - timedelta(days=3))
        none = self.env["res.partner"]
        for result, partners in (
            ("all", self.partners),
            ("answered", none),
            ("not_answered", self.partners),
            ("bounced", none),
            ("not_delivered", none),
            ("positive", self.carl),
            ("negative", self.dora),
            ("left_out", none),
        ):
            with self.subTest(result):
                self.assertEqual(
                    self._match(batch_id=batch.id, batch_result=result), partners
                )
        answer = self._log(
            partner_id=self.bea.id, flow="inbound", date=now - timedelta(days=2)
        )
        self._log(partner_id=self.carl.id, campaign_response=True, date=now)
        answered = self.bea | self.carl
        vals = {"batch_id": batch.id, "batch_result": "answered"}
        self.assertEqual(self._match(**vals), answered)
        self.assertEqual(
            self._match(**vals | {"batch_result": "not_answered"}), self.dora
        )
        answer._cancel(self.reason, "")
        self.assertEqual(self._match(**vals), self.carl)

    def test_left_out_and_not_delivered(self):
        batch, entries = self._new_batch(self.bea | self.carl)
        entries[0]._write_facts({"delivery_status": "bounced"})
        entries[1]._write_facts({"delivery_status": "error"})
        segment = self._new_segment()
        self._add(segment, self.partners)
        batch.sudo().segment_id = segment
        segment.line_ids[2].sudo().left_out = "no_address"
        for result, partners in (
            ("bounced", self.bea),
            ("not_delivered", self.bea | self.carl),
            ("left_out", self.dora),
        ):
            with self.subTest(result):
                self.assertEqual(
                    self._match(batch_id=batch.id, batch_result=result), partners
                )

    def test_follow_up(self):
        campaign = self.env["utm.campaign"].sudo().create({"name": "Spring"})
        segment = self._new_segment(
            campaign_id=campaign.id, user_id=self.user_other_sales.id
        )
        batch, entries = self._new_batch(self.partners)
        batch.sudo().segment_id = segment
        entries[0]._cancel(self.reason, "")
        action = batch.action_follow_up("not_answered")
        new = self.env["interaction.segment"].browse(action["res_id"])
        self.assertEqual(self._get_partners(new), self.carl | self.dora)
        self.assertRecordValues(
            new,
            [
                {
                    "name": "Fair: Did not respond",
                    "state": "draft",
                    "campaign_id": campaign.id,
                    "user_id": self.user_other_sales.id,
                    "company_id": self.company_a.id,
                    "template_id": False,
                }
            ],
        )
        self.assertEqual(new.step_ids.sudo().operation, "add")
        with self._assert_refused("not a possible result"):
            batch.action_follow_up("everybody")

    # The dialog

    def test_dialog(self):
        segment = self._new_segment()
        self._add(segment, self.bea)
        self.carl.interaction_segment_excluded = True
        action = segment.action_add()
        with Form(
            segment.env["interaction.segment.step"].with_context(**action["context"]),
            view="interaction_log.interaction_segment_step_view_form",
        ) as form:
            form.domain = self._ours([])
            self.assertEqual(
                form.match_message,
                "Contacts to add: 1, already in the segment: 1, excluded from "
                "segments: 1",
            )
            form.domain = "[('name'"
            self.assertTrue(form.is_broken)
            form.domain = self._ours([])
            form.email_condition = "usable"
            self.assertEqual(
                form.summary,
                "Filter on Reference · E-mail Address: Has a valid address",
            )
        self.assertEqual(self._get_partners(segment), self.bea | self.dora)

    def test_dialog_of_reduce_and_refine(self):
        segment = self._new_segment()
        self._add(segment, self.partners)
        for action, message in (
            (
                segment.action_reduce(),
                "Contacts to remove: 1",
            ),
            (
                segment.action_refine(),
                "Contacts to keep: 1, contacts to remove: 2",
            ),
        ):
            Step = segment.env["interaction.segment.step"]
            step = Step.with_context(**action["context"]).new(
                {"domain": "[('name', '=', 'Bea')]"}
            )
            self.assertEqual(step.match_message, message)

    def test_add_from_the_contacts(self):
        segment = self._new_segment()
        Wizard = self.env["interaction.segment.add"].with_user(self.user_sales)
        Wizard = Wizard.with_context(
            active_model="res.partner", active_ids=self.partners.ids
        )
        wizard = Wizard.create({})
        self.assertEqual(wizard.partner_count, 3)
        with self._assert_refused("Choose a segment"):
            wizard.action_apply()
        wizard.segment_id = segment
        wizard.action_apply()
        self.assertEqual(self._get_partners(segment), self.partners)
        wizard = Wizard.create({"new_name": "New"})
        action = wizard.action_apply()
        new = self.env["interaction.segment"].browse(action["params"]["next"]["res_id"])
        self.assertEqual((new.name, new.line_count), ("New", 3))
        self.assertEqual(new.create_uid, self.user_sales)

    def test_queries_do_not_grow(self):
        def count(number):
            partners = self.env["res.partner"].create(
                [{"name": f"Q{number}-{i}"} for i in range(number)]
            )
            segment = self._new_segment()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._run(segment, domain=f"[('name', '=like', 'Q{number}-%')]")
            queries = self.env.cr.sql_log_count - before
            self.assertEqual(segment.line_count, len(partners))
            return queries

        count(1)
        self.assertEqual(count(3), count(2000))
