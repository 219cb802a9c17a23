from odoo import models

from ..segment.interaction_segment_line_values import SEGMENT_KEY


class InteractionLogEntry(models.Model):
    """A call of a call round: canceled, its contact is to be called again."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # room round adds to segment

    def _after_cancel(self):
        # EXTENDS: as long as the round goes on
        result = super()._after_cancel()
        for entry, line in self._find_called_lines():
            entry._release_source_key()
            line.write({"call_state": False, "call_uid": False})
        return result

    def _after_restore(self):
        # EXTENDS
        result = super()._after_restore()
        for entry, line in self._find_called_lines():
            line.write({"call_state": "done", "call_uid": entry.create_uid.id})
        return result

    def _find_called_lines(self):
        """Return (entry, line) of the calls of segments that are still called."""
        ids = {}
        for entry in self.sudo():
            key = entry._get_original_key()
            if key.startswith(SEGMENT_KEY):
                ids[int(key.rpartition(",")[2])] = entry
        lines = self.env["interaction.segment.line"].sudo().browse(ids).exists()
        return [
            (ids[line.id], line) for line in lines if line.segment_id.state == "draft"
        ]
