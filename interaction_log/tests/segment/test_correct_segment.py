from odoo.exceptions import UserError
from odoo.tests import tagged

from ..log.common import CorrectCommon
from .common import BatchCommon


@tagged("-at_install", "post_install")
class TestCorrectSegment(CorrectCommon, BatchCommon):
    def test_one_of_a_batch(self):
        """It stays with the others, and is canceled and restored with them."""
        batch, entries = self._new_batch(3)
        entry = entries[0]
        key = entry.source_key
        form = self._open_correction(entry)
        form.cost = 7
        correction, _action = self._save_correction(form)
        self.assertRecordValues(
            correction,
            [{"batch_id": batch.id, "event": "segment", "source_key": key}],
        )
        self.assertRecordValues(batch, [{"entry_count": 3, "cost": 11}])
        self._cancel(batch)
        self.assertEqual(correction.state, "canceled")
        with self.assertRaisesRegex(UserError, "canceled with the batch"):
            entry.with_user(self.user_sales).sudo(False).action_restore()
        batch.action_restore()
        self.assertEqual((entry | correction).mapped("state"), ["canceled", "logged"])
        self.assertEqual(correction.source_key, key)
