from odoo import api, models

from ..base.constants import EMAIL_EVENTS


class InteractionEvent(models.Model):
    _inherit = "interaction.event"  # pylint: disable=consider-merging-classes-inherited # room email adds to recording

    @api.model
    def _get_message_events(self) -> tuple[str, ...]:
        """Return the events that are messages: with whom is said by each of them.

        A hook: an addon adds what leaves by another way than e-mail, such as text
        messages, and records it by `_record_sent` of the recorder.
        """
        return EMAIL_EVENTS
