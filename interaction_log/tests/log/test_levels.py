from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ... import uninstall_hook
from ...models.log import interaction_log_entry_levels
from ..common import SALES_GROUPS, InteractionHttpCommon

MODEL = "interaction.log.entry"


@tagged("-at_install", "post_install")
class TestLevels(InteractionHttpCommon):
    """*User: Own Interactions* learns of no other one, whatever it asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_own = cls._new_user(
            "il_own", "sales_team.group_sale_salesman", "interaction_log.group_user_own"
        )
        Partner = cls.env["res.partner"]
        cls.bea, cls.carl = Partner.create(
            [
                {"name": "Bea", "user_id": cls.user_own.id, "parent_id": cls.acme.id},
                {"name": "Carl Foreign"},
            ]
        )
        cls.dora_company = Partner.create(
            {"name": "Dora & Co", "is_company": True, "user_id": cls.user_own.id}
        )
        cls.dora = Partner.create(
            {"name": "Dora", "parent_id": cls.dora_company.id, "user_id": False}
        )
        cls.dora.user_id = cls.user_sales
        cls.order = cls._new_order(partner=cls.carl, user_id=cls.user_own.id)
        cls.order_of_sales = cls._new_order(partner=cls.carl)
        about = {"partner_id": cls.carl.id, "res_model": "sale.order"}
        cls.own = (
            cls._log(cls.user_own, partner_id=cls.carl.id, name="Logged by me")
            | cls._log(
                cls.user_own,
                partner_id=cls.carl.id,
                user_id=cls.user_sales.id,
                name="Logged by me for a colleague",
            )
            | cls._log(
                partner_id=cls.carl.id, user_id=cls.user_own.id, name="Logged for me"
            )
            | cls._log(partner_id=cls.bea.id, name="My contact")
            | cls._log(partner_id=cls.dora.id, name="Contact of my company")
            | cls._log(**about, res_id=cls.order.id, name="My order")
        ).sudo()
        cls.foreign = (
            cls._log(
                partner_id=cls.carl.id, name="Secret", cost=7, note="<p>Hidden</p>"
            )
            # a colleague at the company of my contact, and the company itself
            | cls._log(partner_id=cls.anna.id, name="Secret of a colleague")
            | cls._log(partner_id=cls.acme.id, name="Secret of the company")
            | cls._log(**about, res_id=cls.order_of_sales.id, name="Secret order")
        ).sudo()
        cls.all = cls.own | cls.foreign
        cls.log = cls.env[MODEL].with_user(cls.user_own)

    def _call(self, model, method, *args, **kwargs):
        """Return (result, None) or (None, what the client is told is wrong)."""
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            answer = self.opener.post(
                f"{self.base_url()}/web/dataset/call_kw",
                json={
                    "jsonrpc": "2.0",
                    "method": "call",
                    "params": {
                        "model": model,
                        "method": method,
                        "args": args,
                        "kwargs": kwargs,
                    },
                },
            )
        result = answer.json()
        for text in ("Secret", "Hidden"):
            self.assertNotIn(text, answer.text)
        return result.get("result"), result.get("error", {}).get("data", {}).get("name")

    def _assert_refused(self, model, method, *args, **kwargs):
        _result, error = self._call(model, method, *args, **kwargs)
        self.assertEqual(error, "odoo.exceptions.AccessError", (model, method))

    def test_what_is_own(self):
        self.assertEqual(
            self.log.search([("id", "in", self.all.ids)]),
            self.own.sorted(lambda e: (e.date, e.id), reverse=True).with_user(
                self.user_own
            ),
        )
        for user in (self.user_sales, self.user_manager, self.user_admin):
            with self.subTest(user=user.name):
                log = self.env[MODEL].with_user(user)
                self.assertEqual(
                    log.search_count([("id", "in", self.all.ids)]), len(self.all)
                )
        # what the rule asks of a record is what a search finds, also of very many
        for limit in (interaction_log_entry_levels.OWN_LIMIT, 0):
            self.patch(interaction_log_entry_levels, "OWN_LIMIT", limit)
            with self.subTest(limit=limit):
                found = self.log.search([("id", "in", self.all.ids)])
                self.assertEqual(set(found.ids), set(self.own.ids))
        entries = self.all.with_user(self.user_own)
        self.assertEqual(set(entries._filtered_access("read").ids), set(self.own.ids))
        sudo = entries.sudo()
        self.assertEqual(set(sudo.filtered("is_own").ids), set(self.own.ids))
        self.assertEqual(
            set(sudo.search([("is_own", "=", False), ("id", "in", sudo.ids)]).ids),
            set(self.foreign.ids),
        )

    def test_it_follows_the_salesperson(self):
        """Whose contact or document it is now decides, not whose it was."""
        entry = self.foreign[0].with_user(self.user_own)
        self.assertFalse(entry.has_access("read"))
        self.carl.user_id = self.user_own
        self.env.invalidate_all()
        self.assertTrue(entry.has_access("read"))
        self.assertIn(entry, self.log.search([]))
        self.carl.user_id = False
        self.order.user_id = self.user_sales
        self.env.invalidate_all()
        self.assertNotIn(entry, self.log.search([]))
        self.assertFalse(self.own[-1].with_user(self.user_own).has_access("read"))

    def test_attack(self):
        """Over RPC, by what a client can call: no entry of others, no hint of one."""
        self._login(self.user_own)
        foreign = self.foreign.ids
        domain = [("id", "in", self.all.ids)]
        secret = [*domain, ("name", "like", "Secret")]
        self.assertEqual(self._call(MODEL, "search", secret)[0], [])
        self.assertEqual(self._call(MODEL, "search_count", secret)[0], 0)
        self.assertEqual(self._call(MODEL, "name_search", "Secret")[0], [])
        self.assertEqual(
            self._call(MODEL, "web_search_read", secret, {"name": {}})[0]["records"], []
        )
        # nor by what another record says of its entries
        for model, path in (
            ("res.partner", "interaction_ids.name"),
            ("res.partner", "commercial_interaction_ids.note"),
            ("sale.order", "interaction_ids.name"),
            ("res.users", "salesperson_interaction_ids.name"),
            ("interaction.template", "interaction_ids.name"),
            ("interaction.batch", "entry_ids.name"),
        ):
            with self.subTest(model=model, path=path):
                for text in ("Secret", "Hidden"):
                    found, error = self._call(model, "search", [(path, "like", text)])
                    self.assertFalse(found or error)
        for method, *args in (
            ("read", ["name"]),
            ("web_read", {"name": {}}),
            ("export_data", ["name"]),
            ("write", {"note": "Mine"}),
            ("action_cancel",),
            ("action_correct",),
            ("action_open",),
            ("message_post",),
        ):
            with self.subTest(method=method):
                result, error = self._call(MODEL, method, foreign[:1], *args)
                self.assertTrue(error or method in ("action_cancel", "action_open"))
        for key in (
            [[("id", "in", foreign)], ["partner_id"], ["__count"]],
            [[("id", "in", foreign)], ["date:month"], ["cost:sum"]],
        ):
            groups, error = self._call(MODEL, "formatted_read_group", *key)
            self.assertEqual((groups, error), ([], None))
        [total] = self._call(MODEL, "formatted_read_group", domain, [], ["__count"])[0]
        self.assertEqual(total["__count"], len(self.own))
        sets, _error = self._call(
            MODEL,
            "formatted_read_grouping_sets",
            domain,
            [[], ["partner_id"], ["user_id"]],
            ["__count", "cost:sum"],
        )
        self.assertEqual(sets[0][0]["__count"], len(self.own))
        result, _error = self._call(
            MODEL, "web_read_group", domain, ["partner_id"], ["__count"], limit=80
        )
        self.assertEqual(
            sum(group["__count"] for group in result["groups"]), len(self.own)
        )
        events, _error = self._call(
            MODEL,
            "get_calendar_entries",
            domain,
            ["name"],
            start="2020-01-01 00:00:00",
            end="2030-01-01 00:00:00",
        )
        self.assertNotIn("Secret", str(events))
        messages, _error = self._call(
            "mail.message",
            "search_count",
            [("model", "=", MODEL), ("res_id", "in", foreign)],
        )
        self.assertEqual(messages, 0)
        file = self.foreign[0]._add_attachments(
            self.env["ir.attachment"].create({"name": "Secret.txt", "raw": b"x"})
        )
        self.assertTrue(self.foreign[0].attachment_ids, file)
        of_log = [("res_model", "=", MODEL), ("res_id", "in", foreign)]
        self.assertEqual(self._call("ir.attachment", "search", of_log)[0], [])
        # dialogs that name entries of others
        for model, vals in (
            ("interaction.log.cancel", {"reason_id": self.reason.id}),
            ("interaction.log.evaluate", {"evaluation": "positive"}),
        ):
            with self.subTest(model=model):
                ids, error = self._call(
                    model, "create", [{**vals, "entry_ids": [[6, 0, foreign]]}]
                )
                if not error:
                    self._call(model, "web_read", ids, {"entry_ids": {}})
                    _result, error = self._call(model, "action_apply", ids)
                self.assertTrue(error)
        self.assertEqual(set(self.foreign.mapped("state")), {"logged"})
        self.assertFalse(any(self.foreign.mapped("evaluation")))
        for model in ("interaction.skipped.event", "interaction.purged.key"):
            self._assert_refused(model, "search", [])

    def test_numbers_follow(self):
        """Totals, last dates and the timeline say what the list shows."""
        self.foreign[0]._write_facts(
            {"date": "2027-05-01 10:00:00", "last_date": "2027-05-01 10:00:00"}
        )
        self.env.invalidate_all()
        carl = self.carl.with_user(self.user_own)
        self.assertEqual(carl.interaction_count, 4)
        self.assertEqual(self.carl.with_user(self.user_sales).interaction_count, 6)
        self.assertEqual(carl.interaction_cost, sum(self.own[:3].mapped("cost")))
        self.assertLess(str(carl.interaction_last_date), "2027")
        self.assertNotIn(
            carl,
            carl.search([("interaction_last_date", ">=", "2027-01-01")]),
        )
        self.assertIn(
            self.carl,
            self.carl.with_user(self.user_sales).search(
                [("interaction_last_date", ">=", "2027-01-01")]
            ),
        )
        self.assertEqual(self.acme.with_user(self.user_own).interaction_count, 1)
        timeline = carl.get_interaction_timeline()
        self.assertEqual(
            {row["id"] for row in timeline["entries"]},
            {*self.own[:3].ids, self.own[-1].id},
        )
        self.assertEqual(sum(c["count"] for c in timeline["channels"]), 4)
        self.assertEqual(timeline["summary"]["count"], 4)
        template = self.template_call.sudo(False).with_user(self.user_own)
        own = self.log.search_count([("template_id", "=", template.id)])
        self.assertEqual(template.interaction_count, own)
        self.assertEqual(template.group_id.interaction_count, own)
        colleague = self.user_sales.sudo(False).with_user(self.user_own)
        self.assertEqual(
            colleague.salesperson_interaction_count,
            self.log.search_count([("user_id", "=", colleague.id)]),
        )
        self.assertEqual(len(colleague.salesperson_interaction_ids), 4)

    def test_what_the_pages_need(self):
        """Log, cancel, restore, evaluate, and the batch of a colleague."""
        entry = self._log(self.user_own, partner_id=self.carl.id, state="logged")
        entry._cancel(self.reason.sudo(False).with_user(self.user_own))
        entry.action_restore()
        entry._evaluate("positive")
        self.assertEqual((entry.state, entry.evaluation), ("logged", "positive"))
        with self.assertRaisesRegex(AccessError, "your own"):
            self.own[3].with_user(self.user_own)._cancel(self.reason)

        batch = (
            self.env["interaction.batch"]
            .with_user(self.user_sales)
            .create({"name": "Trade fair"})
        )
        shared = {"batch_id": batch.id}
        mine = self._log(partner_id=self.bea.id, name="Own part", **shared)
        hidden = self._log(partner_id=self.carl.id, name="Secret part", **shared)
        self.env.invalidate_all()
        mine = mine.sudo(False).with_user(self.user_own)
        self.assertFalse(mine.batch_id.has_access("read"))
        [vals] = mine.web_read({"batch_id": {"fields": {"display_name": {}}}})
        self.assertEqual(vals["batch_id"]["display_name"], "Trade fair")
        action = mine.action_open_batch()
        self.assertEqual(self.log.search(action["domain"]), mine)
        self._log(partner_id=self.dora.id, name="Own, too", **shared)
        day = {"start": "2020-01-01 00:00:00", "end": "2030-01-01 00:00:00"}
        shown = self.log.get_calendar_entries(
            [("batch_id", "=", batch.id)], ["name"], **day
        )
        self.assertIn("Trade fair", str(shown))
        self.assertNotIn("Carl", str(shown))
        # a batch of one's own, with what a colleague logged into it by the server
        own_batch = self.env["interaction.batch"].with_user(self.user_own)
        own_batch = own_batch.create({"name": "Mine"})
        self._log(self.user_own, partner_id=self.carl.id, batch_id=own_batch.id)
        hidden.sudo()._write_facts({"batch_id": own_batch.id})
        self.env.invalidate_all()
        self.assertEqual(own_batch.entry_count, 1)
        with self.assertRaisesRegex(AccessError, "your own.*: Mine$"):
            own_batch._cancel(self.reason)

    def test_salespeople_have_the_level(self):
        """By the rights on Sales, until an administrator takes it from them."""
        own, everything = (
            self._shipped(name) for name in ("group_user_own", "group_user")
        )
        for xml_id, level in zip(SALES_GROUPS, (own, everything), strict=True):
            self.env.ref(xml_id).sudo().implied_ids += level
        # one who has it by Sales alone
        seller = new_test_user(self.env, "il_seller", SALES_GROUPS[0])
        self.assertTrue(seller.has_group("interaction_log.group_user_own"))
        self.assertFalse(seller.has_group("interaction_log.group_user"))
        self.assertTrue(self.user_assistant.has_group("interaction_log.group_user"))
        self.assertFalse(self.user_assistant.has_group("interaction_log.group_manager"))
        self.assertFalse(self.user_portal.has_group("interaction_log.group_user_own"))
        entry = self._log(seller, partner_id=self.carl.id)
        found = self.env[MODEL].with_user(seller).search(Domain.TRUE)
        self.assertEqual(found.ids, entry.ids)

    def test_uninstall(self):
        """Salespeople are what they were; nothing keeps the group of the level."""
        group = self._shipped("group_user_own")
        uninstall_hook(self.env(su=True))
        group.unlink()
        self.assertFalse(group.exists())
        self.assertTrue(self.user_own.has_group(SALES_GROUPS[0]))

    def test_update(self):
        """Users keep what they had; rules and groups get the levels, once."""
        everything, own = (
            self._shipped(name) for name in ("group_user", "group_user_own")
        )
        rules = [
            self._shipped(name)
            for name in (
                "interaction_log_entry_rule_user_own",
                "interaction_segment_rule_user_own",
                "interaction_segment_criteria_rule_user",
            )
        ]
        for rule in rules:
            rule.groups = everything
        rules[1].perm_read = False
        before = {user: user.group_ids for user in (self.user_sales, self.user_own)}
        self._migrate("19.0.1.11.0", name="levels")
        self.assertEqual([rule.groups for rule in rules], [own] * 3)
        self.assertEqual([rule.perm_read for rule in rules], [False, True, True])
        self.assertEqual(
            [
                self.env.ref(xml_id).implied_ids & (own + everything)
                for xml_id in SALES_GROUPS
            ],
            [own, everything],
        )
        for user, groups in before.items():
            self.assertEqual(user.group_ids, groups)
        self.assertTrue(self.user_sales.has_group("interaction_log.group_user"))
