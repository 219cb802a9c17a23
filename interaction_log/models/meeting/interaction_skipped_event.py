from odoo import models


class InteractionSkippedEvent(models.Model):
    """Meetings and activities that are logged after all."""

    _inherit = "interaction.skipped.event"  # pylint: disable=consider-merging-classes-inherited # room meeting adds to email

    def _rematch_documents(self, records):
        # EXTENDS: of an activity its type decides, no rule
        if records._name == "mail.activity":
            return records._rematch_interactions()
        return super()._rematch_documents(records)

    def _after_log_now(self, entries):
        # EXTENDS: the meeting is logged, too
        if self.res_model == "calendar.event":
            self._get_document()._update_interaction_state()
        return super()._after_log_now(entries)
