from datetime import date, datetime, timedelta, timezone

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

DAY = 24 * 3600  # in seconds
EPOCH = date(1970, 1, 1)


class ResCompany(models.Model):
    """What an hour costs, and which hours are worked."""

    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited # the room analysis

    interaction_hourly_rate = fields.Monetary(
        string="Hourly Rate of Interactions",
        help="Cost of one hour of an interaction, in the currency of the company.",
    )

    @api.constrains("interaction_hourly_rate")
    def _check_interaction_hourly_rate(self):
        if any(company.interaction_hourly_rate < 0 for company in self):
            raise ValidationError(self.env._("The hourly rate can't be negative."))

    def _get_working_days(self, first_year: int, last_year: int):
        """Return when the company works, by its working schedule and holidays.

        :return: list of (date in UTC, list of (start, stop)), for each day of the
            years; start and stop in seconds since the midnight of that day in UTC
        """
        self.ensure_one()
        calendar = self.sudo().resource_calendar_id
        years = range(first_year, last_year + 1)
        if not calendar._has_hours():
            return [(day, [(0, DAY)]) for year in years for day in iterate_year(year)]
        schedule = (
            calendar.tz,
            calendar.two_weeks_calendar,
            *(
                (
                    attendance.dayofweek,
                    attendance.week_type,
                    attendance.hour_from,
                    attendance.hour_to,
                    attendance.day_period,
                    attendance.display_type,
                )
                for attendance in calendar.attendance_ids
            ),
        )
        holidays = calendar.env["resource.calendar.leaves"].search_fetch(
            self._get_holiday_domain()
            & Domain("calendar_id", "in", [calendar.id, False])
            & Domain("resource_id", "=", False),
            ["date_from", "date_to"],
        )
        days = []
        for year in years:
            of_year = tuple(
                (holiday.date_from, holiday.date_to)
                for holiday in holidays
                if holiday.date_from.year <= year <= holiday.date_to.year
            )
            days += self._compute_working_days(calendar.id, year, schedule, of_year)
        return days

    def _get_holiday_domain(self):
        """Return the domain of the holidays of the company: not those of employees."""
        return Domain("time_type", "=", "leave") & Domain(
            "company_id", "in", [False, *self.ids]
        )

    # The key has all that the result is made of: whoever changes the working schedule
    # has nothing to clear.
    @tools.ormcache("self.id", "calendar_id", "year", "schedule", "holidays")
    def _compute_working_days(self, calendar_id, year, schedule, holidays):
        Calendar = self.env["resource.calendar"].sudo()
        calendar = Calendar.with_context(employee_timezone=None).browse(calendar_id)
        intervals = calendar._work_intervals_batch(
            datetime(year, 1, 1, tzinfo=timezone.utc),
            datetime(year + 1, 1, 1, tzinfo=timezone.utc),
            domain=list(self._get_holiday_domain()),
        )[False]
        days = {day: [] for day in iterate_year(year)}
        for start, stop, _attendance in intervals:
            second, last = to_seconds(start), to_seconds(stop)
            while second < last:
                midnight = second // DAY * DAY
                end = min(last, midnight + DAY)
                day = EPOCH + timedelta(days=midnight // DAY)
                days[day].append((second - midnight, end - midnight))
                second = end
        return list(days.items())


def iterate_year(year):
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def to_seconds(moment):
    """Return the seconds since 1970; the last microsecond of a day ends that day."""
    return round(moment.timestamp())
