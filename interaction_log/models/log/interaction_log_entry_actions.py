from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..base.interaction_value_mixin import is_id
from ..base.ui import get_window_action


class InteractionLogEntry(models.Model):
    """Where the log and its dialogs open, and with what."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    @api.model
    def _get_action(self, domain, xml_id="interaction_log_entry_action"):
        """Return the action `xml_id` of entries, showing those of `domain`.

        It starts with those that count, so that it shows what a counter says; the
        canceled ones are one click away.
        """
        return get_window_action(
            self.env,
            xml_id,
            domain=list(Domain(domain)),
            context={"search_default_filter_counted": 1},
        )

    @api.model
    def get_log_action(self, res_model=False, res_id=False):
        """Return the dialog that logs an interaction, from the record that is open.

        It is with the contact of the record, and about the record where that is a
        document with interactions or has activities. Without a record, or with one
        that the user may not read, it is with nobody yet.

        :param str res_model: name of the model of the record
        :param int res_id: id of the record
        :raises UserError: where the record was deleted
        """
        self.check_access("create")
        record = self.env["res.partner"]
        is_known = isinstance(res_model, str) and res_model in self.env
        if is_known and is_id(res_id) and not self.env[res_model]._abstract:
            record = self.env[res_model].browse(res_id)
            if not record.exists():
                raise UserError(self.env._("This record was deleted. Reload the page."))
            record = record._filtered_access("read")
        is_entry = record._name == self._name
        if record and not is_entry and hasattr(record, "get_interaction_timeline"):
            return record.action_log_interaction()
        partners = self._find_record_partner(record)._filtered_access("read")
        partners = partners._filter_interaction_external()
        action = self._get_log_action(partners)
        if record and not is_entry and self._is_logged_about(record, partners):
            action["context"].update(
                default_res_model=record._name, default_res_id=record.id
            )
        return action

    @api.model
    def _find_record_partner(self, record):
        """Return the contact of the record that is open, or none.

        A hook: override where it is not its `partner_id`.
        """
        field = record._fields.get("partner_id")
        if record and field and field.comodel_name == "res.partner":
            return record.partner_id
        return self.env["res.partner"]

    @api.model
    def _is_logged_about(self, record, partners):
        """Say whether what is logged from a record is about it, too.

        A hook: override for more documents.

        :param partners: its contact, or none
        """
        # such as an opportunity: what follows is planned there
        return bool(partners) and "activity_ids" in record._fields

    @api.model
    def _get_log_action(self, partners):
        """Return the dialog that logs an interaction with `partners`.

        Those that the user may not read are left out: the dialog shows their names.
        """
        readable = partners._filtered_access("read")
        return get_window_action(
            self.env,
            "interaction_log_create_action",
            context={"default_partner_ids": readable.ids},
        )

    def _get_wizard_action(self, xml_id):
        return get_window_action(
            self.env, xml_id, context={"default_entry_ids": self.ids}
        )

    def action_record_responses(self):
        """Open the dialog that records the responses of the contacts."""
        return self._get_wizard_action("interaction_log_respond_action")
