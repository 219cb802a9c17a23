from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.constants import SENT_EVENTS

ANSWER_STATES = [
    ("waiting", "Waiting"),
    ("answered", "Answered"),
    ("not_needed", "No Answer Needed"),
]
# A key of the context: the first day whose working hours are asked for, as an ISO date
SINCE = "interaction_answer_since"
# What is inbound, and nobody waits after it: a look, and what internal users print
SILENT_EVENTS = ("portal_view", *SENT_EVENTS)


class InteractionLogEntry(models.Model):
    """What waits for an answer, and what is one.

    The rule is told here once. A contact's inbound interaction is answered by the next
    outbound one of the same company with anybody of the same commercial entity, whoever
    had it. What does not move a last date is neither: canceled interactions, drafts,
    failed attempts, automatic replies, mailings.
    """

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # the room analysis

    # The next answer to a contact: all that says whether it is one
    _answer_idx = models.Index(
        """(commercial_partner_id, date) INCLUDE (company_id, user_id, event,
        is_automatic, outcome, delivery_status)
        WHERE state = 'logged' AND flow = 'outbound'"""
    )

    is_answer_waived = fields.Boolean(
        string="No Answer Needed",
        tracking=True,
        help="The contact does not wait for an answer, for example after a thank-you.",
    )
    answer_state = fields.Selection(ANSWER_STATES, compute="_compute_answer")
    answer_date = fields.Datetime(string="Answered On", compute="_compute_answer")
    answer_user_id = fields.Many2one(
        "res.users", string="Answered By", compute="_compute_answer"
    )
    answer_hours = fields.Float(
        string="Time to Answer",
        compute="_compute_answer",
        help="Working hours until the answer, or until now.",
    )
    is_unanswered = fields.Boolean(
        string="Unanswered",
        compute="_compute_answer",
        search="_search_is_unanswered",
        help="The contact waits for an answer.",
    )

    # ------------------------------------------------------------------
    # The rule
    # ------------------------------------------------------------------

    @api.model
    def _get_inbound_domain(self) -> Domain:
        """Return the domain of what contacts said; not of what they only looked at."""
        return (
            Domain("flow", "=", "inbound")
            & self._get_reached_domain()
            & Domain("event", "not in", SILENT_EVENTS)
            & Domain("commercial_partner_id", "!=", False)
        )

    @api.model
    def _get_question_domain(self) -> Domain:
        """Return the domain of what waits for an answer, or did so.

        A hook: extend it, as with `_get_answer_domain`.
        """
        templates = self.env["interaction.template"].sudo()
        expecting = templates.with_context(active_test=False).search(
            [("is_answer_expected", "=", True)]
        )
        return (
            self._get_inbound_domain()
            & Domain("is_answer_waived", "=", False)
            & (
                Domain("template_id", "in", expecting.ids)
                | Domain("outcome", "=", "left_message")
            )
        )

    @api.model
    def _get_answer_domain(self) -> Domain:
        """Return the domain of what answers all before it with the same contact."""
        return Domain("flow", "=", "outbound") & self._get_reached_domain()

    @api.model
    def _get_answers_sql(self, question: SQL, names: tuple[str, ...]) -> SQL:
        """Return the SELECT of the answers to a question, in no order.

        Whoever may read them: an answer that the user can't read is one.

        :param question: the alias of the question, which has `id`, `date`, `company_id`
            and `commercial_partner_id`
        :param names: the columns to select, of the alias `answer`
        """
        query = self.sudo()._search(self._get_answer_domain())
        columns = {*names, "id", "date", "company_id", "commercial_partner_id"}
        return SQL(
            """SELECT %(selected)s FROM %(answers)s answer
            WHERE answer.commercial_partner_id = %(question)s.commercial_partner_id
                AND answer.company_id = %(question)s.company_id
                AND answer.date >= %(question)s.date
                AND (answer.date > %(question)s.date OR answer.id > %(question)s.id)""",
            selected=SQL(", ").join(SQL.identifier("answer", name) for name in names),
            answers=query.subselect(
                *(self._field_to_sql(query.table, name, query) for name in columns)
            ),
            question=question,
        )

    # ------------------------------------------------------------------
    # The entry
    # ------------------------------------------------------------------

    @api.depends("state", "outcome", "template_id", "is_answer_waived")
    def _compute_answer(self):
        found = self._read_answers()
        for entry in self:
            report = found[entry._origin.id]
            entry.answer_state = report.state
            entry.answer_date = report.answer_date
            entry.answer_user_id = report.answer_user_id
            entry.answer_hours = report.hours or report.waiting_hours
            entry.is_unanswered = report.state == "waiting"

    def _read_answers(self):
        """Return {id: row of the report} of the entries, none for the others."""
        # whoever reads a question may know when it was answered, and by whom
        entries = self._origin.sudo()
        dates = [date for date in entries.mapped("date") if date]
        reports = entries.env["interaction.answer.report"].with_context(
            allowed_company_ids=entries.company_id.ids,
            **{SINCE: min(dates).date().isoformat() if dates else None},
        )
        reports.invalidate_model()  # it does not say what it depends on
        rows = reports.search([("id", "in", entries.ids)])
        return defaultdict(lambda: reports, rows.grouped("id"))

    def _search_is_unanswered(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self._get_unanswered_domain()

    @api.model
    def _get_unanswered_domain(self) -> Domain:
        """Return the domain of what waits for an answer."""
        return self._get_question_domain() & Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "NOT EXISTS (%s)",
                model._get_answers_sql(SQL.identifier(alias), ("id",)),
            ),
            predicate=lambda entry: entry.is_unanswered,
        )

    @api.model
    def _get_mutable_fields(self):
        # EXTENDS: whether an answer is needed is known later
        return super()._get_mutable_fields() | {"is_answer_waived"}

    def action_waive_answer(self):
        """Take the interactions from what waits for an answer.

        :raises UserError: where none of them waits
        """
        waiting = self.filtered("is_unanswered")
        if not waiting:
            raise UserError(
                self.env._("None of these interactions waits for an answer.")
            )
        waiting.is_answer_waived = True

    def action_expect_answer(self):
        """Let the interactions wait for an answer again."""
        self.is_answer_waived = False
