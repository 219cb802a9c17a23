from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..common import InteractionCommon


@tagged("-at_install", "post_install")
class TestPurgedKey(InteractionCommon):
    """What another system logged, and was deleted for good, stays so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Purged = cls.env["interaction.purged.key"].with_user(cls.user_admin)

    def _purge(self, entries):
        entries.with_user(self.user_manager)._cancel(self.reason)
        entries.with_user(self.user_admin).unlink()

    def test_replay_of_another_system(self):
        self._purge(self._log(event="api", source_key="shop,1"))
        with self.assertRaisesRegex(ValidationError, "shop,1 was permanently deleted"):
            self._log(event="api", source_key="shop,1")
        # also a batch, which names the line, and Odoo's import
        vals = {"template_id": self.template_call.id, "partner_id": self.anna.id}
        Entry = self.env["interaction.log.entry"].with_user(self.user_sales)
        with self.assertRaisesRegex(ValidationError, "Interaction 2: .*shop,1"):
            Entry.log_interactions([vals, {**vals, "source_key": "shop,1"}])
        result = Entry.load(
            ["template_id/.id", "partner_id/.id", "source_key"],
            [[str(self.template_call.id), str(self.anna.id), "shop,1"]],
        )
        self.assertFalse(result["ids"])
        self.assertIn("permanently deleted", result["messages"][0]["message"])
        self.assertTrue(self._log(event="api", source_key="shop,2"))

    def test_canceled_is_there(self):
        entry = self._log(event="api", source_key="shop,1")
        entry.with_user(self.user_manager)._cancel(self.reason)
        self.assertEqual(self._log(event="api", source_key="shop,1"), entry)

    def test_other_company(self):
        company = self._new_company()
        user = self._new_user("il_b", "interaction_log.group_user", company=company)
        self._purge(self._log(event="api", source_key="shop,1"))
        partner = self.env["res.partner"].create({"name": "Bea"})
        entry = self._log(
            user=user, event="api", source_key="shop,1", partner_id=partner.id
        )
        self.assertEqual(entry.company_id, company)

    def test_company_that_is_given(self):
        """It is the company of the interaction that counts, not that of the user."""
        company = self._new_company()
        self.user_sales.sudo().company_ids |= company
        companies = (self.company_a | company).ids
        Entry = self.env["interaction.log.entry"].with_user(self.user_sales)
        Entry = Entry.with_context(allowed_company_ids=companies)
        vals = {
            "template_id": self.template_call.id,
            "partner_id": self.env["res.partner"].create({"name": "Bea"}).id,
            "event": "api",
            "source_key": "shop,1",
        }
        entry = Entry.log_interactions([{**vals, "company_id": company.id}])
        entry.sudo()._cancel(self.reason)
        entry.sudo().unlink()
        with self.assertRaisesRegex(ValidationError, "shop,1 was permanently deleted"):
            Entry.log_interactions([{**vals, "company_id": company.id}])
        self.assertEqual(Entry.log_interactions([vals]).company_id, self.company_a)

    def test_deleted_twice(self):
        """The system logs what it sees, also what was deleted for good before."""
        before = self.Purged.search_count([])
        vals = {"template_id": self.template_call.id, "partner_id": self.anna.id}
        Entry = self.env["interaction.log.entry"].sudo()
        for _time in range(2):
            self._purge(Entry.log_interactions([{**vals, "source_key": "print,1"}]))
        self.assertEqual(self.Purged.search_count([]), before + 1)

    def test_discarded(self):
        """What was postponed was never in the log: later it can be logged."""
        before = self.Purged.search_count([])
        order = self._new_order()
        entry = self._log(
            template_id=self._shipped("interaction_template_email_out").id,
            res_model=order._name,
            res_id=order.id,
            state="postponed",
        )
        entry.flush_model()
        identities = self.env.execute_query(
            entry._get_identities_query(SQL("%s", entry._ids))
        )
        self.assertTrue(identities, "it has what would be remembered")
        entry.with_user(self.user_sales).action_discard()
        self.assertEqual(self.Purged.search_count([]), before)

    def test_what_records_does_not_ask(self):
        """Neither the system, whose events are new, nor who gives no key."""
        vals = {"template_id": self.template_call.id, "partner_id": self.anna.id}
        Entry = self.env["interaction.log.entry"]
        for entries, keys, asked in (
            (Entry.sudo(), ["print,1"], 0),
            (Entry.with_user(self.user_sales), [False], 0),
            (Entry.with_user(self.user_sales), ["shop,1", "shop,2"], 1),
        ):
            with patch.object(
                type(self.Purged), "_find", autospec=True, return_value=set()
            ) as find:
                entries.log_interactions([{**vals, "source_key": key} for key in keys])
            self.assertEqual(find.call_count, asked)

    def test_nothing_is_told(self):
        """No name, no key, no user: a digest, which nobody writes."""
        before = self.Purged.search([])
        self._purge(self._log(event="api", source_key="shop,anna@example.com"))
        purged = self.Purged.search([]) - before
        self.assertEqual(len(purged), 1)
        [vals] = purged.read()
        self.assertEqual(vals.keys(), {"id", "digest", "company_id", "display_name"})
        self.assertRegex(vals["digest"], "^[0-9a-f]{32}$")
        with mute_logger("odoo.addons.base.models.ir_model"):
            for act in (
                purged.unlink,
                lambda: purged.write({"digest": "0"}),
                lambda: purged.create({"digest": "0", "company_id": 1}),
                purged.with_user(self.user_manager).read,
            ):
                with self.assertRaises(AccessError):
                    act()

    def test_what_has_no_identity(self):
        before = self.Purged.search_count([])
        self._purge(self._log() | self._log())
        self.assertEqual(self.Purged.search_count([]), before)
