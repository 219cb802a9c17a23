import logging

from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL

from odoo.addons.interaction_log.models.base.failure import report_failure
from odoo.addons.interaction_log.models.base.savepoint import RETRIED

from .interaction_log_entry import EVENT
from .mailing_trace import LEFT, get_key_sql

_logger = logging.getLogger(__name__)

# How many traces are looked at with one statement, and then committed
SLICE = 20_000


class MailingMailing(models.Model):
    """Logging who got a mailing, in the background: by the database, slice by slice.

    What was logged before is found by its trace. So a slice that is lost is logged the
    next time, and what leaves later, too. What never leaves is never logged.
    """

    _inherit = "mailing.mailing"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    @api.model
    def _cron_log_interactions(self):
        """Log what was sent of the mailings; each slice is committed."""
        cron = self.env["ir.cron"]
        mailings = self.with_context(active_test=False).search(
            [("interaction_waiting", "=", True)], order="id"
        )
        for number, mailing in enumerate(mailings):
            rest, last = len(mailings) - number, 0
            try:
                while last is not None:
                    last = mailing._log_interaction_slice(last)
                    self.env.flush_all()
                    rest -= last is None
                    if not cron._commit_progress(last is None, remaining=rest):
                        return  # its time is up; Odoo calls it again
            except RETRIED:
                # it met another transaction; Odoo calls it again soon
                self.env.cr.rollback()
                cron._commit_progress(remaining=rest)
                return
            except Exception as error:
                # one that can't be logged must not keep the others; it is tried again
                self.env.cr.rollback()
                report_failure(self.env, error, _logger, "Could not log %s", mailing)

    def _log_interaction_slice(self, last):
        """Log what left of the next traces.

        :param int last: id of the last trace that was looked at
        :return: that of this slice, or None where there are no more
        """
        self.ensure_one()
        self.env.flush_all()
        [(upto,)] = self.env.execute_query(
            SQL(
                """SELECT MAX(id) FROM (
                    SELECT id FROM mailing_trace
                    WHERE mass_mailing_id = %s AND id > %s ORDER BY id LIMIT %s
                ) slice""",
                self.id,
                last,
                SLICE,
            )
        )
        if upto is None:
            self._end_interactions()
            return None
        condition = SQL(
            "%s AND trace.id > %s AND trace.id <= %s",
            self._get_loggable_sql(),
            last,
            upto,
        )
        Entry = self.env["interaction.log.entry"]
        missing = SQL(
            """%s AND NOT EXISTS (SELECT FROM %s entry
                WHERE entry.mailing_trace_id = trace.id) AND NOT %s""",
            condition,
            SQL.identifier(Entry._table),
            self.env["interaction.purged.key"]._get_purged_sql(
                SQL("%s || %s", Entry._get_key_identity(""), get_key_sql())
            ),
        )
        for model, company_id in self._get_interaction_groups(missing):
            company = self.env["res.company"].browse(company_id)
            if not self._log_interactions_of(company, model, missing):
                self._end_interactions(stop=True)
                return None
        Entry._sync_retried_mailing(self)
        return upto

    def _get_loggable_sql(self):
        """Return the SQL of the traces that are interactions with their recipients."""
        return SQL(
            """trace.mass_mailing_id = %s AND trace.trace_type = 'mail'
            AND trace.is_test_trace IS NOT TRUE
            AND trace.interaction_by_client IS NOT TRUE AND trace.trace_status IN %s""",
            self.id,
            LEFT,
        )

    def _get_interaction_groups(self, condition):
        """Return list of (model, id of a company) of the traces of `condition`."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT trace.model FROM mailing_trace trace WHERE %s",
                condition,
            )
        )
        return [
            (model, company_id)
            for (model,) in rows
            if model in self.env
            for (company_id,) in self.env.execute_query(
                SQL(
                    "SELECT DISTINCT source.company_id FROM (%s) source ORDER BY 1",
                    self._get_interaction_source(model, condition),
                )
            )
        ]

    def _get_interaction_source(self, model, condition):
        """Return the SQL of the traces whose recipients are external contacts.

        A recipient that is no contact and names none is the contact that has its
        address, as for e-mails: see `_get_contact_rank` of the recorder.

        :param str model: that is mailed
        :param SQL condition: on the `trace`
        :return: SELECT of `trace_id`, `partner_id` and `company_id`
        """
        partner = self.env["res.partner"]
        default = self._get_interaction_company().id
        joins, contact, companies = [], SQL("trace.res_id"), []
        if model != partner._name:
            records = self.env[model]
            joins = [
                SQL(
                    "LEFT JOIN %s record ON record.id = trace.res_id",
                    SQL.identifier(records._table),
                ),
                SQL(
                    "LEFT JOIN (%s) found ON found.trace_id = trace.id",
                    self._get_address_owners(records, condition, default),
                ),
            ]
            contact = SQL(
                "COALESCE(%s)",
                SQL(", ").join(
                    [
                        *(
                            SQL.identifier("record", name)
                            for name in records._mail_get_partner_fields()
                            if self._is_column(records, name, "many2one")
                        ),
                        SQL("CASE WHEN NOT found.is_own THEN found.partner_id END"),
                    ]
                ),
            )
            if self._is_column(records, "company_id", "many2one"):
                companies = [SQL("record.company_id")]
        return SQL(
            """SELECT trace.id AS trace_id, partner.id AS partner_id,
                COALESCE(%(companies)s) AS company_id
            FROM mailing_trace trace %(joins)s
            JOIN res_partner partner ON partner.id = %(contact)s
            WHERE trace.model = %(model)s AND %(condition)s AND NOT %(own)s""",
            model=model,
            companies=SQL(", ").join(
                [*companies, SQL("partner.company_id"), SQL("%s", default)]
            ),
            joins=SQL(" ").join(joins),
            contact=contact,
            condition=condition,
            own=partner._get_interaction_internal_sql("partner"),
        )

    def _get_address_owners(self, records, condition, company_id):
        """Return the SQL of the contacts that have the addresses of traces.

        :param records: of the model that is mailed, of the table called `record`
        :return: SELECT of `trace_id`, `partner_id` and whether one of those who have
            the address is internal, `is_own`
        """
        name = SQL("NULL")
        if (
            self._is_column(records, "name", "char")
            and not records._fields["name"].translate
        ):
            name = SQL("LOWER(record.name)")
        return SQL(
            """SELECT DISTINCT ON (trace.id) trace.id AS trace_id,
                owner.id AS partner_id,
                BOOL_OR(%(own)s) OVER (PARTITION BY trace.id) AS is_own
            FROM mailing_trace trace
            LEFT JOIN %(table)s record ON record.id = trace.res_id
            JOIN res_partner owner ON owner.active
                AND owner.email_normalized = trace.email
            WHERE trace.model = %(model)s AND %(condition)s
            ORDER BY trace.id,
                COALESCE(owner.company_id, %(company)s) = %(company)s DESC,
                (LOWER(owner.name) = %(name)s) IS TRUE DESC, owner.id""",
            own=self.env["res.partner"]._get_interaction_internal_sql("owner"),
            table=SQL.identifier(records._table),
            model=records._name,
            condition=condition,
            company=company_id,
            name=name,
        )

    @api.model
    def _is_column(self, records, name, type_):
        field = records._fields.get(name)
        return bool(
            field
            and field.type == type_
            and field.store
            and not field.company_dependent
        )

    def _get_interaction_company(self):
        """Return the company that a mailing to contacts of all companies is of."""
        return self._get_interaction_user().company_id

    def _get_interaction_user(self):
        """Return the user who sends the mailing."""
        mailing = self.sudo()
        users = (mailing.user_id, mailing.create_uid)
        senders = [user for user in users if user.id and user.id != SUPERUSER_ID]
        return senders[0] if senders else self.env.user

    # ------------------------------------------------------------------
    # With one statement for many recipients
    # ------------------------------------------------------------------

    def _log_interactions_of(self, company, model, condition):
        """Log the traces of one model and company; what no rule wants is left out.

        :return: False where a rule wants them, but they can't be logged
        """
        user = self._get_interaction_user()
        # the job has all rights; who sent it is the author
        mailing = self.with_user(user).with_context(
            lang=user.lang, tz=user.tz, allowed_company_ids=company.ids
        )
        mailing = mailing.sudo()
        matches = mailing.env["interaction.rule"]._match(EVENT, mailing)
        if not matches:
            return True
        [match] = matches
        if match.reason:
            mailing.env["interaction.recorder"]._skip(lambda: [match], match.reason)
            return False
        Entry = mailing.env["interaction.log.entry"]
        entries = Entry._log_set(
            mailing._prepare_set_vals(match, company),
            mailing._prepare_set_columns(match),
            SQL(
                """FROM (%s) source
                JOIN mailing_trace trace ON trace.id = source.trace_id
                JOIN res_partner partner ON partner.id = source.partner_id
                WHERE source.company_id = %s ORDER BY trace.id""",
                mailing._get_interaction_source(model, condition),
                company.id,
            ),
        )
        entries._after_log()
        self.env.invalidate_all(flush=False)
        return True

    def _prepare_set_vals(self, match, company):
        """Return the values that all interactions of the mailing in a company have.

        By the contract between template and entry (`_prepare_log_vals`), with no
        contact; what depends on the recipient comes from `_prepare_set_columns`.
        """
        Entry = self.env["interaction.log.entry"]
        now = self.env.cr.now().replace(microsecond=0)
        given = {**match.vals, "date": now}
        template = self.env["interaction.template"].browse(match.vals["template_id"])
        defaults = Entry._prepare_log_vals(
            given, template, self.env["res.partner"], company
        )
        batch = self._get_interaction_batch(company)
        return {**defaults, **given, "batch_id": batch.id}

    def _prepare_set_columns(self, match) -> dict[str, SQL]:
        """Return the SQL of what depends on the recipient, by field.

        :return: {stored field of `interaction.log.entry`: expression}; it may read
            `trace` and `partner`
        """
        date = SQL(
            "date_trunc('second', COALESCE(trace.sent_datetime, trace.create_date))"
        )
        columns = {
            "partner_id": SQL("partner.id"),
            "partner_name": SQL("partner.complete_name"),
            "commercial_partner_id": SQL("partner.commercial_partner_id"),
            "lang": SQL("partner.lang"),
            "contact_via": SQL("trace.email"),
            "date": date,
            "last_date": date,
            "mailing_trace_id": SQL("trace.id"),
            "source_key": get_key_sql(),
            **self.env["interaction.log.entry"]._get_mailing_delivery_sql(),
        }
        if not match.rule._get_user(match.record):
            columns["user_id"] = SQL(
                "COALESCE(partner.user_id, %s)", match.vals["user_id"] or None
            )
        return columns

    def _end_interactions(self, stop=False):
        """Let the job forget the mailing, once a day has passed and nothing waits.

        What is sent in a transaction that began before is seen so.

        :param bool stop: forget it at once: a manager lets it be logged later
        """
        # past the ORM: who wrote the mailing last is who sends it
        self.env.cr.execute(
            SQL(
                """UPDATE mailing_mailing mailing SET interaction_waiting = FALSE
                WHERE mailing.id = %s AND (%s OR
                    mailing.state NOT IN ('in_queue', 'sending') AND NOT EXISTS (
                        SELECT FROM mailing_trace trace
                        LEFT JOIN mail_mail mail ON mail.id = trace.mail_mail_id
                        WHERE trace.mass_mailing_id = mailing.id
                        AND (GREATEST(trace.create_date, trace.sent_datetime)
                            > %s - INTERVAL '1 day'
                            OR trace.trace_status = 'outgoing'
                            AND mail.state = 'outgoing')
                    )
                )""",
                self.id,
                stop,
                self.env.cr.now(),
            )
        )
        self.invalidate_recordset(["interaction_waiting"], flush=False)
