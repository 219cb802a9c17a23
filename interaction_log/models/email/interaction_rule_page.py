from odoo import models

from .mail_types import COPY_MODEL


class InteractionRule(models.Model):
    """What the page *What Is Recorded* tells of e-mails and other messages."""

    _inherit = "interaction.rule"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    def _get_unrecorded_reason(self):
        # EXTENDS: nothing arrives without an address
        reason = super()._get_unrecorded_reason()
        if reason or self.model_id.model != COPY_MODEL:
            return reason
        # a manager may not read aliases
        aliases = self.env["mail.alias"].sudo()
        domain = self.env.company.alias_domain_id
        if domain and aliases.search_count(
            [
                ("alias_model_id.model", "=", COPY_MODEL),
                ("alias_domain_id", "=", domain.id),
                ("alias_name", "!=", False),
            ],
            limit=1,
        ):
            return False
        return self.env._(
            "The log has no e-mail address. Set In Copy to the Log in the settings."
        )

    def _get_contact_sentence(self):
        # EXTENDS: the contact is who gets it or wrote it, no field says so
        if not self.is_message:
            return super()._get_contact_sentence()
        if self.event == "portal_comment":
            return self.env._("Contact: who writes it.")
        if self.event == "email_in":
            return self.env._("Contact: the sender.")
        return self.env._("Contacts: each recipient.")
