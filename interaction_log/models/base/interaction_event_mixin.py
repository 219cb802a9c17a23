from odoo import fields, models
from odoo.tools import SQL

from .constants import EVENTS


class InteractionEventMixin(models.AbstractModel):
    """A record of something that was recorded, with the event it was recorded from.

    An addon that brings an event adds it here, for all models at once, and to
    `interaction.rule` if rules decide on it::

        event = fields.Selection(
            selection_add=[("sms", "SMS Sent")],
            ondelete={"sms": lambda records: records._drop_event()},
        )
    """

    _name = "interaction.event.mixin"
    _description = "Recorded from an Event"

    event = fields.Selection(EVENTS)

    def _drop_event(self):
        """Keep records readable whose event goes with the addon that brought it.

        Past the ORM: what happened is a fact, which it writes once. Override where
        nothing is left to read.
        """
        self.env.execute_query(
            SQL(
                "UPDATE %s SET event = 'api' WHERE id = ANY(%s)",
                SQL.identifier(self._table),
                self.ids,
            )
        )
        self.invalidate_model(["event"])
