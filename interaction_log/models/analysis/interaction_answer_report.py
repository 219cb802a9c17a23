from odoo import api, fields, models
from odoo.tools import SQL

from ..base.constants import CHANNELS
from .interaction_log_entry import ANSWER_STATES, SINCE


class InteractionAnswerReport(models.Model):
    """One row for each inbound interaction: whether, when and by whom it was answered.

    Reads the log as the user does, as it is now: nothing is stored. The hours are those
    of the working schedule of the company, as `resource.calendar` counts them.
    """

    _name = "interaction.answer.report"
    _description = "Response Time"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "name"

    name = fields.Char(string="Subject", readonly=True)
    date = fields.Datetime(readonly=True)
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", string="Company of the Contact", readonly=True
    )
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    template_id = fields.Many2one("interaction.template", readonly=True)
    group_id = fields.Many2one("interaction.group", readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    state = fields.Selection(ANSWER_STATES, string="Status", readonly=True)
    answer_date = fields.Datetime(string="Answered On", readonly=True)
    answer_user_id = fields.Many2one("res.users", string="Answered By", readonly=True)
    is_answered_by_other = fields.Boolean(
        string="Answered by Another Salesperson", readonly=True
    )
    hours = fields.Float(
        string="Time to Answer",
        aggregator="avg",
        readonly=True,
        help="Average working hours until the answer.",
    )
    waiting_hours = fields.Float(
        string="Time Waiting",
        aggregator="avg",
        readonly=True,
        help="Average working hours since interactions that are still unanswered.",
    )
    answered_count = fields.Integer(string="Answered", readonly=True)
    waiting_count = fields.Integer(string="Waiting", readonly=True)

    def action_open_entry(self):
        """Open the interaction."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "interaction.log.entry",
            "res_id": self.id,
            "views": [(False, "form")],
        }

    @property
    def _table_query(self):
        Entry = self.env["interaction.log.entry"]
        inbound = Entry._search(Entry._get_inbound_domain())
        # a condition on the same rows, not another search
        question = Entry.sudo()._search(Entry._get_question_domain())
        names = (
            "id",
            "name",
            "date",
            "partner_id",
            "commercial_partner_id",
            "user_id",
            "company_id",
            "template_id",
            "group_id",
            "channel",
        )
        working_days, width = self._get_working_days_sql()
        last = SQL("COALESCE(answer.date, %s)", fields.Datetime.now())
        return SQL(
            """WITH working_day AS (%(working_days)s)
            SELECT %(columns)s, answer.date AS answer_date,
                answer.user_id AS answer_user_id,
                answer.user_id != question.user_id AS is_answered_by_other,
                CASE WHEN NOT question.is_asked THEN 'not_needed'
                    WHEN answer.id IS NULL THEN 'waiting' ELSE 'answered' END AS state,
                CASE WHEN answer.id IS NOT NULL THEN %(hours)s END AS hours,
                CASE WHEN question.is_asked AND answer.id IS NULL THEN %(hours)s
                    END AS waiting_hours,
                (answer.id IS NOT NULL)::int AS answered_count,
                (question.is_asked AND answer.id IS NULL)::int AS waiting_count
            FROM %(inbound)s question
            LEFT JOIN LATERAL (
                %(answers)s AND question.is_asked
                ORDER BY answer.date, answer.id LIMIT 1
            ) answer ON TRUE
            LEFT JOIN working_day first ON first.company_id = question.company_id
                AND first.day = question.date::date
            LEFT JOIN working_day last ON last.company_id = question.company_id
                AND last.day = %(last)s::date""",
            working_days=working_days,
            columns=SQL(", ").join(SQL.identifier("question", name) for name in names),
            inbound=inbound.subselect(
                *(Entry._field_to_sql(inbound.table, name, inbound) for name in names),
                SQL("(%s) IS TRUE AS is_asked", question.where_clause),
            ),
            answers=Entry._get_answers_sql(
                SQL.identifier("question"), ("id", "date", "user_id")
            ),
            hours=SQL(
                "(%s - (%s)) / 3600.0",
                self._get_worked_sql("last", last, width),
                self._get_worked_sql("first", SQL("question.date"), width),
            ),
            last=last,
        )

    @api.model
    def _get_worked_sql(self, alias, moment, width):
        """Return the SQL of the seconds worked until a moment of the day `alias`."""
        second = SQL("EXTRACT(EPOCH FROM %s::time)::int", moment)
        return SQL(" + ").join(
            [
                SQL.identifier(alias, "worked"),
                *(
                    SQL(
                        "GREATEST(LEAST(%s, %s) - %s, 0)",
                        second,
                        SQL.identifier(alias, f"stop_{number}"),
                        SQL.identifier(alias, f"start_{number}"),
                    )
                    for number in range(width)
                ),
            ]
        )

    @api.model
    def _get_working_days_sql(self):
        """Return when the companies work, as rows of a day each.

        :return: (SELECT of the company, the day in UTC, the seconds worked before it,
            and when work starts and stops in it; how often it does at most)
        """
        rows = []
        years = self._get_years()
        for company in self._get_companies():
            worked = 0
            for day, hours in company._get_working_days(*years) if years else ():
                rows.append((company.id, day, worked, hours))
                worked += sum(stop - start for start, stop in hours)
        width = max((len(hours) for *_day, hours in rows), default=0)
        arrays = [
            ("company_id", SQL("int[]"), [id_ for id_, *_rest in rows]),
            ("day", SQL("date[]"), [day for _id, day, *_rest in rows]),
            ("worked", SQL("bigint[]"), [worked for *_day, worked, _hours in rows]),
        ]
        for number in range(width):
            for place, name in enumerate(("start", "stop")):
                values = [
                    hours[number][place] if number < len(hours) else 0
                    for *_day, hours in rows
                ]
                arrays.append((f"{name}_{number}", SQL("int[]"), values))
        return (
            SQL(
                "SELECT * FROM unnest(%s) AS working_day(%s)",
                # one text for each: the driver would write them value by value
                SQL(", ").join(
                    SQL("%s::%s", f"{{{','.join(map(str, values))}}}", type_)
                    for _name, type_, values in arrays
                ),
                SQL(", ").join(SQL.identifier(name) for name, *_rest in arrays),
            ),
            width,
        )

    @api.model
    def _get_companies(self):
        """Return the companies whose interactions the user reads.

        With all rights all of them, unless the context names some.
        """
        if self.env.su and not self.env.context.get("allowed_company_ids"):
            return self.env["res.company"].search([])  # pylint: disable=no-search-all # they are few
        return self.env.companies.sudo()

    @api.model
    def _get_years(self):
        """Return the first and the last year of the log; None where it is empty."""
        Entry = self.env["interaction.log.entry"].sudo()
        since = fields.Date.to_date(self.env.context.get(SINCE))
        first = since or Entry.search_fetch([], ["date"], order="date", limit=1).date
        last = Entry.search_fetch([], ["date"], order="date desc", limit=1).date
        return first and last and (first.year, max(last, fields.Datetime.now()).year)
