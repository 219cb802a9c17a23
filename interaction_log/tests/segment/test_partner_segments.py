from odoo.tests import tagged

from ..common import InteractionCommon


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

    def test_batches_at_the_own_level(self):
        """What the button counts is what it opens."""
        user = self._new_user("il_own", "interaction_log.group_user_own")
        self.anna.user_id = user
        Batch = self.env["interaction.batch"]
        for creator in (self.user_sales, user):
            batch = Batch.with_user(creator).create({"name": "Lunch"})
            self._log(creator, batch_id=batch.id)
        anna = self.anna.with_user(user)
        self.assertEqual(anna.interaction_count, 2)
        self.assertEqual(anna.interaction_batch_count, 1)
        action = anna.action_view_interaction_batches()
        self.assertEqual(Batch.with_user(user).search(action["domain"]).ids, batch.ids)
        self.assertEqual(anna.interaction_segment_count, 0)

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
        company = self._new_company()
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
