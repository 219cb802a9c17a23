import logging

from odoo import api, fields, models
from odoo.fields import NO_ACCESS
from odoo.tools import SQL

from odoo.addons.interaction_log.models.base.savepoint import isolated_savepoint
from odoo.addons.interaction_log.models.email.mail_types import (
    SENDING,
    UNTRACKED,
    Tracked,
)

_logger = logging.getLogger(__name__)

# The statuses of what was sent, or tried to: the others wait or never leave
LEFT = ("sent", "open", "reply", "bounce", "error")
# What tells whom a trace is about
FACTS = frozenset(
    ("email", "is_test_trace", "mass_mailing_id", "model", "res_id", "trace_type")
)


def get_key_sql() -> SQL:
    """Return the SQL of the source key of what a `trace` is about.

    Not of the trace: what failed and is sent again gets another one.
    """
    return SQL(
        "CONCAT_WS(',', 'mailing', trace.mass_mailing_id, trace.model, trace.res_id)"
    )


class MailingTrace(models.Model):
    """What becomes of an e-mail of a mailing is said of its interaction, too."""

    _inherit = "mailing.trace"

    # Who may send mailings may create and change traces. What sends does so with all
    # rights; what a client made is no e-mail that left.
    interaction_by_client = fields.Boolean(groups=NO_ACCESS, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        traces = super().create(vals_list)
        if not self._is_by_system():
            traces.sudo().interaction_by_client = True
        return traces

    def write(self, vals):
        changed = self.browse()
        if "trace_status" in vals:
            # who clicks or replies may not read it
            traces = self.sudo()
            changed = traces.filtered(lambda trace: trace.trace_status in LEFT)
        result = super().write(vals)
        if not self._is_by_system():
            forged = self if FACTS & vals.keys() else self.browse()
            if vals.get("trace_status") in LEFT:
                forged |= self - changed.sudo(False)
            forged.sudo().interaction_by_client = True
        changed._update_interaction_delivery()
        return result

    def _is_by_system(self):
        """Say whether Odoo does it that sends e-mails, and no client."""
        sending = self.env.context.get(SENDING)
        return self.env.su or sending in UNTRACKED or isinstance(sending, Tracked)

    def _update_interaction_delivery(self):
        """Update the log with what became of e-mails that left before. Never raises.

        What can't be updated now is updated at night (`_sync_missed_delivery`).
        """
        if not self:
            return
        Entry = self.env["interaction.log.entry"].sudo()
        try:
            with isolated_savepoint(self.env.cr):
                Entry._lock_table()
                Entry._sync_mailing_delivery(
                    SQL(
                        "entry.mailing_trace_id = trace.id AND trace.id IN %s",
                        self._ids,
                    )
                )
        except Exception:
            _logger.exception("Could not note the delivery of a mailing: %s", self)
