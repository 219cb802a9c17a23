from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# How the calendar is kept fast: it shows that many interactions of a period at most
CALENDAR_LIMIT = 1000
# How many contacts of one meeting it names
CALENDAR_NAMES = 10


class InteractionLogEntry(models.Model):
    """What the calendar shows: what was logged together as one."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    # the few that take longer than a week, for which the calendar looks further back
    _long_idx = models.Index("(date) WHERE duration > 168")

    @api.model
    def get_calendar_entries(self, domain, field_names, start=None):
        """Return what the calendar shows of a period, and how much there is.

        :param domain: of the entries; with a period
        :param field_names: of the fields to read
        :param start: UTC datetime when the period begins: what was over by then is
            neither returned nor counted
        :return: dict of `total`, how many there are, and `entries`: dicts as of `read`
            of all entries, but of one for those of a batch in the same state, with how
            many it stands for as `interaction_number`, and if they are several
            `interaction_batch_id`. Where they are more than `CALENDAR_LIMIT`, the first
            ones of each day.
        """
        rows = self._search_calendar(Domain(domain), fields.Datetime.to_datetime(start))
        numbers = {id_: number for id_, number, _total in rows}
        result = self.browse(numbers).read(field_names)
        for values in result:
            values["interaction_number"] = numbers[values["id"]]
        self._describe_batches([v for v in result if v["interaction_number"] > 1])
        return {"entries": result, "total": rows[0][2] if rows else 0}

    @api.model
    def _search_calendar(self, domain, start):
        """Return (id, number of entries that it stands for, total) of what is shown."""
        query = self._search(domain)  # with the record rules
        if query.is_empty():
            return []
        names = ("id", "date", "duration", "batch_id", "state")
        shown = SQL("TRUE")
        if start:
            shown = SQL(
                "date >= %(start)s "
                "OR date + COALESCE(duration, 0) * INTERVAL '1 hour' > %(start)s",
                start=start,
            )
        return self.env.execute_query(
            SQL(
                # the first of each day come first, then the second ones, and so on
                """SELECT id, number, COUNT(*) OVER () FROM (
                    SELECT id, number, day, ROW_NUMBER() OVER (
                        PARTITION BY day ORDER BY date, id) AS place
                    FROM (
                        SELECT MIN(id) AS id, MIN(date) AS date, COUNT(*) AS number,
                            (MIN(date) AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                                AS day
                        FROM (SELECT %(columns)s FROM %(tables)s WHERE %(where)s) entry
                        WHERE %(shown)s
                        GROUP BY batch_id, state, CASE WHEN batch_id IS NULL THEN id END
                    ) shown
                ) placed
                ORDER BY place, day LIMIT %(limit)s""",
                tz=str(self.env.tz),
                columns=SQL(", ").join(
                    self._field_to_sql(query.table, name, query) for name in names
                ),
                tables=query.from_clause,
                where=query.where_clause or SQL("TRUE"),
                shown=shown,
                limit=CALENDAR_LIMIT,
            )
        )

    @api.model
    def _describe_batches(self, values_list):
        """Let what the calendar shows of one entry tell of its whole batch."""
        entries = self.browse(values["id"] for values in values_list)
        names = dict(
            self._read_group(
                [
                    ("batch_id", "in", entries.batch_id.ids),
                    ("state", "in", entries.mapped("state")),
                ],
                ["batch_id"],
                ["partner_name:array_agg"],
            )
        )
        for entry, values in zip(entries, values_list, strict=True):
            batch = entry.batch_id
            contacts = "; ".join(sorted(filter(None, names[batch]))[:CALENDAR_NAMES])
            if values["interaction_number"] > CALENDAR_NAMES:
                contacts = f"{contacts}; …"
            values |= {
                "interaction_batch_id": batch.id,
                "duration": batch.duration or entry.duration,
                "partner_name": contacts,
                "summary": f"{batch.name}: {contacts}",
            }
