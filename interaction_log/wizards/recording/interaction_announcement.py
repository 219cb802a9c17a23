from odoo import api, fields, models


class InteractionAnnouncement(models.TransientModel):
    """What is to be told to a user of what was recorded, or to be asked first.

    The web client names it by a token of its own, and fetches it when the print is
    there.
    """

    _name = "interaction.announcement"
    _description = "Announcement of Recorded Interactions"
    # a question may wait for its answer for a working day; in hours
    _transient_max_hours = 24.0

    token = fields.Char(required=True, index=True)
    entry_ids = fields.Json(default=list, help="Ids of the entries that are new.")
    repeat_ids = fields.Json(
        default=list, help="Ids of the entries that took up a repeat."
    )
    skipped = fields.Json(
        default=list, help="Sentences that say what could not be logged, and why."
    )
    question = fields.Json(
        help="What is logged if the user says yes: the key of the event, and the "
        "matches of the rules."
    )

    @api.model
    def _find(self, token):
        """Return the user's own announcements with that token."""
        # a user reads nobody else's
        return self.sudo().search(
            [("token", "=", token), ("create_uid", "=", self.env.uid)], order="id"
        )

    def _get_entries(self, name="entry_ids"):
        """Return those of the entries that the user may see.

        :param str name: `entry_ids` or `repeat_ids`
        """
        entries = self.env["interaction.log.entry"].browse(
            dict.fromkeys(
                id_ for announcement in self for id_ in announcement[name] or []
            )
        )
        return entries.sudo(False).exists()._filtered_access("read")
