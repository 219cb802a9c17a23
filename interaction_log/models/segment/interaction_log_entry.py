from odoo import api, fields, models
from odoo.tools import SQL, clean_context


class InteractionLogEntry(models.Model):
    """Interactions that are logged as a set: a segment's."""

    _inherit = "interaction.log.entry"

    segment_id = fields.Many2one(
        related="batch_id.segment_id", help="The segment that it was logged for."
    )

    @api.model
    def _log_set(self, vals, columns, source):
        """Log as many interactions as `source` has rows, with one statement.

        The set-based road of `log_interactions`, for server code that has checked what
        it says: the same defaults, keys and hooks, but no INSERT knows its values.

        :param dict vals: complete values that all of them have
        :param dict columns: {field: SQL} of what each row says of its own
        :param SQL source: from FROM on, what the columns read
        :return: the entries that are new; a key that is logged already is left out
        """
        # a default of another model must not become a fact
        log = self.with_context(clean_context(self.env.context))
        [row] = log._prepare_create_values([vals])
        row.pop("__precomputed__", None)
        # nobody has changed them yet, and the database checks each user that is named
        row.pop("write_uid", None)
        constants = {
            name: SQL(
                "%s", self._fields[name].convert_to_column_insert(value, self, row)
            )
            for name, value in row.items()
            if self._fields[name].store and self._fields[name].column_type
        }
        values = {**constants, **columns}
        names = sorted(values)
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO %s (%s) SELECT %s %s
                ON CONFLICT (source_key) WHERE source_key IS NOT NULL DO NOTHING
                RETURNING id""",
                SQL.identifier(self._table),
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(values[name] for name in names),
                source,
            )
        )
        entries = self.browse(id_ for (id_,) in rows)
        entries._validate_fields(names)
        return entries

    def _link_shared_files(self, attachment_ids):
        """Link files that many entries have, such as those of a batch.

        :param list attachment_ids: of `ir.attachment`, in their order
        """
        if not self or not attachment_ids:
            return
        field = self._fields["attachment_ids"]
        self.env.cr.execute(
            SQL(
                """INSERT INTO %s (%s, %s)
                SELECT entry, file FROM unnest(%s) entry, unnest(%s) file
                ON CONFLICT DO NOTHING""",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                self.ids,
                attachment_ids,
            )
        )
        self.invalidate_recordset(["attachment_ids"])

    def _is_sent_email(self):
        # EXTENDS: also what was sent with a segment
        return self._is_segment_email() or super()._is_sent_email()

    @api.model
    def _get_sent_email_events(self):
        # EXTENDS: also what was sent with a segment
        return [*super()._get_sent_email_events(), "segment"]

    def _is_segment_email(self):
        """Say whether it is an e-mail that was sent with a segment."""
        return self.event == "segment" and self.channel == "email"
