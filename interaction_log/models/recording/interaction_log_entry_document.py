from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

# The fields in which a document says its total, the first one that it has
TOTAL_FIELDS = ("amount_total", "amount")
# How many documents that could not be logged are told by name
SKIPPED_SHOWN = 5
# What is printed or downloaded by mistake is taken back with a reason of its own
TAKEN_BACK = ("print", "download")
# The notification of the bus that tells of what a user has just done
DONE = "interaction_log_done"


class InteractionLogEntry(models.Model):
    """What left: which document, in which version, and the very bytes of it."""

    _inherit = "interaction.log.entry"

    rule_id = fields.Many2one(
        "interaction.rule",
        string="Automatic Recording Rule",
        index="btree_not_null",
        ondelete="set null",
    )
    report_id = fields.Many2one(
        "ir.actions.report", index="btree_not_null", ondelete="set null"
    )
    # The document as it was
    document_state = fields.Char(
        string="State of the Document", help="What the document was at that time."
    )
    document_currency_id = fields.Many2one("res.currency", ondelete="restrict")
    document_total = fields.Monetary(
        string="Total of the Document",
        currency_field="document_currency_id",
        help="The total of the document at that time.",
    )
    # The file as it left
    content_sha256 = fields.Char(string="SHA-256 of the Content")
    content_fingerprint = fields.Char(
        help="SHA-256 of the content without the time at which the file was made: "
        "two prints of an unchanged document have the same. Empty where the document "
        "was a part of a larger file."
    )
    content_attachment_id = fields.Many2one(
        "ir.attachment",
        string="File That Left",
        index="btree_not_null",
        ondelete="set null",
        help="The file as Odoo stores it, or the copy that the log keeps.",
    )
    content_changed = fields.Boolean(
        compute="_compute_content_changed",
        search="_search_content_changed",
        help="The content differs from what left of the document the time before.",
    )
    content_previous_id = fields.Many2one(
        "interaction.log.entry",
        string="Differs From",
        compute="_compute_content_changed",
        help="What left of the document the time before: the content was another one.",
    )

    @api.model
    def _get_server_fields(self):
        # EXTENDS: what was recorded of the document
        return super()._get_server_fields() | {
            "content_attachment_id",
            "content_fingerprint",
            "content_sha256",
            "document_currency_id",
            "document_state",
            "document_total",
            "rule_id",
        }

    @api.model
    def _get_reserved_prefixes(self):
        # EXTENDS: what is filled in later, and what was skipped
        return super()._get_reserved_prefixes() | {"backfill", "skipped"}

    @api.depends("content_fingerprint", "state")
    def _compute_content_changed(self):
        changed = dict(
            self.env.execute_query(
                SQL(
                    "%s AND entry.id = ANY(%s)",
                    self._get_changed_query(SQL("entry.id, before.id")),
                    self.ids,
                )
            )
        )
        for entry in self:
            entry.content_previous_id = changed.get(entry.id)
            entry.content_changed = entry.id in changed

    def _search_content_changed(self, operator, value):
        if operator != "in":
            return NotImplemented
        changed = Domain("id", "in", self._get_changed_query(SQL("entry.id")))
        return Domain.OR(changed if wanted else ~changed for wanted in set(value))

    @api.model
    def _get_changed_query(self, columns):
        """Return the query of the entries with another content than the one before.

        What is compared is the same report of the same document, or the file that was
        downloaded of it.

        :param SQL columns: of the tables `entry` and `before`
        """
        self.flush_model()
        return SQL(
            """SELECT %s FROM interaction_log_entry entry CROSS JOIN LATERAL (
                SELECT id, content_fingerprint
                FROM interaction_log_entry earlier
                WHERE earlier.res_id = entry.res_id
                    AND earlier.res_model = entry.res_model
                    AND earlier.report_id IS NOT DISTINCT FROM entry.report_id
                    AND earlier.content_fingerprint IS NOT NULL
                    AND earlier.state = 'logged'
                    AND (earlier.date, earlier.id) < (entry.date, entry.id)
                ORDER BY earlier.date DESC, earlier.id DESC LIMIT 1
            ) before
            WHERE entry.content_fingerprint != before.content_fingerprint""",
            columns,
        )

    def _is_other_content(self, vals):
        """Say whether `vals` of a repeat tell of another content than the entry."""
        new = vals.get("content_fingerprint")
        return bool(
            new and self.content_fingerprint and new != self.content_fingerprint
        )

    def action_open_content(self):
        """Open the file that left.

        :raises UserError: where it is not kept, or no more
        :raises AccessError: where the user may not read it
        """
        self.ensure_one()
        attachment = self.content_attachment_id
        if not attachment:
            raise UserError(self.env._("The file is not kept: only its SHA-256 is."))
        attachment.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}",
            "target": "new",
        }

    # ------------------------------------------------------------------
    # The version of the document
    # ------------------------------------------------------------------

    def _complete_log_vals(self, vals_list):
        # EXTENDS: whoever logs, the document is kept as it is now
        complete = super()._complete_log_vals(vals_list)
        documents = defaultdict(set)  # an e-mail to three people names one three times
        for vals in complete:
            if vals.get("res_id") and vals.get("res_model") in self.env:
                documents[vals["res_model"]].add(vals["res_id"])
        # one recordset, so that all are read at once; the interaction is about the
        # document, whether or not its parts may be read
        documents = {
            model: self.env[model].sudo().browse([*ids]).grouped("id")
            for model, ids in documents.items()
        }
        for vals in complete:
            document = documents.get(vals.get("res_model"), {}).get(vals.get("res_id"))
            if document and "document_state" not in vals:
                vals.update(self._get_document_version(document))
        return complete

    @api.model
    def _get_document_version(self, document):
        """Return what is kept of a document as it is now; override to keep more.

        :return: dict of values of an entry
        """
        document = document.with_context(lang=self.env.lang)
        vals = {}
        try:
            state = document._fields.get("state")
            if state and state.type == "selection":
                labels = dict(state._description_selection(document.env))
                vals["document_state"] = labels.get(document.state, False)
            currency = document._fields.get("currency_id")
            total = next((n for n in TOTAL_FIELDS if n in document._fields), None)
            if total and currency and currency.type == "many2one":
                vals["document_currency_id"] = document.currency_id.id
                vals["document_total"] = document[total]
        except MissingError:
            return {}  # it was deleted
        return vals

    # ------------------------------------------------------------------
    # Announcing
    # ------------------------------------------------------------------

    @api.model
    def get_announcement(self, token):
        """Return what to tell the user of the print that the web client gave `token`.

        :param str token: as it was given with the print
        :return: dict with `message`, `entry_ids` and `can_undo`; with `warning` where
            something could not be logged, and `question` where the user is asked first.
            An empty one where there is nothing to say.
        """
        announcements = self.env["interaction.announcement"]._find(token)
        result = {}
        entries = announcements._get_entries()
        repeats = announcements._get_entries("repeat_ids")
        if entries or repeats:
            result.update(entries._prepare_announcement(repeats))
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
        }

    def _announce_done(self):
        """Tell the user of what was just logged, once the transaction is committed.

        Over the bus, so that it is told whichever button it was. Who has no right on
        the log is told nothing, nor who is not at the web client, as a remote system.
        """
        session = self.env["ir.http"]._get_interaction_session()
        if not session or not self.env.user.has_group("interaction_log.group_user"):
            return
        # what was logged before is no news
        now = self.env.cr.now()
        entries = self.sudo(False)._filtered_access("read")
        entries = entries.filtered(lambda entry: entry.create_date == now)
        if entries:
            announcement = entries._prepare_announcement(entries.browse())
            # it comes to all that the user has open, and is told where it was done
            self.env.user._bus_send(DONE, {**announcement, "session": session})

    def _get_logged_message(self, repeats):
        """Return the sentence that says what was logged.

        :param repeats: the entries that were there and are counted once more
        """
        entries = self + repeats
        contacts = self._join_contacts(entries.mapped("partner_name"))
        if len(entries) > 1 and "activity" in entries.mapped("event"):
            return self.env._(
                "Logged: %(count)s activities, for %(contacts)s",
                count=len(entries),
                contacts=contacts,
            )
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
        recorder = self.env["interaction.recorder"]
        for announcement in self.env["interaction.announcement"]._find(token):
            if announcement.question:
                recorder._log_asked(announcement)
        return self.get_announcement(token) or {
            "warning": self.env._(
                "It could not be logged. An interaction manager sees the reason under "
                "Skipped Events."
            )
        }

    @api.model
    def undo_announced(self, token):
        """Take back what was announced: new entries are canceled, repeats uncounted.

        :return: the entries
        :raises UserError: where it was taken back already
        :raises AccessError: as for canceling
        """
        announcements = self.env["interaction.announcement"]._find(token)
        entries = announcements._get_entries()
        repeats = announcements._get_entries("repeat_ids")
        if not (entries or repeats):
            raise UserError(self.env._("There is nothing to undo any more."))
        repeats._check_cancel_access()
        if entries:
            entries.action_undo()
        for entry in repeats.filtered(lambda entry: entry.occurrence_count > 1):
            count = entry.occurrence_count - 1
            entry._write_facts(
                {
                    "occurrence_count": count,
                    # which of the earlier ones was the last is not known
                    "last_date": entry.date if count == 1 else entry.last_date,
                }
            )
        announcements.unlink()
        return entries + repeats

    def _get_undo_reason(self):
        # EXTENDS: the paper was never meant to leave
        if set(self.mapped("event")) <= set(TAKEN_BACK):
            reason = self.env.ref(
                "interaction_log.interaction_cancel_reason_printed_by_mistake",
                raise_if_not_found=False,
            )
            if reason:
                return reason
        return super()._get_undo_reason()
