from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ...models.base import interaction_operation_mixin
from ...models.log import interaction_batch_operation
from ...wizards.log import interaction_log_purge
from ..common import InteractionCommon

NAME = "Deleted by two connections"


@tagged("-at_install", "post_install")
class TestPurge(InteractionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kept = cls._log()
        cls.canceled = cls._log(date="2026-01-31 23:30:00") | cls._log(
            date="2026-02-01 00:30:00", partner_id=cls.partner.id
        )
        cls.canceled._cancel(cls.reason)
        # the user lives an hour east of Greenwich: both happened on February 1st
        cls.user_admin.sudo().tz = "Europe/Brussels"

    def _purge(self, user=None, **filters):
        wizard = self.env["interaction.log.purge"].with_user(user or self.user_admin)
        vals = {"template_ids": self.template_call.ids, "with_recent": True}
        return wizard.create(vals | filters)

    def test_recently_canceled_ones_stay(self):
        """Unless the user says otherwise."""
        wizard = self._purge(with_recent=False)
        self.assertRecordValues(wizard, [{"entry_count": 0, "recent_count": 2}])
        with self.assertRaisesRegex(UserError, "No matching canceled interaction"):
            wizard.action_delete()
        yesterday = fields.Datetime.now() - timedelta(hours=25)
        self.canceled[0]._write_facts({"cancel_date": yesterday})
        wizard = self._purge(with_recent=False)
        self.assertRecordValues(wizard, [{"entry_count": 1, "recent_count": 1}])
        action = wizard.action_view_entries()
        shown = self.Entry.search(action["domain"])
        self.assertEqual(shown, self.canceled[0])
        # a filter that the log starts with would hide them
        self.assertFalse(action["context"])
        wizard.action_delete()
        self.assertEqual(self.canceled.exists(), self.canceled[1])

    def test_asked_with_the_number(self):
        wizard = self._purge()
        action = wizard.action_ask()
        self.assertEqual((action["res_id"], wizard.asked_count), (wizard.id, 2))
        entry = self._log()
        entry._cancel(self.reason)
        with self.assertRaisesRegex(UserError, "have changed in the meantime"):
            wizard.action_delete()
        wizard.action_back()
        self.assertFalse(wizard.asked_count, "the filters are shown")
        wizard.action_ask()
        wizard.action_delete()
        self.assertFalse((self.canceled | entry).exists())

    def test_only_canceled_ones_go(self):
        wizard = self._purge()
        self.assertEqual(wizard.entry_count, 2)
        action = wizard.action_delete()
        self.assertIn("2", action["params"]["message"])
        self.assertFalse(self.canceled.exists())
        self.assertTrue(self.kept.exists())

    def test_action_of_the_list(self):
        entries = self.kept | self.canceled[0]
        action = (
            self.env.ref("interaction_log.interaction_log_entry_action_purge")
            .with_user(self.user_admin)
            .with_context(active_model=entries._name, active_ids=entries.ids)
            .run()
        )
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.user_admin)
            .with_context(**action["context"])
            .create({"with_recent": True})
        )
        self.assertEqual(wizard.entry_count, 1)

    def test_selection_never_widens(self):
        wizard = (
            self.env["interaction.log.purge"]
            .with_user(self.user_admin)
            .with_context(default_entry_ids=self.canceled[0].ids)
            .create({"with_recent": True})
        )
        wizard.action_delete()
        with self.assertRaisesRegex(UserError, "No matching canceled interaction"):
            wizard.action_delete()
        self.assertTrue(self.canceled[1].exists())

    def test_selected_ones(self):
        self._purge(entry_ids=(self.kept | self.canceled[0]).ids).action_delete()
        self.assertEqual(
            (self.kept | self.canceled).exists(), self.kept | self.canceled[1]
        )

    def test_filters(self):
        campaign = self.env["utm.campaign"].sudo().create({"title": "Spring"})
        groups = self._shipped("interaction_group_letter")
        for filters, count in (
            ({}, 2),
            ({"partner_ids": self.acme.ids}, 1),
            ({"partner_ids": self.anna.ids}, 1),
            ({"partner_ids": (self.anna | self.partner).ids}, 2),
            ({"date_from": "2026-02-01"}, 2),
            ({"date_to": "2026-01-31"}, 0),
            ({"date_from": "2026-02-01", "date_to": "2026-02-01"}, 2),
            ({"date_from": "2026-02-02"}, 0),
            ({"group_ids": self.template_call.group_id.ids}, 2),
            ({"group_ids": groups.ids}, 0),
            ({"template_ids": self.template_invoice.ids}, 0),
            ({"user_ids": self.user_sales.ids}, 2),
            ({"user_ids": self.user_manager.ids}, 0),
            ({"campaign_ids": campaign.ids}, 0),
        ):
            with self.subTest(filters=filters):
                self.assertEqual(self._purge(**filters).entry_count, count)

    def test_bad_filters(self):
        with self.assertRaisesRegex(ValidationError, "end date is before"):
            self._purge(date_from="2026-02-02", date_to="2026-02-01")
        with self.assertRaisesRegex(UserError, "No matching canceled interaction"):
            self._purge(date_to="2000-01-01").action_delete()

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_who_may_purge(self):
        for user in (self.user_sales, self.user_manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._purge(user=user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.Entry.with_user(user)._purge([])
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.canceled.with_user(user).unlink()
        self.assertTrue(self.canceled.exists())

    def test_other_company(self):
        company = self._new_company()
        user = self._new_user("il_b", "interaction_log.group_admin", company=company)
        self.assertEqual(self._purge(user=user).entry_count, 0)

    def test_a_thousand(self):
        entries = self.Entry.log_interactions(
            [
                {"template_id": self.template_call.id, "partner_id": self.anna.id}
                for _number in range(1_000)
            ]
        )
        entries._cancel(self.reason)
        entries[0].action_restore()
        wizard = self._purge(entry_ids=entries.ids)
        self.assertEqual(wizard.entry_count, 999)
        wizard.action_delete()
        self.assertEqual(entries.exists(), entries[0])

    # -- what goes with them ----------------------------------------------

    def test_what_hangs_on_them_goes(self):
        """As one entry is deleted, so are many."""
        entries = self._log() | self._log() | self._log()
        files = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {"name": f"{id_}.txt", "res_model": entries._name, "res_id": id_}
                    for id_ in (entries | self.kept).ids
                ]
            )
        )
        followers = self.env["mail.followers"]
        for entry in entries | self.kept:
            entry.message_post(body=entry.name)
            entry.message_subscribe(self.anna.ids)
            entry.activity_schedule(summary="Call again", user_id=self.env.uid)
        known = entries | self.kept
        of_entries = [("res_model", "=", entries._name), ("res_id", "in", known.ids)]
        entries._cancel(self.reason)
        wizard = self._purge(entry_ids=entries.ids)
        wizard.action_delete()
        self.assertEqual(known.exists(), self.kept)
        self.assertEqual(files.exists(), files[-1])
        self.assertEqual(
            self.env["mail.activity"].search(of_entries).res_id, self.kept.id
        )
        self.assertEqual(
            set(followers.search(of_entries).mapped("res_id")), {self.kept.id}
        )
        self.assertEqual(
            set(
                self.env["mail.message"]
                .search([("model", "=", entries._name), ("res_id", "in", known.ids)])
                .mapped("res_id")
            ),
            {self.kept.id},
        )

    def test_version_of_what_is_deleted(self):
        """What it corrected is what its correction corrects now."""
        versions = self._log() | self._log() | self._log()
        for version, corrected in zip(versions[1:], versions, strict=False):
            version._write_facts({"corrects_id": corrected.id})
        versions[1]._cancel(self.reason)
        self._purge(entry_ids=versions[1].ids).action_delete()
        self.assertEqual(versions[2].corrects_id, versions[0])

    def test_empty_batch_goes(self):
        batches = self.env["interaction.batch"].with_user(self.user_sales)
        batches = batches.create([{"name": "Fair"}, {"name": "Show"}])
        entries = self._log(batch_id=batches[0].id) | self._log(batch_id=batches[1].id)
        rest = self._log(batch_id=batches[1].id)
        entries._cancel(self.reason)
        self._purge(entry_ids=entries.ids).action_delete()
        self.assertEqual(batches.exists(), batches[1])
        self.assertTrue(rest.exists())

    def test_hook_of_other_addons(self):
        """Called for a set as for one entry."""
        entry = self._log()
        entry._cancel(self.reason)
        with patch.object(type(self.Entry), "_before_delete", autospec=True) as hook:
            self._purge().action_delete()
            single = self._log()
            single._cancel(self.reason)
            single.sudo().unlink()
        deleted = [call.args[0] for call in hook.call_args_list]
        self.assertEqual(deleted, [self.canceled | entry, single])

    def test_a_thousand_cost_what_a_hundred_do(self):
        def purge(number):
            entries = self.Entry.log_interactions(
                [{"template_id": self.template_call.id, "partner_id": self.anna.id}]
                * number
            )
            entries._cancel(self.reason)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.Entry.with_user(self.user_admin)._purge([("id", "in", entries.ids)])
            return self.cr.sql_log_count - before

        purge(2)  # what is cached for good
        self.assertEqual(purge(100), purge(1_000))

    # -- many, in the background ------------------------------------------

    def _large(self):
        """Let three entries be many, in slices of two."""
        return (
            patch.object(interaction_operation_mixin, "FOREGROUND_LIMIT", 2),
            patch.object(interaction_log_purge, "SLICE", 2),
        )

    def test_many_in_the_background(self):
        batch = self.env["interaction.batch"].with_user(self.user_sales)
        batch = batch.create({"name": "Fair"})
        more = self._log(batch_id=batch.id) | self._log(batch_id=batch.id)
        more |= self._log(batch_id=batch.id)
        more._cancel(self.reason)
        limit, size = self._large()
        with limit, size:
            wizard = self._purge()
            wizard.action_ask()
            action = wizard.action_delete()
            self.assertEqual(
                action["res_id"], wizard.id, "the dialog shows how far it is"
            )
            self.assertRecordValues(
                wizard, [{"operation": "delete", "operation_total": 5}]
            )
            self.assertEqual(wizard.operation_progress, 0)
            later = self._log()
            later._cancel(self.reason)
            later._write_facts(
                {"cancel_date": fields.Datetime.now() + timedelta(minutes=1)}
            )
            wizard.sudo()._run_slice()
            self.assertEqual(wizard.operation_progress, 40)
            self._run_job("ir_cron_run_batch_operations")
        self.assertRecordValues(wizard, [{"operation": False, "deleted_count": 5}])
        self.assertFalse((self.canceled | more).exists())
        self.assertFalse(batch.exists())
        self.assertTrue(later.exists(), "nobody was asked about what came later")

    def test_right_that_is_lost_meanwhile(self):
        self._log()._cancel(self.reason)
        limit, size = self._large()
        with limit, size:
            wizard = self._purge()
            wizard.action_delete()
            self.user_admin.sudo().group_ids -= self.env.ref(
                "interaction_log.group_admin"
            )
            self._run_job("ir_cron_run_batch_operations")
        self.assertFalse(wizard.sudo().operation)
        self.assertIn("not allowed", wizard.sudo().operation_problem)
        self.assertTrue(self.canceled.exists())

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_client_says_not_what_is_to_be_done(self):
        wizard = self._purge()
        for vals in (
            {"operation": "delete"},
            {"operation_vals": {"uid": SUPERUSER_ID, "date": "2026-01-01"}},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                wizard.write(vals)
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                self._purge(**vals)


@tagged("-at_install", "post_install")
class TestTwoWorkers(TransactionCase):
    """Two database connections share the slices; what they do is committed."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._clean_up)
        for module in (interaction_batch_operation, interaction_log_purge):
            self.enterContext(patch.object(module, "SLICE", 2))
        self.enterContext(
            patch.object(interaction_operation_mixin, "FOREGROUND_LIMIT", 1)
        )
        self.enterContext(patch.object(interaction_batch_operation, "SINGLE_LIMIT", 0))
        with self.registry.cursor() as cr:
            env = self._env(cr)
            partner = env["res.partner"].create({"name": NAME})
            batch = env["interaction.batch"].create({"name": NAME})
            template = env.ref("interaction_log.interaction_template_note")
            vals = {
                "template_id": template.id,
                "partner_id": partner.id,
                "batch_id": batch.id,
            }
            env["interaction.log.entry"].log_interactions([vals] * 5)
            self.batch_id = batch.id

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute(
                """DELETE FROM interaction_log_entry WHERE partner_id IN (
                    SELECT id FROM res_partner WHERE name = %(name)s);
                DELETE FROM interaction_batch WHERE name = %(name)s;
                DELETE FROM interaction_log_purge;
                DELETE FROM res_partner WHERE name = %(name)s""",
                {"name": NAME},
            )

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _batch(self, cr):
        return self._env(cr)["interaction.batch"].browse(self.batch_id)

    def _count(self, state):
        with self.registry.cursor() as cr:
            return self._env(cr)["interaction.log.entry"].search_count(
                [("batch_id", "=", self.batch_id), ("state", "=", state)]
            )

    def _cancel(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            reason = env.ref(
                "interaction_log.interaction_cancel_reason_entered_in_error"
            )
            self._batch(cr)._cancel(reason)

    def _share(self, get_record):
        """Let two connections do slices of one operation at the same moment."""
        with self.registry.cursor() as first, self.registry.cursor() as second:
            one, two = get_record(first), get_record(second)
            self.assertEqual(one._run_slice(), 2)
            self.assertEqual(two._run_slice(), 2, "those that the first has not")
            first.commit()
            second.commit()
            with mute_logger("odoo.sql_db"):
                self.assertTrue(one._run_slices())
                second.commit()
                self.assertTrue(two._run_slices())

    def test_cancel(self):
        self._cancel()
        self._share(self._batch)
        self.assertEqual(self._count("canceled"), 5)
        with self.registry.cursor() as cr:
            self.assertFalse(self._batch(cr).operation)

    def test_last_slices_at_once(self):
        """Who is done first leaves the end to the other."""
        self._cancel()
        with self.registry.cursor() as first, self.registry.cursor() as second:
            one, two = self._batch(first), self._batch(second)
            self.assertEqual(one._run_slice(), 2)
            with patch.object(interaction_batch_operation, "SLICE", 5):
                self.assertEqual(two._run_slice(), 3)
            second.commit()
            self.assertTrue(two._run_slices())
            self.assertTrue(two.operation)
            first.commit()
            self.assertTrue(one._run_slices())
            self.assertFalse(one.operation)
        self.assertEqual(self._count("canceled"), 5)

    def test_delete_of_a_batch(self):
        self._cancel()
        with self.registry.cursor() as cr:
            self._batch(cr)._run_slices()
            self._batch(cr).action_delete()
        self._share(self._batch)
        with self.registry.cursor() as cr:
            self.assertFalse(self._batch(cr).exists())

    def test_purge(self):
        self._cancel()
        with self.registry.cursor() as cr:
            self._batch(cr)._run_slices()
            purge = self._env(cr)["interaction.log.purge"].create(
                {"entry_ids": self._batch(cr).entry_ids.ids, "with_recent": True}
            )
            purge.action_delete()
            purge_id = purge.id
        self._share(lambda cr: self._env(cr)["interaction.log.purge"].browse(purge_id))
        with self.registry.cursor() as cr:
            self.assertFalse(self._batch(cr).exists())
            purge = self._env(cr)["interaction.log.purge"].browse(purge_id)
            self.assertRecordValues(purge, [{"operation": False, "deleted_count": 5}])

    def test_second_worker_begins_at_the_other_end(self):
        self._cancel()
        with self.registry.cursor() as cr:
            batch = self._batch(cr)
            batch.with_context(interaction_from_end=True)._run_slice()
            states = batch.entry_ids.sorted("id").mapped("state")
            self.assertEqual(states, ["logged"] * 3 + ["canceled"] * 2)

    def test_same_slice(self):
        """Who comes too late for a slice takes the next one."""
        self._cancel()
        with self.registry.cursor() as first, self.registry.cursor() as second:
            two = self._batch(second)
            two.read(["operation"])  # its snapshot: all five are logged in it
            self._batch(first)._run_slice()
            first.commit()
            with mute_logger("odoo.sql_db"):
                self.assertTrue(two._run_slices())
        self.assertEqual(self._count("canceled"), 5)
