from datetime import datetime

import pytz

from odoo import Command

from ..common import InteractionCommon


class AnalysisCommon(InteractionCommon):
    """A company in Brussels that works from 8 to 12 and from 13 to 17, five days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template_in = cls._shipped("interaction_template_email_in")
        cls.template_out = cls._shipped("interaction_template_email_out")
        cls.company_a.resource_calendar_id = cls._new_calendar("Europe/Brussels")

    @classmethod
    def _new_calendar(cls, tz, company=None, hours=((8, 12), (13, 17))):
        return (
            cls.env["resource.calendar"]
            .sudo()
            .create(
                {
                    "name": tz,
                    "tz": tz,
                    "company_id": (company or cls.company_a).id,
                    "attendance_ids": [
                        Command.create(
                            {
                                "name": "Hours",
                                "dayofweek": str(day),
                                "hour_from": start,
                                "hour_to": stop,
                                "day_period": "morning" if start < 12 else "afternoon",
                            }
                        )
                        for day in range(5)
                        for start, stop in hours
                    ],
                }
            )
        )

    @classmethod
    def _new_holiday(cls, day, company=None, **vals):
        holiday = (
            cls.env["resource.calendar.leaves"]
            .sudo()
            .create(
                {
                    "name": "Holiday",
                    "date_from": cls._at(f"{day} 00:00"),
                    "date_to": cls._at(f"{day} 23:59"),
                    **vals,
                }
            )
        )
        # computed: that of the user who enters it
        holiday.company_id = company or cls.company_a
        return holiday

    @classmethod
    def _at(cls, text, tz="Europe/Brussels"):
        """Return a time in `tz` as it is stored, in UTC."""
        local = pytz.timezone(tz).localize(datetime.strptime(text, "%Y-%m-%d %H:%M"))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    @classmethod
    def _new_contacts(cls, count):
        return cls.env["res.partner"].create(
            [{"name": f"Contact {number}"} for number in range(count)]
        )

    @classmethod
    def _ask(cls, date, partner=None, **vals):
        """Log what a contact writes, as the salesperson."""
        return cls._log(
            date=date,
            template_id=vals.pop("template_id", cls.template_in.id),
            partner_id=(partner or cls.anna).id,
            **vals,
        )

    @classmethod
    def _answer(cls, date, partner=None, **vals):
        return cls._ask(date, partner, **{"template_id": cls.template_out.id, **vals})

    def _report(self, entries, user=None, model="interaction.answer.report"):
        """Return the rows of a report, as the user reads them."""
        self.env.flush_all()
        self.env.invalidate_all()
        report = self.env[model].with_user(user or self.user_sales)
        return report.search([("id", "in", entries.ids)], order="id")
