from odoo import api, models
from odoo.tools import SQL

from odoo.addons.interaction_log.models.recording.interaction_completeness import SLICE

from .interaction_log_entry import EVENT
from .mailing_trace import get_key_sql

# What a trace says of the entry
TRACE_VALS = (
    "contact_via",
    "delivery_error",
    "delivery_status",
    "mail_message_id",
    "mailing_trace_id",
)


class InteractionCompleteness(models.AbstractModel):
    """Mailings of the past, as their traces still know them."""

    _inherit = "interaction.completeness"

    @api.model
    def _trace_mailing(self, since, until):
        """Mailings that left for contacts, one for each recipient."""
        date = SQL("COALESCE(trace.sent_datetime, trace.create_date)")
        period = SQL("%s >= %s AND %s < %s", date, since, date, until)
        mailings = self.env["mailing.mailing"].sudo().with_context(active_test=False)
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT trace.mass_mailing_id, trace.model
                FROM mailing_trace trace
                WHERE trace.mass_mailing_id IS NOT NULL
                    AND trace.interaction_by_client IS NOT TRUE AND %s ORDER BY 1""",
                period,
            )
        )
        for mailing_id, model in rows:
            if model in self.env:
                mailing = mailings.browse(mailing_id)
                yield from self._trace_recipients_of(mailing, model, date, period)

    @api.model
    def _trace_recipients_of(self, mailing, model, date, period):
        """Yield the traces of a mailing to records of `model`."""
        delivery = self.env["interaction.log.entry"]._get_mailing_delivery_sql()
        loggable = SQL("%s AND %s", mailing._get_loggable_sql(), period)
        return self._fetch(
            lambda last: SQL(
                """SELECT trace.id, trace.id AS mailing_trace_id,
                    trace.email AS contact_via, message.id AS mail_message_id,
                    date_trunc('second', %(date)s) AS date, 'email' AS kind,
                    'mailing.mailing' AS model, trace.mass_mailing_id AS res_id,
                    source.partner_id, source.company_id, %(key)s AS key,
                    %(status)s AS delivery_status, %(error)s AS delivery_error
                FROM (%(source)s) source
                JOIN mailing_trace trace ON trace.id = source.trace_id
                LEFT JOIN LATERAL (
                    SELECT id FROM mail_message
                    WHERE message_id = trace.message_id LIMIT 1
                ) message ON TRUE
                ORDER BY trace.id LIMIT %(limit)s""",
                date=date,
                key=get_key_sql(),
                status=delivery["delivery_status"],
                error=delivery["delivery_error"],
                source=mailing._get_interaction_source(
                    model, SQL("%s AND trace.id > %s", loggable, last)
                ),
                limit=SLICE,
            )
        )

    @api.model
    def _get_period_sql(self, names, since, until):
        # EXTENDS: e-mails of mailings are no e-mails about documents
        return SQL(
            """%s AND NOT EXISTS (
                SELECT FROM mailing_trace t WHERE t.message_id = m.message_id
            )""",
            super()._get_period_sql(names, since, until),
        )

    @api.model
    def _match_traces(self, event, traces):
        # EXTENDS: the rules are asked for each company that a mailing reaches
        if event != EVENT:
            return super()._match_traces(event, traces)
        found = []
        for company in self.env.companies:
            own = [trace for trace in traces if trace["company_id"] == company.id]
            if own:
                completeness = self.with_company(company)
                found += super(InteractionCompleteness, completeness)._match_traces(
                    event, own
                )
        return found

    @api.model
    def _prepare_trace_vals(self, event, trace, record):
        # EXTENDS
        vals = super()._prepare_trace_vals(event, trace, record)
        if event == EVENT:
            vals |= record._prepare_interaction_vals()
            vals |= {name: trace[name] for name in TRACE_VALS}
        return vals

    @api.model
    def _add_content(self, matches):
        # EXTENDS: no copy of the text
        return [
            match.with_vals(note=False, content_sha256=False)
            if match.vals["event"] == EVENT
            else match
            for match in super()._add_content(matches)
        ]
