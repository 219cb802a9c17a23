from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from ..base.constants import SENT_EVENTS, STATUS_COLORS, UNDELIVERED

# How much of a note is shown where several entries are, in characters
NOTE_PREVIEW = 160


class InteractionLogEntry(models.Model):
    """How an entry is shown, opened and talked about."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    summary = fields.Char(
        compute="_compute_summary",
        help="Summary of the interaction.",
    )
    status = fields.Char(
        string="Status at a Glance",
        compute="_compute_status",
        help="Status of the interaction and, if logged, its outcome.",
    )
    status_color = fields.Integer(compute="_compute_colors")
    delivery_color = fields.Integer(compute="_compute_colors")
    evaluation_color = fields.Integer(compute="_compute_colors")
    note_preview = fields.Char(compute="_compute_note_preview")
    attachment_count = fields.Integer(
        string="Number of Files", compute="_compute_attachment_count"
    )

    # ------------------------------------------------------------------
    # In plain words
    # ------------------------------------------------------------------

    @api.depends(
        "name",
        "event",
        "channel",
        "flow",
        "initiated_by",
        "outcome",
        "occurrence_count",
        "delivery_status",
        "partner_name",
        "partner_id.name",
        "user_id.name",
        "create_uid.name",
        "corrects_id",
        "user_names",
        "is_automatic",
        "is_backfilled",
        "company_id.name",
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        sentences = self._get_summary_sentences()
        labels = self._get_outcome_labels()
        for entry in self:
            entry.summary = entry._get_summary(sentences, labels)

    def _get_summary(self, sentences=None, labels=None):
        """Return in plain words who did what, which way and how it went.

        Such as "Invoice INV/2026/00008 printed by Mitchell".

        :param dict sentences: what `_get_summary_sentences` returns
        :param dict labels: what `_get_outcome_labels` returns
        :return: str in the user's language
        """
        self.ensure_one()
        sentences = sentences or self._get_summary_sentences()
        labels = labels or self._get_outcome_labels()
        key = self._get_summary_key(sentences)
        sentence = sentences.get(key) or sentences["other", self.flow]
        # who reads the entry may know who it was, whatever may be read of them
        entry = self.sudo()
        parts = [
            sentence
            % {
                "subject": entry.name or "",
                "user": entry._get_actor_name() or entry.company_id.name or "",
                "contact": entry.partner_id.name or entry.partner_name or "",
            }
        ]
        if self.occurrence_count > 1:
            parts.append(self.env._("%(count)s times", count=self.occurrence_count))
        if self.outcome in labels:
            parts.append(labels[self.outcome])
        return ", ".join(parts)

    @api.model
    def _get_sent_events(self) -> tuple[str, ...]:
        """Return the events in which something leaves because an internal user does it.

        A hook: an addon adds its own.
        """
        return SENT_EVENTS

    def _get_actor(self):
        """Return the internal user who did it, as a `res.users`; maybe none.

        What was logged by hand is the salesperson's. What was recorded when an internal
        user did it is that user's, unless a robot or a customer did it.
        """
        actor = self._get_first_version().create_uid
        if (
            self.event not in self._get_sent_events()
            or self.is_backfilled  # recorded by who filled it in
            or not actor
            or actor._is_superuser()
            or actor.share
        ):
            return self.user_id
        return actor

    def _get_actor_name(self):
        """Return the name of who did it, also of a user who was deleted since."""
        first = self._get_first_version()
        is_sent = self.event in self._get_sent_events()
        if is_sent and not (self.is_backfilled or first.create_uid):
            return (first.user_names or {}).get("create_uid") or self.user_id.name
        return self._get_actor().name or (self.user_names or {}).get("user_id")

    def _get_summary_key(self, sentences):
        """Return the key of the entry's sentence in `sentences`, the most special one.

        :param dict sentences: what `_get_summary_sentences` returns
        """
        keys = [(self.event, self.initiated_by), self.event]
        if self.delivery_status in UNDELIVERED:
            keys.insert(0, (self.event, "undelivered"))
        if self.is_automatic:
            keys.insert(0, (self.event, "automatic"))
        return next(
            (key for key in keys if key in sentences), (self.channel, self.flow)
        )

    @api.model
    def _get_summary_sentences(self) -> dict[str | tuple[str, str], str]:
        """Return the sentence for each event, or each channel and flow.

        Override to say more of your own events, alone or with who initiated them,
        `undelivered` or `automatic`; `%(subject)s`, `%(user)s` and `%(contact)s` are
        filled in.

        :return: dict of {what `_get_summary_key` returns: translated sentence}
        """
        return {
            "print": self.env._("%(subject)s printed by %(user)s"),
            ("download", "us"): self.env._("%(subject)s downloaded by %(user)s"),
            ("download", "them"): self.env._("%(subject)s downloaded by %(contact)s"),
            "email_out": self.env._("%(subject)s: e-mailed by %(user)s to %(contact)s"),
            ("email_out", "undelivered"): self.env._(
                "%(subject)s: e-mail to %(contact)s was not delivered"
            ),
            "einvoice": self.env._(
                "%(subject)s: sent electronically by %(user)s to %(contact)s"
            ),
            ("einvoice", "undelivered"): self.env._(
                "%(subject)s: not delivered electronically to %(contact)s"
            ),
            "email_in": self.env._("%(subject)s: e-mail from %(contact)s"),
            ("email_in", "automatic"): self.env._(
                "%(subject)s: automatic reply from %(contact)s"
            ),
            "portal_view": self.env._(
                "%(subject)s viewed in the portal by %(contact)s"
            ),
            "portal_comment": self.env._(
                "%(subject)s: written in the portal by %(contact)s"
            ),
            "segment": self.env._("%(subject)s: logged for a segment by %(user)s"),
            ("letter", "outbound"): self.env._(
                "%(subject)s: %(user)s wrote to %(contact)s"
            ),
            ("letter", "inbound"): self.env._("%(subject)s: letter from %(contact)s"),
            ("email", "outbound"): self.env._(
                "%(subject)s: %(user)s sent an e-mail to %(contact)s"
            ),
            ("email", "inbound"): self.env._("%(subject)s: e-mail from %(contact)s"),
            ("phone", "outbound"): self.env._(
                "%(subject)s: %(user)s called %(contact)s"
            ),
            ("phone", "inbound"): self.env._(
                "%(subject)s: %(contact)s called %(user)s"
            ),
            ("meeting", "outbound"): self.env._(
                "%(subject)s: %(user)s met %(contact)s"
            ),
            ("meeting", "inbound"): self.env._("%(subject)s: %(contact)s met %(user)s"),
            ("visit", "outbound"): self.env._(
                "%(subject)s: %(user)s visited %(contact)s"
            ),
            ("visit", "inbound"): self.env._(
                "%(subject)s: %(contact)s visited %(user)s"
            ),
            ("sms", "outbound"): self.env._(
                "%(subject)s: %(user)s sent an SMS to %(contact)s"
            ),
            ("sms", "inbound"): self.env._("%(subject)s: SMS from %(contact)s"),
            ("chat", "outbound"): self.env._(
                "%(subject)s: %(user)s chatted with %(contact)s"
            ),
            ("chat", "inbound"): self.env._(
                "%(subject)s: %(contact)s chatted with %(user)s"
            ),
            ("web", "outbound"): self.env._(
                "%(subject)s: from %(user)s to %(contact)s on the web"
            ),
            ("web", "inbound"): self.env._("%(subject)s: from %(contact)s on the web"),
            # such as a note, which goes neither way
            ("other", "outbound"): self.env._("%(subject)s: %(user)s with %(contact)s"),
            ("other", "inbound"): self.env._("%(subject)s: %(contact)s with %(user)s"),
        }

    @api.model
    def _get_timeline_labels(self):
        """Return {field: {value: label}} of what a timeline tells in words."""
        return {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("channel", "event", "flow", "evaluation")
        }

    @api.model
    def _get_outcome_labels(self):
        """Return how each outcome ends a sentence."""
        return {
            "success": self.env._("reached"),
            "no_answer": self.env._("no answer"),
            "left_message": self.env._("left a message"),
            "failed": self.env._("failed"),
        }

    @api.depends("state", "is_automatic", "outcome", "delivery_status")
    @api.depends_context("lang")
    def _compute_status(self):
        """Say the one thing that matters most: what went wrong comes first."""
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("state", "outcome", "delivery_status")
        }
        for entry in self:
            name = entry._get_status_field()
            if name == "state" and entry.state == "logged" and entry.is_automatic:
                # not told by its gray alone
                entry.status = self.env._("Automatic Reply")
            else:
                entry.status = labels[name].get(entry[name])

    @api.depends("state", "outcome", "delivery_status", "evaluation")
    def _compute_colors(self):
        for entry in self:
            status = entry[entry._get_status_field()]
            entry.status_color = STATUS_COLORS.get(status, 0)
            entry.delivery_color = STATUS_COLORS.get(entry.delivery_status, 0)
            entry.evaluation_color = STATUS_COLORS.get(entry.evaluation, 0)

    def _get_status_field(self):
        """Return the name of the field that says most of the entry's status."""
        if self.state != "logged":
            return "state"
        if self.delivery_status in UNDELIVERED:
            return "delivery_status"
        if self.outcome:
            return "outcome"
        return "delivery_status" if self.delivery_status != "none" else "state"

    @api.depends("note")
    def _compute_note_preview(self):
        for entry in self:
            text = html2plaintext(entry.note or "", include_references=False)
            text = " ".join(text.split())
            if len(text) > NOTE_PREVIEW:
                text = f"{text[:NOTE_PREVIEW].rstrip()}…"
            entry.note_preview = text

    # ------------------------------------------------------------------
    # Files
    # ------------------------------------------------------------------

    @api.depends("attachment_ids")
    def _compute_attachment_count(self):
        for entry in self:
            entry.attachment_count = len(entry.attachment_ids)

    def action_open_files(self):
        """Open the file; where there are several, the entry with all of them.

        :raises UserError: where there is none
        """
        self.ensure_one()
        if not self.attachment_ids:
            raise UserError(self.env._("There is no file to open."))
        if len(self.attachment_ids) > 1:
            return self.action_open()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_ids.id}",
            "target": "new",
        }

    def action_open(self):
        """Open the entry."""
        self.ensure_one()
        return self.get_formview_action()

    def action_open_contact(self):
        """Open the contact.

        :raises UserError: where it was deleted
        """
        self.ensure_one()
        if not self.partner_id:
            raise UserError(
                self.env._(
                    "The contact %(name)s no longer exists.",
                    name=self.partner_name or "",
                )
            )
        return self.partner_id.get_formview_action()

    def action_open_batch(self):
        """Open the batch: what was logged together.

        :raises UserError: where it was logged alone
        """
        self.ensure_one()
        if not self.batch_id:
            raise UserError(self.env._("This interaction is not part of a batch."))
        if not self.batch_id.has_access("read"):
            # whoever may not see all of it sees what is their own
            action = self._get_action(Domain("batch_id", "=", self.batch_id.id))
            return {**action, "display_name": self.sudo().batch_id.name}
        return self.batch_id.get_formview_action()

    # ------------------------------------------------------------------
    # The newest
    # ------------------------------------------------------------------

    @api.model
    def _get_latest(self, domain, columns, owner_ids, limit):
        """Return the newest entries in `domain` of each owner, with one query.

        :param columns: the many2one fields any of which points to the owner
        :param owner_ids: ids of the records that the entries belong to
        :param int limit: how many entries each has at most
        :return: {id of the owner: entries, newest first}
        """
        entries = defaultdict(self.browse)
        owner_ids = [id_ for id_ in owner_ids if id_]
        if not owner_ids:
            return entries
        query = self._search(domain)  # with the record rules
        alias = query.table
        rows = self.env.execute_query(
            SQL(
                # OFFSET 0 keeps the planner from walking the log by date. Searched by
                # the ORM, a contact with 3,000 old entries of 200,000 takes 300 ms
                # rather than 3.
                """SELECT owner.id, latest.id
                FROM unnest(%(owners)s) AS owner(id) CROSS JOIN LATERAL (
                    SELECT id, date FROM (
                        SELECT %(id)s, %(date)s FROM %(tables)s
                        WHERE %(where)s AND (%(owned)s) OFFSET 0
                    ) owned
                    ORDER BY date DESC, id DESC LIMIT %(limit)s
                ) latest
                ORDER BY owner.id, latest.date DESC, latest.id DESC""",
                owners=owner_ids,
                id=SQL.identifier(alias, "id"),
                date=SQL.identifier(alias, "date"),
                tables=query.from_clause,
                where=query.where_clause or SQL("TRUE"),
                owned=SQL(" OR ").join(
                    SQL("%s = owner.id", self._field_to_sql(alias, column, query))
                    for column in columns
                ),
                limit=limit,
            )
        )
        # what the right to see each depends on, read for all at once
        self.browse(id_ for _owner_id, id_ in rows).fetch(["company_id"])
        for owner_id, id_ in rows:
            entries[owner_id] |= self.browse(id_)
        return entries

    # ------------------------------------------------------------------
    # Discussion, and what is planned
    # ------------------------------------------------------------------

    def _message_add_suggested_recipients(self, force_primary_email=False):
        # EXTENDS mail: colleagues talk here; the contact is told nothing by mistake
        suggested = super()._message_add_suggested_recipients(force_primary_email)
        for recipients in suggested.values():
            recipients["partners"] = recipients["partners"].filtered(
                lambda partner: not partner.partner_share
            )
            recipients["email_to_lst"] = []
        return suggested

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        # EXTENDS mail: who reads it may plan for a colleague, who then follows
        partners = self.env["res.partner"].sudo().browse(partner_ids or [])
        if self and partners and not partners.filtered("partner_share"):
            self.check_access("read")
            return self.sudo()._message_subscribe(partner_ids, subtype_ids)
        return super().message_subscribe(partner_ids, subtype_ids)
