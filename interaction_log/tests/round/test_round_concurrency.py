from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

NAME = "Call round of several connections"


@tagged("-at_install", "post_install")
class TestRoundConcurrency(TransactionCase):
    """Two database connections call the same segment; what they do is committed."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._clean_up)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partners = env["res.partner"].create(
                [{"name": f"{NAME} {n}", "phone": f"+32 2 {n:06}"} for n in range(3)]
            )
            template = env.ref("interaction_log.interaction_template_call_out")
            segment = env["interaction.segment"].create(
                {
                    "name": NAME,
                    "template_id": template.id,
                    "line_ids": [
                        Command.create({"partner_id": partner.id})
                        for partner in partners
                    ],
                }
            )
            users = [
                new_test_user(env, login, "interaction_log.group_manager")
                for login in ("il_round_one", "il_round_other")
            ]
            self.segment_id, self.line_ids = segment.id, segment.line_ids.ids
            self.user_ids = [user.id for user in users]

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM interaction_segment WHERE name = %s", [NAME])
            cr.execute(
                """DELETE FROM interaction_log_entry USING interaction_batch batch
                WHERE batch_id = batch.id AND batch.name = %s""",
                [NAME],
            )
            cr.execute("DELETE FROM interaction_batch WHERE name = %s", [NAME])
            cr.execute("DELETE FROM res_partner WHERE name LIKE %s", [f"{NAME}%"])
            env = api.Environment(cr, SUPERUSER_ID, {})
            users = env["res.users"].browse(self.user_ids)
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def _segment(self, cr, number):
        env = api.Environment(cr, self.user_ids[number], {})
        return env["interaction.segment"].browse(self.segment_id)

    def _start(self, cr, number):
        segment = self._segment(cr, number)
        action = segment.action_start_calling()
        return segment.env["interaction.round"].browse(action["res_id"])

    def _retry(self, function, record):
        """Call it as Odoo runs a request: what meets another one is run again."""
        with mute_logger("odoo.sql_db"), patch("odoo.service.model.time.sleep"):
            return retrying(function, record.env)

    def _count(self):
        with self.registry.cursor() as cr:
            cr.execute(
                """SELECT COUNT(*), COUNT(DISTINCT partner_id), COUNT(DISTINCT batch_id)
                FROM interaction_log_entry WHERE source_key LIKE %s""",
                [f"segment,{self.segment_id},%"],
            )
            return cr.fetchone()

    def test_never_the_same_contact(self):
        with self.registry.cursor() as one, self.registry.cursor() as other:
            # its snapshot is from before the claim of the first one
            self._segment(other, 1).read(["state"])
            first = self._start(one, 0)
            # which is not committed yet: it is passed over
            second = self._start(other, 1)
            self.assertEqual(first.line_id.id, self.line_ids[0])
            self.assertEqual(second.line_id.id, self.line_ids[1])
            for call_round in (first, second):
                call_round.outcome = "success"
                call_round.env.cr.commit()
            # the next one of both is the third: one of them finds none
            second.read(["outcome"])  # its snapshot is from before that
            first.action_next()
            one.commit()
            self._retry(second.action_next, second)
            other.commit()
            self.assertEqual(first.line_id.id, self.line_ids[2])
            self.assertFalse(second.line_id)
        self.assertEqual(self._count(), (2, 2, 1))

    def test_claimed_since_the_snapshot(self):
        with self.registry.cursor() as one, self.registry.cursor() as other:
            segment = self._segment(other, 1)
            segment.read(["state"])
            self._start(one, 0)
            one.commit()
            page = self._retry(segment.action_start_calling, segment)
            call_round = segment.env["interaction.round"].browse(page["res_id"])
            self.assertEqual(call_round.line_id.id, self.line_ids[1])
            other.commit()

    def test_segment_is_logged_during_a_call(self):
        with self.registry.cursor() as one, self.registry.cursor() as other:
            call_round = self._start(one, 0)
            call_round.write({"outcome": "success", "note": "Still talking"})
            one.commit()
            call_round.read(["outcome"])  # its snapshot: still open
            self._segment(other, 1).action_log()
            other.commit()
            action = self._retry(call_round.action_next, call_round)
            self.assertIn("saved as a draft", action["params"]["message"])
            one.commit()
            entries = call_round.env["interaction.log.entry"].search(
                [("state", "=", "postponed"), ("partner_id.name", "like", NAME)]
            )
            self.assertEqual(entries.partner_id.name, f"{NAME} 0")
            entries.action_discard()
            one.commit()
            with self.assertRaisesRegex(UserError, "already logged"):
                self._segment(one, 0).action_start_calling()
        self.assertEqual(self._count(), (3, 3, 1))
