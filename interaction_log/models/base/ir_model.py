from odoo import api, models
from odoo.fields import Domain


class IrModel(models.Model):
    """Documents under the name by which people know them.

    Only where the context says `interaction_log_document`: an invoice is a *Journal
    Entry* everywhere else.
    """

    _inherit = "ir.model"

    @api.depends_context("interaction_log_document")
    def _compute_display_name(self):
        # EXTENDS base
        result = super()._compute_display_name()
        labels = self._get_interaction_document_labels()
        for model in self:
            model.display_name = labels.get(model.model, model.display_name)
        return result

    @api.model
    def _search_display_name(self, operator, value):
        # EXTENDS base
        domain = super()._search_display_name(operator, value)
        if operator == "in":
            matches = value.__contains__
        elif operator == "ilike" and value:

            def matches(label):
                return value.lower() in label.lower()

        else:
            return domain
        labels = self._get_interaction_document_labels()
        found = [model for model, label in labels.items() if matches(label)]
        return Domain(domain) | Domain("model", "in", found)

    @api.model
    def _get_interaction_document_labels(self) -> dict[str, str]:
        """Return {model: translated label} of documents, where the context asks.

        A hook: override to name the documents of another addon.
        """
        if not self.env.context.get("interaction_log_document"):
            return {}
        return {
            "account.move": self.env._("Invoice or Bill"),
            "account.payment": self.env._("Payment"),
            "calendar.event": self.env._("Meeting"),
            "sale.order": self.env._("Quotation or Order"),
        }
