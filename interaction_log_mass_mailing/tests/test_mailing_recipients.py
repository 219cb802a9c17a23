from odoo.tests import tagged

from .common import MailingCommon


@tagged("-at_install", "post_install")
class TestMailingRecipients(MailingCommon):
    """With whom a mailing is logged."""

    def _send_to_list(self, *addresses, **vals):
        mailing_list = self._new_list(*addresses)
        mailing = self._new_mailing(
            model="mailing.list", contact_list_ids=mailing_list.ids, **vals
        )
        mailing.mailing_domain = repr([("list_ids", "in", mailing_list.ids)])
        self._send(mailing)
        return self._get_entries(mailing)

    def test_list(self):
        """A subscriber is the contact who has the address."""
        entries = self._send_to_list(
            ("Bea", '"Bea" <BEA@example.com>'), ("Unknown", "unknown@example.com")
        )
        self.assertEqual(entries.partner_id, self.bea)
        self.assertEqual(entries.contact_via, "bea@example.com")

    def test_list_shared_address(self):
        """Of contacts with one address it is the one with the name, else the oldest."""
        namesake = self.bea.copy({"name": "Bert", "email": "bea@example.com"})
        self.assertEqual(
            self._send_to_list(("bert", "bea@example.com")).partner_id, namesake
        )
        self.assertEqual(
            self._send_to_list(("Shop", "bea@example.com")).partner_id, self.bea
        )
        self.bea.company_id = self._new_company()
        self.assertEqual(
            self._send_to_list(("Shop", "bea@example.com")).partner_id, namesake
        )

    def test_list_internal(self):
        """An address that an internal user has, too, is no contact's."""
        self.bea.email = self.user_sales.email
        self.assertFalse(self._send_to_list(("Us", self.user_sales.email)))

    def test_internal(self):
        """Internal contacts are no contacts."""
        mailing = self._new_mailing(self.bea | self.user_sales.partner_id)
        self._send(mailing)
        self.assertEqual(len(self._get_traces(mailing)), 2)
        self.assertEqual(self._get_entries(mailing).partner_id, self.bea)

    def test_canceled(self):
        """Who is blacklisted, opted out or a duplicate got nothing."""
        self.env["mail.blacklist"].sudo()._add("carl@example.com")
        self.dora.email = "bea@example.com"
        mailing = self._new_mailing()
        self._send(mailing)

        self.assertEqual(
            {trace.res_id: trace.failure_type for trace in self._get_traces(mailing)},
            {
                self.bea.id: False,
                self.carl.id: "mail_bl",
                self.dora.id: "mail_dup",
            },
        )
        self.assertEqual(self._get_entries(mailing).partner_id, self.bea)

    def test_documents(self):
        """A mailing on documents is logged with their contacts."""
        self.anna.email = "anna@example.com"
        order = self._new_order(self.anna)
        mailing = self._new_mailing(order, model="sale.order", user=self.env.user)
        self._send(mailing)
        self.assertEqual(self._get_entries(mailing).partner_id, self.anna)

    def test_deleted(self):
        """A contact who is deleted before that is not logged."""
        mailing = self._new_mailing()
        self._send(mailing, log=False)
        self.carl.unlink()
        self._log_mailings()
        self.assertEqual(self._get_entries(mailing).partner_id, self.bea | self.dora)

    def test_companies(self):
        """Contacts of another company are logged there, in a batch of its own."""
        company_b = self._new_company()
        self.carl.company_id = company_b
        mailing = self._new_mailing(user=self.env.user)
        self.env.user.company_ids += company_b
        self._send(mailing)

        entries = self._get_entries(mailing)
        other = entries.filtered(lambda entry: entry.company_id == company_b)
        self.assertEqual(other.partner_id, self.carl)
        self.assertEqual(other.batch_id.company_id, company_b)
        self.assertEqual((entries - other).batch_id.company_id, self.company_a)
        self.assertEqual(
            self.env["interaction.log.entry"]
            .with_user(self.user_sales)
            .search([("mailing_id", "=", mailing.id)])
            .partner_id,
            self.bea | self.dora,
        )

    def test_rule_of_company(self):
        """A rule of one company is for the contacts of that company."""
        company_b = self._new_company()
        self.carl.company_id = company_b
        self.rule.company_id = company_b
        mailing = self._new_mailing()
        self._send(mailing)
        self.assertEqual(self._get_entries(mailing).partner_id, self.carl)

    def test_salesperson(self):
        """Without a responsible it is the salesperson of the contact."""
        self.rule.user_field = False
        self.bea.user_id = self.user_sales
        mailing = self._new_mailing()
        self._send(mailing)
        self.assertEqual(
            self._get_entries(mailing).user_id, self.user_sales | self.user_marketing
        )
        self.assertEqual(self._get_entries(mailing)[0].user_id, self.user_sales)
