from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError
from odoo.tools import SQL

from ..base.constants import SENT_EVENTS

# The fields in which a document says its total, the first one that it has
TOTAL_FIELDS = ("amount_total", "amount")


class InteractionLogEntry(models.Model):
    """What left: which document, in which version, and the very bytes of it."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

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
        string="State of the Document", help="State of the document at that time."
    )
    document_currency_id = fields.Many2one("res.currency", ondelete="restrict")
    # no sum: a document that was printed and e-mailed would be in it twice
    document_total = fields.Monetary(
        string="Total of the Document",
        currency_field="document_currency_id",
        aggregator=None,
        help="Total of the document at that time.",
    )
    # The file as it left
    content_sha256 = fields.Char(string="SHA-256 of the Content", technical=True)
    # SHA-256 of the content without the time at which the file was made: two prints of
    # an unchanged document have the same. Empty where the document was a part of a
    # larger file.
    content_fingerprint = fields.Char(technical=True)
    # as Odoo stores it, or the copy that the log keeps
    content_attachment_id = fields.Many2one(
        "ir.attachment",
        string="Sent File",
        index="btree_not_null",
        ondelete="set null",
    )
    # kept up by `_update_content_changed`: of two million entries the filter took 20 s
    content_changed = fields.Boolean(
        readonly=True,
        copy=False,
        help="The content differs from the previously sent version of the document.",
    )
    content_previous_id = fields.Many2one(
        "interaction.log.entry",
        string="Differs From",
        compute="_compute_content_previous_id",
        help="Previously sent version of the document, with different content.",
    )

    # the filter Content Changed
    _content_changed_idx = models.Index("(date) WHERE content_changed IS TRUE")

    @api.model
    def _get_server_fields(self):
        # EXTENDS: what was recorded of the document
        return super()._get_server_fields() | {
            "content_attachment_id",
            "content_changed",
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

    @api.model
    def _get_sent_identity(self, model_name: str, res_id: int) -> str:
        """Return the identity of a document that went out, however often it did."""
        return f"sent,{model_name},{res_id}"

    @api.model
    def _get_identities_sql(self):
        # EXTENDS: that the document went out, also where a person or another system
        # says so; a call about it doesn't
        return [
            *super()._get_identities_sql(),
            SQL(
                """CASE WHEN entry.event IN %s
                    OR entry.flow = 'outbound' AND entry.channel IN ('letter', 'email')
                    THEN 'sent,' || entry.res_model || ',' || entry.res_id END""",
                SENT_EVENTS,
            ),
        ]

    @api.depends("content_changed")
    @api.depends_context("uid")
    def _compute_content_previous_id(self):
        changed = self.filtered("content_changed")
        rows = changed and self.env.execute_query(
            SQL(
                "%s AND entry.id = ANY(%s)",
                self._get_changed_query(SQL("entry.id, before.id")),
                changed.ids,
            )
        )
        previous = dict(rows or ())
        seen = self.browse(previous.values())._filtered_access("read")
        for entry in self:
            entry.content_previous_id = seen & self.browse(previous.get(entry.id))

    @api.model
    def _get_changed_query(self, columns):
        """Return the query of the entries with another content than the one before.

        What is compared is the same report of the same document, or the file that was
        downloaded of it. What is canceled is compared, but nothing with it.

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

    @api.model
    def _get_inserted_sql(self, vals):
        # EXTENDS: compare it with what was sent before; a print has no query to spare
        computed = super()._get_inserted_sql(vals)
        if vals.get("content_fingerprint") and vals.get("res_id"):
            computed["content_changed"] = SQL(
                """(SELECT content_fingerprint != %s FROM interaction_log_entry earlier
                    WHERE res_id = %s AND res_model = %s
                        AND report_id IS NOT DISTINCT FROM %s
                        AND content_fingerprint IS NOT NULL AND state = 'logged'
                        AND date <= %s
                    ORDER BY date DESC, id DESC LIMIT 1)""",
                vals["content_fingerprint"],
                vals["res_id"],
                vals["res_model"],
                vals.get("report_id") or None,
                vals["date"],
            )
        return computed

    def _update_content_changed(self):
        """Tell of all entries of the documents of these whether the content changed.

        To be called where one was logged, canceled or restored: what came after it is
        compared with another one since.
        """
        if not self:
            return
        updated = self.env.execute_query(
            SQL(
                """WITH document AS (
                    SELECT DISTINCT res_model, res_id FROM interaction_log_entry
                    WHERE id = ANY(%s) AND content_fingerprint IS NOT NULL
                ), changed AS (%s AND (entry.res_model, entry.res_id) IN (
                    SELECT res_model, res_id FROM document
                ))
                UPDATE interaction_log_entry entry
                SET content_changed = content_changed IS NOT TRUE
                FROM document
                WHERE entry.res_id = document.res_id
                    AND entry.res_model = document.res_model
                    AND entry.content_fingerprint IS NOT NULL
                    AND (entry.content_changed IS TRUE)
                        != (entry.id IN (SELECT id FROM changed))
                RETURNING entry.id""",
                list(self._ids),
                self._get_changed_query(SQL("entry.id")),
            )
        )
        self.browse(id_ for (id_,) in updated).invalidate_recordset(
            ["content_changed", "content_previous_id"]
        )

    def _after_insert(self, vals_list, names):
        # EXTENDS: what is logged later than it happened may have been followed
        result = super()._after_insert(vals_list, names)
        recent = fields.Datetime.now() - timedelta(minutes=1)
        self.browse(
            entry.id
            for entry, vals in zip(self, vals_list, strict=True)
            if vals.get("content_fingerprint")
            and fields.Datetime.to_datetime(vals["date"]) < recent
        )._update_content_changed()
        return result

    def _after_cancel(self):
        # EXTENDS: what was sent later is compared with what was sent before
        result = super()._after_cancel()
        self.filtered("content_fingerprint")._update_content_changed()
        return result

    def _after_restore(self):
        # EXTENDS: what was sent later is compared with it again
        result = super()._after_restore()
        self.filtered("content_fingerprint")._update_content_changed()
        return result

    def _update_set(self, vals, source_key, condition):
        # EXTENDS: canceled or restored as a set
        count = super()._update_set(vals, source_key, condition)
        if "state" in vals:
            self._update_content_changed()
        return count

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
            raise UserError(
                self.env._("The file was not kept. Only its SHA-256 hash is available.")
            )
        attachment.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}",
            "target": "new",
        }

    def _prepare_kept_vals(self, corrected, vals):
        # EXTENDS: the log's copy of what left goes with its entry when that is deleted
        kept = super()._prepare_kept_vals(corrected, vals)
        file = corrected.sudo().content_attachment_id
        if file.res_model == self._name:
            copies = self.sudo().attachment_ids.filtered(
                lambda copy: copy.checksum == file.checksum
            )
            kept["content_attachment_id"] = copies[:1].id
        return kept

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
