from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.ui import get_window_action


class InteractionSegment(models.Model):
    """Calling the contacts of a segment one at a time, not logging them at once.

    All calls of a segment are one batch. What is not called can still be logged at
    once: who was called is left out then.
    """

    _inherit = "interaction.segment"  # pylint: disable=consider-merging-classes-inherited # room round adds to letter

    caller_ids = fields.Many2many(
        "res.users",
        "interaction_segment_caller_rel",
        string="Callers",
        domain=[("share", "=", False)],
        help="Users who call the contacts, in addition to the salesperson.",
    )
    call_batch_id = fields.Many2one(
        "interaction.batch",
        string="Batch of Calls",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    round_ids = fields.One2many("interaction.round", "segment_id", readonly=True)
    can_call = fields.Boolean(compute="_compute_can_call")
    called_count = fields.Integer(string="Called", compute="_compute_called_count")

    @api.depends(
        "active",
        "state",
        "line_count",
        "caller_ids",
        "user_id",
        "channel",
        "template_id",
    )
    @api.depends_context("uid")
    def _compute_can_call(self):
        own = self._filtered_access("write")
        for segment in self:
            segment.can_call = (
                segment in own or self.env.user in segment.caller_ids
            ) and not segment._get_call_problem()

    @api.depends("line_ids.call_state")
    def _compute_called_count(self):
        counts = {
            segment.id: count
            for segment, count in self.env["interaction.segment.line"]
            .sudo()  # all count, whoever asks
            ._read_group(
                [
                    ("segment_id", "in", self.ids),
                    ("is_removed", "=", False),
                    ("call_state", "=", "done"),
                ],
                ["segment_id"],
                ["__count"],
            )
        }
        for segment in self:
            segment.called_count = counts.get(segment._origin.id, 0)

    def _check_server_fields(self, given):
        # EXTENDS: who called what is said by the calls
        if "call_batch_id" in given and not self.env.su:
            raise AccessError(
                self.env._("The system records the calls. They can't be changed.")
            )
        return super()._check_server_fields(given)

    # ------------------------------------------------------------------
    # Who may call, and whether
    # ------------------------------------------------------------------

    def _get_call_problem(self):
        """Say in one sentence why the contacts can't be called, or return False."""
        self.ensure_one()
        if self.state == "logging":
            return self.env._("%(name)s is being logged.", name=self.name)
        if self.state != "draft":
            return self.env._("%(name)s is already logged.", name=self.name)
        if not self.active:
            return self.env._("%(name)s is archived.", name=self.name)
        template = self.template_id
        if not template:
            return self.env._("Choose a template for %(name)s.", name=self.name)
        if problem := template._get_problem(self.company_id):
            return problem
        if (self.channel or template.channel) != "phone":
            return self.env._(
                "%(name)s is not meant for calls. Choose a template with the channel "
                "Phone.",
                name=self.name,
            )
        if not self.line_count:
            return self.env._(
                "%(name)s has no contacts. Add contacts first.", name=self.name
            )
        return False

    def _check_caller(self):
        """Raise an AccessError unless the user may call contacts of the segment."""
        self.ensure_one()
        self.check_access("read")
        self.env["interaction.log.entry"].check_access("create")
        if self.env.user not in self.sudo().caller_ids and not self.has_access("write"):
            raise AccessError(
                self.env._(
                    "Only its salesperson, its callers and interaction managers can "
                    "call the contacts of %(name)s.",
                    name=self.name,
                )
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_start_calling(self):
        """Open the call round of the user, with the next contact to call.

        :raises UserError: where the contacts can't be called; says why
        :raises AccessError: where the user may not call them
        """
        self._check_caller()
        if problem := self._get_call_problem():
            raise UserError(problem)
        call_round = self.env["interaction.round"]._find_or_create(self)
        action = call_round._resume() or {}
        page = get_window_action(
            self.env,
            "interaction_round_action",
            res_id=call_round.id,
            views=[(False, "form")],
        )
        if params := action.get("params"):
            params["next"] = page
            return action
        return page

    def action_view_rounds(self):
        """Open who calls the contacts of the segment, and whom at this moment."""
        self.ensure_one()
        return get_window_action(
            self.env,
            "interaction_round_action",
            domain=[("segment_id", "=", self.id)],
            display_name=self.name,
        )

    def action_view_called(self):
        """Open the contacts of the segment that were called."""
        return self._get_lines_action(
            [("is_removed", "=", False), ("call_state", "=", "done")]
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_calling(self):
        rounds = self.sudo().round_ids
        busy = rounds.filtered(lambda each: each._has_claim())
        if busy:
            raise busy[0].segment_id._get_calling_error(busy.user_id)
        # what was entered and never logged stays as drafts
        for each in rounds.filtered("partner_id"):
            each._keep_as_draft()

    def _get_calling_error(self, users):
        """Return the error that `users` have contacts on the page at this moment."""
        return UserError(
            self.env._(
                "Contacts of %(name)s are being called by %(users)s. Try again later.",
                name=self.name,
                users=", ".join(users.mapped("name")),
            )
        )

    # ------------------------------------------------------------------
    # The end
    # ------------------------------------------------------------------

    def _get_call_batch(self):
        """Return the batch of the calls, a new one before the first call."""
        segment = self.sudo()  # the right to call was asked
        if not segment.call_batch_id:
            # where two users begin at once, one of both requests is run again
            segment.call_batch_id = segment.call_batch_id.create(
                {
                    "name": segment.subject or segment.name,
                    "event": "segment",
                    "company_id": segment.company_id.id,
                    "segment_id": segment.id,
                }
            )
        return segment.call_batch_id

    def _get_addressed_reasons(self):
        # EXTENDS: who was called may get a letter
        return (*super()._get_addressed_reasons(), "called")

    def _count_calls(self):
        """Return how many contacts there are by `call_state`, None if not called yet.

        :return: ({state or None: number}, date in UTC of the next one to be called
            back, or False)
        """
        self.ensure_one()
        Line = self.env["interaction.segment.line"].sudo()  # all count, whoever asks
        there = Domain("segment_id", "=", self.id) & Domain("is_removed", "=", False)
        counts, dates = {}, []
        for state, count, date in Line._read_group(
            # what was touched has an index of its own
            there & Domain("call_state", "!=", False),
            ["call_state"],
            ["__count", "call_again_date:min"],
        ):
            counts[state] = count
            if state == "later":
                dates.append(date)
        counts[None] = self.line_count - sum(counts.values())
        return counts, dates[0] if dates else False

    def _count_call_reasons(self):
        """Return {reason: number} of the contacts that were not called.

        None is the reason of those who can still be called.
        """
        self.env.flush_all()
        Line = self.env["interaction.segment.line"]
        query = Line._get_reason_query(
            SQL(
                """line.segment_id = %s AND line.is_removed IS NOT TRUE
                AND line.call_state IS DISTINCT FROM 'done'""",
                self.id,
            ),
            columns=SQL("%s AS call_reason", Line._get_call_reason_sql()),
            deliver=False,
        )
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT call_reason, COUNT(*) FROM (%s) line GROUP BY call_reason",
                    query,
                )
            )
        )

    def _finish_if_called(self):
        """Let the segment be logged where nobody is left who could be called.

        Not where a contact is left without a number, to be called back or skipped: it
        can be logged at once.
        """
        segment = self.sudo()  # callers do it, too
        if (
            segment.state == "draft"
            and segment.call_batch_id
            and not segment._find_loggable((), deliver=False)
            and segment.try_lock_for_update(allow_referencing=True)
        ):
            segment._finish_calls()

    def _finish_calls(self):
        """Let the segment be logged with the calls that were made.

        The contacts that were not called are left out, each with its reason; the
        segment is locked.
        """
        self.ensure_one()
        self.env.flush_all()
        Line = self.env["interaction.segment.line"]
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s line
                SET left_out = COALESCE(reasons.call_reason, 'not_called'),
                    call_claim_date = NULL
                FROM (%(query)s) reasons WHERE line.id = reasons.id""",
                table=SQL.identifier(Line._table),
                query=Line._get_reason_query(
                    SQL(
                        """line.segment_id = %s AND line.is_removed IS NOT TRUE
                        AND line.call_state IS DISTINCT FROM 'done'""",
                        self.id,
                    ),
                    columns=SQL(
                        "line.id, %s AS call_reason", Line._get_call_reason_sql()
                    ),
                    deliver=False,
                ),
            )
        )
        count = self.env.cr.rowcount
        Line.invalidate_model(["left_out", "call_claim_date"], flush=False)
        self._write_log(
            {
                "log_date": fields.Datetime.now(),
                "log_uid": self.env.uid,
                "log_total": self.line_count,
                "log_done": self.line_count,
                "left_out_count": count,
                "log_options": {
                    "batch_id": self.sudo().call_batch_id.id,
                    "deliver": False,
                    "follow_up": False,
                    "chosen": [],
                    "is_slow": False,
                },
            }
        )
        self._finish_log()
