from odoo import models

from .interaction_log_entry import EVENT


class InteractionSkippedEvent(models.Model):
    """Mailings whose recipients could not be logged."""

    _inherit = "interaction.skipped.event"

    def _log_matches(self, matches):
        # EXTENDS: the job logs the recipients of a mailing
        if self.event != EVENT or self.source_key or not matches:
            return super()._log_matches(matches)
        if reasons := {match.reason for match in matches} - {False}:
            return " ".join(sorted(reasons))
        self._get_document()._await_interactions()
        self.state = "logged"
        return False
