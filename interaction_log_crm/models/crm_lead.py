from odoo import fields, models
from odoo.fields import Domain


class CrmLead(models.Model):
    """A lead or opportunity with its interactions, those about its quotations too."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "interaction.owner.mixin", "interaction.document.mixin"]
    _interaction_user_field = "user_id"

    interaction_ids = fields.One2many(
        "interaction.log.entry",
        "opportunity_id",
        domain=[],
        groups="interaction_log.group_user_own",
    )

    def _get_timeline_domain(self):
        # EXTENDS: whatever the document
        return Domain.TRUE

    def _get_timeline_columns(self):
        # EXTENDS
        return ("opportunity_id",)

    def action_log_interaction(self):
        # EXTENDS: without a contact, with who has the e-mail address
        action = super().action_log_interaction()
        if len(self) == 1 and not self.partner_id:
            found = self._find_matching_partner()._filtered_access("read")
            external = found._filter_interaction_external()
            action["context"]["default_partner_ids"] = external.ids
        return action

    # ------------------------------------------------------------------
    # The contact comes later
    # ------------------------------------------------------------------

    def write(self, vals):
        leads = self.browse()
        if vals.get("partner_id"):
            leads = self.filtered(lambda lead: not lead.partner_id)
        addresses = {lead.id: lead.email_normalized for lead in leads}
        result = super().write(vals)
        if addresses:
            self._log_waiting_interactions(addresses)
        return result

    def _log_waiting_interactions(self, addresses):
        """Log what waited for the contact of leads at the end of the transaction.

        All leads of a transaction are asked at once: converting many would ask for
        each.

        :param dict addresses: {id of a lead: its e-mail address without a contact}
        """
        precommit = self.env.cr.precommit
        waiting = precommit.data.setdefault("interaction_log_crm.leads", {})
        if not waiting:
            precommit.add(self.browse()._log_all_waiting_interactions)
        for lead_id, address in addresses.items():
            waiting.setdefault(lead_id, address)

    def _log_all_waiting_interactions(self):
        addresses = self.env.cr.precommit.data.pop("interaction_log_crm.leads")
        # whoever enters the contact: the system has seen what is logged
        self.env["interaction.skipped.event"].sudo()._log_of_leads(addresses)

    # ------------------------------------------------------------------
    # Merging
    # ------------------------------------------------------------------

    def _merge_dependences(self, opportunities):
        # EXTENDS crm: what is in the log follows, whoever merges
        result = super()._merge_dependences(opportunities)
        merged = Domain("res_model", "=", self._name) & Domain(
            "res_id", "in", opportunities.ids
        )
        entries = self.env["interaction.log.entry"].sudo()
        entries.search([("opportunity_id", "in", opportunities.ids)])._write_facts(
            {"opportunity_id": self.id}
        )
        entries.search(merged)._write_facts({"res_id": self.id})
        for event in self.env["interaction.skipped.event"].sudo().search(merged):
            vals = {**(event.match_vals or {}), "res_id": self.id}
            event.write({"res_id": self.id, "match_vals": vals})
        if self.partner_id:
            self._log_waiting_interactions({self.id: self.email_normalized})
        return result
