from datetime import datetime, timedelta

from odoo import Command

from ..common import InteractionCommon

NOW = "2026-03-02 12:00:00"


class ActivityCommon(InteractionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.type_call = cls._new_type(template=cls.template_call)
        cls.type_plain = cls._new_type(name="Plain")

    @classmethod
    def _new_type(cls, template=None, **vals):
        return (
            cls.env["mail.activity.type"]
            .sudo()
            .create(
                {
                    "name": "Call back",
                    "interaction_template_id": template and template.id,
                    **vals,
                }
            )
        )

    def _schedule(self, document, user=None, by=None, **vals):
        """Schedule an activity for `user`; `by` says whose rights are needed."""
        user = user or self.user_sales
        Activity = self.env["mail.activity"]
        return (
            (Activity.with_user(by) if by else Activity.sudo())
            .create(
                {
                    "res_model_id": self.env["ir.model"]._get_id(document._name),
                    "res_id": document.id,
                    "activity_type_id": self.type_call.id,
                    "user_id": user.id,
                    **vals,
                }
            )
            .with_user(user)
            .sudo(False)
        )

    def _find_activity(self, activity):
        return self.Entry.search(
            [("source_key", "in", [f"activity,{id_}" for id_ in activity.ids])]
        )


class MeetingCommon(InteractionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template_meeting = cls._shipped("interaction_template_meeting")
        cls.rule = cls._shipped("interaction_rule_meeting")
        cls.ben, cls.cleo = cls.env["res.partner"].create(
            [{"name": "Ben", "parent_id": cls.acme.id}, {"name": "Cleo"}]
        )
        cls.guests = cls.anna | cls.ben | cls.cleo

    @classmethod
    def _new_meeting(cls, partners=None, user=None, hours=1.5, **vals):
        """Return a meeting that the user organizes and comes to."""
        user = user or cls.user_sales
        partners = cls.guests if partners is None else partners
        start = datetime(2026, 3, 2, 9)
        return (
            cls.env["calendar.event"]
            .with_user(user)
            .with_context(dont_notify=True, no_mail_to_attendees=True)
            .create(
                {
                    "name": "Plans",
                    "user_id": user.id,
                    "start": start,
                    "stop": start + timedelta(hours=hours),
                    "partner_ids": [Command.set((partners | user.partner_id).ids)],
                    **vals,
                }
            )
        )

    def _find_meeting(self, meetings):
        return self.Entry.search(
            [
                ("res_model", "=", "calendar.event"),
                ("res_id", "in", meetings.ids),
                ("event", "=", "meeting"),
            ]
        )

    def _offered(self, user=None):
        meetings = self.env["calendar.event"].with_user(user or self.user_sales)
        return meetings.search([("interaction_to_log", "=", True)])

    def _run_cron(self):
        self._run_job("ir_cron_record_meetings")
