from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# How long a contact is kept for the user who is calling it, after the last sign of life
CLAIM = timedelta(minutes=30)
# Why a contact is left out, beside the reasons of the segment
CALL_REASONS = [
    ("called", "Already called"),
    ("phone_blocked", "Blocked phone number"),
    ("no_phone", "No phone number"),
    ("not_called", "Not called"),
]


class InteractionSegmentLine(models.Model):
    """Who calls a contact of a segment, and what became of the call.

    A contact is *claimed* by the user who has it on the page, until that user goes on
    or gives no sign of life for half an hour. Two users never have the same one.
    """

    _inherit = "interaction.segment.line"  # pylint: disable=consider-merging-classes-inherited # room round adds to segment

    call_state = fields.Selection(
        [("later", "To Call Back"), ("skipped", "Skipped"), ("done", "Called")],
        string="Call",
        readonly=True,
        copy=False,
        help="Empty if the contact was not called yet.",
    )
    call_uid = fields.Many2one(
        "res.users",
        string="Caller",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="User who called the contact, or is calling it.",
    )
    call_again_date = fields.Datetime(string="Call Back At", readonly=True, copy=False)
    # since when the caller has it on the page, as of the last sign of life
    call_claim_date = fields.Datetime(readonly=True, copy=False, technical=True)
    # what a caller has entered without logging it
    call_vals = fields.Json(
        readonly=True, copy=False, groups=fields.NO_ACCESS, technical=True
    )
    call_note = fields.Text(
        compute="_compute_call_note",
        help="Note of a call that is not logged yet.",
    )
    left_out = fields.Selection(selection_add=CALL_REASONS)
    warning = fields.Selection(selection_add=CALL_REASONS)

    # what was touched in call rounds: how far they are, and who is to be called back
    _called_idx = models.Index(
        "(segment_id, call_state, call_again_date) WHERE call_state IS NOT NULL"
    )

    @api.depends("call_vals")
    def _compute_call_note(self):
        for line in self:
            line.call_note = (line.sudo().call_vals or {}).get("note")

    @api.model
    def _get_server_fields(self):
        # EXTENDS
        own = {name for name in self._fields if name.startswith("call_")}
        return super()._get_server_fields() | own

    def _is_claimed(self):
        """Say whether a user has the contact on the page at this moment."""
        date = self.call_claim_date
        return bool(date) and date >= fields.Datetime.now() - CLAIM

    # ------------------------------------------------------------------
    # Who is not called
    # ------------------------------------------------------------------

    @api.model
    def _get_reason_sql(self, chosen=(), deliver=True):
        # EXTENDS: who was called is not logged again. Also by the contact: it may have
        # been merged with another one, or removed and added again. Not EXISTS, for
        # which the database may read the whole log.
        reason = super()._get_reason_sql(chosen, deliver)
        if "called" in chosen:
            return reason
        return SQL(
            """CASE WHEN line.call_state = 'done' OR (
                segment.call_batch_id IS NOT NULL AND (
                    SELECT TRUE FROM interaction_log_entry called
                    WHERE called.partner_id = line.partner_id
                    AND called.batch_id = segment.call_batch_id
                    AND called.state = 'logged' LIMIT 1
                )
            ) THEN 'called' ELSE %s END""",
            reason,
        )

    @api.model
    def _get_call_reason_sql(self, with_phone: bool = True) -> SQL:
        """Return the SQL of why a contact is not called, NULL where it is.

        Extend to call fewer contacts: `COALESCE(<super>, CASE WHEN ... THEN 'reason'
        END)`, with a reason of the selection `left_out`. It may read `line`, `segment`,
        `partner` and `template`.

        :param with_phone: leave out contacts without a phone number
        """
        return SQL(
            """COALESCE(%(reason)s, CASE WHEN %(blocked)s THEN 'phone_blocked'
                WHEN %(with_phone)s AND %(phone)s IS NULL THEN 'no_phone' END)""",
            reason=self._get_reason_sql(deliver=False),
            blocked=self._get_phone_blocked_sql(),
            with_phone=bool(with_phone),
            phone=self._get_phone_sql("phone"),
        )

    @api.model
    def _get_phone_sql(self, name):
        """Return the SQL of the number to call: that of the contact or its company.

        :param str name: field of `res.partner` with the number
        """
        return SQL(
            """COALESCE(NULLIF(partner.%(name)s, ''), (
                SELECT NULLIF(company.%(name)s, '') FROM res_partner company
                WHERE company.id = partner.commercial_partner_id
            ))""",
            name=SQL.identifier(name),
        )

    @api.model
    def _get_phone_blocked_sql(self):
        """Return the SQL of whether the number is in Odoo's blacklist of numbers.

        That comes with other apps (Phone Numbers Validation).
        """
        field = self.env["res.partner"]._fields.get("phone_sanitized")
        if "phone.blacklist" not in self.env or not (field and field.store):
            return SQL("FALSE")
        return SQL(
            """EXISTS (SELECT FROM phone_blacklist blocked
                WHERE blocked.active AND blocked.number = %s)""",
            self._get_phone_sql("phone_sanitized"),
        )

    # ------------------------------------------------------------------
    # Whose turn it is
    # ------------------------------------------------------------------

    @api.model
    def _claim_next(self, segment, with_phone):
        """Claim the next contact for the user: who is to be called back comes first.

        What another user is claiming at this moment is passed over, not waited for.

        :param segment: `interaction.segment`
        :param bool with_phone: pass over contacts without a phone number
        :return: the line with all rights, or none
        """
        self.env.flush_all()
        return self._claim(
            segment,
            with_phone,
            SQL(
                "line.call_state = 'later' AND line.call_again_date <= %s",
                fields.Datetime.now(),
            ),
            SQL("line.call_again_date, line.id"),
        ) or self._claim(
            segment, with_phone, SQL("line.call_state IS NULL"), SQL("line.id")
        )

    def _reclaim(self, with_phone):
        """Claim this line again, unless it is claimed, logged or left out by now.

        :return: the line with all rights, or none
        """
        self.env.flush_all()
        return self._claim(
            self.segment_id,
            with_phone,
            SQL("line.id = %s AND line.call_state IS DISTINCT FROM 'done'", self.id),
            SQL("line.id"),
        )

    @api.model
    def _claim(self, segment, with_phone, condition, order):
        Partner = self.env["res.partner"].with_context(active_test=False)
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """UPDATE %(table)s SET call_uid = %(uid)s, call_claim_date = %(now)s
                WHERE id = (
                    SELECT line.id FROM %(table)s line
                    JOIN interaction_segment segment ON segment.id = line.segment_id
                    JOIN res_partner partner ON partner.id = line.partner_id
                    LEFT JOIN interaction_template template
                        ON template.id = %(template)s
                    WHERE line.segment_id = %(segment)s
                    AND line.is_removed IS NOT TRUE AND %(condition)s
                    AND (line.call_claim_date IS NULL
                        OR line.call_claim_date < %(expired)s)
                    AND (SELECT TRUE FROM %(readable)s seen WHERE seen.id = partner.id)
                    AND (%(phone)s IS NOT NULL OR NOT %(with_phone)s)
                    AND (%(reason)s) IS NULL
                    ORDER BY %(order)s LIMIT 1 FOR UPDATE OF line SKIP LOCKED
                )
                RETURNING id""",
                table=SQL.identifier(self._table),
                uid=self.env.uid,
                now=now,
                template=self._get_line_value("template_id").get_sql(),
                segment=segment.id,
                condition=condition,
                expired=now - CLAIM,
                # who calls it sees it; asked of one contact after the other: as a
                # list, all contacts of the database would be read first
                readable=Partner._search([]).subselect(),
                # a reason as well, but it costs less to ask
                phone=self._get_phone_sql("phone"),
                with_phone=bool(with_phone),
                reason=self._get_call_reason_sql(with_phone),
                order=order,
            )
        )
        lines = self.sudo().browse(id_ for (id_,) in rows)
        lines.invalidate_recordset(["call_uid", "call_claim_date"], flush=False)
        return lines
