from odoo import api, fields, models
from odoo.tools import SQL

from .mailing_trace import LEFT, get_key_sql

EVENT = "mailing"


class InteractionLogEntry(models.Model):
    """E-mails of mailings: no copy of their text, but a link to the mailing.

    What became of one is said by its trace, which Odoo keeps for its statistics.
    """

    _inherit = "interaction.log.entry"

    # also of a reply to the mailing
    mailing_id = fields.Many2one(
        "mailing.mailing",
        index="btree_not_null",
        ondelete="set null",
        help="Mailing that was sent, or that the contact replied to.",
    )
    mailing_trace_id = fields.Many2one(
        "mailing.trace", index="btree_not_null", ondelete="set null", technical=True
    )
    mailing_open_date = fields.Datetime(
        string="Opened On", related="mailing_trace_id.open_datetime"
    )
    mailing_click_date = fields.Datetime(
        string="Clicked On", related="mailing_trace_id.links_click_datetime"
    )
    mailing_reply_date = fields.Datetime(
        string="Replied On", related="mailing_trace_id.reply_datetime"
    )

    @api.model
    def _get_server_fields(self):
        # EXTENDS: which mailing it was
        return super()._get_server_fields() | {"mailing_id", "mailing_trace_id"}

    @api.model
    def _get_own_paths(self):
        # EXTENDS: mailings, of which there are few, and their replies
        return [*super()._get_own_paths(), ("mailing_id", "mailing.mailing", "user_id")]

    @api.model
    def _get_reserved_prefixes(self):
        # EXTENDS: one mailing reaches a recipient once
        return super()._get_reserved_prefixes() | {EVENT}

    @api.model
    def _get_impersonal_events(self):
        # EXTENDS: a mailing is no personal contact
        return (*super()._get_impersonal_events(), EVENT)

    @api.model
    def _get_summary_sentences(self):
        # EXTENDS
        return {
            **super()._get_summary_sentences(),
            EVENT: self.env._("%(subject)s: mailing sent to %(contact)s"),
            (EVENT, "undelivered"): self.env._(
                "%(subject)s: mailing to %(contact)s was not delivered"
            ),
        }

    # ------------------------------------------------------------------
    # What became of it
    # ------------------------------------------------------------------

    @api.model
    def _get_mailing_delivery_sql(self) -> dict[str, SQL]:
        """Return the SQL of what became of an e-mail, by `trace`.

        :return: {field of the entry: expression}
        """
        recorder = self.env["interaction.recorder"]
        field = self.env["mailing.trace"]._fields["failure_type"]
        labels = SQL(" ").join(
            SQL("WHEN %s THEN %s", name, recorder._get_failure_reason(name) or label)
            for name, label in field._description_selection(self.env)
        )
        return {
            "delivery_status": SQL(
                """CASE trace.trace_status WHEN 'sent' THEN 'sent'
                WHEN 'bounce' THEN 'bounced' WHEN 'error' THEN 'error'
                ELSE 'opened' END"""
            ),
            "delivery_error": SQL(
                """CASE WHEN trace.trace_status IN ('bounce', 'error')
                THEN CONCAT_WS(': ', CASE trace.failure_type %s END,
                    NULLIF(LEFT(trace.failure_reason, 500), '')) END""",
                labels,
            ),
        }

    @api.model
    def _sync_mailing_delivery(self, condition: SQL) -> None:
        """Update what became of e-mails of mailings, with one statement.

        Nobody is told: a mailing has its own statistics.

        :param condition: on their `trace`, and on the `entry`
        """
        self.env.flush_all()
        delivery = self._get_mailing_delivery_sql()
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s entry SET mailing_trace_id = trace.id,
                    delivery_status = %(status)s, delivery_error = %(error)s
                FROM mailing_trace trace
                WHERE %(condition)s AND entry.event = %(event)s
                    AND trace.trace_status IN %(left)s
                    AND (entry.mailing_trace_id IS DISTINCT FROM trace.id
                        OR entry.delivery_status != %(status)s)""",
                table=SQL.identifier(self._table),
                status=delivery["delivery_status"],
                error=delivery["delivery_error"],
                condition=condition,
                event=EVENT,
                left=LEFT,
            )
        )
        self.invalidate_model(
            ["delivery_status", "delivery_error", "mailing_trace_id"], flush=False
        )

    @api.model
    def _sync_retried_mailing(self, mailing: models.BaseModel) -> None:
        """Update e-mails that failed and were sent again: they have another trace."""
        self._sync_mailing_delivery(
            SQL(
                """trace.mass_mailing_id = %(mailing)s
                AND entry.mailing_id = %(mailing)s
                AND entry.mailing_trace_id IS NULL AND entry.source_key = %(key)s""",
                mailing=mailing.id,
                key=get_key_sql(),
            )
        )

    @api.autovacuum
    def _sync_missed_delivery(self):
        # EXTENDS: what happened while the log was busy
        result = super()._sync_missed_delivery()
        self._sync_mailing_delivery(
            SQL(
                """entry.mailing_trace_id = trace.id
                AND trace.write_date > now() AT TIME ZONE 'UTC' - INTERVAL '2 days'"""
            )
        )
        return result
