from odoo import api, models
from odoo.exceptions import UserError

NAMES_SHOWN = 5


class InteractionUseMixin(models.AbstractModel):
    """What others point to: while it is in use it is archived, not deleted."""

    _name = "interaction.use.mixin"
    _description = "Protected While in Use"

    def _get_uses(self) -> dict[int, list[str]]:
        """Say where the records are used, in every company.

        A hook: override to say more (`_add_uses`). Asked when they are to be deleted,
        which any use forbids.

        :return: {id: translated phrases}; records of no use are not in it
        """
        return {}

    @api.model
    def _add_uses(self, uses, users, inverse_name, phrase):
        """Add to `uses` one phrase for each record that `users` use.

        :param dict uses: as `_get_uses` returns it
        :param users: the records that use
        :param str inverse_name: their field that says what is used
        :param str phrase: translated, with %(count)s and %(names)s in it
        """
        for used, group in users.grouped(inverse_name).items():
            names = group[:NAMES_SHOWN].mapped("display_name")
            if len(group) > NAMES_SHOWN:
                names.append("…")
            uses.setdefault(used.id, []).append(
                phrase % {"count": len(group), "names": ", ".join(names)}
            )

    # also what a neighbor has brought stays, with what was logged with it
    @api.ondelete(at_uninstall=True)
    def _unlink_except_in_use(self):
        uses = self._get_uses()
        sentences = [
            self.env._(
                "%(name)s can't be deleted because it is in use: %(uses)s. "
                "Archive it instead.",
                name=record.display_name,
                uses="; ".join(uses[record.id]),
            )
            for record in self
            if uses.get(record.id)
        ]
        if sentences:
            raise UserError("\n".join(sentences))
