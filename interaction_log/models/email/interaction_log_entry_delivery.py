import logging
from collections import defaultdict
from collections.abc import Collection

from odoo import api, fields, models
from odoo.tools import SQL

from ..base.constants import UNDELIVERED
from .interaction_log_entry_undelivered import UNTOLD
from .mail_types import DELIVERY_OF_STATUS, NOTIFICATION_KEY

_logger = logging.getLogger(__name__)


class InteractionLogEntry(models.Model):
    """What became of an interaction by e-mail: whether it arrived, and if not, why.

    The status is the entry's own: it stays when Odoo deletes the notification, the
    e-mail or the message.
    """

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    delivery_error = fields.Text(
        string="Failure Reason", help="Reason why it was not delivered."
    )
    # in the chatter of the document, as long as it exists
    mail_message_id = fields.Many2one(
        "mail.message", string="E-mail", index="btree_not_null", ondelete="set null"
    )
    mail_attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Files of the E-mail",
        compute="_compute_mail_attachment_ids",
        help="Attachments of the e-mail that you have access to.",
    )

    # the few that the daily job looks at, and that the list is filtered by
    _undelivered_idx = models.Index(
        "(date) WHERE delivery_status IN ('pending', 'bounced', 'error')"
    )

    @api.model
    def _get_server_fields(self):
        # EXTENDS: which e-mail it was
        return super()._get_server_fields() | {
            "delivery_error",
            "mail_message_id",
            "resend_of_id",
        }

    @api.model
    def _get_reserved_prefixes(self):
        # EXTENDS: the mail stack is tracked by its keys
        return super()._get_reserved_prefixes() | {
            "mail.mail",
            "mail.message",
            "mail.notification",
        }

    @api.depends("mail_message_id")
    @api.depends_context("uid")
    def _compute_mail_attachment_ids(self):
        for entry in self:
            # who reads the entry need not see the message, nor all of its files
            files = entry.mail_message_id.sudo().attachment_ids.sudo(False)
            entry.mail_attachment_ids = files._filtered_access("read")

    def action_open_message(self) -> dict:
        """Open the document at the e-mail.

        :raises UserError: where the message was deleted
        """
        self.ensure_one()
        if not self.mail_message_id:
            raise self._get_gone_error()
        return {
            "type": "ir.actions.act_url",
            "url": f"/mail/message/{self.mail_message_id.id}",
            "target": "self",
        }

    # ------------------------------------------------------------------
    # Updating the delivery status
    # ------------------------------------------------------------------

    @api.model
    def _get_sent_email_events(self) -> list[str]:
        """Return the events whose entries are sent and may not arrive.

        A hook, called when a delivery status is updated, which leaves the entries of
        all other events as they are.
        """
        return ["email_out", "einvoice"]

    @api.model
    def _update_delivery_status(
        self, keys: Collection[str], status: str, reason: str | None = None
    ) -> None:
        """Update what became of the e-mails of `keys`, at once. Never raises.

        Also for addons that know more than Odoo, as that an e-mail was opened: call it
        with the status `opened`. What was opened is not taken for merely sent
        afterwards.

        :param keys: source keys; those that are not in the log are left out
        :param status: a delivery status
        :param reason: why it did not arrive
        """
        if keys:
            condition = SQL("source_key IN %s", tuple(keys))
            self._write_delivery_status(condition, status, reason)

    @api.model
    def _update_delivery_status_of_messages(
        self,
        messages: models.BaseModel,
        status: str,
        reason: str | None = None,
        partners: models.BaseModel | None = None,
        addresses: Collection[str] | None = None,
    ) -> None:
        """Update what became of the e-mails of messages, all or those to recipients.

        :param messages: `mail.message`
        :param partners: `res.partner`, or None for all recipients
        :param addresses: further recipients, normalized
        """
        if not messages:
            return
        condition = SQL("mail_message_id IN %s", messages._ids)
        if partners is not None:
            condition = SQL(
                "%s AND (partner_id = ANY(%s) OR contact_via = ANY(%s))",
                condition,
                partners.ids,
                list(addresses or ()),
            )
        self._write_delivery_status(condition, status, reason)

    @api.model
    def _update_delivery_status_of_mails(
        self, mails: models.BaseModel, status: str, reason: str | None = None
    ) -> None:
        """Update what became of e-mails, on the entries of their notifications.

        :param mails: `mail.mail`
        """
        if not mails:
            return
        self.env["mail.notification"].flush_model(["mail_mail_id"])
        condition = SQL(
            """source_key IN (
                SELECT %s || id FROM mail_notification WHERE mail_mail_id IN %s
            )""",
            NOTIFICATION_KEY,
            mails._ids,
        )
        self._write_delivery_status(condition, status, reason)

    @api.model
    def _write_delivery_status(self, condition, status, reason=None):
        """Write the status of the e-mails of `condition` with one statement.

        What was opened arrived, unless it comes back. Of an e-mail that can't leave the
        first reason stays until it is tried again.

        A failure is left to `_sync_missed_delivery`: the e-mail may have left, and the
        transaction that knows it must not end here.

        :param SQL condition: of the entries
        """
        names = ["delivery_status", "delivery_error"]
        self.flush_model([*names, "source_key", "mail_message_id", "resend_of_id"])
        self.env["mail.activity"].flush_model(["active", "interaction_entry_id"])
        is_failure = status in UNDELIVERED
        # in one go with its savepoint: e-mails leave one by one
        update = SQL(
            """SAVEPOINT interaction_delivery;
            LOCK TABLE %(table)s IN ROW EXCLUSIVE MODE NOWAIT;
            UPDATE %(table)s
            SET delivery_status = %(status)s, delivery_error = %(reason)s
            WHERE %(condition)s AND event IN %(events)s
                AND NOT (delivery_status = 'opened'
                    AND %(status)s IN ('pending', 'sent'))
                AND delivery_status != %(status)s""",
            table=SQL.identifier(self._table),
            status=status,
            reason=reason or None,
            condition=condition,
            events=tuple(self._get_sent_email_events()),
        )
        release = SQL("RELEASE SAVEPOINT interaction_delivery")
        told = []
        try:
            if is_failure:
                told = self._execute_delivery(SQL("%s RETURNING id", update))
                self._execute_delivery(release)
            elif status in ("sent", "opened"):
                arrived = self._get_told_sql(condition)
                told = self._execute_delivery(
                    SQL("%s; %s; %s", update, release, arrived)
                )
            else:
                self._execute_delivery(SQL("%s; %s", update, release))
        except Exception:
            _logger.exception("Could not note the delivery of e-mails: %s", status)
            self.env.cr.execute("ROLLBACK TO SAVEPOINT interaction_delivery")
        self.invalidate_model([*names, "status"], flush=False)
        if told and is_failure:
            self.browse(told)._tell_undelivered()
        elif told:
            self.browse(told)._close_undelivered()

    @api.model
    def _execute_delivery(self, statements):
        """Execute SQL, and return the ids that the last statement returns."""
        cr = self.env.cr
        cr.execute(statements, log_exceptions=False)
        return [id_ for (id_,) in cr.fetchall()] if cr.description else []

    @api.autovacuum
    def _sync_missed_delivery(self):
        """Update what was missed of e-mails, each night.

        Of those that seem to wait, but left or are gone; that left, but came back or
        failed since; that failed, but left when they were tried again.
        """
        gone = self.env._("The e-mail was deleted before it was sent.")
        pending = SQL("entry.delivery_status = 'pending'")
        self._sync_delivery_status(pending, "error", gone)
        # The status of an e-mail without notifications is that of all its recipients,
        # and what came back may have come from an address that has none.
        failed = SQL(
            "entry.delivery_status = 'error' AND entry.source_key LIKE %s",
            f"{NOTIFICATION_KEY}%",
        )
        self._sync_delivery_status(failed, "error")
        arrived = SQL(
            """entry.delivery_status IN ('sent', 'opened') AND entry.source_key IN (
                SELECT %s || id FROM mail_notification
                WHERE notification_status IN ('bounce', 'exception')
            )""",
            NOTIFICATION_KEY,
        )
        self._sync_delivery_status(arrived, "error")

    def _reread_delivery(self):
        """Update what became of e-mails that are logged later than they left.

        Of those that Odoo has deleted since, nobody knows any more.
        """
        if self:
            condition = SQL("entry.id IN %s", self._ids)
            # of what left long ago nobody is told
            self.with_context(**{UNTOLD: True})._sync_delivery_status(condition, "none")
            self._track_pending_delivery()

    def _track_pending_delivery(self):
        """Track the e-mails that wait, also where no rule names their documents.

        See `interaction.rule._get_email_models`.
        """
        waiting = self.filtered(lambda entry: entry.delivery_status == "pending")
        names = set(waiting.mail_message_id.mapped("model"))
        if names - self.env["interaction.rule"]._get_email_models()["tracked"]:
            self.env.registry.clear_cache("stable")

    @api.model
    def _sync_delivery_status(self, condition, gone_status, gone_reason=None):
        """Update the entries of `condition` with what the mail stack says of them.

        :param SQL condition: of the entries, which are called `entry`
        :param str gone_status: that of what seems to wait but is deleted
        :param str gone_reason: why that did not arrive
        """
        self.env["mail.notification"].flush_model()
        self.env["mail.mail"].flush_model()
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT entry.source_key, entry.delivery_status,
                    COALESCE(notification.notification_status, mail.state),
                    COALESCE(notification.failure_type, mail.failure_type),
                    COALESCE(notification.failure_reason, mail.failure_reason)
                FROM %(table)s entry
                LEFT JOIN mail_notification notification ON notification.id = CASE
                    WHEN entry.source_key LIKE 'mail.notification,%%'
                    THEN split_part(entry.source_key, ',', 2)::int END
                LEFT JOIN mail_mail mail ON mail.id = CASE
                    WHEN entry.source_key LIKE 'mail.mail,%%'
                    THEN split_part(entry.source_key, ',', 2)::int END
                WHERE entry.event IN %(events)s AND %(condition)s
                    AND (entry.source_key LIKE 'mail.notification,%%'
                        OR entry.source_key LIKE 'mail.mail,%%')""",
                table=SQL.identifier(self._table),
                events=tuple(self._get_sent_email_events()),
                condition=condition,
            )
        )
        recorder = self.env["interaction.recorder"]
        keys = defaultdict(list)
        for key, before, status, failure_type, failure_reason in rows:
            if status:
                delivery, reason = DELIVERY_OF_STATUS.get(status, before), None
                if delivery in UNDELIVERED:
                    reason = recorder._get_failure_reason(failure_type, failure_reason)
            elif before == "pending":
                delivery, reason = gone_status, gone_reason
            else:
                continue  # it is deleted, and known what became of it
            # it waits: that is no news of what had no address from the beginning
            if delivery not in (before, "pending"):
                keys[delivery, reason].append(key)
        for (delivery, reason), group in keys.items():
            self._update_delivery_status(group, delivery, reason)
