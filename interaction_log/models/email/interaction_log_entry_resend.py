from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..base.constants import PENDING_OR_SENT
from ..base.ui import SOFT_RELOAD, get_notification_action
from .mail_types import RESENDS, Resends


class InteractionLogEntry(models.Model):
    """Sending an e-mail again from the log, as a new interaction."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    resend_of_id = fields.Many2one(
        "interaction.log.entry",
        index="btree_not_null",
        ondelete="set null",
        help="Interaction whose e-mail was sent again.",
    )
    resend_ids = fields.One2many(
        "interaction.log.entry", "resend_of_id", string="Sent Again As"
    )
    # the version of it that counts, where it was corrected
    resent_entry_id = fields.Many2one(
        "interaction.log.entry",
        string="Sent Again From",
        compute="_compute_resent_entry_id",
        help="The interaction whose e-mail was sent again.",
    )
    resend_count = fields.Integer(compute="_compute_resend_count")

    @api.depends("resend_of_id.correction_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_resent_entry_id(self):
        for entry in self:
            entry.resent_entry_id = entry.resend_of_id._get_latest_version()

    @api.depends("resend_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_resend_count(self):
        versions = {entry: entry._origin._get_earlier_versions() for entry in self}
        counts = dict(
            self._read_group(
                [("resend_of_id", "in", self.union(*versions.values()).ids)],
                ["resend_of_id"],
                ["__count"],
            )
        )
        for entry in self:
            entry.resend_count = sum(
                counts.get(version, 0) for version in versions[entry]
            )

    def action_view_resends(self) -> dict:
        """Open the interactions that sent this e-mail again, in whatever version."""
        self.ensure_one()
        return self._get_action(
            [("resend_of_id", "in", self._get_earlier_versions().ids)]
        )

    def action_ask_resend(self) -> dict:
        """Ask the user whether to send the selected e-mails again.

        :return: the action that asks, and then calls `action_resend`
        :raises UserError: where none can be sent again; says why of each
        """
        problems = self._get_resend_problems(is_selection=True)
        count = len(self) - len(problems)
        if not count:
            raise UserError("\n".join(problems.values()))
        sentences = [
            self.env._("Send this e-mail again, to this contact only?")
            if count == 1
            else self.env._(
                "Send %(count)s e-mails again, each to its contact only?", count=count
            )
        ]
        if problems:
            sentences.append(
                self.env._(
                    "Left out: %(count)s. The reasons are shown after sending.",
                    count=len(problems),
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "interaction_log_resend",
            "params": {"entry_ids": self.ids, "message": "\n".join(sentences)},
        }

    def action_resend(self, is_selection: bool = False) -> dict:
        """Send the e-mails again: to the same contacts, with the same text and files.

        The user sends them, so that answers come back to the user. One that can't be
        sent again names itself and stops no other.

        :param bool is_selection: leave out what was sent again already, as nobody
            looked at each
        :return: the action that tells the user what was sent
        :raises UserError: where none can be sent again; says why of each
        """
        problems = self._get_resend_problems(is_selection)
        sendable = self.filtered(lambda entry: entry not in problems)
        if not sendable:
            raise UserError("\n".join(problems.values()))
        for entry in sendable:
            entry._resend()
        contacts = "; ".join(sendable.partner_id[:3].mapped("display_name"))
        if len(sendable.partner_id) > 3:
            contacts += "; …"
        sentences = [
            self.env._(
                "Sending again: %(count)s (%(contacts)s).",
                count=len(sendable),
                contacts=contacts,
            ),
            self.env._("The delivery status is shown on the new interaction.")
            if len(sendable) == 1
            else self.env._("The delivery status is shown on the new interactions."),
            *problems.values(),
        ]
        return get_notification_action(
            "\n".join(sentences),
            "warning" if problems else "success",
            sticky=bool(problems),
            next=SOFT_RELOAD,
        )

    def _get_resend_problems(self, is_selection):
        """Return {entry: why its e-mail can't be sent again}; the others can.

        :param bool is_selection: see `action_resend`
        """
        problems = {entry: entry._get_resend_problem() for entry in self}
        for entry in self._filter_resent() if is_selection else ():
            problems[entry] = problems[entry] or self.env._(
                "%(name)s was already sent again.", name=entry.name
            )
        return {entry: problem for entry, problem in problems.items() if problem}

    def _filter_resent(self):
        """Return the entries that were sent again, or are so by another of `self`.

        At once or by several steps. What did not arrive when it was sent again doesn't
        count, unless it is one of `self`.
        """
        # also by interactions that the user may not see: the contact got them
        self.flush_model(["resend_of_id", "delivery_status"])
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE resent(id, resend_id) AS (
                    SELECT resend_of_id, id FROM %(table)s
                    WHERE resend_of_id = ANY(%(ids)s)
                    UNION
                    SELECT resent.id, entry.id FROM resent
                    JOIN %(table)s entry ON entry.resend_of_id = resent.resend_id
                )
                SELECT DISTINCT resent.id FROM resent
                JOIN %(table)s entry ON entry.id = resent.resend_id
                WHERE entry.id = ANY(%(ids)s)
                OR entry.delivery_status = ANY(%(statuses)s)""",
                table=SQL.identifier(self._table),
                ids=self.ids,
                statuses=list(PENDING_OR_SENT),
            )
        )
        ids = {id_ for (id_,) in rows}
        return self.filtered(lambda entry: entry.id in ids)

    def _get_resend_problem(self):
        """Say in one sentence why the e-mail can't be sent again, or return False."""
        self.ensure_one()
        name, contact = self.name, self.partner_name or ""
        message = self.mail_message_id
        if not self._is_sent_email():
            return self.env._(
                "%(name)s: only sent e-mails can be sent again.", name=name
            )
        if self.state != "logged":
            return self.env._(
                "%(name)s was canceled. Restore it before sending it again.", name=name
            )
        if not message:
            return self._get_gone_sentence()
        document = self._get_message_document()
        if document is None or not document.exists():
            return self.env._(
                "%(name)s: the document was deleted. Write a new e-mail to "
                "%(contact)s.",
                name=name,
                contact=contact,
            )
        if not (message.has_access("read") and document.has_access("read")):
            return self.env._(
                "%(name)s: you are not allowed to read this e-mail. Ask the sender to "
                "send it again.",
                name=name,
            )
        if not self.partner_id:
            return self.env._(
                "%(name)s: the contact %(contact)s no longer exists.",
                name=name,
                contact=contact,
            )
        if not self.partner_id.email_normalized:
            return self.env._(
                "%(name)s: %(contact)s has no e-mail address. Add one first.",
                name=name,
                contact=self.partner_id.display_name,
            )
        return False

    def _is_sent_email(self) -> bool:
        """Say whether the entry is an e-mail that was sent, and can be so again.

        A hook, called on one entry by `action_ask_resend` and `action_resend`: return
        True also for what another event sends by e-mail.
        """
        return self.event == "email_out"

    def _get_gone_sentence(self):
        return self.env._(
            "%(name)s: the e-mail was deleted after it was sent. Write a new one to "
            "%(contact)s.",
            name=self.name,
            contact=self.partner_name or "",
        )

    def _get_gone_error(self):
        """Return the error for an e-mail whose message does not exist any more."""
        return UserError(self._get_gone_sentence())

    def _get_message_document(self):
        """Return what the e-mail was about, or None where there is no such model."""
        message = self.mail_message_id.sudo()  # whether it may be seen is asked later
        if message.model not in self.env or not message.res_id:
            return None
        return self.env[message.model].browse(message.res_id)

    def _resend(self) -> models.BaseModel:
        """Send the e-mail again; it is recorded as every e-mail is when it leaves.

        To this contact only: neither to who else got it, nor to followers. A hook:
        override it for e-mails that are posted on no document.

        :return: the new `mail.message`
        """
        self.ensure_one()
        message = self.mail_message_id
        document = self._get_message_document().with_context(
            **{RESENDS: Resends({self.partner_id.id: self}), "mail_notify_author": True}
        )
        values = {
            "body": message.body,
            "subject": message.subject,
            "partner_ids": self.partner_id.ids,
            "attachment_ids": message.attachment_ids.ids,
            "email_layout_xmlid": message.email_layout_xmlid,
            "subtype_xmlid": "mail.mt_comment",
            "notify_skip_followers": True,
        }
        if hasattr(document, "message_post"):
            return document.message_post(message_type="comment", **values)
        values["subtype_id"] = self.env["ir.model.data"]._xmlid_to_res_id(
            values.pop("subtype_xmlid")
        )
        thread = document.env["mail.thread"]
        return thread.message_notify(model=document._name, res_id=document.id, **values)

    def _match_resend(self, record, mail):
        """Return the match of this e-mail sent again, as `interaction.rule._match`.

        No rule is asked: what was sent again is the same, whatever the rules say now.

        :param record: the document
        :param mail: `Mail`
        """
        entry = self.sudo()  # who may send it may log that
        rule = entry.rule_id
        vals = {
            "name": entry.name,
            "template_id": entry.template_id.id,
            "partner_id": mail.partner.id,
            "user_id": self.env.uid,
            "company_id": entry.company_id.id,
            "event": "email_out",
            "res_model": entry.res_model,
            "res_id": entry.res_id,
            "document_name": entry.document_name,
            "resend_of_id": entry.id,
            **rule._get_email_flow(),
            **mail.vals,
        }
        problem = entry.template_id._get_problem(entry.company_id)
        return rule._make_match(record, vals, problem, source_key=mail.source_key)
