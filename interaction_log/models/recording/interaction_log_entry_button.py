from odoo import api, models
from odoo.fields import Domain

from ..base.interaction_value_mixin import is_id


class InteractionLogEntry(models.Model):
    """What the button of a rule shows and opens: the interactions about a document."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # room recording adds to log

    @api.model
    def get_document_count(self, res_model, res_id):
        """Return how many interactions about a document there are; one query.

        Those that count, and that the user may read.

        :param str res_model: name of the model of the document
        :param int res_id: id of the document
        """
        return self.search_count(
            self._get_counted_domain() & self._get_about_domain(res_model, res_id)
        )

    @api.model
    def get_document_action(self, res_model, res_id):
        """Open the interactions about a document; those logged from there are about it.

        :param str res_model: name of the model of the document
        :param int res_id: id of the document
        :raises UserError: where the document was deleted
        """
        action = self._get_action(self._get_about_domain(res_model, res_id))
        # as the dialog that is opened from the document itself
        for name, value in self.get_log_action(res_model, res_id)["context"].items():
            if name.startswith("default_"):
                action["context"][name] = value
        return action

    @api.model
    def _get_about_domain(self, res_model, res_id):
        if not isinstance(res_model, str) or not is_id(res_id):
            return Domain.FALSE
        return Domain("res_model", "=", res_model) & Domain("res_id", "=", res_id)

    @api.model
    def _find_record_partner(self, record):
        # EXTENDS: the contact that its rule names
        rules = self.env["interaction.rule"]
        path = rules._get_button_paths().get(record._name)
        if not record or not rules._leads_from(record, path, "res.partner"):
            return super()._find_record_partner(record)
        # whatever the user may read on the way to it
        return rules._follow_path(record.sudo(), path).sudo(self.env.su)

    @api.model
    def _is_logged_about(self, record, partners):
        # EXTENDS: a document that shows the button
        return super()._is_logged_about(record, partners) or (
            record._name in self.env["interaction.rule"]._get_button_paths()
        )
