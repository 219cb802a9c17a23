from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import MissingError

from odoo.addons.interaction_log.models.base.interaction_value_mixin import is_id


class InteractionLogEntry(models.Model):
    """The opportunity that an interaction belongs to, beside its document."""

    _inherit = "interaction.log.entry"

    opportunity_id = fields.Many2one(
        "crm.lead",
        index="btree_not_null",
        ondelete="set null",
        help="Lead or opportunity that the interaction belongs to, such as that of a "
        "quotation.",
    )

    @api.model
    def _get_opportunity_fields(self) -> dict[str, str]:
        """Return {model of documents: its field that names the opportunity}.

        A hook: override to add documents of another addon. The fields are stored.
        """
        return {
            "crm.lead": "id",
            "sale.order": "opportunity_id",
            "calendar.event": "opportunity_id",
        }

    @api.model
    def _get_own_paths(self):
        # EXTENDS: also about the quotations and meetings of an opportunity
        return [*super()._get_own_paths(), ("opportunity_id", "crm.lead", "user_id")]

    def _complete_log_vals(self, vals_list):
        # EXTENDS: the documents, and then the opportunities, are read at once
        ids_of = defaultdict(set)
        for vals in vals_list:
            model, id_ = vals.get("res_model"), vals.get("res_id")
            if isinstance(model, str) and is_id(id_):
                ids_of[model].add(id_)
            if is_id(vals.get("opportunity_id")):
                ids_of["crm.lead"].add(vals["opportunity_id"])
        opportunities = self.env["crm.lead"].sudo()
        for model, name in self._get_opportunity_fields().items():
            documents = self.env[model].sudo().browse(ids_of[model])
            documents.fetch([name])
            opportunities |= opportunities.concat(
                *(self._read_opportunity(document) for document in documents)
            )
        opportunities.fetch(["campaign_id"])
        return super()._complete_log_vals(vals_list)

    def _prepare_log_vals(self, vals, template, partner, company):
        # EXTENDS: what is logged about an opportunity is of its campaign
        result = super()._prepare_log_vals(vals, template, partner, company)
        opportunity = self._find_opportunity(vals)
        if opportunity:
            result["opportunity_id"] = opportunity.id
            result["campaign_id"] = result["campaign_id"] or opportunity.campaign_id.id
        return result

    @api.model
    def _find_opportunity(self, vals):
        """Return the opportunity of `vals` or of their document, or none.

        With all rights: who may see the document need not see the opportunity.

        :param dict vals: of an entry
        """
        opportunities = self.env["crm.lead"].sudo()
        if id_ := vals.get("opportunity_id"):
            return opportunities.browse(id_)
        if vals.get("res_model") not in self._get_opportunity_fields():
            return opportunities
        document = self.env[vals["res_model"]].sudo().browse(vals.get("res_id"))
        return self._read_opportunity(document)

    @api.model
    def _read_opportunity(self, document):
        """Return the opportunity of a document; none where the document was deleted."""
        name = self._get_opportunity_fields()[document._name]
        try:
            opportunity = document if name == "id" else document[name]
            return opportunity.filtered("name")  # reads it, so that it exists
        except MissingError:
            return self.env["crm.lead"].sudo()

    def _get_contradictions(self, vals, known):
        # EXTENDS: of the company that logs it
        errors = super()._get_contradictions(vals, known)
        opportunity = known["opportunity_id"].get(vals.get("opportunity_id"))
        company = opportunity and opportunity.company_id
        if company and company.id != (vals.get("company_id") or self.env.company.id):
            errors.append(
                self.env._(
                    "The opportunity %(name)s belongs to another company.",
                    name=opportunity.display_name,
                )
            )
        return errors

    def _prepare_resume_vals(self):
        # EXTENDS
        return {
            **super()._prepare_resume_vals(),
            "opportunity_id": self.opportunity_id.id,
        }

    def _get_follow_up_places(self):
        # EXTENDS: on the document, or else on the opportunity
        document, *others = super()._get_follow_up_places()
        return [document, ("crm.lead", self.opportunity_id.id), *others]
