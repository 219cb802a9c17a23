from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _record_unsent(self, moves_data):
        # EXTENDS: what has no postal address is left out without a word, too
        result = super()._record_unsent(moves_data)
        unsent = {
            move: data
            for move, data in moves_data.items()
            if "snailmail" in data["sending_methods"]
            and not self._is_applicable_to_move("snailmail", move, **data)
        }
        if unsent:
            self._record_without_address("post", unsent, "sn_fields")
        return result
