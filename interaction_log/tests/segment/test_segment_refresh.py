from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SegmentCommon


@tagged("-at_install", "post_install")
class TestSegmentRefresh(SegmentCommon):
    def _new_dynamic(self):
        """Return a segment of these contacts that are in Belgium or Germany."""
        segment = self._new_segment()
        self._run(segment, domain="[('ref', '=like', 'T-%')]")
        self._run(segment, "refine", domain="[('country_id.code', 'in', ['BE', 'DE'])]")
        return segment

    def _refresh(self, segment):
        wizard = segment.env["interaction.segment.refresh"].create(
            {"segment_id": segment.id}
        )
        return wizard.action_apply()

    def test_difference_is_shown_and_made(self):
        segment = self._new_dynamic()
        line = segment.line_ids.filtered(lambda line: line.partner_id == self.dora)
        line.name = "For Dora"
        self.carl.country_id = self.bea.country_id
        self.dora.country_id = self.env.ref("base.fr")
        wizard = segment.env["interaction.segment.refresh"].create(
            {"segment_id": segment.id}
        )
        self.assertRecordValues(
            wizard,
            [
                {
                    "come_count": 1,
                    "go_count": 1,
                    "come_names": "Carl",
                    "go_names": "Dora",
                }
            ],
        )
        action = wizard.action_apply()
        self.assertEqual(
            action["params"]["message"], "Contacts added: 1, contacts removed: 1"
        )
        self.assertEqual(self._get_partners(segment), self.bea | self.carl)
        self.assertEqual(segment.step_ids.sorted("id")[-1].operation, "refresh")
        # a refresh is not run again by the next one
        self._refresh(segment)
        self.assertEqual(self._get_partners(segment), self.bea | self.carl)
        segment.action_go_back()
        segment.action_go_back()
        self.assertEqual(self._get_partners(segment), self.bea | self.dora)
        self.assertIn(line, segment.line_ids)
        self.assertEqual(line.name, "For Dora")

    def test_what_was_done_by_hand_stays(self):
        segment = self._new_dynamic()
        segment.write({"line_ids": [Command.create({"partner_id": self.anna.id})]})
        lines = segment.line_ids
        lines.filtered(lambda line: line.partner_id == self.bea).action_remove()
        self._refresh(segment)
        self.assertEqual(self._get_partners(segment), self.anna | self.dora)

    def test_added_again_after_it_was_taken_out_by_hand(self):
        segment = self._new_dynamic()
        lines = segment.line_ids
        lines.filtered(lambda line: line.partner_id == self.bea).action_remove()
        self._add(segment, self.bea)
        self._refresh(segment)
        self.assertEqual(self._get_partners(segment), self.bea | self.dora)

    def test_exclusion_that_came_later(self):
        segment = self._new_dynamic()
        self.bea.interaction_segment_excluded = True
        self._refresh(segment)
        self.assertEqual(self._get_partners(segment), self.dora)
        self._add(segment, self.bea, ignore_exclusion=True)
        self._refresh(segment)
        self.assertEqual(self._get_partners(segment), self.bea | self.dora)

    def test_chosen_contacts_and_lists_are_as_they_were(self):
        segment = self._new_segment()
        self._add(segment, self.bea)
        self._run(segment, list_text="T-Carl")
        preview = segment._preview_refresh()
        self.assertEqual((preview["come_count"], preview["go_count"]), (0, 0))
        self._run(segment, "reduce", domain="[('name', '=', 'Carl')]")
        self.carl.name = "Carlo"
        self._refresh(segment)
        self.assertEqual(self._get_partners(segment), self.bea | self.carl)

    def test_deleted_contact_goes(self):
        segment = self._new_dynamic()
        self.bea.unlink()
        self._refresh(segment)
        self.assertEqual(segment.line_count, 1)

    def test_nothing_to_refresh(self):
        segment = self._new_segment()
        segment.write({"line_ids": [Command.create({"partner_id": self.anna.id})]})
        with self._assert_refused("has no steps to refresh"):
            segment.action_refresh()
        action = self._refresh(self._new_dynamic())
        self.assertEqual(
            action["params"]["message"], "No contacts were added or removed"
        )

    def test_other_salesperson_is_refused(self):
        theirs = self._new_dynamic().with_user(self.user_other_sales)
        with self.assertRaises(AccessError):
            theirs.action_refresh()
        with self.assertRaises(AccessError):
            self._refresh(theirs)
