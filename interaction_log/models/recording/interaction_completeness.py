from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# How many traces are looked at in one step
SLICE = 1000


class InteractionCompleteness(models.AbstractModel):
    """What documents themselves say of interactions, compared with the log.

    A trace is what a happening leaves without the log: a message, a stored file, a
    mark. For each event a method `_trace_<event>` finds them. Add one, or extend it, to
    look at other traces.

    It reads with all rights: whether the log is complete does not depend on what the
    manager may read of documents, of which the page shows the names alone.
    """

    _name = "interaction.completeness"
    _description = "Completeness of the Log"

    @api.model
    def _get_events(self):
        """Return the events for which there are traces."""
        events = self.env["interaction.event"].search_fetch([], ["event"])
        return [
            event
            for event in events.mapped("event")
            if hasattr(self, f"_trace_{event}")
        ]

    @api.model
    def _check(self, event, since, until):
        """Compare the traces of `event` with the log, slice by slice.

        A constant number of queries for each slice and model.

        :param datetime since: in UTC; `until` is the first moment after the period
        :return: iterator of lists of dicts, one for each trace of a document that a
            rule wants, in the companies of the user: `trace`, `match` (as of
            `interaction.rule._match`) and `covered` (whether it is in the log)
        """
        self.env.flush_all()
        for traces in getattr(self, f"_trace_{event}")(since, until):
            found = self._match_traces(event, traces)
            self._mark_covered(event, found)
            yield [line for line in found if not line["purged"]]

    @api.model
    def _fetch(self, query):
        """Yield slices of what `query(last)` finds, where `last` is the last `id`."""
        last = 0
        while rows := self.env.execute_query_dict(query(last)):
            yield rows
            last = rows[-1]["id"]
            if len(rows) < SLICE:
                break

    @api.model
    def _get_models(self, event):
        """Return the names of the models for which there is an active rule."""
        rules = self.env["interaction.rule"].sudo()
        groups = rules._read_group([("event", "=", event)], ["model_id"])
        return tuple(
            name for (model,) in groups if (name := model.model) in self.env
        ) or ("",)

    # ------------------------------------------------------------------
    # Traces
    # ------------------------------------------------------------------

    @api.model
    def _trace_print(self, since, until):
        """Documents that were made to go out, but not by e-mail.

        Invoices of which Odoo stored the PDF, or that are marked as sent, and
        quotations that are marked as sent: on paper or by hand, as far as anybody can
        tell.
        """
        yield from self._fetch(
            lambda last: SQL(
                """SELECT a.id, a.create_date AS date, a.res_model AS model, a.res_id,
                    a.create_uid AS user_id, 'pdf' AS kind,
                    'backfill,print,' || a.id AS key
                FROM ir_attachment a
                WHERE a.id > %(last)s AND a.res_model = 'account.move'
                    AND a.res_field = 'invoice_pdf_report_file'
                    AND a.create_date >= %(since)s AND a.create_date < %(until)s
                    AND NOT %(mailed)s
                ORDER BY a.id LIMIT %(limit)s""",
                last=last,
                since=since,
                until=until,
                mailed=self._get_mailed_sql("account.move", SQL("a.res_id")),
                limit=SLICE,
            )
        )
        # Nothing says when it was sent: the day of the invoice is known, at noon
        day = SQL("COALESCE(d.invoice_date + INTERVAL '12 hours', d.create_date)")
        yield from self._fetch(
            lambda last: SQL(
                """SELECT d.id, %(day)s AS date,
                    'account.move' AS model, d.id AS res_id, d.create_uid AS user_id,
                    'backfill,print,account.move,' || d.id AS key, 'mark' AS kind
                FROM account_move d
                WHERE d.id > %(last)s AND d.is_move_sent AND d.state = 'posted'
                    AND %(day)s >= %(since)s AND %(day)s < %(until)s
                    AND NOT EXISTS (
                        SELECT FROM ir_attachment a
                        WHERE a.res_model = 'account.move' AND a.res_id = d.id
                            AND a.res_field = 'invoice_pdf_report_file'
                    ) AND NOT %(mailed)s
                ORDER BY d.id LIMIT %(limit)s""",
                last=last,
                day=day,
                since=since,
                until=until,
                mailed=self._get_mailed_sql("account.move", SQL("d.id")),
                limit=SLICE,
            )
        )
        state = self.env["ir.model.fields"]._get("sale.order", "state")
        yield from self._fetch(
            lambda last: SQL(
                """SELECT d.id, COALESCE(t.date, d.write_date) AS date,
                    'sale.order' AS model, d.id AS res_id,
                    t.create_uid AS user_id, 'mark' AS kind,
                    'backfill,print,sale.order,' || d.id AS key
                FROM sale_order d
                LEFT JOIN LATERAL (
                    SELECT m.date, m.create_uid
                    FROM mail_message m
                    JOIN mail_tracking_value t ON t.mail_message_id = m.id
                    WHERE m.model = 'sale.order' AND m.res_id = d.id
                        AND t.field_id = %(state)s
                    ORDER BY m.id DESC LIMIT 1
                ) t ON TRUE
                WHERE d.id > %(last)s AND d.state = 'sent'
                    AND COALESCE(t.date, d.write_date) >= %(since)s
                    AND COALESCE(t.date, d.write_date) < %(until)s
                    AND NOT %(mailed)s
                ORDER BY d.id LIMIT %(limit)s""",
                state=state.id,
                last=last,
                since=since,
                until=until,
                mailed=self._get_mailed_sql("sale.order", SQL("d.id")),
                limit=SLICE,
            )
        )

    @api.model
    def _get_mailed_sql(self, model, res_id):
        """Return the condition that a document was sent by e-mail, which is no print.

        Nothing says so here; override where something does.

        :param str model: name of the document's model
        :param SQL res_id: the column of the document's id
        :return: SQL that is true or false, never null
        """
        return SQL("FALSE")

    # ------------------------------------------------------------------
    # Comparing
    # ------------------------------------------------------------------

    @api.model
    def _match_traces(self, event, traces):
        """Return {trace, match} of the traces of documents that a rule wants."""
        Rule = self.env["interaction.rule"].sudo()
        found = []
        groups = defaultdict(list)
        for trace in traces:
            groups[trace["model"]].append(trace)
        partners = self.env["res.partner"].sudo()
        partners = partners.browse(
            {trace["partner_id"] for trace in traces if trace.get("partner_id")}
        )
        partner_of = {partner.id: partner for partner in partners.exists()}
        for model, group in groups.items():
            records = (
                self.env[model].sudo().browse({trace["res_id"] for trace in group})
            )
            wanted = {
                record.id: (rule, record)
                for rule, record in Rule._match_rules(event, records.exists())
            }
            for trace in group:
                if trace["res_id"] not in wanted:
                    continue
                rule, record = wanted[trace["res_id"]]
                partner = partner_of.get(trace.get("partner_id"))
                if partner is None:
                    partner = rule._follow_path(record, rule.partner_field)
                match = self._make_match(event, trace, rule, record, partner)
                if match.vals["company_id"] in self.env.companies.ids:
                    found.append((trace, match))
        marked = Rule._mark_exclusions(event, [match for _trace, match in found])
        traces = [
            trace
            for (trace, _match), match in zip(found, marked, strict=True)
            if not match.exclusion
        ]
        kept = Rule._add_subjects([match for match in marked if not match.exclusion])
        return [
            {"trace": trace, "match": match}
            for trace, match in zip(traces, kept, strict=True)
        ]

    @api.model
    def _make_match(self, event, trace, rule, record, partner):
        """Return the match of one trace, as of `interaction.rule._match`."""
        user = rule.user_field and rule._follow_path(record, rule.user_field)
        vals = rule._prepare_match_vals(record, partner, user or None)
        if not user and not partner.user_id and trace.get("user_id"):
            vals["user_id"] = trace["user_id"]
        vals |= {"date": trace["date"], "event": event, "is_backfilled": True}
        vals |= self._prepare_trace_vals(event, trace, record)
        template = self.env["interaction.template"].sudo().browse(vals["template_id"])
        company = self.env["res.company"].browse(vals["company_id"])
        return rule._make_match(
            record,
            vals,
            # a trace may have a template of its own
            rule._get_broken_reason() or template._get_problem(company)
            if partner
            else rule._get_skip_reason(record, partner),
            source_key=trace["key"],
            batch=vals.pop("batch", None),
        )

    @api.model
    def _prepare_trace_vals(self, event, trace, record):
        """Return what a trace says of an entry beyond its rule; override for more.

        :param dict trace: as a method `_trace_<event>` yields it
        :param record: the document
        :return: dict of field values; with `batch`, the name of the batch, where what
            is logged of the document belongs together
        """
        return {}

    @api.model
    def _mark_covered(self, event, found):
        """Say of each line whether it is in the log, or was purged; two queries.

        Canceled entries count: somebody has looked at it. That they are deleted for
        good makes nothing of it missing.
        """
        for line in found:
            line["identities"] = self._get_identities(event, line)

        def mark(name, lines, find):
            known = find(set().union(*(line["identities"] for line in lines)))
            for line in found:
                line[name] = line in lines and not known.isdisjoint(line["identities"])

        Entry = self.env["interaction.log.entry"].sudo()  # in whatever company
        domain = self._get_candidates_domain(found)
        mark("covered", found, lambda given: Entry._find_identities(domain, given))
        missing = [line for line in found if not line["covered"]]
        mark("purged", missing, self.env["interaction.purged.key"]._find)

    @api.model
    def _get_candidates_domain(self, found):
        """Return the domain of the entries that may have the identities of lines.

        Override where neither the key nor the document leads to them.
        """
        return Domain(
            "source_key", "in", [line["trace"]["key"] for line in found]
        ) | Domain(
            "res_model", "in", list({line["trace"]["model"] for line in found})
        ) & Domain("res_id", "in", list({line["trace"]["res_id"] for line in found}))

    @api.model
    def _get_identities(self, event, line):
        """Return what tells that an entry is what the trace tells of.

        Whatever event it was logged as. The counterpart of `_get_identities_sql` of an
        entry: override both.

        :return: set of texts
        """
        trace = line["trace"]
        identities = self.env["interaction.recorder"]._get_identities(line["match"])
        if trace["kind"] in ("pdf", "mark"):
            Entry = self.env["interaction.log.entry"]
            identities.add(Entry._get_sent_identity(trace["model"], trace["res_id"]))
        return identities

    @api.model
    def _add_content(self, matches):
        """Return the matches with what is too large to be kept since the check.

        Called right before they are logged; override for more.
        """
        return matches

    @api.model
    def _after_fill_in(self, missing):
        """Called once on what was filled in, in slices; override to do more.

        :param missing: the lines (`interaction.completeness.missing`) whose entries are
            in the log now
        """
