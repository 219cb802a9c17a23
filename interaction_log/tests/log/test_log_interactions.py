from datetime import datetime, timedelta, timezone
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.exceptions import (
    AccessError,
    UserError,
    ValidationError,
)
from odoo.service.model import retrying
from odoo.tests import TransactionCase, new_test_user, tagged, users
from odoo.tools import mute_logger

from ..common import InteractionCommon


@tagged("-at_install", "post_install")
class TestLogInteractions(InteractionCommon):
    def test_values_come_from_template_contact_and_company(self):
        campaign = self.env["utm.campaign"].sudo().create({"title": "Spring"})
        self.template_call.sudo().write(
            {
                "unit_cost": 12.5,
                "unit_duration": 0.5,
                "campaign_id": campaign.id,
                "campaign_target": True,
            }
        )
        entry = self._log()
        self.assertRecordValues(
            entry,
            [
                {
                    "name": "Outgoing call",
                    "group_id": self.template_call.group_id.id,
                    "channel": "phone",
                    "flow": "outbound",
                    "initiated_by": "us",
                    "cost": 12.5,
                    "duration": 0.5,
                    "currency_id": self.company_a.currency_id.id,
                    "company_id": self.company_a.id,
                    "campaign_id": campaign.id,
                    "campaign_target": True,
                    "campaign_response": False,
                    "partner_name": "Acme, Anna",
                    "commercial_partner_id": self.acme.id,
                    "lang": self.anna.lang,
                    "user_id": self.user_sales.id,
                    "create_uid": self.user_sales.id,
                    "state": "logged",
                    "event": "manual",
                    "delivery_status": "none",
                    "occurrence_count": 1,
                }
            ],
        )
        self.assertEqual(entry.last_date, entry.date)
        self.assertFalse(entry.write_uid, "nobody has changed it")

    def test_given_values_win(self):
        entry = self._log(
            name="About the roof",
            date="2026-03-01 10:00:00",
            duration=2,
            cost=0,
            flow="inbound",
            user_id=self.user_other_sales.id,
            note="<p>Fine</p><script>evil()</script>",
        )
        self.assertRecordValues(
            entry,
            [
                {
                    "name": "About the roof",
                    "date": datetime(2026, 3, 1, 10),
                    "last_date": datetime(2026, 3, 1, 10),
                    "duration": 2,
                    "cost": 0,
                    "flow": "inbound",
                    "user_id": self.user_other_sales.id,
                    "note": "<p>Fine</p>",
                }
            ],
        )

    def test_names_that_are_none(self):
        entries = self.Entry.with_user(self.user_sales)
        with self.assertRaisesRegex(ValidationError, "Unknown field: 7"):
            entries.log_interactions([{7: "x", "name": "y"}])

    def test_date(self):
        """To the second, and at most a year ahead."""
        ahead = fields.Datetime.now() + timedelta(days=365)
        self.assertEqual(self._log(date=ahead).date, ahead)
        with self.assertRaisesRegex(ValidationError, "too far in the future"):
            self._log(date=ahead + timedelta(days=2))
        entry = self._log(date=datetime(2026, 3, 1, 10, 0, 0, 999))
        entry.invalidate_recordset()
        self.assertEqual(entry.date, datetime(2026, 3, 1, 10))
        self.assertEqual(entry.last_date, datetime(2026, 3, 1, 10))

    def test_changing_the_template_changes_no_entry(self):
        entry = self._log()
        self.template_call.sudo().write({"channel": "chat", "unit_duration": 9})
        entry.invalidate_recordset()
        self.assertRecordValues(entry, [{"channel": "phone", "duration": 0.25}])

    def test_cost_in_another_currency(self):
        euro = self.setup_other_currency("EUR", rates=[])
        company = self._new_company(currency_id=euro.id)
        self.env["res.currency.rate"].sudo().create(
            {
                "name": "2026-01-01",
                "currency_id": self.company_a.currency_id.id,
                "company_id": company.id,
                "rate": 0.5,
            }
        )
        self.template_call.sudo().unit_cost = 10
        entry = self.Entry.log_interactions(
            [
                {
                    "template_id": self.template_call.id,
                    "partner_id": self.anna.id,
                    "company_id": company.id,
                    "date": "2026-02-01",
                }
            ]
        )
        self.assertRecordValues(entry, [{"cost": 20, "currency_id": euro.id}])

    def test_files(self):
        """Each entry has files of its own, readable by who reads the entry."""
        file = (
            self.env["ir.attachment"]
            .with_user(self.user_sales)
            .create({"name": "a.txt", "raw": b"text"})
        )
        first, second = (
            self._log(attachment_ids=[Command.link(file.id)]) for _number in range(2)
        )
        self.assertEqual(first.attachment_ids, file)
        self.assertNotEqual(second.attachment_ids, file)
        for entry in (first | second).with_user(self.user_other_sales):
            self.assertEqual(entry.attachment_ids.raw, b"text")
        # a file of a field and a stranger's: copied, not taken
        stored = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": "b.txt",
                    "raw": b"b",
                    "res_model": "res.partner",
                    "res_id": self.anna.id,
                    "res_field": "image_128",
                    "public": True,
                }
            )
        )
        files = [Command.set(stored.ids)]
        third = self._log(user=self.user_manager, attachment_ids=files)
        self.env.invalidate_all()
        self.assertEqual(
            third.with_user(self.user_sales).attachment_ids.mapped("raw"), [b"b"]
        )
        self.assertEqual(stored.res_model, "res.partner")
        first._cancel(self.reason)
        first.sudo().unlink()
        self.assertFalse(file.exists())
        self.assertEqual(second.attachment_ids.raw, b"text")

    def test_same_key_is_logged_once(self):
        first = self._log(source_key="mail,1")
        again = self._log(source_key="mail,1", name="Other")
        self.assertEqual(first, again)
        self.assertEqual(again.name, "Outgoing call")

    def test_order_of_old_new_and_repeated(self):
        old = self._log(source_key="k,1")
        entries = self.Entry.log_interactions(
            [
                {
                    "template_id": self.template_call.id,
                    "partner_id": self.anna.id,
                    "name": name,
                    **({"source_key": key} if key else {}),
                }
                for name, key in (
                    ("a", "k,2"),
                    ("b", None),
                    ("old", "k,1"),
                    ("c", None),
                    ("again a", "k,2"),
                )
            ]
        )
        self.assertEqual(entries.mapped("name"), ["a", "b", "Outgoing call", "c", "a"])
        self.assertEqual(entries[2].id, old.id)
        self.assertEqual(entries[0], entries[4])

    def test_empty_key_is_none(self):
        first, second = (self._log(source_key="") for _number in range(2))
        self.assertNotEqual(first, second)
        self.assertFalse(first.source_key)

    def test_number_of_queries(self):
        orders = self.env["sale.order"].sudo().browse()
        for _number in range(20):
            orders |= self._new_order()
        log = self.env["interaction.log.entry"].with_user(self.user_sales)
        # what a client names is checked: two queries for each of the three models; and
        # the names of the documents are read
        for entries, most in ((log.sudo(), 10), (log, 14)):
            # the first call fills the caches
            for number, more in ((1, 100), (1, 0), (20, 0), (300, 0)):
                vals_list = [
                    {
                        "template_id": self.template_call.id,
                        "partner_id": self.anna.id,
                        "source_key": f"k,{most},{number},{more},{place}",
                        "res_model": "sale.order",
                        "res_id": orders[place % len(orders)].id,
                    }
                    for place in range(number)
                ]
                self.env.flush_all()
                self.env.invalidate_all()
                with (
                    self.subTest(most=most, number=number),
                    self.assertQueryCount(most + more),
                ):
                    entries.log_interactions(vals_list)

    def test_queries_of_one(self):
        """What is named is found and read by one query each, the new entry by none."""
        vals = {
            "template_id": self.template_call.id,
            "partner_id": self.anna.id,
            "source_key": "of another system,1",
        }
        Entry = self.Entry.with_user(self.user_sales)
        Entry.log_interactions([vals])  # what is cached for good
        self.env.invalidate_all()
        # template, contact, company, its currency, deleted keys, and the entry
        with self.assertQueryCount(6):
            Entry.log_interactions([{**vals, "source_key": "of another system,2"}])

    def test_nothing_to_log(self):
        self.assertFalse(self.Entry.log_interactions([]))

    def test_after_log_gets_new_entries_only(self):
        self._log(source_key="k,1")
        seen = []
        with patch.object(
            type(self.Entry), "_after_log", lambda entries: seen.append(len(entries))
        ):
            self._log(source_key="k,1")
            self._log()
        self.assertEqual(seen, [0, 1])

    # -- bad input ------------------------------------------------------

    def _assert_refused(self, sentence, **vals):
        before = self.Entry.search_count([])
        with self.assertRaisesRegex(UserError, sentence):
            self._log(**vals)
        self.assertEqual(self.Entry.search_count([]), before)

    def test_what_is_repeated_of_contact_and_document(self):
        """What an export has may be given again; what server code knows is taken."""
        order = self._new_order()
        facts = {
            "partner_name": "Acme, Anna",
            "commercial_partner_id": self.acme.id,
            "res_model": order._name,
            "res_id": order.id,
            "document_name": order.display_name,
            "date": "1980-06-01 10:00:00",
        }
        self.assertRecordValues(
            self._log(**facts), [{**facts, "date": datetime(1980, 6, 1, 10)}]
        )
        self.assertFalse(self._log(user_id=False, event="api").user_id)
        then = {
            "partner_name": "Anna Maiden",
            "commercial_partner_id": self.company_a.partner_id.id,
            "document_name": "S00042",
            "user_id": False,
        }
        (entry,) = self.Entry.log_interactions(
            [
                {
                    "template_id": self.template_call.id,
                    "partner_id": self.anna.id,
                    **then,
                }
            ]
        )
        self.assertRecordValues(entry, [then])

    def test_name_of_the_document(self):
        """The document says what it is called, where nobody else does."""
        orders = self._new_order() | self._new_order()
        given = [{"res_model": "sale.order", "res_id": order.id} for order in orders]
        vals = {"template_id": self.template_call.id, "partner_id": self.anna.id}
        for entries in (self.Entry, self.Entry.with_user(self.user_sales).sudo(False)):
            logged = entries.log_interactions([{**vals, **each} for each in given])
            self.assertEqual(
                logged.mapped("document_name"), orders.mapped("display_name")
            )
            self.assertEqual(logged[0].name, f"Outgoing call {orders[0].name}")
        named, unnamed, gone = self.Entry.log_interactions(
            [
                {**vals, **given[0], "document_name": "S00042"},
                {**vals, **given[0], "document_name": False},
                {**vals, "res_model": "sale.order", "res_id": 2**30},
            ]
        )
        self.assertEqual(named.document_name, "S00042")
        self.assertFalse(unnamed.document_name)
        self.assertFalse(gone.document_name)
        foreign = orders[0].copy({"user_id": self.user_manager.id})
        own_only = self._new_user(
            "il_own", "sales_team.group_sale_salesman", "interaction_log.group_user"
        )
        with self.assertRaisesRegex(ValidationError, "Choose an existing document"):
            self._log(user=own_only, res_model="sale.order", res_id=foreign.id)

    def test_bad_input(self):
        order = self._new_order()
        for sentence, vals in (
            ("Choose an existing interaction template", {"template_id": False}),
            ("Choose an existing interaction template", {"template_id": 2**30}),
            ("Choose an existing interaction template", {"template_id": "call"}),
            ("Choose an existing interaction template", {"template_id": [1, "x"]}),
            ("Choose an existing contact", {"partner_id": False}),
            ("is not a valid value for Campaign", {"campaign_id": [1]}),
            ("Choose an existing contact", {"partner_id": 2**30}),
            ("Choose a company", {"company_id": 2**30}),
            ("Duration can't be negative", {"duration": -1}),
            ("Cost can't be negative", {"cost": -0.01}),
            ('"long" is not a valid value for Duration', {"duration": "long"}),
            ('"nan" is not a valid value for Cost', {"cost": float("nan")}),
            ('"True" is not a valid value for Cost', {"cost": True}),
            ('"great" is not a valid value for Evaluation', {"evaluation": "great"}),
            ('"pigeon" is not a valid value for Channel', {"channel": "pigeon"}),
            ("Channel can't be empty", {"channel": False}),
            ('"soon" is not a valid value for Date', {"date": "soon"}),
            (
                "is not a valid value for Date",
                {"date": datetime(2026, 1, 1, tzinfo=timezone.utc)},
            ),
            ("Date is too far in the past", {"date": "1900-01-01"}),
            ("Date is too far in the past", {"date": "1970-01-01 00:00:00"}),
            ("is not a valid value for Subject", {"name": "NUL\x00"}),
            ("is not a valid value for Subject", {"name": "\ud800"}),
            ('"5" is not a valid value for Source Key', {"source_key": 5}),
            (
                "is not a valid value for Attachments",
                {"attachment_ids": [Command.create({"name": "a\x00", "raw": "b"})]},
            ),
            ("is not a valid value for Attachments", {"attachment_ids": "x"}),
            (
                "is not a valid value for Attachments",
                {"attachment_ids": [[6, 0, ["a"]]]},
            ),
            ("is not a valid value for Attachments", {"attachment_ids": [[2, 7]]}),
            ("Choose an existing document", {"res_model": "res.partner"}),
            ("a contact other than", {"partner_name": "Somebody Else"}),
            ("a contact other than", {"partner_name": False}),
            (
                "a contact other than",
                {"commercial_partner_id": self.company_a.partner_id.id},
            ),
            ("a contact other than", {"commercial_partner_id": False}),
            ("model and ID", {"document_name": "S00042"}),
            (
                f'is named "{order.display_name}", not "S0"',
                {"res_model": order._name, "res_id": order.id, "document_name": "S0"},
            ),
            ("Choose the salesperson", {"user_id": False}),
            ("Choose the salesperson", {"user_id": False, "event": "call"}),
            ("Choose the salesperson", {"user_id": self.user_portal.id}),
            ("Only a draft can have", {"postponed_vals": {"cost": 1}}),
            ("Leave out the source", {"state": "postponed", "source_key": "shop,1"}),
            ("is not a valid value for Subject", {"name": ["x"]}),
            ("is not a valid value for Salesperson", {"user_id": 2**30}),
            ("is not a valid value for Campaign", {"campaign_id": "abc"}),
            ("Unknown field: colour", {"colour": "red"}),
            ("Unknown field: can_cancel", {"can_cancel": True}),
            ("Unknown field: create_uid", {"create_uid": 1}),
            ("Log the interaction before", {"state": "canceled"}),
            ("recorded automatically", {"cancel_note": "x"}),
            ("recorded automatically", {"occurrence_count": 7}),
            ("recorded automatically", {"delivery_status": "sent"}),
            ("only recorded automatically", {"event": "print"}),
            ("are reserved", {"source_key": "print,1"}),
            ("are reserved", {"source_key": "once,1,sale.order,1"}),
            ("Choose an existing document", {"res_model": "no.model", "res_id": 1}),
            ("Choose an existing document", {"res_id": 1}),
            (
                "is not a valid value for Document",
                {"res_model": "sale.order", "res_id": "abc"},
            ),
            (
                "is not a valid value for Document",
                {"res_model": "sale.order", "res_id": 5.0},
            ),
            (
                "is not a valid value for Document Model",
                {"res_model": [1], "res_id": 1},
            ),
            ("recorded automatically", {"last_date": False}),
            (
                "Choose an existing document",
                {"res_model": "sale.order", "res_id": 2**30},
            ),
            (
                "Choose an existing document",
                {"res_model": "account.payment", "res_id": 1},
            ),
        ):
            with self.subTest(vals=vals):
                self._assert_refused(sentence, **vals)

    def test_python_constraints_of_other_addons_hold(self):
        def refuse(entries):
            raise ValueError("Not on a Sunday")

        refuse._constrains = ("name",)
        with (
            patch.object(type(self.Entry), "_constraint_methods", [refuse]),
            self.assertRaisesRegex(ValueError, "Not on a Sunday"),
        ):
            self._log()

    def test_no_list(self):
        for nonsense in ({"name": "x"}, ["x"], "x", None):
            with self.assertRaisesRegex(UserError, "Provide a list of interactions"):
                self.Entry.log_interactions(nonsense)

    def test_key_of_an_entry_out_of_sight(self):
        self._log(name="Secret", source_key="k,1")
        self.env["ir.rule"].sudo().create(
            {
                "name": "No secrets",
                "model_id": self.env["ir.model"]._get_id(self.Entry._name),
                "domain_force": "[('name', '!=', 'Secret')]",
            }
        )
        with self.assertRaisesRegex(AccessError, "you can't access"):
            self._log(source_key="k,1")

    def test_key_of_another_company(self):
        """Each company has its own: nobody blocks or learns those of another."""
        company = self._new_company()
        user = self._new_user("il_b", "interaction_log.group_user", company=company)
        vals = {"partner_id": self.partner.id, "source_key": "shop,1"}
        first = self._log(**vals)
        other = self._log(user=user, **vals)
        self.assertEqual(
            (first | other).sudo().mapped("company_id"), self.company_a | company
        )
        self.assertEqual(self._log(user=user, **vals), other)
        self.assertEqual(self._log(**vals), first)
        # canceled or not
        first.with_user(self.user_manager)._cancel(self.reason)
        self.assertEqual(self._log(user=user, **vals), other)

    def test_key_in_several_companies_at_a_time(self):
        company = self._new_company()
        self.user_manager.sudo().company_ids |= company
        Entry = self.env["interaction.log.entry"].with_user(self.user_manager)
        Entry = Entry.with_context(allowed_company_ids=[self.company_a.id, company.id])
        vals = {"template_id": self.template_call.id, "partner_id": self.partner.id}
        old = self._log(**vals, source_key="shop,1")
        entries = Entry.log_interactions(
            [
                {**vals, "source_key": key, "company_id": owner.id}
                for key, owner in (
                    ("shop,2", company),
                    ("shop,1", company),
                    ("shop,1", self.company_a),
                    ("shop,2", self.company_a),
                    ("shop,2", company),
                )
            ]
        )
        self.assertEqual(entries[2], old.with_env(entries.env))
        self.assertEqual(entries[0], entries[4])
        self.assertEqual(len(set(entries.ids)), 4)
        self.assertEqual(entries.company_id.ids, [company.id, self.company_a.id])
        self.assertEqual(entries[3].company_id, self.company_a)

    def test_defaults_of_the_context_are_no_facts(self):
        self.env = self.env(
            context={
                "default_state": "draft",
                "default_source_key": "k,1",
                "default_event": "print",
                "default_batch_id": 2**30,
                "default_company_id": 2**30,
                "default_delivery_status": "sent",
            }
        )
        entry = (
            self.env["interaction.log.entry"]
            .with_user(self.user_sales)
            .log_interactions(
                [{"template_id": self.template_call.id, "partner_id": self.anna.id}]
            )
        )
        self.assertRecordValues(
            entry,
            [
                {
                    "state": "logged",
                    "source_key": False,
                    "event": "manual",
                    "batch_id": False,
                    "company_id": self.company_a.id,
                    "delivery_status": "none",
                }
            ],
        )

    def test_archived_template(self):
        self.template_call.sudo().active = False
        self._assert_refused("The template Outgoing call is archived")

    def test_template_of_another_company(self):
        company = self._new_company()
        self.user_sales.sudo().company_ids |= company
        template = self.template_call.sudo().copy({"company_id": company.id})
        with self.assertRaisesRegex(UserError, "belongs to another company"):
            self.Entry.log_interactions(
                [{"template_id": template.id, "partner_id": self.anna.id}]
            )

    def test_every_wrong_interaction_is_named_and_nothing_is_logged(self):
        good = {"template_id": self.template_call.id, "partner_id": self.anna.id}
        before = self.Entry.search_count([])
        with self.assertRaises(ValidationError) as error:
            self.Entry.log_interactions(
                [good, {**good, "duration": -1}, good, {**good, "partner_id": False}]
            )
        self.assertRegex(str(error.exception), r"Interaction 2: Duration")
        self.assertRegex(str(error.exception), r"Interaction 4: Choose an existing")
        self.assertEqual(self.Entry.search_count([]), before)

    # -- who may --------------------------------------------------------

    def test_without_right_on_the_log(self):
        public = new_test_user(self.env, login="il_public", groups="base.group_public")
        for user in (self.user_assistant, self.user_portal, public):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._log(user=user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["interaction.log.entry"].with_user(user).search([])

    def test_other_company(self):
        company = self._new_company()
        user_b = self._new_user(
            "il_company_b", "interaction_log.group_admin", company=company
        )
        entry = self._log()
        self.assertFalse(entry.with_user(user_b).search([("id", "=", entry.id)]))
        with self.assertRaises(AccessError):
            entry.with_user(user_b).read(["name"])
        self._assert_refused(
            "Choose a company you have access to", company_id=company.id
        )

    def test_contact_that_the_user_does_not_see(self):
        company = self._new_company()
        foreign = (
            self.env["res.partner"]
            .sudo()
            .create({"name": "F", "company_id": company.id})
        )
        self._assert_refused("Choose an existing contact", partner_id=foreign.id)

    # -- facts are written once -----------------------------------------

    @users("il_sales", "il_manager", "il_admin")
    def test_facts_are_written_once(self):
        entry = self._log(user=self.env.user)
        for vals in (
            {"name": "Other"},
            {"partner_id": self.acme.id},
            {"date": "2020-01-01"},
            {"state": "canceled"},
            {"cancel_reason_id": self.reason.id},
            {"cost": 1, "note": "x"},
        ):
            with self.assertRaisesRegex(UserError, "can't be changed after logging"):
                entry.write(vals)
            # a client sends what it likes in the context, but no Python object
            with self.assertRaisesRegex(UserError, "can't be changed after logging"):
                entry.with_context(
                    interaction_log_facts=True, interaction_log_sentinel=1
                ).write(vals)
        entry.write({"evaluation": "positive", "outcome": "success", "note": "Nice"})
        self.assertEqual(entry.evaluation, "positive")
        with self.assertRaisesRegex(
            ValidationError, "not a valid value for Evaluation"
        ):
            entry.write({"evaluation": "great"})

    def test_import_takes_the_one_way_in(self):
        result = self.Entry.with_user(self.user_sales).load(
            ["template_id/.id", "partner_id/.id", "source_key"],
            [[str(self.template_call.id), str(self.anna.id), "import,1"]],
        )
        entry = self.Entry.browse(result["ids"])
        self.assertRecordValues(entry, [{"channel": "phone", "duration": 0.25}])
        # importing over an entry is a write
        result = self.Entry.with_user(self.user_sales).load(
            [".id", "name"], [[str(entry.id), "Other"]]
        )
        self.assertFalse(result["ids"])
        self.assertIn(
            "can't be changed after logging", result["messages"][0]["message"]
        )

    def test_no_duplicate(self):
        with self.assertRaisesRegex(UserError, "can't be duplicated"):
            self._log().copy()

    @users("il_sales", "il_manager", "il_admin")
    def test_only_canceled_ones_are_deleted(self):
        entry = self._log(user=self.env.user)
        with self.assertRaises(UserError):
            entry.unlink()
        with self.assertRaisesRegex(UserError, "Only canceled"):
            entry.sudo().unlink()
        self.assertTrue(entry.exists())


@tagged("-at_install", "post_install")
class TestConcurrency(TransactionCase):
    """Two database connections log the same event at once."""

    def _vals(self, env):
        # what base and the addon bring, as only that is committed
        return {
            "template_id": env.ref("interaction_log.interaction_template_note").id,
            "partner_id": env.ref("base.main_partner").id,
            "company_id": env.ref("base.main_company").id,
            "source_key": "concurrency,1",
        }

    def _log_with(self, cr):
        env = api.Environment(cr, SUPERUSER_ID, {})
        return env["interaction.log.entry"].log_interactions([self._vals(env)]).id

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM interaction_log_entry WHERE source_key = 'concurrency,1'"
            )

    def test_one_row_and_no_error(self):
        self.addCleanup(self._clean_up)
        with self.registry.cursor() as first, self.registry.cursor() as second:
            second.execute("SELECT 1")  # its snapshot knows nothing of the first
            id_ = self._log_with(first)
            first.commit()
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.SerializationFailure),
            ):
                self._log_with(second)
            second.rollback()
            # as Odoo runs a request: what fails so is run again
            second.execute("SELECT 1")
            env = api.Environment(second, SUPERUSER_ID, {})
            with mute_logger("odoo.sql_db"), patch("odoo.service.model.time.sleep"):
                self.assertEqual(retrying(lambda: self._log_with(second), env), id_)
            second.execute(
                "SELECT COUNT(*) FROM interaction_log_entry"
                " WHERE source_key = 'concurrency,1'"
            )
            self.assertEqual(second.fetchone(), (1,))
