from collections import defaultdict
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# How the calendar is kept fast: it shows that many interactions of a period at most
CALENDAR_LIMIT = 500
# How many contacts of one meeting it names
CALENDAR_NAMES = 10
# In hours. The few that take longer are asked for however old they are.
WEEK = 7 * 24


class InteractionLogEntry(models.Model):
    """What the calendar shows: what was logged together as one."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    # the few that take longer than a week, for which the calendar looks further back
    _long_idx = models.Index(f"(date) WHERE duration > {WEEK}")

    @api.model
    def get_calendar_entries(self, domain, field_names, start, end):
        """Return what the calendar shows of a period, and how much there is.

        :param domain: of the entries, whenever they were
        :param field_names: of the fields to read
        :param start: UTC datetime when the period begins: what was over by then is
            neither returned nor counted
        :param end: UTC datetime when it ends: what began later isn't, either
        :return: dict of `total`, how many there are, and `entries`: dicts as of `read`
            of all entries, but of one for those of a batch in the same state, with how
            many it stands for as `interaction_number`, and if they are several
            `interaction_batch_id`. Where they are more than `CALENDAR_LIMIT`, the first
            ones of each day.
        """
        start, end = map(fields.Datetime.to_datetime, (start, end))
        numbers, total = self._search_calendar(Domain(domain), start, end)
        result = self.browse(numbers).read(field_names)
        for values in result:
            values["interaction_number"] = numbers[values["id"]]
        self._describe_batches([v for v in result if v["interaction_number"] > 1])
        return {"entries": result, "total": total}

    @api.model
    def _search_calendar(self, domain, start, end):
        """Return what is shown, {id: how many it stands for}, and how much there is.

        All is counted by day, which takes little more than reading it, but only the
        first ones of each day are sorted.
        """
        domain &= Domain("date", "<=", end) & self._get_lasting_domain(start)
        days = self._get_calendar_days(start, end)
        counts, shown = self._count_calendar(domain, days)
        totals = {day: counts[day] + len(shown[day]) for day in {*counts, *shown}}
        shares, left = {}, CALENDAR_LIMIT
        for number, day in enumerate(sorted(totals, key=totals.get)):
            shares[day] = min(totals[day], left // (len(totals) - number))
            left -= shares[day]
        singles = domain & Domain("date", ">=", start) & Domain("batch_id", "=", False)
        for day, date, id_ in self._search_calendar_days(
            singles, days, {day: shares[day] for day in counts}
        ):
            shown[day].append((date, id_, 1))
        numbers = {
            id_: number
            for day, rows in shown.items()
            for _date, id_, number in sorted(rows)[: shares[day]]
        }
        return numbers, sum(totals.values())

    @api.model
    def _get_lasting_domain(self, start):
        """Return the domain of what is not over at `start`."""
        since = start - timedelta(hours=WEEK)
        ends_later = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s + COALESCE(%s, 0) * INTERVAL '1 hour' > %s",
                model._field_to_sql(alias, "date", query),
                model._field_to_sql(alias, "duration", query),
                start,
            )
        )
        # the first half is what an index finds
        return (Domain("date", ">=", since) | Domain("duration", ">", WEEK)) & (
            Domain("date", ">=", start) | ends_later
        )

    @api.model
    def _get_calendar_days(self, start, end):
        """Return when the user's days of a period begin: in UTC, `start` first."""
        tz, days = self.env.tz, [start]
        day = pytz.utc.localize(start).astimezone(tz).date()
        while days[-1] <= end:
            day += timedelta(days=1)
            midnight = tz.localize(datetime.combine(day, time.min))
            days.append(midnight.astimezone(pytz.utc).replace(tzinfo=None))
        return days[:-1] or days

    @api.model
    def _count_calendar(self, domain, days):
        """Count the entries of `domain` by day; day 0 is the time before `days`.

        :return: {day: number of entries of no batch}, and of the others {day: list of
            (date, id of the first entry, number of entries)}; what began before `days`
            is among the others, each for itself
        """
        counts, others = defaultdict(int), defaultdict(list)
        query = self._search(domain)
        if query.is_empty():
            return counts, others
        batch, state, date, id_ = (
            self._field_to_sql(query.table, name, query)
            for name in ("batch_id", "state", "date", "id")
        )
        query.groupby = SQL(
            """%(batch)s, %(state)s, CASE WHEN %(batch)s IS NULL THEN
                CASE WHEN %(date)s < %(start)s THEN -%(id)s
                ELSE width_bucket(%(date)s, %(days)s::timestamp[]) END END""",
            batch=batch,
            state=state,
            date=date,
            id=id_,
            start=days[0],
            days=days,
        )
        rows = query.select(
            batch,
            # that of the first one, where a batch has several
            SQL("width_bucket(MIN(%s), %s::timestamp[])", date, days),
            SQL("MIN(%s)", date),
            SQL("MIN(%s)", id_),
            SQL("COUNT(*)"),
        )
        for batch_id, day, *first, number in self.env.execute_query(rows):
            if batch_id or not day:
                others[day].append((*first, number))
            else:
                counts[day] += number
        return counts, others

    @api.model
    def _search_calendar_days(self, domain, days, limits):
        """Return (day, date, id) of the first entries of `domain` of each day.

        :param limits: {day: how many}; see `_count_calendar`
        """
        limits = {day: limit for day, limit in limits.items() if limit}
        if not limits:
            return []
        query = self._search(domain)
        date, id_ = (
            self._field_to_sql(query.table, name, query) for name in ("date", "id")
        )
        query.add_where(SQL("%s >= day.since AND %s < day.until", date, date))
        query.order = SQL("%s, %s", date, id_)
        query.limit = max(limits.values())
        ends = [*days[1:], datetime.max]
        return self.env.execute_query(
            SQL(
                """SELECT day.number, entry.date, entry.id
                FROM unnest(%s, %s::timestamp[], %s::timestamp[])
                    AS day (number, since, until)
                CROSS JOIN LATERAL (%s) entry""",
                list(limits),
                [days[day - 1] for day in limits],
                [ends[day - 1] for day in limits],
                query.select(SQL("%s AS date", date), SQL("%s AS id", id_)),
            )
        )

    @api.model
    def _describe_batches(self, values_list):
        """Let what the calendar shows of one entry tell of its whole batch."""
        entries = self.browse(values["id"] for values in values_list)
        names = entries._get_calendar_names()
        for entry, values in zip(entries, values_list, strict=True):
            batch = entry.sudo().batch_id  # who reads the entry may know the name
            contacts = "; ".join(sorted(filter(None, names[entry.id])))
            if values["interaction_number"] > CALENDAR_NAMES:
                contacts = f"{contacts}; …"
            values |= {
                "interaction_batch_id": batch.id,
                "duration": batch.duration or entry.duration,
                "partner_name": contacts,
                "summary": f"{batch.name}: {contacts}",
            }

    def _get_calendar_names(self):
        """Return {id: names of some contacts of the batch of the entry, in its state}.

        Of a segment not all are read, to name `CALENDAR_NAMES` of them.
        """
        query = self._search([])
        if not self or query.is_empty():
            return {}
        batch, state, name = (
            self._field_to_sql(query.table, name, query)
            for name in ("batch_id", "state", "partner_name")
        )
        query.add_where(SQL("%s = shown.batch_id AND %s = shown.state", batch, state))
        query.limit = CALENDAR_NAMES
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT shown.id, ARRAY(%s) FROM %s shown WHERE shown.id = ANY(%s)",
                    query.select(name),
                    SQL.identifier(self._table),
                    list(self._ids),
                )
            )
        )
