from datetime import timedelta

from odoo import Command, fields
from odoo.tools import SQL


class OverviewMixin:
    """Something for each tile of the overview."""

    OWN_COUNTS = {
        "today": 6,
        "week": 6,
        "follow_ups": 1,
        "drafts": 1,
        "meetings": 1,
        "waiting": 2,
        "silent": 1,
    }
    OWN_TILES = tuple(OWN_COUNTS)
    TEAM_COUNTS = {"undelivered": 1, "skipped": 1, "share": 2}

    def _get_overview(self, user=None, **context):
        overview = self.env["interaction.overview"].with_user(user or self.user_sales)
        return overview.with_context(**context)

    def _log_inbound(self, **vals):
        template = self._shipped("interaction_template_complaint")
        return self._log(**{"template_id": template.id, **vals})

    def _log_by_system(self, **vals):
        """Log what no user may say."""
        return self.Entry.log_interactions(
            [
                {
                    "partner_id": self.anna.id,
                    "template_id": self.template_call.id,
                    "user_id": self.user_sales.id,
                    **vals,
                }
            ]
        )

    def _age(self, partners):
        """Let contacts have been created long ago."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET create_date = create_date - INTERVAL '1 year' "
                "WHERE id = ANY(%s)",
                partners.ids,
            )
        )
        self.env.invalidate_all()

    def _fill(self):
        """Have for each tile what it counts, and something that it doesn't."""
        now = fields.Datetime.now()
        carl, dave, silent, _theirs = self.env["res.partner"].create(
            [
                {"name": "Carl"},
                {"name": "Dave"},
                {"name": "Silent Contact", "user_id": self.user_sales.id},
                {"name": "Their Contact", "user_id": self.user_other_sales.id},
            ]
        )
        self._age(silent)
        # today: three outbound and three inbound ones, one of them answered
        self._log(name="Called today")
        self._log_inbound(name="Asked by Carl", partner_id=carl.id)
        self._log_inbound(name="Asked by Dave", partner_id=dave.id)
        asked = self._log_inbound(name="Asked by Anna", date=now)
        self._log(name="Answered Anna", date=asked.date)
        undelivered = self._log_by_system(
            name="Offer that bounced",
            template_id=self._shipped("interaction_template_email_out").id,
            delivery_status="bounced",
        )
        # older, somebody else's, canceled, drafts
        self._log(name="Called long ago", date=now - timedelta(days=40))
        self._log(name="Their call", user=self.user_other_sales)
        self._log(name="Slip")._cancel(self.reason)
        self._log(name="My draft", state="postponed")
        # follow-ups: due, later, and of something else
        for entry, days in ((undelivered, 0), (asked, 5)):
            entry._schedule_follow_up(
                {
                    "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                    "summary": "Follow up",
                    "date_deadline": fields.Date.context_today(self.env.user)
                    + timedelta(days=days),
                    "user_id": self.user_sales.id,
                }
            )
        self.anna.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.user_sales.id
        )
        # meetings
        self.env["calendar.event"].with_user(self.user_sales).create(
            [
                {
                    "name": f"Meeting {days} days ago",
                    "start": now - timedelta(days=days, hours=2),
                    "stop": now - timedelta(days=days, hours=1),
                    "partner_ids": [
                        Command.set((self.user_sales.partner_id | self.anna).ids)
                    ],
                }
                for days in (1, 60)
            ]
        )
        # what the log misses
        self.Skipped.create(
            [
                {
                    "event": "print",
                    "reason": "The template is archived",
                    "document_name": name,
                    "company_id": self.company_a.id,
                    "state": state,
                }
                for name, state in (("S1", "todo"), ("S2", "dismissed"))
            ]
        )
        self.env["interaction.completeness.share"].sudo().create(
            [
                {
                    "event": event,
                    "company_id": self.company_a.id,
                    "date": now,
                    "trace_count": traces,
                    "logged_count": logged,
                }
                for event, traces, logged in (
                    ("print", 2, 1),
                    ("email_out", 1, 1),
                    ("email_in", 0, 0),
                )
            ]
        )
        self.env.flush_all()
