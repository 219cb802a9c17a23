import logging

from odoo import api, models
from odoo.exceptions import UserError

from ..base.constants import EMAIL_EVENTS, SENT_EVENTS
from ..base.savepoint import isolated_savepoint

_logger = logging.getLogger(__name__)

# How many documents that could not be logged are told by name
SKIPPED_SHOWN = 5
# The notification of the bus that tells of what a user has just done: the parameters of
# `get_announcement_action`, and the `session` where it is told only where it was done
DONE = "interaction_log_done"


class InteractionLogEntry(models.Model):
    """What the web client is told of new entries, and does with them: *Undo*, *Yes*."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    @api.model
    def get_announcement(self, token):
        """Return what to tell the user of the print that the web client gave `token`.

        Who has no right on the log is told which documents, which that user printed
        and knows, and nothing else.

        :param str token: as it was given with the print
        :return: dict with `message`, `entry_ids`, `can_undo` and `undone`, what to tell
            after that; with `warning` where something could not be logged, and
            `question` where the user is asked first. An empty one where there is
            nothing to say.
        """
        announcements = self.env["interaction.announcement"]._find(token)
        result = {}
        entries = announcements._get_entries()
        repeats = announcements._get_entries("repeat_ids")
        if not self._is_announced_in_full():
            return (entries + repeats)._prepare_short_announcement()
        if entries or repeats:
            result.update(entries._prepare_announcement(repeats))
        elif hidden := announcements._get_hidden_repeats():
            # a colleague's interaction: the print counts, more is not told of it
            told = hidden._prepare_short_announcement()
            result.update(message=told["message"], entry_ids=[], can_undo=False)
        skipped = [
            sentence
            for announcement in announcements
            for sentence in announcement.skipped or []
        ]
        if skipped:
            result["warning"] = "\n".join(
                [*skipped[:SKIPPED_SHOWN], *(["…"] if skipped[SKIPPED_SHOWN:] else [])]
            )
        asked = [
            vals
            for announcement in announcements
            for vals in (announcement.question or {}).get("matches", [])
        ]
        if asked:
            result["question"] = self._get_question(asked)
        return result

    def _prepare_announcement(self, repeats):
        """Return what the web client tells of the entries; see `get_announcement`.

        :param repeats: the entries that were there and are counted once more
        """
        entries = self + repeats
        return {
            "message": self._get_logged_message(repeats),
            "entry_ids": entries.ids,
            "can_undo": all(entries.mapped("can_cancel")),
            "undone": self._get_canceled_message(len(entries)),
        }

    def _prepare_short_announcement(self):
        """Return what is told of prints to who has no right on the log."""
        if not self:
            return {}
        if len(self) > 1:
            message = self.env._("Print logged: %(count)s documents", count=len(self))
        else:
            message = self.env._("Print logged: %(name)s", name=self.document_name)
        return {
            "message": message,
            "can_undo": True,
            "undone": self._get_canceled_message(len(self)),
        }

    @api.model
    def _is_announced_in_full(self):
        """Say whether the user may be told what is in the log, and asked about it."""
        return self.env.user.has_group("interaction_log.group_user_own")

    def _announce_done(self):
        """Tell the user of what was just logged, once the transaction is committed.

        Over the bus, so that it is told whichever button it was. Who has no right on
        the log is told nothing, nor who is not at the web client, as a remote system.
        Never raises.
        """
        session = self.env["ir.http"]._get_interaction_session()
        if not session or not self._is_announced_in_full():
            return
        try:
            with isolated_savepoint(self.env.cr):
                # what was logged before is no news
                now = self.env.cr.now()
                entries = self.sudo(False)._filtered_access("read")
                entries = entries.filtered(lambda entry: entry.create_date == now)
                if entries:
                    announcement = entries._prepare_announcement(entries.browse())
                    if announcement.pop("can_undo"):
                        announcement["undo_method"] = "action_undo"
                    # it comes to all that the user has open, told where it was done
                    self.env.user._bus_send(DONE, {**announcement, "session": session})
        except Exception:
            # what was done stays done
            _logger.exception("Could not tell of what was logged: %s", self)

    def _get_logged_message(self, repeats):
        """Return the sentence that says what was logged.

        :param repeats: the entries that were there and are counted once more
        """
        entries = self + repeats
        contacts = self._join_contacts(entries.mapped("partner_name"))
        if len(entries) > 1:
            return self.env._(
                "Logged: %(count)s documents, for %(contacts)s",
                count=len(entries),
                contacts=contacts,
            )
        if repeats:
            return self.env._(
                "Logged: %(name)s, for %(contacts)s (%(count)s times)",
                name=repeats.name,
                contacts=contacts,
                count=repeats.occurrence_count,
            )
        return self.env._(
            "Logged: %(name)s, for %(contacts)s", name=self.name, contacts=contacts
        )

    @api.model
    def _get_question(self, vals_list):
        """Return the sentence that asks whether to log `vals_list`."""
        partners = self.env["res.partner"].sudo()  # of what the user has printed
        partners = partners.browse(dict.fromkeys(v["partner_id"] for v in vals_list))
        contacts = self._join_contacts(partners.mapped("complete_name"))
        if len(vals_list) > 1:
            return self.env._(
                "Log the print of %(count)s documents for %(contacts)s?",
                count=len(vals_list),
                contacts=contacts,
            )
        return self.env._(
            "Log the print of %(name)s for %(contacts)s?",
            name=vals_list[0]["document_name"],
            contacts=contacts,
        )

    @api.model
    def _join_contacts(self, names):
        names = list(dict.fromkeys(name for name in names if name))
        return "; ".join([*names[:3], *(["…"] if len(names) > 3 else [])])

    @api.model
    def log_announced(self, token):
        """Log what the user was asked about, and said yes to.

        :return: what to tell of it; see `get_announcement`. With `warning` where
            nothing could be logged any more.
        :raises UserError: where the rule is gone
        """
        for announcement in self.env["interaction.announcement"]._find(token):
            if announcement.question:
                announcement._log_asked()
        return self.get_announcement(token) or {
            "warning": self.env._(
                "The interaction could not be logged. An interaction manager can see "
                "the reason in Skipped Events."
            )
        }

    @api.model
    def undo_announced(self, token):
        """Undo what was announced: the print is uncounted, or canceled as the last one.

        What others printed of the same document since is still counted.

        Also for who has no right on the log, for a while: it was that user's print. So
        nothing is returned of the entries.

        :return: True
        :raises UserError: where it was undone or canceled already, or it is too late
        :raises AccessError: as for canceling, for who has a right on the log
        """
        announcements = self.env["interaction.announcement"]._find(token)
        if not self._is_announced_in_full():
            announcements._check_recent()
        entries = announcements._get_entries()
        repeats = announcements._get_entries("repeat_ids")
        announced = entries | repeats
        if not announced:
            raise UserError(self.env._("There is nothing left to undo."))
        announced._check_cancel_access()
        repeated = announced.filtered(
            lambda entry: entry.state == "logged" and entry.occurrence_count > 1
        )
        once = announced - repeated
        if repeated:
            once = once.filtered(lambda entry: entry.state == "logged")
        if once:
            once.action_undo()
        for entry in repeated:
            count = entry.occurrence_count - 1
            entry._write_facts(
                {
                    "occurrence_count": count,
                    # which of the earlier ones was the last is not known
                    "last_date": entry.date if count == 1 else entry.last_date,
                }
            )
        announcements.unlink()
        return True

    def _get_undo_reason(self):
        # EXTENDS: what was printed or downloaded was never meant to leave
        if set(self.mapped("event")) <= set(SENT_EVENTS) - set(EMAIL_EVENTS):
            reason = self.env.ref(
                "interaction_log.interaction_cancel_reason_printed_by_mistake",
                raise_if_not_found=False,
            )
            if reason:
                return reason
        return super()._get_undo_reason()
