from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import MailingCommon


@tagged("-at_install", "post_install")
class TestMailingRights(MailingCommon):
    """Who sees what, and what no client can forge."""

    def test_marketing_user(self):
        """Who has no right on the log sends mailings, and sees no interactions."""
        mailing = self._new_mailing()
        self._send(mailing)
        self.assertEqual(len(self._get_entries(mailing)), 3)
        self.assertNotIn("interaction_count", Form(mailing)._view["fields"])
        with self.assertRaises(AccessError):
            mailing.read(["interaction_count"])

    def test_salesperson(self):
        """Who may not see mailings reads the interactions, and what became of them."""
        mailing = self._new_mailing()
        self._send(mailing)
        self._get_traces(mailing).set_opened()
        entry = self._get_entries(mailing)[0].with_user(self.user_sales)

        self.assertFalse(mailing.with_user(self.user_sales).has_access("read"))
        [vals] = entry.web_read(
            {"mailing_id": {"fields": {"display_name": {}}}, "mailing_open_date": {}}
        )
        self.assertEqual(vals["mailing_id"]["display_name"], "Spring offer")
        self.assertTrue(vals["mailing_open_date"])
        with self.assertRaises(AccessError):
            entry.action_open_document()

    def test_own_level(self):
        """Whose mailing it is sees all of it, a salesperson their contacts."""
        level = "interaction_log.group_user_own"
        user = self._new_user("il_own", "sales_team.group_sale_salesman", level)
        self.bea.user_id = user
        mailing = self._new_mailing(user_id=self.user_marketing.id)
        self._send(mailing)
        entries = self._get_entries(mailing)
        log = self.env["interaction.log.entry"]
        self.assertEqual(log.with_user(user).search([]).partner_id, self.bea)
        self.user_marketing.sudo().group_ids += self.env.ref(level)
        log = log.with_user(self.user_marketing)
        self.assertEqual(set(log.search([])._ids), set(entries._ids))
        mailing.sudo().user_id = user
        self.env.invalidate_all()
        self.assertEqual(len(log.with_user(user).search([])), 3)

    def test_button(self):
        """The mailing counts its interactions, for who may see them."""
        mailing = self._new_mailing()
        self._send(mailing)
        self.user_sales.sudo().group_ids += self.env.ref(
            "mass_mailing.group_mass_mailing_user"
        )
        mailing = mailing.with_user(self.user_sales)
        self.assertEqual(mailing.interaction_count, 3)
        action = mailing.action_view_interactions()
        found = self.Entry.search(action["domain"])
        self.assertEqual(found, self._get_entries(mailing).sorted("date", reverse=True))

    def test_traces_of_clients(self):
        """What a client writes into the traces is no e-mail that left."""
        mailing = self._new_mailing(self.bea)
        Trace = self.env["mailing.trace"].with_user(self.user_marketing)
        Trace.create(
            {
                "mass_mailing_id": mailing.id,
                "model": "res.partner",
                "res_id": self.carl.id,
                "trace_status": "sent",
            }
        )
        self._send(mailing, log=False)
        waiting = self.Trace.create(
            {
                "mass_mailing_id": mailing.id,
                "model": "res.partner",
                "res_id": self.dora.id,
            }
        )
        waiting.with_user(self.user_marketing).set_sent()
        self._log_anew(mailing)
        self.assertEqual(self._get_entries(mailing).partner_id, self.bea)

        # of what left, a user may note what became of it, as a gateway does
        self._get_traces(mailing, self.bea).with_user(self.user_marketing).set_opened()
        entry = self._get_entries(mailing)
        self.assertEqual(entry.delivery_status, "opened")

    def test_facts(self):
        """No client says that an interaction is a mailing's."""
        mailing = self._new_mailing()
        for vals in (
            {"mailing_id": mailing.id},
            {"event": "mailing"},
            {"source_key": f"mailing,{mailing.id},res.partner,{self.bea.id}"},
        ):
            with self.assertRaises(ValidationError):
                self._log(self.user_manager, partner_id=self.bea.id, **vals)

    def test_busy(self):
        """A batch is not canceled while its mailing is being sent."""
        mailing = self._new_mailing()
        self._send(mailing)
        batch = self._get_entries(mailing).batch_id.with_user(self.user_manager)
        mailing.state = "sending"
        with self.assertRaisesRegex(UserError, "is being sent"):
            batch._cancel(self.reason)
        mailing.state = "done"
        batch._cancel(self.reason)
        self.assertEqual(batch.state, "canceled")
