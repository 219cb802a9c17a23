from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import MailingCommon


@tagged("-at_install", "post_install")
class TestMailingCompleteness(MailingCommon):
    """Mailings of the time before the addon are offered, and filled in once."""

    def _check(self):
        check = (
            self.env["interaction.completeness.check"]
            .with_user(self.user_manager)
            .create({"date_from": fields.Date.today() - timedelta(days=30)})
        )
        check.action_check()
        self._run_slices(check)
        return check.sudo().line_ids

    def _get_missing(self):
        lines = self._check().filtered(lambda line: line.event == "mailing")
        missing = lines.missing_ids
        return missing.filtered(lambda line: line.partner_id in self.partners)

    def _send_unlogged(self, **vals):
        """Send a mailing that nobody logs, as before the addon was installed."""
        self.rule.active = False
        mailing = self._new_mailing(**vals)
        self._send(mailing)
        self.rule.active = True
        self._log_mailings()
        self.assertFalse(self._get_entries(mailing))
        return mailing

    def test_filled_in(self):
        """Mailings of the past are filled in, in the batch of the mailing."""
        mailing = self._send_unlogged()
        self._get_traces(mailing, self.bea).set_opened()
        missing = self._get_missing()
        self.assertEqual(missing.partner_id, self.partners)

        missing.with_user(self.user_manager).action_fill_in()

        entries = self._get_entries(mailing).sorted("partner_id")
        self.assertEqual(entries.partner_id, self.partners)
        self.assertTrue(all(entries.mapped("is_backfilled")))
        self.assertEqual(entries.mapped("delivery_status"), ["opened", "sent", "sent"])
        self.assertEqual(entries.batch_id.mailing_id, mailing)
        self.assertEqual(entries.campaign_id, self.campaign)
        self.assertFalse(any(entries.mapped("note")))
        self.assertFalse(self._get_missing())
        # nor does the job log them again
        self._log_anew(mailing)
        self.assertEqual(len(self._get_entries(mailing)), 3)

    def test_complete(self):
        """What was logged is not missing, whatever logged it."""
        self._send(self._new_mailing())
        self.assertFalse(self._get_missing())

    def test_no_emails(self):
        """The e-mails of a mailing are not offered as e-mails to contacts."""
        self._send_unlogged(keep_archives=True)
        lines = self._check().filtered(lambda line: line.event == "email_out")
        self.assertFalse(lines.missing_ids.partner_id & self.partners)

    def test_trace_of_a_client(self):
        """Whatever model it says, what else left is offered."""
        mailing = self._send_unlogged()
        for model in ("mail.thread", "sale.report"):  # without a table
            self.env["mailing.trace"].with_user(self.user_marketing).create(
                {"mass_mailing_id": mailing.id, "model": model, "res_id": 1}
            )
        self.assertEqual(self._get_missing().partner_id, self.partners)

    def test_companies(self):
        """Each company is offered its own contacts."""
        self.carl.company_id = self._new_company()
        self._send_unlogged()
        self.assertEqual(self._get_missing().partner_id, self.bea | self.dora)
