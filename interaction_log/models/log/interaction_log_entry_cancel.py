from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .interaction_log_entry import RELEASED, RELEASED_KEYS


class InteractionLogEntry(models.Model):
    """Interactions that are canceled and restored with their batch, as a set."""

    _inherit = "interaction.log.entry"

    segment_id = fields.Many2one(
        related="batch_id.segment_id", help="The segment that it was logged for."
    )
    canceled_with_batch = fields.Boolean(
        readonly=True,
        help="Whether it was canceled with its batch, and is restored with it.",
    )

    def action_restore(self):
        # EXTENDS: canceled one by one after that, it is not restored with its batch
        entries = self.filtered("canceled_with_batch")
        result = super().action_restore()
        entries._write_facts({"canceled_with_batch": False})
        return result

    def action_record_responses(self):
        """Open the dialog that records the responses of the contacts."""
        return self._get_wizard_action("interaction_log.interaction_log_respond_action")

    def _cancel_set(self, reason, note, date):
        """Cancel logged entries with their batch, by one statement; see `_cancel`.

        Whose they are was checked before.

        :param reason: `interaction.cancel.reason`
        :param str note: what else is to say, or False
        :param date: when, in UTC
        """
        self._update_set(
            SQL(
                """state = 'canceled', canceled_with_batch = TRUE,
                cancel_reason_id = %(reason)s, cancel_note = %(note)s,
                cancel_uid = %(uid)s, cancel_date = %(date)s,
                source_key = CASE WHEN source_key LIKE ANY(%(keys)s)
                    THEN %(released)s || id || ',' || source_key
                    ELSE source_key END""",
                reason=reason.id,
                note=note or None,
                uid=self.env.uid,
                date=date,
                keys=[f"{key}%" for key in RELEASED_KEYS],
                released=RELEASED,
            ),
            SQL("state = 'logged'"),
        )

    def _restore_set(self):
        """Let entries count again that were canceled with their batch, by a statement.

        :return: how many; not those that were logged again
        """
        key = self._get_own_key_sql(SQL("entry"))
        return self._update_set(
            SQL(
                """state = 'logged', canceled_with_batch = FALSE,
                cancel_reason_id = NULL, cancel_note = NULL, cancel_uid = NULL,
                cancel_date = NULL, source_key = %s""",
                key,
            ),
            SQL(
                """state = 'canceled' AND (source_key IS NULL
                    OR source_key NOT LIKE %(released)s
                    OR NOT EXISTS (SELECT FROM %(table)s again
                        WHERE again.source_key = %(key)s))""",
                released=f"{RELEASED}%",
                table=SQL.identifier(self._table),
                key=key,
            ),
        )

    @api.model
    def _get_own_key_sql(self, entry):
        """Return the SQL of the source key that an entry had before it was canceled."""
        return SQL(
            """CASE WHEN %(entry)s.source_key LIKE %(like)s
                THEN substr(%(entry)s.source_key,
                    length(%(released)s || %(entry)s.id || ',') + 1)
                ELSE %(entry)s.source_key END""",
            entry=entry,
            like=f"{RELEASED}%",
            released=RELEASED,
        )

    def _update_set(self, assignments, condition):
        """Write facts of the entries by one statement.

        :return: how many were written
        """
        self.flush_model()
        ids = self.env.execute_query(
            SQL(
                """UPDATE %(table)s entry
                SET %(assignments)s, write_uid = %(uid)s, write_date = %(now)s
                WHERE id = ANY(%(ids)s) AND %(condition)s RETURNING id""",
                table=SQL.identifier(self._table),
                assignments=assignments,
                uid=self.env.uid,
                now=self.env.cr.now(),
                ids=list(self._ids),
                condition=condition,
            )
        )
        # what is counted from them is computed when it is asked, none of it is stored
        self.env.invalidate_all()
        return len(ids)

    @api.model
    def _check_released_keys(self, domain):
        """Raise an error where what an entry of `domain` was is logged again.

        As `_restore_source_keys`, but without reading the entries.
        """
        self.flush_model()
        # an entry out of sight has its key, too
        query = self.sudo()._search(
            Domain(domain) & Domain("source_key", "=like", f"{RELEASED}%")
        )
        rows = self.env.execute_query(
            SQL(
                """WITH released AS (
                    SELECT entry.name, %(key)s AS key FROM %(table)s entry
                    WHERE entry.id IN %(entries)s
                )
                SELECT name FROM released
                WHERE EXISTS (SELECT FROM %(table)s again
                    WHERE again.source_key = released.key)
                UNION ALL
                SELECT MIN(name) FROM released GROUP BY key HAVING COUNT(*) > 1
                LIMIT 1""",
                key=self._get_own_key_sql(SQL("entry")),
                table=SQL.identifier(self._table),
                entries=query.subselect(),
            )
        )
        if rows:
            raise UserError(
                self.env._(
                    "%(name)s was logged again. Cancel that interaction first.",
                    name=rows[0][0],
                )
            )
