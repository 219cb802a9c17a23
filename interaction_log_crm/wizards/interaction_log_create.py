from odoo import api, fields, models


class InteractionLogCreate(models.TransientModel):
    """The dialog knows the opportunity of the document, or lets the user choose one."""

    _inherit = "interaction.log.create"

    opportunity_id = fields.Many2one(
        "crm.lead",
        compute="_compute_opportunity_id",
        compute_sudo=False,  # the document is one that the user may read
        store=True,
        readonly=False,
        ondelete="cascade",
    )
    # the document decides
    is_opportunity_known = fields.Boolean(compute="_compute_is_opportunity_known")
    commercial_partner_ids = fields.Many2many(
        "res.partner", compute="_compute_commercial_partner_ids"
    )

    @api.depends("res_model", "res_id")
    def _compute_opportunity_id(self):
        for wizard in self:
            opportunity = wizard._find_opportunity()
            wizard.opportunity_id = opportunity.sudo(False)._filtered_access("read")

    @api.constrains("opportunity_id")
    def _check_opportunity(self):
        """Let nobody name one whose name is not theirs to read."""
        for wizard in self:
            if wizard.opportunity_id != wizard.corrects_id.opportunity_id:
                wizard.opportunity_id.sudo(False).check_access("read")

    @api.depends("res_model", "res_id")
    def _compute_is_opportunity_known(self):
        for wizard in self:
            wizard.is_opportunity_known = bool(wizard._find_opportunity())

    def _find_opportunity(self):
        """Return the opportunity of the document that the user may read, or none."""
        document = self._get_document() or self.env["crm.lead"]
        return self.env["interaction.log.entry"]._find_opportunity(
            {"res_model": document._name, "res_id": document.id}
        )

    @api.depends("partner_ids")
    def _compute_commercial_partner_ids(self):
        for wizard in self:
            wizard.commercial_partner_ids = wizard.partner_ids.commercial_partner_id

    @api.depends("opportunity_id")
    def _compute_template_values(self):
        return super()._compute_template_values()

    def _prepare_given_vals(self):
        # EXTENDS: the campaign is that of the opportunity
        return {
            **super()._prepare_given_vals(),
            "opportunity_id": self.opportunity_id._origin.id,
        }

    def _prepare_vals(self):
        # EXTENDS: that of the document, of which the user may not know, comes with it
        vals = super()._prepare_vals()
        opportunity = self.opportunity_id
        is_changed = opportunity != self.corrects_id.opportunity_id
        if is_changed and opportunity.has_access("read"):
            vals["opportunity_id"] = opportunity.id
        return vals

    def _log(self, state="logged"):
        # EXTENDS: who is talked to about a lead without a contact is its contact, as
        # in Odoo who is written to
        entries = super()._log(state)
        lead = self.opportunity_id
        if (
            state == "logged"
            and len(self.partner_ids) == 1
            and lead
            and not lead.partner_id
            and lead.has_access("write")
        ):
            lead.partner_id = self.partner_ids
        return entries
