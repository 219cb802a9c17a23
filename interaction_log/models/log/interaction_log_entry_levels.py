from collections.abc import Collection

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Of how many contacts, or documents of a kind, the ids are asked for, so that their
# entries are looked up in the index: groups of 500,000 entries take a quarter of the
# time. With 15,000 of each, the ids alone take 0.3 s with a contact's timeline; who is
# the salesperson of so many is asked for entry by entry.
OWN_LIMIT = 5_000


class InteractionLogEntry(models.Model):
    """Whose an entry is: what the level *User: Own Interactions* may see.

    Its record rule is `is_own`. Whatever reads entries with the rights of the user
    follows it: the ORM, and SQL made from `_search` (see `_get_own_paths`).
    """

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    # what somebody logged for another salesperson
    _create_uid_idx = models.Index("(create_uid)")

    is_own = fields.Boolean(
        string="Own Interaction",
        compute="_compute_is_own",
        search="_search_is_own",
        technical=True,
        exportable=False,
        help="The user had or logged the interaction, or is the salesperson of its "
        "contact, of the contact's company or of its document.",
    )

    @api.depends(
        "user_id",
        "create_uid",
        "partner_id.user_id",
        "commercial_partner_id.user_id",
        "res_model",
        "res_id",
    )
    @api.depends_context("uid")
    def _compute_is_own(self):
        uid = self.env.uid
        entries = self.sudo()  # whose it is decides what may be read
        own = entries.filtered(lambda e: uid in (e.user_id.id, e.create_uid.id))
        for column, model, user_field in self._get_own_paths():
            others = entries - own
            if column == "res_id":
                others = others.filtered(lambda e, name=model: e.res_model == name)
            id_of = {
                e: e[column] if column == "res_id" else e[column].id for e in others
            }
            ids = set(id_of.values()) - {False}
            if ids:
                records = self.env[model].sudo().with_context(active_test=False)
                found = records.search(
                    [("id", "in", list(ids)), (user_field, "=", uid)]
                )
                ids = set(found._ids)
                own |= others.filtered(lambda e, of=id_of, ids=ids: of[e] in ids)
        for entry in self:
            entry.is_own = entry in own

    @api.model
    def _get_own_paths(self) -> list[tuple[str, str, str]]:
        """Return what makes an entry somebody's own, beside having or logging it.

        A hook: add what else has a salesperson. The field of the salesperson needs an
        index, as has the field of the entry.

        :return: list of (many2one of the entry, or `res_id`; the model that it points
            to; the stored field of that model that says whose it is)
        """
        documents = [
            ("res_id", name, self.env[name]._interaction_user_field)
            for name in self.pool.descendants(
                ["interaction.document.mixin"], "_inherit"
            )
            if not self.env[name]._abstract and self.env[name]._interaction_user_field
        ]
        return [
            ("partner_id", "res.partner", "user_id"),
            ("commercial_partner_id", "res.partner", "user_id"),
            *documents,
        ]

    @api.model
    def _search_is_own(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented  # the ORM negates
        paths = self._get_own_paths()
        ids_of = self._find_own_ids(dict.fromkeys(path[1:] for path in paths))
        return Domain.OR(
            [
                Domain("user_id", "=", self.env.uid),
                Domain("create_uid", "=", self.env.uid),
                *(
                    self._get_own_domain(column, model, name, ids_of[model, name])
                    for column, model, name in paths
                ),
            ]
        )

    @api.model
    def _find_own_ids(self, fields_of: Collection[tuple[str, str]]) -> dict:
        """Return the ids of the records whose salesperson the user is, by one query.

        :param fields_of: (model, its field of the salesperson)
        :return: {(model, field): list of ids, or None where they are too many}
        """
        selects = []
        for model, name in fields_of:
            table = self.env[model]._table
            selects.append(
                SQL(
                    "ARRAY(SELECT id FROM %s WHERE %s = %s LIMIT %s)",
                    SQL.identifier(table),
                    self.env[model].sudo()._field_to_sql(table, name),
                    self.env.uid,
                    OWN_LIMIT + 1,
                )
            )
        [row] = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(selects)))
        return {
            key: ids if len(ids) <= OWN_LIMIT else None
            for key, ids in zip(fields_of, row, strict=True)
        }

    @api.model
    def _get_own_domain(self, column, model, name, ids):
        """Return the domain of the entries that are the user's own by one path.

        :param ids: of the records whose salesperson the user is; None for very many
        """
        of_model = Domain.TRUE
        if column == "res_id":
            of_model = Domain("res_model", "=", model)
        if ids is not None:
            return of_model & Domain(column, "in", ids)
        table = self.env[model]._table
        uid = self.env.uid
        return of_model & Domain.custom(
            to_sql=lambda entries, alias, query: SQL(
                "EXISTS (SELECT FROM %s own WHERE own.id = %s AND own.%s = %s)",
                SQL.identifier(table),
                entries._field_to_sql(alias, column, query),
                SQL.identifier(name),
                uid,
            )
        )
