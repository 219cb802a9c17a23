from odoo import fields
from odoo.tests import tagged

from ..log.common import CorrectCommon
from .common import InteractionEmailCommon


@tagged("-at_install", "post_install")
class TestCorrectEmail(CorrectCommon, InteractionEmailCommon):
    def test_delivery_goes_on(self):
        """What becomes of the e-mail is told of the version that counts."""
        order = self._new_order()
        message = self._post(order, self.anna, force_send=False)
        entry = self._find(order)
        key = entry.source_key
        form = self._open_correction(entry)
        form.evaluation = "positive"
        correction, _action = self._save_correction(form)
        self.assertRecordValues(
            correction,
            [
                {
                    "event": "email_out",
                    "mail_message_id": message.id,
                    "delivery_status": "pending",
                    "source_key": key,
                    "evaluation": "positive",
                }
            ],
        )
        self.Entry._update_delivery_status([key], "bounced", "No such mailbox")
        self.assertRecordValues(
            correction | entry,
            [
                {"delivery_status": "bounced", "delivery_error": "No such mailbox"},
                {"delivery_status": "pending", "delivery_error": False},
            ],
        )

    def test_what_was_sent_again_leads_to_what_counts(self):
        """The one that did not arrive was corrected: before that, or after."""
        order = self._new_order()
        self._post(order, self.anna)
        entry = self._find(order)
        with self.mock_mail_gateway():
            entry.with_user(self.user_sales).action_resend()
        again = self._find(order) - entry
        self.assertEqual(again.resent_entry_id, entry)
        form = self._open_correction(entry)
        form.evaluation = "positive"
        correction, _action = self._save_correction(form)
        self.assertEqual(again.resent_entry_id, correction)
        self.assertEqual(correction.resend_count, 1)
        action = correction.with_user(self.user_sales).action_view_resends()
        self.assertEqual(self.Entry.search(action["domain"]), again)
        correction.with_user(self.user_sales).action_undo_correction()
        self.env.invalidate_all()
        self.assertEqual(again.resent_entry_id, entry)

    def test_is_not_missing(self):
        """*Completeness* finds the e-mail in the log."""
        order = self._new_order()
        self._post(order, self.anna)
        correction, _action = self._save_correction(
            self._open_correction(self._find(order))
        )
        check = self.env["interaction.completeness.check"].with_user(self.user_manager)
        check = check.create({"date_from": fields.Date.today()})
        check.action_check()
        self._run_slices(check)
        missing = check.sudo().line_ids.missing_ids
        self.assertNotIn(order.id, missing.mapped("res_id"))
        self.assertEqual(correction.state, "logged")
