import hashlib

from odoo import api, models
from odoo.http import STORED_SESSION_BYTES, request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"  # pylint: disable=consider-merging-classes-inherited # an earlier room has one

    def session_info(self):
        # EXTENDS web: what is told is told where it was done
        return {
            **super().session_info(),
            "interaction_log_session": self._get_interaction_session(),
        }

    @api.model
    def _get_interaction_session(self):
        """Return what tells this session from others of the user, or None.

        It says nothing of the session's key, and stays when that is renewed.
        """
        if not request or not request.session.sid:
            return None
        identifier = request.session.sid[:STORED_SESSION_BYTES]
        return hashlib.sha256(identifier.encode()).hexdigest()
