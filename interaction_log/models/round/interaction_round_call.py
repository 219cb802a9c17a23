from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import clean_context, plaintext2html

from ..base.savepoint import isolated_savepoint
from ..base.ui import get_notification_action
from .interaction_round import AGAIN
from .interaction_segment_line import CLAIM


class InteractionRound(models.Model):
    """Going on from contact to contact: logged, skipped, to be called back.

    Whatever became of segment and contact meanwhile, what was entered is not lost: it
    is logged, kept for the next call of the contact, or a draft of the user.
    """

    _inherit = "interaction.round"

    @api.model
    def _find_or_create(self, segment):
        """Return the round of the user; who may call was asked."""
        found = self.search(
            [("segment_id", "=", segment.id), ("user_id", "=", self.env.uid)]
        )
        vals = {"segment_id": segment.id, "user_id": self.env.uid}
        return found or self.sudo().create(vals).sudo(False)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_next(self):
        """Log the call and go on with the next contact.

        :return: the action that tells the user where it could not be logged
        :raises UserError: where the user has to say more
        """
        self._check_current()
        if not self.outcome and self.partner_id:
            raise UserError(
                self.env._("Choose how the call went: Reached, No Answer or another.")
            )
        self._check_follow_up()
        problem = self._log_call() if self._holds_line() else self._keep_as_draft()
        return self._go_on(problem)

    def action_skip(self):
        """Go on without a call; *Call the Rest* brings the contact back."""
        self._check_current()
        return self._go_on(self._leave({"call_state": "skipped"}))

    def action_later(self):
        """Go on, and bring the contact back at the time that the user says.

        :raises UserError: where that is not to come
        """
        self._check_current()
        date = self.again_date
        if not date or date <= fields.Datetime.now():
            raise UserError(self.env._("Choose when to call back, in the future."))
        return self._go_on(
            self._leave({"call_state": "later", "call_again_date": date})
        )

    def action_continue(self):
        """Open the next contact, if there is one by now."""
        self._check_own()
        return self._resume()

    def action_call_rest(self):
        """Call those who were skipped, or are to be called back later, now."""
        self._check_own()
        self.env["interaction.segment.line"].sudo().search(
            [
                ("segment_id", "=", self.segment_id.id),
                ("is_removed", "=", False),
                ("call_state", "in", ("later", "skipped")),
            ]
        ).write({"call_state": False, "call_again_date": False})
        return self._resume()

    def action_stop(self):
        """Leave the page: another user may call the contact.

        :return: the action that opens the segment
        """
        self._check_own()
        problem = self._leave({}) if self.partner_id else False
        page = {**self.segment_id._get_records_action(), "target": "main"}
        if problem:
            return get_notification_action(problem, "warning", sticky=True, next=page)
        return page

    def action_release(self):
        """Let others call the contact that a user has on the page.

        :raises AccessError: where it is another user's and no manager asks
        """
        self.check_access("read")
        is_manager = self.env.user.has_group("interaction_log.group_manager")
        if not is_manager and self.user_id != self.env.user:
            raise AccessError(
                self.env._("Only interaction managers can release contacts of others.")
            )
        for record in self.filtered("partner_id"):
            record._leave({})

    def action_undo(self):
        """Cancel the last call, and go back to its contact with what was entered.

        :raises UserError: where there is none, or the contact has left the segment
        """
        self._check_own()
        entry = self._get_last_entry()
        if not entry:
            raise UserError(self.env._("There is nothing left to undo."))
        line = self.last_line_id.sudo()
        entry.sudo(False).action_undo()
        if self.partner_id:
            self._leave({})
        self.sudo().last_line_id = False
        again = line._reclaim(self.with_phone)
        if not again:
            return self._go_on()
        self._open(again, self._get_logged_vals(entry))
        return None

    def action_open(self):
        """Go on with a round of the user's own; open the segment of another one."""
        self.ensure_one()
        if self.user_id == self.env.user and not self.segment_id._get_call_problem():
            return self.segment_id.action_start_calling()
        return self.action_open_segment()

    def action_open_segment(self):
        """Open the segment."""
        self.ensure_one()
        return self.segment_id.get_formview_action()

    def action_log_rest(self):
        """Open the dialog that logs the contacts that were not called at once."""
        self._check_own()
        return self.segment_id.action_open_log()

    def action_finish(self):
        """End the round: the contacts that were not called are left out.

        :raises UserError: where other users are calling
        """
        self._check_own()
        segment = self.segment_id
        segment._check_open()
        if users := self._get_others().user_id:
            raise segment._get_calling_error(users)
        segment._lock()
        if self.partner_id:
            self._leave({})
        segment._finish_calls()

    # ------------------------------------------------------------------
    # Whose turn it is
    # ------------------------------------------------------------------

    def _check_own(self):
        """Raise an AccessError unless it is the user's, who may call the contacts."""
        self.ensure_one()
        self.check_access("write")
        self.segment_id._check_caller()

    def _check_current(self):
        """Raise an error where the user looks at another contact than the current one.

        :raises UserError: where another page of the user has gone on
        """
        self._check_own()
        shown = self.env.context.get("interaction_round_line")
        if shown and self.line_id and shown != self.line_id.id:
            raise UserError(
                self.env._("You went on in another window. Reload this page.")
            )

    def _has_claim(self):
        """Say whether the user gave a sign of life within the last half hour."""
        return self._holds_line() and self.sudo().line_id._is_claimed()

    def _holds_line(self):
        """Say whether the contact is the user's to call: no other user has it by now.

        Also after half an hour, where nobody else has claimed it.
        """
        line = self.sudo().line_id
        return bool(
            line
            and line.call_claim_date
            and line.call_uid == self.user_id
            and line.call_state != "done"
            and not line.is_removed
            and not self.segment_id._get_call_problem()
        )

    def _resume(self):
        """Go on with the contact on the page if it is still the user's, else with the
        next one.

        :return: the action that tells the user where something was kept as a draft
        """
        if self._has_claim():
            return None
        problem = False
        if self.partner_id:
            # the time since then is no call
            if self._holds_line() and (again := self.line_id._reclaim(self.with_phone)):
                self._open(again, self._get_entered())
                return None
            problem = self._keep_as_draft()
        return self._go_on(problem)

    def _go_on(self, problem=False):
        """Open the next contact.

        :param str problem: what the user is told of the contact before
        :return: the action that tells it
        """
        segment = self.segment_id
        line = self.env["interaction.segment.line"].sudo()
        if not segment._get_call_problem():
            line = line.with_env(self.env)._claim_next(segment, self.with_phone)
        self._open(line)
        if not line:
            segment._finish_if_called()
        if not problem:
            return None
        return get_notification_action(
            problem,
            "warning",
            sticky=True,
            next={"type": "ir.actions.act_window_close"},
        )

    def _open(self, line, entered=None):
        """Show a contact that was just claimed, with what was entered of it before.

        :param line: `interaction.segment.line` with all rights, or none
        :param dict entered: what was entered, if not what the line keeps
        """
        entered = entered or line.call_vals
        if line:
            line.call_vals = False
            # a user who has gone: what that one entered comes along; what may still be
            # entered there is that user's draft with the contact
            gone = self.sudo().search(
                [("line_id", "=", line.id), ("id", "!=", self.id)]
            )
            for other in gone:
                entered = entered or other._get_entered()
                other.write({"line_id": False, **self._prepare_entered_vals({})})
        now = fields.Datetime.now()
        self.sudo().write(
            {
                "line_id": line.id,
                "partner_id": line.partner_id.id,
                "start_date": line and now,
                "again_date": line and (now + AGAIN).replace(second=0, microsecond=0),
                **self._prepare_entered_vals(entered),
            }
        )

    def _leave(self, vals):
        """Free the contact, keeping what was entered for its next call.

        :param dict vals: what becomes of the line
        :return: the sentence for the user where that could not be kept there, or False
        """
        if not self._holds_line():
            return self._keep_as_draft()
        self.sudo().line_id.write(
            {
                "call_uid": False,
                "call_claim_date": False,
                "call_vals": self._get_entered(),
                **vals,
            }
        )
        self._open(self.env["interaction.segment.line"].sudo())
        return False

    # ------------------------------------------------------------------
    # What becomes of what was entered
    # ------------------------------------------------------------------

    def _prepare_call_vals(self) -> api.ValuesType:
        """Return what the call says of its interaction; override to say more.

        The rest comes from the line, the segment and the template.

        :return: values as `log_interactions` takes them
        """
        partner = self.sudo().partner_id
        vals = {
            "partner_id": partner.id,
            "event": "call",
            "channel": "phone",
            "user_id": self.user_id.id,
            "date": self.start_date,
            "outcome": self.outcome,
            "evaluation": self.evaluation,
            "contact_via": partner.phone or partner.commercial_partner_id.phone,
        }
        if self.note:
            vals["note"] = plaintext2html(self.note)
        return vals

    def _get_measured_duration(self):
        """Return the hours since the contact was opened, while the user was there."""
        end = min(fields.Datetime.now(), self.sudo().line_id.call_claim_date + CLAIM)
        return max(end - self.start_date, timedelta()).total_seconds() / 3600

    def _log_call(self):
        """Log the call of the contact on the page, as an entry of the segment.

        :return: the sentence for the user where it could not be logged, or False
        """
        # who may call was asked; only the system says that it is a segment's
        line = self.sudo().line_id
        segment = self.segment_id.sudo()
        if not line.partner_id:
            return self._keep_as_draft()
        vals = {**line._prepare_vals(), **self._prepare_call_vals()}
        if not line._prepare_logged_vals().get("duration"):
            vals |= {
                "duration": self._get_measured_duration(),
                "is_duration_estimated": False,
            }
        vals |= {
            "batch_id": segment._get_call_batch().id,
            "source_key": f"{segment._get_key_prefix()}{line.id}",
        }
        Entry = self.env["interaction.log.entry"].with_context(
            clean_context(self.env.context)
        )
        entry = Entry.sudo().log_interactions([vals])
        if files := line._get_own_files():
            entry._add_attachments(files)
        if self.follow_up_type_id:
            entry.sudo(False)._schedule_follow_up(self._prepare_follow_up_vals())
        line.write(
            {
                "call_state": "done",
                "call_claim_date": False,
                "call_again_date": False,
                "call_vals": False,
            }
        )
        self.sudo().last_line_id = line
        return False

    def _keep_as_draft(self):
        """Save what was entered as a draft where the contact is not to be called now.

        :return: the sentence for the user, or False where nothing was entered
        """
        entered, name = self._get_entered(), self.sudo().partner_id.display_name
        segment = self.segment_id.sudo()
        problem = False
        if entered:
            try:
                with isolated_savepoint(self.env.cr):
                    self._log_draft()
                problem = self.env._(
                    "%(contact)s is no longer yours to call. What you entered is saved "
                    "as a draft.",
                    contact=name,
                )
            except UserError:
                # the contact was deleted, or the template archived
                segment._message_log(body=self._get_lost_note())
                problem = self.env._(
                    "The call can't be logged. What you entered is in the chatter of "
                    "%(segment)s.",
                    segment=segment.name,
                )
        self._open(self.env["interaction.segment.line"].sudo())
        return problem

    def _log_draft(self):
        """Log what was entered as a draft of the user.

        :raises UserError: where that can't be
        """
        line, segment = self.sudo().line_id, self.segment_id.sudo()
        template = line.template_id or segment.template_id
        follow_up = {
            name: value
            for name, value in self._read_entered().items()
            if name.startswith("follow_up_")
        }
        self.env["interaction.log.entry"].sudo().log_interactions(
            [
                {
                    **self._prepare_call_vals(),
                    "template_id": template.id,
                    "company_id": segment.company_id.id,
                    "state": "postponed",
                    "postponed_vals": follow_up,
                }
            ]
        )

    def _get_lost_note(self):
        """Return the message that keeps what can't be logged any more."""
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        return self.env._(
            "Call by %(user)s that could not be logged: %(outcome)s %(note)s",
            user=self.user_id.name,
            outcome=outcomes.get(self.outcome, ""),
            note=self.note or "",
        )
