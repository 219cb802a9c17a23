import logging
from textwrap import shorten

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, formatLang

from ..base.constants import UNDELIVERED
from ..base.savepoint import isolated_savepoint

_logger = logging.getLogger(__name__)

# The key of the context under which nobody is told: it is no news
UNTOLD = "interaction_log_untold"
# How much of what the mail server says is in the note of the activity, in characters
ANSWER_SHOWN = 300


class InteractionLogEntry(models.Model):
    """Who sent what did not arrive is told, by an activity.

    One for each document and recipient, however often it is tried; one for a segment.
    It is told from follow-ups by being automated.
    """

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    def _tell_undelivered(self) -> None:
        """Tell who sent them of e-mails that did not arrive. Never raises.

        Not of what was canceled, or filled in later.
        """
        if self.env.context.get(UNTOLD):
            return
        try:
            with isolated_savepoint(self.env.cr):
                # what sends or takes what comes back acts for whoever sent it
                entries = self.sudo().filtered(
                    lambda entry: (
                        entry.state == "logged"
                        and entry.delivery_status in UNDELIVERED
                        and not entry.is_backfilled
                    )
                )
                for batch, group in entries.grouped("batch_id").items():
                    if batch._is_told_as_one():
                        group[:1]._plan_undelivered_batch()
                        continue
                    for entry in group:
                        entry._plan_undelivered()
        except Exception:
            _logger.exception("Could not tell of e-mails that did not arrive: %s", self)

    def _get_sender(self):
        """Return the user who sent the e-mail and is still there, or none."""
        senders = (self.create_uid | self.user_id).filtered(
            lambda user: user.active and not user.share and user.id != SUPERUSER_ID
        )
        return senders[:1]

    def _plan_undelivered(self):
        user = self._get_sender()
        if not user or self._find_undelivered_activities(user):
            return
        env = self.with_context(lang=user.lang).env
        # whichever companies whoever has it sent has selected
        planner = self.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )
        [record] = planner._get_follow_up_records().values()
        if record == self and not user.has_group("interaction_log.group_user_own"):
            record = None
        self._create_undelivered_activity(
            user,
            record,
            env._(
                "Not delivered: %(name)s to %(contact)s",
                name=shorten(self.document_name or self.name, 80, placeholder="…"),
                contact=self.partner_id.name or self.partner_name or "",
            ),
            [
                shorten(self.delivery_error or "", ANSWER_SHOWN, placeholder="…"),
                self._get_undelivered_link(
                    user,
                    self,
                    env._("Send Again")
                    if self._is_sent_email()
                    else env._("View the interaction"),
                ),
            ],
        )

    def _plan_undelivered_batch(self):
        """Tell of the batch of the entry, or say anew how many did not arrive."""
        batch, user = self.batch_id, self._get_sender()
        if not user:
            return
        batch.invalidate_recordset(["undelivered_count", "entry_count"])
        batch = batch.with_context(lang=user.lang)
        count, total = (
            formatLang(batch.env, number, digits=0)
            for number in (batch.undelivered_count, batch.entry_count)
        )
        summary = batch.env._(
            "%(count)s of %(total)s not delivered: %(name)s",
            count=count,
            total=total,
            name=shorten(batch.name, 80, placeholder="…"),
        )
        told = self.env["mail.activity"].search(
            Domain("automated", "=", True)
            & Domain("interaction_entry_id", "any", [("batch_id", "=", batch.id)]),
            limit=1,
        )
        if told:
            told.summary = summary
            return
        self._create_undelivered_activity(
            user,
            batch._get_undelivered_record(user),
            summary,
            [
                shorten(self.delivery_error or "", ANSWER_SHOWN, placeholder="…"),
                self._get_undelivered_link(
                    user, batch, batch.env._("View the batch and send again")
                ),
            ],
        )

    def _create_undelivered_activity(self, user, record, summary, lines):
        """Plan for `user` to look at it.

        :param record: where; none for an activity of its own
        :param list lines: of the note
        """
        activity_type = self.env.ref(
            "mail.mail_activity_data_warning", raise_if_not_found=False
        )
        # no e-mail about an e-mail that did not arrive
        Activity = self.env["mail.activity"].with_context(
            lang=user.lang, mail_activity_quick_update=True
        )
        Activity.create(
            {
                "activity_type_id": activity_type.id if activity_type else False,
                "summary": summary,
                "note": Markup().join(
                    Markup("<p>%s</p>") % line for line in lines if line
                ),
                "date_deadline": fields.Date.context_today(self.with_user(user)),
                "user_id": user.id,
                "automated": True,
                "interaction_entry_id": self.id,
                "res_model_id": record and self.env["ir.model"]._get_id(record._name),
                "res_id": record and record.id,
            }
        )

    @api.model
    def _get_undelivered_link(self, user, record, title):
        """Return a link to where it is sent again, for who may see that."""
        if not user.has_group("interaction_log.group_user_own"):
            return ""
        return record._get_html_link(title)

    def _find_undelivered_activities(self, user=None):
        """Return the open activities that tell of the e-mail to this contact.

        That of any earlier try: sent again from here, or another e-mail with the
        document.

        :param user: only those of that user
        """
        tries = found = self
        while found:
            found = (
                found.resend_of_id | found.corrects_id | found.correction_ids
            ) - tries
            tries |= found
        batches = tries.batch_id.filtered(lambda batch: batch._is_told_as_one())
        told = Domain("interaction_entry_id", "in", tries.ids)
        if batches:
            told |= Domain("interaction_entry_id.batch_id", "in", batches.ids)
        if user and self.res_id:
            told |= Domain(
                "interaction_entry_id",
                "any",
                [
                    ("res_model", "=", self.res_model),
                    ("res_id", "=", self.res_id),
                    ("partner_id", "=", self.partner_id.id),
                ],
            )
        domain = Domain("automated", "=", True) & told
        if user:
            domain &= Domain("user_id", "=", user.id)
        return self.env["mail.activity"].search(domain)

    # ------------------------------------------------------------------
    # It arrived after all
    # ------------------------------------------------------------------

    @api.model
    def _get_told_sql(self, condition):
        """Return the query of the ids of sent e-mails of which somebody may be told.

        :param SQL condition: of the entries
        """
        return SQL(
            """SELECT id FROM %(table)s
            WHERE %(condition)s AND (resend_of_id IS NOT NULL OR EXISTS (
                SELECT FROM mail_activity activity
                WHERE activity.interaction_entry_id = %(table)s.id
                    AND activity.automated AND activity.active))""",
            table=SQL.identifier(self._table),
            condition=condition,
        )

    def _close_undelivered(self) -> None:
        """End the activities about e-mails that left after all. Never raises."""
        try:
            with isolated_savepoint(self.env.cr):
                for entry in self.sudo():
                    for activity in entry._find_undelivered_activities():
                        batch = activity.interaction_entry_id.batch_id
                        if not (batch._is_told_as_one() and batch._is_undelivered()):
                            activity.action_archive()
        except Exception:
            _logger.exception("Could not end what tells of e-mails: %s", self)
