from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ...models.segment import interaction_segment_slice
from ..common import InteractionHttpCommon
from .common import SegmentLogCommon


@tagged("-at_install", "post_install")
class TestSegmentUi(SegmentLogCommon, InteractionHttpCommon):
    def _start(self, segment, tour):
        self.start_tour(
            f"/odoo/interaction-segments/{segment.id}",
            tour,
            login=self.user_sales.login,
        )
        segment.invalidate_recordset()

    def test_build_log_follow_up(self):
        """A salesperson builds a segment, logs it and follows it up."""
        self.template_letter.name = "Tour Letter"
        tag = self.env["res.partner.category"].sudo().create({"name": "Tour Tag"})
        contacts = self._new_contacts(4, category_id=[Command.link(tag.id)])
        contacts[0].write({"name": "Tour Anna"})
        contacts[1].country_id = self.env.ref("base.be")
        contacts[2].email = False

        self.start_tour(
            "/odoo/interaction-segments",
            "interaction_log_segment",
            login=self.user_sales.login,
        )

        segment = self.Segment.search([("name", "=", "Spring letter")])
        entries = self._get_entries(segment)
        self.assertEqual(segment.state, "logged")
        self.assertEqual(entries.partner_id, contacts - contacts[2])
        visit = entries.filtered(lambda entry: entry.channel == "visit")
        self.assertEqual(visit.partner_id, contacts[0])
        follow_up = self.Segment.search([], limit=1, order="id desc")
        self.assertEqual(follow_up.line_ids.partner_id, entries.partner_id)
        self.assertEqual(follow_up.step_ids.batch_result, "not_answered")

    def test_header(self):
        """Who changes the segment is asked whether its contacts follow."""
        segment = self._new_segment(self._new_contacts(2))
        segment.line_ids[0].name = "Mine"

        self._start(segment, "interaction_log_segment_header")

        self.assertEqual(segment.subject, "Good day")
        self.assertEqual(segment.line_ids.mapped("name"), ["Mine", "Hello"])

    def test_background(self):
        """It is seen how far logging is; it is paused, continued and stopped."""
        segment = self._new_segment(self._new_contacts(4))
        with patch.object(interaction_segment_slice, "SLICE", 2):
            segment.action_log()
            segment._log_slice()
        self._start(segment, "interaction_log_segment_background")
        self.assertEqual(segment.line_ids[3].left_out, "stopped")
        self.assertEqual(len(self._get_entries(segment)), 2)
