from odoo import api, models
from odoo.tools import SQL


class InteractionLogEntry(models.Model):
    """Interactions that were meetings: the meetings know whether they are logged."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # room meeting adds to email

    def _after_cancel(self):
        # EXTENDS: the meetings are to log again, by hand
        self._get_meetings()._update_interaction_state("by_hand")
        return super()._after_cancel()

    def _after_restore(self):
        # EXTENDS: the meetings are logged again
        self._get_meetings()._update_interaction_state()
        return super()._after_restore()

    @api.model
    def _get_identities_sql(self):
        # EXTENDS: the meeting with the contact, also where an activity was it, and
        # after the entry was canceled
        key = self._get_original_key_sql(SQL("entry"))
        return [
            *super()._get_identities_sql(),
            SQL("CASE WHEN %(key)s LIKE 'meeting,%%' THEN %(key)s END", key=key),
            SQL(
                """CASE WHEN entry.res_model = 'calendar.event'
                    THEN 'meeting,' || entry.res_id || ',' || entry.partner_id END"""
            ),
        ]

    def _get_logged_message(self, repeats):
        # EXTENDS: activities are no documents
        entries = self + repeats
        if len(entries) > 1 and "activity" in entries.mapped("event"):
            return self.env._(
                "Logged: %(count)s activities, for %(contacts)s",
                count=len(entries),
                contacts=self._join_contacts(entries.mapped("partner_name")),
            )
        return super()._get_logged_message(repeats)

    @api.model
    def _reassign_meetings(self, new_ids):
        """Make the entries of meetings those of the meetings made in their place.

        :param dict new_ids: {id of a meeting: id of the new one}
        """
        if not new_ids:
            return
        self.flush_model()
        key = self.env["calendar.event"]._get_interaction_key_prefix
        self.env.execute_query(
            SQL(
                """UPDATE %s entry SET res_id = made.id,
                    source_key = replace(source_key, made.old_key, made.key)
                FROM (VALUES %s) AS made(old_id, id, old_key, key)
                WHERE res_model = 'calendar.event' AND res_id = made.old_id
                RETURNING entry.id""",
                SQL.identifier(self._table),
                SQL(", ").join(
                    (old_id, new_id, key(old_id), key(new_id))
                    for old_id, new_id in new_ids.items()
                ),
            )
        )
        self.invalidate_model(["res_id", "source_key"])

    def _get_meetings(self):
        """Return the meetings that the interactions were, those that still exist."""
        ids = self.filtered(
            lambda entry: (
                entry.event == "meeting" and entry.res_model == "calendar.event"
            )
        ).mapped("res_id")
        return self.env["calendar.event"].browse(ids).exists()
