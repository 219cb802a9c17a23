import logging

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from odoo.addons.interaction_log.models.base.constants import EMAIL_EVENTS
from odoo.addons.interaction_log.models.base.failure import report_failure
from odoo.addons.interaction_log.models.base.savepoint import (
    RETRIED,
    isolated_savepoint,
)

_logger = logging.getLogger(__name__)


class InteractionSkippedEvent(models.Model):
    """What happened with leads that had no contact yet."""

    _inherit = "interaction.skipped.event"

    def action_create_contact(self):
        # EXTENDS: it is the contact of the lead, as in Odoo who is written to
        action = super().action_create_contact()
        for event in self.filtered(lambda event: event.res_model == "crm.lead"):
            lead, partner = event._get_document(), event.sudo().entry_id.partner_id
            if (
                lead
                and partner
                and lead.has_access("write")
                and not lead.partner_id
                and lead.email_normalized == partner.email_normalized
            ):
                lead.partner_id = partner
        return action

    @api.model
    def _log_of_leads(self, addresses):
        """Log what waited for the contacts of leads, which they have now.

        What fails stays in the list. Raises nothing but what a retry fixes.

        :param dict addresses: {id of a lead: its e-mail address without a contact}
        """
        try:
            with isolated_savepoint(self.env.cr):
                events = self.search(
                    Domain("res_model", "=", "crm.lead")
                    & Domain("res_id", "in", list(addresses))
                    & Domain("state", "=", "todo")
                ).try_lock_for_update()
                for lead in self.env["crm.lead"].browse(events.mapped("res_id")):
                    # a merge may have deleted it, or a later write emptied its contact
                    if lead.exists().partner_id:
                        events._log_of_lead(lead, addresses[lead.id])
        except RETRIED:
            raise  # Odoo runs the request again
        except Exception as error:
            report_failure(
                self.env,
                error,
                _logger,
                "Could not log what waited for leads %s",
                list(addresses),
            )

    def _log_of_lead(self, lead, address):
        """Log those of the events that waited for the contact of `lead`.

        E-mails are with that contact where they are from or to an address of the lead
        or of the contact: others write about a lead, too.
        """
        partner = lead.partner_id
        waiting = self.filtered(
            lambda event: event.res_id == lead.id and not event._is_contact_known()
        )
        emails = waiting.filtered(lambda event: event.event in EMAIL_EVENTS)
        own = {address, lead.email_normalized, partner.email_normalized} - {False}
        answered = emails.filtered(
            lambda event: event.rule_id and event._get_address() in own
        )
        if answered and partner._filter_interaction_external():
            answered.partner_id = partner
            emails -= answered
        (waiting - emails)._log_now()

    def _get_address(self):
        """Return the normalized address that the e-mail is from or to, or False."""
        address = (self.match_vals or {}).get("contact_via")
        return address and email_normalize(address, strict=False)
