from odoo import api, models
from odoo.tools import SQL

from .interaction_log_entry import ONCE, RELEASED


class InteractionLogEntry(models.Model):
    """What tells that an entry and a happening are the same, whoever logged it.

    An entry has several identities: its source key, and what later rooms know of it,
    such as the message that it was. Each is a text that begins with what it is.
    """

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    @api.model
    def _get_key_identity(self, key: str) -> str:
        """Return the identity of what has the source key."""
        return f"key,{key}"

    @api.model
    def _get_identities_sql(self) -> list[SQL]:
        """Return the identities of an entry: SQL of texts, null where it has none.

        A hook: what else tells that it is the same, of the row that is called `entry`.
        """
        return [
            # those keys can be given again: they stand for no single happening
            SQL(
                """CASE WHEN NOT entry.source_key LIKE ANY(%s)
                    THEN 'key,' || entry.source_key END""",
                [f"{ONCE}%", f"{RELEASED}%"],
            )
        ]

    @api.model
    def _get_identities_query(self, ids: SQL) -> SQL:
        """Return the query of the identities of entries: `company_id` and `identity`.

        :param ids: what `id` is in, in brackets
        """
        return SQL(
            """SELECT DISTINCT entry.company_id, known.identity
            FROM %s entry, unnest(ARRAY[%s]) known(identity)
            WHERE entry.id IN %s AND known.identity IS NOT NULL""",
            SQL.identifier(self._table),
            SQL(", ").join(self._get_identities_sql()),
            ids,
        )

    @api.model
    def _find_identities(self, domain, identities: set[str]) -> set[str]:
        """Return those of `identities` that entries of `domain` have, by one query.

        :param domain: where to look
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT identity FROM (%s) found WHERE identity = ANY(%s)",
                self._get_identities_query(self._search(domain).subselect()),
                list(identities),
            )
        )
        return {identity for (identity,) in rows}
