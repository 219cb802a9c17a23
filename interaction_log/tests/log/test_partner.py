from datetime import datetime

from odoo.tests import tagged

from ..common import InteractionCommon


@tagged("-at_install", "post_install")
class TestPartner(InteractionCommon):
    def _as_sales(self, partner):
        return partner.with_user(self.user_sales)

    def test_company_counts_its_people(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self._log()
        self._log(partner_id=self.acme.id)
        self._log(partner_id=stranger.id)
        partners = self._as_sales(self.acme | self.anna | stranger)
        self.assertEqual(partners.mapped("interaction_count"), [2, 1, 1])
        action = partners[0].action_view_interactions()
        self.assertEqual(self.Entry.search_count(action["domain"]), 2)

    def test_company_of_that_time(self):
        new_company = self.env["res.partner"].create({"name": "N", "is_company": True})
        self._log()
        self.anna.parent_id = new_company
        self._log()
        partners = self._as_sales(self.acme | self.anna | new_company)
        self.assertEqual(partners.mapped("interaction_count"), [1, 2, 1])

    def test_last_dates_and_cost(self):
        self._log(date="2026-01-01 10:00:00", cost=5, flow="inbound")
        self._log(date="2026-02-01 10:00:00", cost=7)
        failed = self._log(date="2026-03-01 10:00:00", cost=1, outcome="no_answer")
        canceled = self._log(date="2026-04-01 10:00:00", cost=50)
        postponed = self._log(date="2026-05-01 10:00:00", cost=50, state="postponed")
        canceled._cancel(self.reason)
        self.assertEqual(postponed.state, "postponed")
        self.assertEqual(failed.state, "logged")
        for partner in self._as_sales(self.anna | self.acme):
            self.assertRecordValues(
                partner,
                [
                    {
                        "interaction_count": 3,
                        "interaction_cost": 13,
                        "interaction_last_date": datetime(2026, 2, 1, 10),
                        "interaction_last_inbound_date": datetime(2026, 1, 1, 10),
                        "interaction_last_outbound_date": datetime(2026, 2, 1, 10),
                    }
                ],
            )
        canceled.action_restore()
        acme = self._as_sales(self.acme)
        self.assertEqual(acme.interaction_last_date, datetime(2026, 4, 1, 10))
        canceled.with_user(self.user_sales).outcome = "no_answer"
        self.assertEqual(acme.interaction_last_date, datetime(2026, 2, 1, 10))

    def test_what_did_not_arrive_is_no_contact(self):
        """Like a call that nobody answered: it counts, but moves no last date."""
        self._log(date="2026-01-01 10:00:00")
        sent = self._log(date="2026-02-01 10:00:00", channel="email")
        partner = self._as_sales(self.anna)
        found = partner.search([("id", "=", partner.id)])
        for status, is_failed in (
            ("sent", False),
            ("bounced", True),
            ("error", True),
            ("opened", False),
            ("pending", False),
        ):
            with self.subTest(status=status):
                sent._write_facts({"delivery_status": status})
                self.env.invalidate_all()
                last = datetime(2026, 1 if is_failed else 2, 1, 10)
                self.assertEqual(partner.interaction_count, 2)
                self.assertEqual(partner.interaction_last_date, last)
                self.assertEqual(partner.interaction_last_outbound_date, last)
                self.assertEqual(partner.interaction_last_failed, is_failed)
                own = [("id", "=", partner.id)]
                for domain, expected in (
                    ([("interaction_last_date", "<", "2026-01-15")], is_failed),
                    ([("interaction_last_outbound_date", ">=", last)], True),
                    ([("interaction_last_failed", "=", True)], is_failed),
                ):
                    self.assertEqual(bool(found.search(own + domain)), expected, domain)

    def test_no_query_per_contact(self):
        partners = self._as_sales(
            self.env["res.partner"].create([{"name": str(n)} for n in range(20)])
        )
        for partner in partners:
            self._log(partner_id=partner.id)
        partners.invalidate_recordset()
        self.env.user.has_group("base.group_user")
        partners[:1].interaction_count  # noqa: B018 - warms caches
        partners.invalidate_recordset()
        with self.assertQueryCount(1):
            partners.mapped("interaction_count")

    def test_deleted_contact(self):
        entry = self._log()
        self.anna.sudo().unlink()
        entry.invalidate_recordset()
        self.assertRecordValues(
            entry,
            [
                {
                    "partner_id": False,
                    "partner_name": "Acme, Anna",
                    "commercial_partner_id": self.acme.id,
                }
            ],
        )
        self.assertEqual(self._as_sales(self.acme).interaction_count, 1)

    def test_merged_contacts(self):
        other = self.env["res.partner"].create({"name": "Anna B"})
        entries = self._log(source_key="m,1") | self._log(
            partner_id=other.id,
            source_key="m,2",
            res_model="res.partner",
            res_id=other.id,
        )
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (self.anna | other).ids, self.anna
        )
        entries.invalidate_recordset()
        self.assertEqual(entries[1].res_id, self.anna.id)
        self.assertEqual(entries.partner_id, self.anna)
        self.assertEqual(len(entries.exists()), 2)
        self.assertEqual(entries[1].partner_name, "Anna B")

    def test_merged_contact_of_our_company(self):
        # Odoo writes the company by SQL, and clears the cache when it writes menus
        Partner, own = self.env["res.partner"], self.company_a.partner_id
        employee = Partner.create({"name": "Ours", "parent_id": own.id})
        new = Partner.create({"name": "Company A again", "is_company": True})
        self.assertEqual((employee | new)._filter_interaction_external(), new)
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (own | new).ids, new
        )
        self.assertEqual(self.company_a.partner_id, new)
        self.assertFalse((employee | new)._filter_interaction_external())

    def test_archived_contact(self):
        entry = self._log()
        self.anna.active = False
        self.assertEqual(entry.partner_id, self.anna)
        self.assertEqual(self._as_sales(self.acme).interaction_count, 1)

    def test_user_without_right_opens_a_contact(self):
        form = self.anna.with_user(self.user_assistant).get_view(view_type="form")
        self.assertNotIn("interaction_count", form["arch"])
        self.assertTrue(self.anna.with_user(self.user_assistant).web_read({"name": {}}))
