from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

NAME = "Corrected by two connections"


@tagged("-at_install", "post_install")
class TestCorrectConcurrency(TransactionCase):
    """Two database connections change one entry at once; what they do is committed."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._clean_up)
        with self.registry.cursor() as cr:
            env = self._env(cr)
            self.template_id = env.ref("interaction_log.interaction_template_note").id
            partner = env["res.partner"].create({"name": NAME})
            entry = env["interaction.log.entry"].log_interactions(
                [{"template_id": self.template_id, "partner_id": partner.id}]
            )
            self.entry_id = entry.id

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute(
                """DELETE FROM interaction_log_entry WHERE partner_id IN (
                    SELECT id FROM res_partner WHERE name = %(name)s);
                DELETE FROM res_partner WHERE name = %(name)s""",
                {"name": NAME},
            )

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _entry(self, cr):
        return self._env(cr)["interaction.log.entry"].browse(self.entry_id)

    def _correct(self, cr, note):
        entry = self._entry(cr)
        entry._correct(
            {
                "template_id": self.template_id,
                "partner_id": entry.partner_id.id,
                "note": note,
            }
        )
        entry.env.flush_all()

    def _run_late(self, cr, function):
        """Run what meets the other one as Odoo runs a request: anew, where it fails."""
        with mute_logger("odoo.sql_db"), patch("odoo.service.model.time.sleep"):
            retrying(function, self._env(cr))

    def test_two_correct(self):
        """The second one is told; there is one correction, and nothing is lost."""
        with self.registry.cursor() as first, self.registry.cursor() as second:
            self._entry(second).read(["state"])  # its snapshot: still logged
            self._correct(first, "<p>first</p>")
            first.commit()
            with self.assertRaisesRegex(UserError, "in the meantime"):
                self._run_late(second, lambda: self._correct(second, "<p>second</p>"))
        with self.registry.cursor() as cr:
            entry = self._entry(cr)
            self.assertEqual(entry.state, "canceled")
            self.assertIn("first", entry.correction_ids.note)

    def test_correct_what_is_being_canceled(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            self._entry(second).read(["state"])
            entry = self._entry(first)
            entry._cancel(
                entry.env.ref(
                    "interaction_log.interaction_cancel_reason_entered_in_error"
                )
            )
            entry.env.flush_all()
            first.commit()
            with self.assertRaisesRegex(UserError, "Only logged"):
                self._run_late(second, lambda: self._correct(second, "<p>x</p>"))
        with self.registry.cursor() as cr:
            self.assertFalse(self._entry(cr).correction_ids)
