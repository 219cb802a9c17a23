import logging

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# How many entries are deleted at a time: what is read of them is forgotten then
SLICE = 5_000
# What hangs on a record without a foreign key, and how it says on which one: all that
# `unlink` of Odoo looks for. Messages go first, as there.
HANGING = (
    ("mail.message", "model"),
    ("mail.followers", "res_model"),
    ("mail.scheduled.message", "model"),
    ("mail.activity", "res_model"),
    ("ir.attachment", "res_model"),
    ("ir.model.data", "model"),
)


class InteractionLogEntry(models.Model):
    """Deleting what was canceled, for good."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    def action_purge(self):
        """Open the dialog that deletes the canceled ones among the entries."""
        return self._get_wizard_action("interaction_log_purge_action")

    @api.model
    def _purge(self, domain):
        """Delete the canceled entries of `domain` for good.

        :return: how many they were (int)
        :raises AccessError: where the user is no administrator of interactions
        """
        domain = self._check_purge(domain)
        count = 0
        while entries := self.search(domain, order="id", limit=SLICE):
            entries.sudo()._delete_set()  # the right to do so was just checked
            count += len(entries)
        return count

    @api.model
    def _check_purge(self, domain):
        """Return the domain of the canceled ones among the entries of `domain`.

        :raises AccessError: where the user may not delete one of them; the rules on
            deleting are asked by one query
        """
        self.check_access("unlink")
        domain = Domain("state", "=", "canceled") & Domain(domain)
        if not self.env.su:
            rules = self.env["ir.rule"]._compute_domain(self._name, "unlink")
            own = Domain(rules or Domain.TRUE)
            self.search(domain & ~own, limit=1, order="id").check_access("unlink")
        return domain

    @api.model
    def _lock_slice(self, domain, size):
        """Lock some entries of `domain`, none that another worker has locked.

        :param int size: how many
        :return: (entries, whether no other one is left)
        """
        order = "id desc" if self.env.context.get("interaction_from_end") else "id"
        found = self.search(domain, order=order, limit=2 * size)
        entries = found.try_lock_for_update(limit=size)
        return entries, len(entries) == len(found)

    def unlink(self):
        groups = self.sudo()._read_group([("id", "in", self.ids)], ["batch_id"])
        batches = self.env["interaction.batch"].concat(*(batch for (batch,) in groups))
        self._before_delete()
        result = super().unlink()
        batches._delete_empty()
        return result

    def _delete_set(self):
        """Delete canceled entries as a set, with what hangs on them; see `unlink`.

        The ORM asks for all ids in 12 queries, and for each field whether it is to be
        computed: 167 µs of CPU an entry, 122 here, 65 for a bare DELETE.

        What may be deleted was checked before.
        """
        self.env.flush_all()
        self._before_delete()
        hanging = self._find_hanging()
        if hanging.pop(self._name, None):
            self._unlink_from_versions()
        hanging.pop("mail.message", self.env["mail.message"]).unlink()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """DELETE FROM %s WHERE id = ANY(%s) AND state = 'canceled'
                RETURNING batch_id""",
                SQL.identifier(self._table),
                self._get_ids_sql(),
            )
        )
        if len(rows) < len(self):
            self._unlink_except_not_canceled()
        self.env.invalidate_all(flush=False)
        for records in hanging.values():
            records.unlink()
        batches = self.env["interaction.batch"]
        batches.browse({id_ for (id_,) in rows if id_})._delete_empty()
        _logger.info(
            "User #%s deleted %s records with IDs: %r",
            self.env.uid,
            self._name,
            self.ids,
        )

    def _get_ids_sql(self):
        # as one text: the adapter of psycopg2 asks each number what it is
        return SQL("%s::int[]", f"{{{','.join(map(str, self._ids))}}}")

    def _find_hanging(self):
        """Return {model: records that hang on the entries, and what corrects them}.

        By one query.
        """
        ids = self._get_ids_sql()
        found = {
            name: SQL("%s = %s AND res_id", SQL.identifier(column), self._name)
            for name, column in HANGING
        } | {self._name: SQL("corrects_id")}
        rows = self.env.execute_query(
            SQL(" UNION ALL ").join(
                SQL(
                    "SELECT %s, array_agg(id) FROM %s WHERE %s = ANY(%s)",
                    name,
                    SQL.identifier(self.env[name]._table),
                    condition,
                    ids,
                )
                for name, condition in found.items()
            )
        )
        # what hangs on an entry is nobody else's
        return {name: self.env[name].sudo().browse(ids) for name, ids in rows if ids}

    def _before_delete(self) -> None:
        """Called on entries that are about to be deleted, singly or as a set.

        Override to do more; an override of `unlink` is not called for a set.
        """
        self.env["interaction.purged.key"]._remember(self)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_not_canceled(self):
        # asked of the database: thousands of canceled entries are not read for it
        entry = self.sudo().search(
            [("id", "in", self.ids), ("state", "!=", "canceled")], limit=1, order="id"
        )
        if entry.state == "postponed":
            raise UserError(
                self.env._(
                    "%(name)s is a draft. Discard it instead.",
                    name=entry.display_name,
                )
            )
        if entry:
            raise UserError(
                self.env._(
                    "Only canceled interactions can be deleted. Cancel %(name)s first.",
                    name=entry.display_name,
                )
            )
