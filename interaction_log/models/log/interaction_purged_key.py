import hashlib

from odoo import api, fields, models
from odoo.tools import SQL

# How many hexadecimal digits of the SHA-256 are kept: 128 bits
DIGITS = 32


class InteractionPurgedKey(models.Model):
    """What was canceled and deleted for good, which must not come back by itself.

    Digests of the identities that the entries had, and nothing else of them. What
    compares old events with the log asks for them: *Completeness*, skipped events,
    imports. Recording doesn't: what happens now is new. Nobody writes them but
    deleting.
    """

    _name = "interaction.purged.key"
    _description = "Deleted Interaction Key"
    _log_access = False  # whose and when is what was deleted
    _rec_name = "digest"

    digest = fields.Char(required=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")

    _digest_uniq = models.UniqueIndex(
        "(digest, company_id)", "This key already exists."
    )

    @api.model
    def _remember(self, entries: models.BaseModel) -> None:
        """Remember canceled entries that are about to be deleted, by one statement.

        Not postponed ones that are discarded: they were never in the log.
        """
        entries.flush_model()
        self.env.cr.execute(
            SQL(
                """INSERT INTO %s (company_id, digest)
                SELECT company_id, %s FROM (%s) purged
                ON CONFLICT DO NOTHING""",
                SQL.identifier(self._table),
                self._get_digest_sql(SQL("identity")),
                entries._get_identities_query(
                    SQL(
                        """(SELECT id FROM %s
                        WHERE id = ANY(%s) AND cancel_date IS NOT NULL)""",
                        SQL.identifier(entries._table),
                        list(entries._ids),
                    )
                ),
            )
        )

    @api.model
    def _get_digest_sql(self, identity):
        return SQL(
            "left(encode(sha256(convert_to(%s, 'UTF8')), 'hex'), %s)", identity, DIGITS
        )

    @api.model
    def _get_purged_sql(self, identity: SQL) -> SQL:
        """Return the SQL of whether an identity was deleted for good: `_find` for sets.

        :param identity: SQL of a text
        """
        return SQL(
            "EXISTS (SELECT FROM %s purged WHERE purged.digest = %s)",
            SQL.identifier(self._table),
            self._get_digest_sql(identity),
        )

    @api.model
    def _find_keys(self, keys: set[str], company_id: int) -> set[str]:
        """Return those of the source keys that were deleted for good in a company."""
        entries = self.env["interaction.log.entry"]
        key_of = {entries._get_key_identity(key): key for key in keys}
        return {key_of[identity] for identity in self._find(set(key_of), company_id)}

    @api.model
    def _find(self, identities: set[str], company_id: int | None = None) -> set[str]:
        """Return those of `identities` that were deleted for good, by one query.

        For whatever logs what happened before: it leaves them out.

        :param identities: as of `_get_identities_sql` of an entry; that of a source key
            is `_get_key_identity`
        :param company_id: whose they were; None where they are those of the system,
            which are the same in all companies
        """
        if not identities:
            return set()
        identity_of = {
            hashlib.sha256(identity.encode(errors="surrogatepass")).hexdigest()[
                :DIGITS
            ]: identity
            for identity in identities
        }
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT digest FROM %s WHERE digest = ANY(%s)
                AND (%s IS NULL OR company_id = %s)""",
                SQL.identifier(self._table),
                list(identity_of),
                company_id,
                company_id,
            )
        )
        return {identity_of[digest] for (digest,) in rows}
