import ast
from collections.abc import Callable

from odoo import api, models, tools
from odoo.fields import Domain

from ..base.constants import PORTAL_EVENTS

# What stands in the place of a number that a document does not have yet
NO_NUMBER = (False, "", "/")
# Many2one fields to these lead to internal contacts, not to those of a document
OWN_MODELS = ("hr.employee", "res.company", "res.users")


class InteractionRule(models.Model):
    """Which documents and reports a rule is about, and whom they lead to."""

    _inherit = "interaction.rule"

    @api.model
    def _get_document_models(self):
        """Return the names of the models that are offered as documents."""
        return sorted(
            {
                name
                for event in self._fields["event"].get_values(self.env)
                for name in self._get_event_models(event)
            }
        )

    @api.model
    def _get_event_models(self, event):
        """Return the names of the models that `event` may happen to.

        What is printed has a report, and leads to a contact; a document in the portal
        need not be printed. Override for an event of another kind.

        :param str event: one of the events of a rule
        :return: sorted list of model names
        """
        # what there is to print does not depend on who asks
        reports = self.env["ir.actions.report"].sudo()._read_group([], ["model"])
        names = {
            name
            for (name,) in reports
            if name in self.env and self._is_document(self.env[name])
        }
        if event in PORTAL_EVENTS:
            names.update(
                model._name
                for model in self.env.values()
                if "access_url" in model._fields and self._is_document(model)
            )
        return sorted(names)

    @api.model
    def _is_document(self, model):
        return not (model._abstract or model._transient) and bool(
            self._find_partner_path(model)
        )

    @api.model
    def _find_partner_path(self, model):
        """Return the path of fields from a document to its contact, or False.

        The shortest: a contact is its own one; then a field of the document, then the
        contact of what the document belongs to.
        """
        if model is None:
            return False
        if model._name == "res.partner":
            return "self"
        links = [
            field
            for field in model._fields.values()
            if field.type == "many2one" and field.comodel_name in self.env
        ]
        direct = self._find_partner_fields(model)
        belongs = (
            path
            for field in links
            if field.store
            and self._leads_from(
                self.env[field.comodel_name], "partner_id", "res.partner"
            )
            and not self._leads_to_own(model, path := f"{field.name}.partner_id")
        )
        return next(iter(direct), None) or next(belongs, False)

    @api.model
    def _find_partner_fields(self, model):
        """Return the names of the fields that hold a contact of a document.

        `partner_id` first, then those by which Odoo finds whom to write to. Those of
        internal contacts are left out, and with them those that are filled in by
        default: that is ourselves, as the organizer of an event.
        """
        names = ["partner_id", *model._mail_get_partner_fields(introspect_fields=True)]
        names += [
            field.name
            for field in model._fields.values()
            if field.comodel_name == "res.partner"
        ]
        return [
            name
            for name in dict.fromkeys(names)
            if self._leads_from(model, name, "res.partner")
            and not self._leads_to_own(model, name)
            and model._fields[name].default is None
        ]

    @api.model
    def _leads_to_own(self, model, path):
        """Say whether a path of fields leads to a contact of ours.

        That of a user, an employee or a company, whatever document it is.
        """
        for name in path.split("."):
            field = model._fields.get(name)
            if field is None or not field.comodel_name:
                return False
            if field.comodel_name in OWN_MODELS or (
                field.related and self._leads_to_own(model, field.related)
            ):
                return True
            model = self.env[field.comodel_name]
        return False

    def _get_own_contact_reason(self):
        """Say that the contact field leads to ourselves, or return False."""
        path, model = self.partner_field, self.env.get(self.model_id.model)
        if (
            "partner_field" not in self._get_path_targets()
            or not self._leads_from(model, path, "res.partner")
            or not self._leads_to_own(model, path)
        ):
            return False
        return self.env._(
            "The contact field %(path)s leads to your own company or its users, who "
            "are not logged. Choose the field with the customer or vendor.",
            path=self._get_path_label("partner_field"),
        )

    def _get_path_targets(self) -> dict[str, str]:
        """Return {field that holds a path: model that the path leads to}.

        Override for an event for which one of them is not used.
        """
        return {"partner_field": "res.partner", "user_field": "res.users"}

    def _get_default_path(self, fname):
        """Return the path that a rule has where nobody says one, or False."""
        if fname == "partner_field":
            model = self.env.get(self.model_id.model)
            return self._find_partner_path(model) or "partner_id"
        paths = ("invoice_user_id", "user_id")
        return next(
            (path for path in paths if self._leads_to(path, "res.users")), False
        )

    def _get_path_label(self, fname):
        """Return the path in `fname` as people know it: *Customer > Company*."""
        return self._describe_path(self.env[self.model_id.model], self[fname])

    @api.model
    def _describe_path(self, model, path):
        labels = []
        for name in path.split("."):
            field = model._fields[name]
            labels.append(field.get_description(self.env, ["string"])["string"])
            model = self.env[field.comodel_name]
        return " > ".join(labels)

    def _leads_to(self, path, comodel_name):
        """Say whether `path` of many2one fields leads from the document to a model."""
        return self._leads_from(self.env.get(self.model_id.model), path, comodel_name)

    @api.model
    def _leads_from(self, model, path, comodel_name):
        for name in (path or "").split("."):
            field = model._fields.get(name) if model is not None else None
            model = (
                self.env[field.comodel_name]
                if field is not None and field.type == "many2one"
                else None
            )
        return model is not None and model._name == comodel_name

    def _get_document_domain(self):
        return Domain(ast.literal_eval((self.domain or "").strip() or "[]"))

    def _get_number_domain(self):
        """Return the domain of the documents that have a number, if one is needed."""
        if not self.number_required:
            return Domain.TRUE
        return Domain(self._get_number_field(), "not in", NO_NUMBER)

    def _find_wanted(self, documents):
        """Return the newest document that the rule wants and the user sees, or none.

        None, too, where it asks for a field that can't be searched.

        :param documents: an empty recordset of its model
        """
        domain = self._get_document_domain() & self._get_number_domain()
        try:
            return documents.search(domain, order="id desc", limit=1)
        except ValueError:
            return documents

    def _get_number_field(self):
        """Return the name of the field that holds the document's number, or None."""
        model = self.env[self.model_id.model]
        name = "name" if "name" in model._fields else model._rec_name
        field = model._fields.get(name)
        return name if field and field.type == "char" else None

    def _get_recorded_reports(self):
        """Return the rule's reports and the other layouts of the same document.

        The quote builder, for one, puts a layout of its own in the place of the
        quotation.
        """
        predicates = [
            is_layout
            for is_layout in self._get_layout_predicates()
            if any(map(is_layout, self.report_ids))
        ]
        if not predicates:
            return self.report_ids
        return self.report_ids | self.report_ids.search(
            [("model", "=", self.model_id.model)]
        ).filtered(lambda report: any(test(report) for test in predicates))

    @api.model
    def _get_layout_predicates(self) -> list[Callable[[models.BaseModel], bool]]:
        """Return functions that say of a report whether it is the document itself.

        They are Odoo's own, and take an `ir.actions.report`. Override to add that of
        another document.
        """
        Report = self.env["ir.actions.report"]
        return [Report._is_invoice_report, Report._is_sale_order_report]

    @api.model
    @tools.ormcache(cache="stable")
    def _get_button_paths(self):
        """Return {model: path to its contact} of the documents that show the button.

        The path is that of the first rule; no query but the first time.
        """
        # the answer is everybody's: nothing of the caller may be in it
        rules = self.sudo().with_context(active_test=True)
        rules = rules.search([("show_button", "=", True)])
        return {rule.model_id.model: rule.partner_field for rule in reversed(rules)}

    @api.model
    @tools.ormcache("reportname")
    def _find_report(self, reportname):
        """Return (id, model, type) of a report by its name or XML id, or empty ones.

        :param str reportname: as in the report routes
        """
        try:
            report = self.env["ir.actions.report"]._get_report(reportname)
        except ValueError:
            return False, False, False
        return report.id, report.model, report.report_type
