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
        self.assertEqual(
            self._as_sales(self.acme).interaction_last_date, datetime(2026, 4, 1, 10)
        )

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

    def test_archived_contact(self):
        entry = self._log()
        self.anna.active = False
        self.assertEqual(entry.partner_id, self.anna)
        self.assertEqual(self._as_sales(self.acme).interaction_count, 1)

    def test_user_without_right_opens_a_contact(self):
        form = self.anna.with_user(self.user_assistant).get_view(view_type="form")
        self.assertNotIn("interaction_count", form["arch"])
        self.assertTrue(self.anna.with_user(self.user_assistant).web_read({"name": {}}))


@tagged("-at_install", "post_install")
class TestPartnerSegments(InteractionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bert = cls.env["res.partner"].create(
            {"name": "Bert", "parent_id": cls.acme.id}
        )
        cls.first = cls._new_segment("First", cls.anna | cls.bert)
        cls.second = cls._new_segment("Second", cls.acme | cls.anna)

    @classmethod
    def _new_segment(cls, name, partners):
        segment = (
            cls.env["interaction.segment"]
            .with_user(cls.user_sales)
            .create({"name": name, "template_id": cls.template_call.id})
        )
        segment.line_ids.create(
            [
                {"segment_id": segment.id, "partner_id": partner.id}
                for partner in partners
            ]
        )
        return segment

    def test_company_has_the_segments_of_its_people(self):
        partners = (self.acme | self.anna | self.bert).with_user(self.user_sales)
        self.assertEqual(partners.mapped("interaction_segment_count"), [2, 2, 1])
        Segment = self.first.browse()
        for partner, segments in (
            (partners[0], self.first | self.second),
            (partners[2], self.first),
        ):
            action = partner.action_view_segments()
            found = Segment.search(action["domain"], order="id")
            self.assertEqual(found, segments)
        # neither those that the contact was taken out of, nor archived ones
        self.first.line_ids.filtered(
            lambda line: line.partner_id == self.bert
        ).action_remove()
        self.second.active = False
        partners.invalidate_recordset()
        self.assertEqual(partners.mapped("interaction_segment_count"), [1, 1, 0])
        self.assertFalse(Segment.search(partners[2].action_view_segments()["domain"]))

    def test_batches(self):
        batch = (
            self.env["interaction.batch"]
            .with_user(self.user_sales)
            .create({"name": "Lunch"})
        )
        entry = self._log(batch_id=batch.id)
        self._log(batch_id=batch.id, partner_id=self.acme.id)
        self._log()
        partners = (self.acme | self.anna | self.bert).with_user(self.user_sales)
        self.assertEqual(partners.mapped("interaction_batch_count"), [1, 1, 0])
        action = partners[1].action_view_interaction_batches()
        self.assertEqual(batch.search(action["domain"]), batch)
        entry._cancel(self.reason)
        self.assertEqual(partners.mapped("interaction_batch_count"), [1, 0, 0])

    def test_many_contacts_cost_what_one_does(self):
        partners = (self.acme | self.anna | self.bert).with_user(self.user_sales)
        names = ("interaction_segment_count", "interaction_batch_count")

        def count(partners):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            partners.read(names)
            return self.cr.sql_log_count - before

        count(partners)
        self.assertLessEqual(count(partners), count(partners[0]))

    def test_who_sees_them(self):
        assistant = self.anna.with_user(self.user_assistant)
        self.assertNotIn("interaction_segment_count", assistant.fields_get())
        company = self.setup_other_company()["company"]
        user = self._new_user("il_b", "interaction_log.group_user", company=company)
        self.assertEqual(self.anna.with_user(user).interaction_segment_count, 0)

    def test_merged_contacts_keep_their_lines(self):
        lines = self.first.sudo().line_ids
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (self.anna | self.bert).ids, self.anna
        )
        self.env.invalidate_all()
        self.assertEqual(lines.exists(), lines)
        self.assertEqual(lines.partner_id, self.anna)
        self.assertEqual(self.first.line_count, 2)
        # nothing is lost, and nobody hears twice
        self.assertEqual(lines.mapped("warning").count("twice"), 1)
        self.assertEqual(
            self.anna.with_user(self.user_sales).interaction_segment_count, 2
        )

    def test_deleted_contact_keeps_its_line(self):
        line = self.first.line_ids.filtered(lambda line: line.partner_id == self.bert)
        self.bert.sudo().unlink()
        self.env.invalidate_all()
        self.assertRecordValues(
            line,
            [
                {
                    "partner_id": False,
                    "partner_name": "Acme, Bert",
                    "is_removed": False,
                    "warning": "deleted",
                }
            ],
        )
        self.assertEqual(self.first.line_count, 2)

    def test_excluded(self):
        self.bert.interaction_segment_excluded = True
        line = self.first.line_ids.filtered(lambda line: line.partner_id == self.bert)
        self.assertEqual(line.warning, "excluded")
