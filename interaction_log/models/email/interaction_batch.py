from odoo import models
from odoo.exceptions import UserError

from ..base.constants import PENDING_OR_SENT, UNDELIVERED

# How many e-mails are sent again at once
RESEND_LIMIT = 500


class InteractionBatch(models.Model):
    """Sending again what did not arrive of what was logged together."""

    _inherit = "interaction.batch"  # pylint: disable=consider-merging-classes-inherited # room email adds to log

    def _is_told_as_one(self):
        """Say whether who sent it is told once of what did not arrive of it.

        A hook: override it for what is sent to many. Also called on no batch.
        """
        return False

    def _get_undelivered_record(self, user):
        """Return the record with the activity that tells `user` of it, or None.

        A hook; see `_is_told_as_one`.
        """
        return None

    def _is_undelivered(self):
        """Say whether an e-mail of it did not arrive, nor when it was sent again."""
        return bool(
            self.env["interaction.log.entry"].search_count(
                [
                    ("batch_id", "=", self.id),
                    ("state", "=", "logged"),
                    ("delivery_status", "in", UNDELIVERED),
                    (
                        "resend_ids",
                        "not any",
                        [("delivery_status", "in", ("sent", "opened"))],
                    ),
                ],
                limit=1,
            )
        )

    def action_resend(self):
        """Ask whether to send the e-mails again that did not arrive.

        :return: the action that asks, as `action_ask_resend` of the entries
        :raises UserError: where none failed or bounced, or none can be sent again
        """
        self.ensure_one()
        entries = self.env["interaction.log.entry"].search(
            [
                ("batch_id", "=", self.id),
                ("state", "=", "logged"),
                ("delivery_status", "in", UNDELIVERED),
                # what is on the way again is left alone
                ("resend_ids", "not any", [("delivery_status", "in", PENDING_OR_SENT)]),
            ],
            order="id",
            limit=RESEND_LIMIT + 1,
        )
        if not entries:
            raise UserError(
                self.env._(
                    "No e-mail of %(name)s failed or bounced. Only e-mails can be "
                    "sent again.",
                    name=self.name,
                )
            )
        action = entries[:RESEND_LIMIT].action_ask_resend()
        if len(entries) > RESEND_LIMIT:
            action["params"]["message"] += "\n" + self.env._(
                "These are the first %(count)s. Send the others afterwards.",
                count=RESEND_LIMIT,
            )
        return action
