from datetime import datetime

from odoo import Command

from ..common import InteractionCommon

# When the calls of the tests begin
NOW = datetime(2026, 3, 2, 9, 0)


class RoundCommon(InteractionCommon):
    """A segment of five contacts with phone numbers, and two users who call them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template_call.write({"unit_duration": 0, "description": "Spring Call"})
        cls.contacts = cls.env["res.partner"].create(
            [
                {"name": f"Tour {name}", "phone": f"+32 470 12 34 5{number}"}
                for number, name in enumerate(("Ada", "Ben", "Cyd", "Dan", "Eve"))
            ]
        )
        cls.segment = cls._new_segment(cls.contacts)

    @classmethod
    def _new_segment(cls, partners, **vals):
        return (
            cls.env["interaction.segment"]
            .with_user(cls.user_sales)
            .create(
                {
                    "name": "Spring",
                    "template_id": cls.template_call.id,
                    "caller_ids": [Command.link(cls.user_other_sales.id)],
                    "line_ids": [
                        Command.create({"partner_id": partner.id})
                        for partner in partners
                    ],
                    **vals,
                }
            )
        )

    def _start(self, user=None, segment=None):
        """Start calling as `user`; return the round."""
        segment = (segment or self.segment).with_user(user or self.user_sales)
        action = segment.action_start_calling()
        page = action.get("params", {}).get("next") or action
        return segment.env["interaction.round"].browse(page["res_id"])

    def _next(self, call_round, outcome="success", **vals):
        """Log a call and go on; return the entry."""
        line = call_round.line_id
        call_round.write({"outcome": outcome, **vals})
        call_round.action_next()
        return self._get_entry(line)

    def _get_entry(self, line):
        key = f"segment,{line.segment_id.id},{line.id}"
        return self.Entry.search([("source_key", "=", key)])

    def _get_drafts(self):
        return self.Entry.search([("state", "=", "postponed")])
