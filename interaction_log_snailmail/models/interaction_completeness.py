from odoo import api, models
from odoo.tools import SQL

from odoo.addons.interaction_log.models.recording.interaction_completeness import SLICE


class InteractionCompleteness(models.AbstractModel):
    _inherit = "interaction.completeness"

    @api.model
    def _trace_post(self, since, until):
        """Letters by post, as long as their documents exist."""
        names = self._get_models("post")
        for rows in self._fetch(
            lambda last: SQL(
                """SELECT letter.id FROM snailmail_letter letter
                WHERE letter.id > %s AND letter.model IN %s
                    AND letter.create_date >= %s AND letter.create_date < %s
                ORDER BY letter.id LIMIT %s""",
                last,
                names,
                since,
                until,
                SLICE,
            )
        ):
            letters = self._browse_rows("snailmail.letter", rows)
            yield self._trace_sent(letters._find_sent_letters(set(names)))
