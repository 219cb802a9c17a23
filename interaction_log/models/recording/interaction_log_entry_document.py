from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError
from odoo.fields import Domain
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
    content_changed = fields.Boolean(
        compute="_compute_content_changed",
        search="_search_content_changed",
        help="The content differs from the previously sent version of the document.",
    )
    content_previous_id = fields.Many2one(
        "interaction.log.entry",
        string="Differs From",
        compute="_compute_content_changed",
        help="Previously sent version of the document, with different content.",
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
