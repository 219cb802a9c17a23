from odoo.tests import tagged

from .common import ANNA, TEXT, InteractionSmsCommon


@tagged("-at_install", "post_install")
class TestSmsCompleteness(InteractionSmsCommon):
    """Text messages that were not recorded, seen as if they had been."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # nothing of what the database holds already
        cls.env.cr.execute("UPDATE mail_message SET date = '2020-01-01'")
        cls.event = cls.env.ref("interaction_log_sms.interaction_event_sms").with_user(
            cls.user_manager
        )

    def _find_missing(self):
        check = (
            self.env["interaction.completeness.check"]
            .with_user(self.user_manager)
            .create({})
        )
        check.action_check()
        self._run_slices(check)
        lines = check.sudo().line_ids.filtered(lambda line: line.event == "sms")
        return lines.missing_ids

    def test_recorded(self):
        self._send(self.order)
        self._send(self.anna | self.bob, "mass", mass_force_send=True)
        self.assertFalse(self._find_missing())

    def test_not_recorded(self):
        self.event.is_recorded = False
        self._send(self.order, gateway={"sim_error": "credit"})
        self._send(self.anna | self.bob, "mass", mass_force_send=True)
        # what was sent is deleted, and with it who got it
        self.env["sms.sms"].sudo().search([("partner_id", "=", self.bob.id)]).unlink()
        self.event.is_recorded = True
        self.assertFalse(self._find_sms())
        missing = self._find_missing()
        self.assertEqual(len(missing), 3)
        missing.with_user(self.user_manager).action_fill_in()
        self.assertRecordValues(
            self._find_sms().sorted(lambda entry: (entry.res_id, entry.partner_name)),
            [
                {
                    "partner_id": self.anna.id,
                    "contact_via": ANNA,
                    "delivery_status": "sent",
                    "name": TEXT,
                },
                {
                    "partner_id": self.bob.id,
                    "contact_via": False,
                    "delivery_status": "none",
                    "name": TEXT,
                },
                {
                    "partner_id": self.anna.id,
                    "contact_via": ANNA,
                    "delivery_status": "error",
                    "name": TEXT,
                },
            ],
        )
        for entry in self._find_sms():
            self.assertIn(TEXT, entry.note)
            self.assertEqual(entry.date, entry.mail_message_id.date)
            self.assertTrue(entry.is_backfilled)
        self.assertFalse(self._find_missing())
