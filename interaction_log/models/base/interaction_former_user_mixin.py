from odoo import api, fields, models
from odoo.tools import SQL


class InteractionFormerUserMixin(models.AbstractModel):
    """Who did it is known by name when the user is deleted.

    The names are written then, and not with each record: users are archived, as a rule.
    """

    _name = "interaction.former.user.mixin"
    _description = "Names of Deleted Users"
    # the fields whose users are remembered
    _former_user_fields: tuple[str, ...] = ()

    # {name of the field: name of the user}
    user_names = fields.Json(readonly=True, copy=False)
    former_users = fields.Char(
        compute="_compute_former_users",
        help="Users who were deleted since, and their role in this record.",
    )

    @api.depends("user_names")
    @api.depends_context("lang")
    def _compute_former_users(self):
        for record in self:
            record.former_users = "; ".join(
                self.env._(
                    "%(field)s: %(name)s", field=record._get_user_label(name), name=user
                )
                for name, user in (record.user_names or {}).items()
                if name in self._fields and not record[name]
            )

    def _get_user_label(self, name):
        """Return what the user in the field `name` did, translated."""
        if name == "create_uid":
            return self.env._("Recorded By")
        return self._fields[name].get_description(self.env, ["string"])["string"]

    def _has_field_access(self, field, operation):
        # EXTENDS base: a client does not say who it was
        return super()._has_field_access(field, operation) and (
            self.env.su or operation == "read" or field.name != "user_names"
        )

    @api.model
    def _keep_user_names(self, users):
        """Write the names of users who are about to be deleted where they are named.

        One statement for each field, whatever the number of records.
        """
        self.flush_model()
        for name in self._former_user_fields:
            self.env.cr.execute(
                SQL(
                    """UPDATE %(table)s record
                    SET user_names = COALESCE(record.user_names, '{}')
                        || jsonb_build_object(%(name)s, partner.name)
                    FROM res_users users
                    JOIN res_partner partner ON partner.id = users.partner_id
                    WHERE record.%(column)s = users.id AND users.id IN %(ids)s""",
                    table=SQL.identifier(self._table),
                    name=name,
                    column=SQL.identifier(name),
                    ids=users._ids,
                )
            )
        self.invalidate_model(["user_names", "former_users"])
