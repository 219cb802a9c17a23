from odoo import api, fields, models
from odoo.exceptions import UserError

# Of which nothing but the document and its report decides which rule comes first
DOCUMENT_EVENTS = ("print", "download", "portal_view")


class InteractionRule(models.Model):
    """What the page *What Is Recorded* tells of rules, and whether it is true."""

    _inherit = "interaction.rule"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    unrecorded_reason = fields.Char(
        string="Not Recorded",
        compute="_compute_unrecorded_reason",
        help="Why the rule records nothing in the current company.",
    )

    @api.depends(
        "active",
        "company_id",
        "event_warning",
        "is_broken",
        "partner_warning",
        "report_ids",
        "template_id.active",
        "template_id.company_id",
    )
    @api.depends_context("company", "lang")
    def _compute_unrecorded_reason(self):
        for rule in self:
            rule.unrecorded_reason = rule._get_unrecorded_reason()

    def _get_unrecorded_reason(self):
        """Say why the rule records nothing in the current company, or return False.

        A hook: override for what else a rule needs to record something.
        """
        company = self.env.company
        if not self.active:
            return self.env._("Disabled.")
        if self.company_id and self.company_id not in company.parent_ids:
            return self.env._(
                "Only recorded for %(company)s.", company=self.company_id.name
            )
        # the template may be of a company that the user can't see
        template = self.sudo().template_id
        return (
            self.env["interaction.event"]._get_off_reason(self.event, company)
            or template._get_problem(company)
            or self.access_warning
            or self.partner_warning
            or self._get_report_problem()
            or self._get_shadow_problem()
        )

    def _get_report_problem(self):
        """Say that there is nothing to print, or return False."""
        if self.event != "print":
            return False
        reports = self.env["ir.actions.report"].sudo()  # a manager may not read them
        if reports.search_count([("model", "=", self.model_id.model)], limit=1):
            return False
        return self.env._(
            "%(document)s has no report to print.", document=self.model_id.display_name
        )

    def _get_shadow_problem(self):
        """Say which rule records all documents of this one first, or return False."""
        if self.event not in DOCUMENT_EVENTS:
            return False
        companies = {False, *self.env.company.parent_ids.ids}
        own = self._get_candidate()
        for other in self._get_candidates(self.event, self.model_id.model):
            if other.rule_id == self.id:
                return False
            if (
                other.company_id in companies
                and (
                    not other.report_ids
                    or (own.report_ids and own.report_ids <= other.report_ids)
                )
                and (other.number.is_true() or other.number == own.number)
                and (other.domain.is_true() or other.domain == own.domain)
            ):
                return self.env._(
                    "The rule %(rule)s applies first.",
                    rule=self.sudo().browse(other.rule_id).name,
                )
        return False

    def _get_explanation(self):
        """Say in short sentences what the rule logs, where it records."""
        sentences = [self._get_contact_sentence()]
        # a manager may not read reports
        if reports := self.sudo().report_ids:
            sentences.append(
                self.env._(
                    "Reports: %(names)s.",
                    names=", ".join(reports.mapped("name")),
                )
            )
        if self.repeat == "merge":
            sentences.append(
                self.env._(
                    "Repeats within %(count)s minutes are merged.",
                    count=self.merge_minutes,
                )
            )
        elif self.repeat == "once":
            sentences.append(self.env._("Once per document."))
        return " ".join(sentences)

    def _get_contact_sentence(self):
        """Say with whom the rule logs; a hook for events with other contacts."""
        if "partner_field" not in self._get_path_targets():
            return self.env._("Contacts: everyone concerned.")
        return self.env._(
            "Contact: %(field)s.", field=self._get_path_label("partner_field")
        )

    def set_recorded(self, recorded):
        """Switch the rules on or off, as the page *What Is Recorded* does.

        :param bool recorded: whether they are to record
        :raises UserError: where a rule would record nothing though it is on; says why
        """
        self.write({"active": bool(recorded)})
        if recorded and (reasons := self.filtered("unrecorded_reason")):
            raise UserError(reasons[0].unrecorded_reason)

    @api.model
    def get_recording_page(self):
        """Return what is recorded in the current company, by events and documents.

        :return: dict of `company` (its name), `templates` and `announce` (lists of
            choices: `id`, `name`) and `events`: dicts of `id`, `event`, `name`,
            `description`, `recorded`, `warning`, `has_rules` and `rules`
        :raises AccessError: for who may not change rules
        """
        self.check_access("write")
        labels = dict(self.env["interaction.event"]._get_event_selection())
        rules = self.with_context(interaction_log_document=True).search(
            [("active", "in", (True, False))]
        )
        rules = rules.grouped("event")
        events = self.env["interaction.event"].search_fetch([], ["event"])
        return {
            "company": self.env.company.name,
            "templates": self.env["interaction.template"].search_read(
                [("company_id", "in", (False, self.env.company.id))], ["name"]
            ),
            "announce": [
                {"id": value, "name": label}
                for value, label in self._fields["announce"]._description_selection(
                    self.env
                )
            ],
            "events": [
                {
                    "id": event.id,
                    "event": event.event,
                    "name": labels[event.event],
                    "description": event.description,
                    "recorded": event.is_recorded,
                    "warning": event.warning,
                    "has_rules": event.event in dict(self._get_event_labels()),
                    "rules": [
                        rule._get_page_row(event.is_recorded)
                        for rule in rules.get(event.event, ())
                    ],
                }
                for event in events
            ],
        }

    def _get_page_row(self, is_event_on):
        """Return what the page tells of one rule.

        :param bool is_event_on: whether its event is recorded; else the page says so
            once for all its rules
        """
        reason = self.unrecorded_reason
        # the template may be of a company that the user can't see
        template = self.sudo().template_id
        return {
            "id": self.id,
            "name": self.name,
            # the user may not read the models
            "document": self.model_id.sudo().display_name,
            "template": {"id": template.id, "name": template.name},
            "recorded": not reason,
            # why, where it is on all the same
            "problem": bool(self.active and is_event_on and reason),
            "note": (is_event_on and reason) or self._get_explanation(),
            "announce": self.event == "print" and self.announce,
            "company": self.company_id.name,
        }
