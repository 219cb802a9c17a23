from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context

from odoo.addons.interaction_log.models.base.constants import POSITIVE


class InteractionLogEntry(models.Model):
    """An interaction that becomes an opportunity."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    can_create_opportunity = fields.Boolean(compute="_compute_can_create_opportunity")

    @api.depends("state", "opportunity_id")
    @api.depends_context("uid")
    def _compute_can_create_opportunity(self):
        may_create = self.env["crm.lead"].has_access("create")
        for entry in self:
            entry.can_create_opportunity = (
                may_create and entry.state == "logged" and not entry.opportunity_id
            )

    def action_open_opportunity(self):
        """Open the opportunity.

        :raises UserError: where there is none
        :raises AccessError: where the user may not read it
        """
        self.ensure_one()
        if not self.opportunity_id:
            raise UserError(self.env._("This interaction has no opportunity."))
        self.opportunity_id.check_access("read")
        return self.opportunity_id.get_formview_action()

    def action_create_opportunity(self):
        """Create an opportunity from the interaction, and open it.

        With its note and its files. Where there is one already, it is opened.

        :raises UserError: where the interaction is canceled, or a draft
        :raises AccessError: where the user may not create opportunities
        """
        self.ensure_one()
        self.check_access("read")
        entry = self.sudo()
        entry.lock_for_update(allow_referencing=True)
        entry.invalidate_recordset(["opportunity_id", "state"])
        if not self.opportunity_id:
            if self.state != "logged":
                raise UserError(
                    self.env._(
                        "An opportunity can only be created from a logged interaction."
                    )
                )
            # who may read the interaction may say that an opportunity came of it
            entry._write_facts({"opportunity_id": self._create_opportunity().id})
        return self.action_open_opportunity()

    def _create_opportunity(self):
        """Create the opportunity by the rights of the user."""
        leads = self.env["crm.lead"].with_context(clean_context(self.env.context))
        lead = leads.with_company(self.company_id).create(
            self._prepare_opportunity_vals()
        )
        files = self.attachment_ids | self.mail_attachment_ids
        for file in files._filtered_access("read").sudo():
            file.copy(
                {
                    "res_model": lead._name,
                    "res_id": lead.id,
                    "res_field": False,
                    "access_token": False,
                }
            )
        lead.message_post_with_source(
            "mail.message_origin_link",
            render_values={"self": lead, "origin": self},
            subtype_xmlid="mail.mt_note",
        )
        return lead

    def _prepare_opportunity_vals(self) -> api.ValuesType:
        """Return the values of the new opportunity; override to say more."""
        self.ensure_one()
        entry = self.sudo()  # who reads the interaction may know who it was
        user = entry.user_id
        if user.share or entry.company_id not in user.company_ids:
            user = self.env.user
        return {
            "type": "opportunity",
            "name": entry._get_opportunity_name(),
            "partner_id": entry.partner_id.id,
            "contact_name": not entry.partner_id and entry.partner_name,
            "user_id": user.id,
            "company_id": entry.company_id.id,
            "campaign_id": entry.campaign_id.id,
            "description": entry.note,
        }

    def _get_opportunity_name(self):
        """Return the subject; what CRM takes where that only names the kind."""
        template = self.template_id
        kinds = (
            template._get_subject(),
            template.with_context(lang=self._get_content_lang())._get_subject(),
        )
        if self.name not in kinds:
            return self.name
        lead = self.env["crm.lead"].new({"partner_id": self.partner_id.id})
        return lead.name or self.name

    # ------------------------------------------------------------------
    # The offer
    # ------------------------------------------------------------------

    def _get_opportunity_offer(self):
        """Return what an announcement offers after one that went well, or {}."""
        is_one = len(self) == 1 and self.evaluation in POSITIVE
        if not is_one or not self.can_create_opportunity:
            return {}
        return {
            "offer": {
                "label": self.env._("Create Opportunity"),
                "method": "action_create_opportunity",
            }
        }

    def _get_announcement(self):
        # EXTENDS
        action = super()._get_announcement()
        action["params"] |= self._get_opportunity_offer()
        return action
