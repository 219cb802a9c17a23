from contextlib import contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger


@tagged("-at_install", "post_install")
class TestEmailConnections(TransactionCase):
    """E-mails on two real connections to the database, with what they commit."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._clean_up)
        with self._connect() as env:
            # with the rule for e-mails to contacts, which the addon brings
            self.partner_id = (
                env["res.partner"]
                .create({"name": "Two Connections", "email": "two@example.com"})
                .id
            )
            message = env["mail.message"].create(
                {
                    "model": "res.partner",
                    "res_id": self.partner_id,
                    "message_type": "comment",
                    "subtype_id": env.ref("mail.mt_comment").id,
                    "subject": "Twice",
                }
            )
            with patch.object(self.registry["mail.notification"], "_record_emails"):
                notification = env["mail.notification"].create(
                    {
                        "mail_message_id": message.id,
                        "res_partner_id": self.partner_id,
                        "notification_type": "email",
                    }
                )
            self.notification_id = notification.id

    @contextmanager
    def _connect(self):
        """Yield an environment on a connection of its own, and commit."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def _clean_up(self):
        with self._connect() as env:
            partner = env["res.partner"].browse(self.partner_id)
            env["interaction.skipped.event"].search(
                [("partner_id", "=", partner.id)]
            ).unlink()
            env.cr.execute(
                "DELETE FROM interaction_log_entry WHERE partner_id = %s", partner.ids
            )
            partner.message_ids.unlink()
            partner.unlink()

    def _record(self, env):
        """Record the e-mail as when it leaves."""
        env["mail.notification"].browse(self.notification_id)._record_emails()

    def _fill_in(self, env):
        """Record the e-mail as what is found missing."""
        check = env["interaction.completeness.check"].create({})
        check.action_check()
        missing = check.line_ids.missing_ids.filtered(
            lambda line: line.partner_id.id == self.partner_id
        )
        if missing:
            missing.action_fill_in()

    def _find(self, env):
        return env["interaction.log.entry"].search(
            [("partner_id", "=", self.partner_id)]
        )

    def _assert_once(self):
        with self._connect() as env:
            self.assertRecordValues(
                self._find(env),
                [
                    {
                        "name": "Twice",
                        "source_key": f"mail.notification,{self.notification_id}",
                        "occurrence_count": 1,
                    }
                ],
            )

    def test_replay(self):
        for _time in range(2):
            with self._connect() as env:
                self._record(env)
        self._assert_once()

    def test_rollback(self):
        with self._connect() as env:
            self._record(env)
            self.assertTrue(self._find(env))
            env.cr.rollback()
        with self._connect() as env:
            self.assertFalse(self._find(env))

    def test_both_at_a_time(self):
        """The second one is refused by the database, and leaves it to the first."""
        with self._connect() as first, self._connect() as second:
            second.cr.execute("SELECT 1")  # its snapshot knows nothing of the first
            self._record(first)
            first.cr.commit()
            with mute_logger("odoo.sql_db"):
                self._record(second)
            second.cr.commit()
            skipped = second["interaction.skipped.event"].search_count(
                [("partner_id", "=", self.partner_id)]
            )
            self.assertFalse(skipped)
        self._assert_once()

    def test_filled_in_while_it_leaves(self):
        with self._connect() as first, self._connect() as second:
            second.cr.execute("SELECT 1")
            self._record(first)
            first.cr.commit()
            tries = []

            def attempt():
                tries.append(True)
                self._fill_in(second)

            with mute_logger("odoo.sql_db"), patch("odoo.service.model.time.sleep"):
                retrying(attempt, second)
            self.assertEqual(len(tries), 2, "the database refuses the first try")
        self._assert_once()

    def test_filled_in_by_two(self):
        with self._connect() as first, self._connect() as second:
            second.cr.execute("SELECT 1")
            self._fill_in(first)
            first.cr.commit()
            with mute_logger("odoo.sql_db"), patch("odoo.service.model.time.sleep"):
                retrying(lambda: self._fill_in(second), second)
        self._assert_once()

    def test_log_is_locked(self):
        """No e-mail waits for who maintains the log."""
        with self._connect() as first, self._connect() as second:
            second.cr.execute("SET lock_timeout = '10s'")
            second["interaction.rule"]._get_email_models()  # cached until it changes
            second.cr.commit()
            first.cr.execute("LOCK interaction_log_entry")
            self._record(second)
            notification = second["mail.notification"].browse(self.notification_id)
            logger = "odoo.addons.interaction_log.models.email"
            with self.assertLogs(logger, "ERROR") as log:
                notification.notification_status = "sent"
                second.flush_all()
            self.assertIn("Could not note the delivery", log.output[0])
            second.cr.commit()
            first.cr.rollback()
            self.assertFalse(self._find(second))
            skipped = second["interaction.skipped.event"].search(
                [("partner_id", "=", self.partner_id)]
            )
            self.assertIn("The log was busy", skipped.reason)
            skipped.action_log_now()
            self.assertEqual(self._find(second).delivery_status, "sent")
        self._assert_once()
