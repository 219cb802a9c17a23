import re
from collections import defaultdict

from psycopg2 import InternalError

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

# What an expression of a subject has other rights by than those of who renders it
OTHER_RIGHTS = re.compile(r"\b(sudo|with_user|env)\b")


class InteractionRule(models.Model):
    """What would become of a document, rule by rule, and why; writes nothing.

    Rules decide with other rights than those of the user who asks: what they read that
    this user may not is left out of the answer.
    """

    _inherit = "interaction.rule"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    @api.private
    def explain(self, records: models.BaseModel, event: str) -> list[dict]:
        """Say what would be logged for `records`, and if nothing, why; writes nothing.

        Called on rules, only these are asked. Where it depends on more than the
        document, as on the files of an e-mail, it is what would be logged in one case.

        :param records: documents of one model, which the user may read
        :param str event: one of the events of a rule
        :return: list of dicts, one for each document, and for each contact where there
            are several: `res_model`, `res_id`, `document_name`, `rule_id`,
            `template_id`, `partner_id` (ids or False), `logged` (bool) and `reason`
            (str or False)
        :raises AccessError: where the user may not read a document
        """
        records.check_access("read")
        matches = defaultdict(dict)
        for asked, _condition in self._get_asked(event, records._name):
            for match in asked._match(event, records) if asked is not None else []:
                of_contact = matches[match.record.id]
                partner_id = match.vals["partner_id"]
                if partner_id not in of_contact or of_contact[partner_id].reason:
                    of_contact[partner_id] = match
        none = self.browse()
        reason = self.env._(
            "No automatic recording rule for this event matches the document."
        )
        return [
            {
                "res_model": record._name,
                "res_id": record.id,
                "document_name": record.display_name,
                "rule_id": match.rule.id,
                "template_id": match.vals.get("template_id", False),
                "partner_id": match.rule._get_readable_vals(match).get(
                    "partner_id", False
                ),
                "logged": not match.reason,
                "reason": match.reason,
            }
            for record in records
            for match in matches[record.id].values()
            or [none._make_match(record, {}, reason)]
        ]

    def _get_readable_vals(self, match):
        """Return the values of a match without what the user may not read.

        :return: dict; contact and salesperson are False there, and the subject a
            sentence
        """
        vals, record = {**match.vals}, match.record.sudo()
        if not self:
            return vals
        contact = self.env["res.partner"].browse(vals.get("partner_id") or ())
        targets = self._get_path_targets()
        found = {
            "partner_id": ("partner_field" in targets and self.partner_field, contact),
            "user_id": (
                self.user_field,
                self.env["res.users"].browse(vals.get("user_id") or ()),
            ),
        }
        for name, (path, value) in found.items():
            is_of_path = path and self._follow_path(record, path) == value.sudo()
            if not value.sudo(False).has_access("read") or (
                is_of_path and not self._may_read(record, path)
            ):
                vals[name] = False
        if self.subject and vals.get("name") and not self._may_read_subject(match):
            vals["name"] = self.env._(
                "The subject uses data you are not allowed to read."
            )
        return vals

    def _may_read_subject(self, match):
        """Say whether the user would get the same subject by the own rights.

        The user may not write such an expression, maybe, but who wrote it may.
        """
        if OTHER_RIGHTS.search(self.subject):
            return False
        partner = self.env["res.partner"].sudo().browse(match.vals["partner_id"])
        installed = partner.lang and self.env["res.lang"]._get_data(code=partner.lang)
        rule = self.with_context(lang=partner.lang) if installed else self
        try:
            subjects = rule._render_subject(
                rule.subject,
                lambda documents: documents.browse(match.record.id),
                rule.sudo(False).env["mail.template"],
            )
        except (UserError, InternalError):
            return False
        return " ".join(subjects[match.record.id].split()) == match.vals["name"]

    @api.model
    def _may_read(self, record, path):
        """Say whether the user may read all that a path of fields leads through.

        :param record: with all rights
        """
        for name in path.split("."):
            field, target = record._fields.get(name), record.sudo(False)
            if not (
                field
                and target.has_access("read")
                and target._has_field_access(field, "read")
            ):
                return False
            if not field.relational:
                return True
            record = record[name]
        return record.sudo(False).has_access("read")

    def _get_asked(self, event, model_name, report=None):
        """Return list of (rules that are asked, condition), one for each case.

        :return: as `_get_cases`; the rules are None where none is asked, and an empty
            recordset where all are
        """
        result = []
        for ids, condition in self._get_cases(event, model_name, report):
            asked = self
            if ids is not None:
                asked = (self & self.browse(ids) if self else self.browse(ids)) or None
            result.append((asked, condition))
        return result

    def _explain_rules(self, record, event, report=None):
        """Say of each rule what it makes of the document.

        :param record: one document, which the user may read
        :param str event: one of the events of a rule
        :param report: the `ir.actions.report` that is printed, or None for any
        :return: list of dicts, in the order of the rules: `rule`, `verdict` (`logged`,
            `skipped`, or `no` where it is not this rule that counts), `reason` (str or
            False), `vals` (those of the entry; one dict for each contact)
        :raises AccessError: where the user may not read the document
        """
        record.ensure_one()
        record.check_access("read")
        cases = self._decide_cases(record, event, report)
        lines = []
        rules = self | self._find_rules(record, event)
        rules = rules.union(*(case["deciding"].sudo(False) for case in cases))
        # the rule decides, whatever the user may read
        for rule in rules.sudo():
            decided = [case for case in cases if case["deciding"] == rule]
            if decided:
                asked = decided[0]["asked"]
                note = len(decided) < len(cases) and decided[0]["condition"]
                matches = asked._match_all(event, record, report)
                lines += rule._explain_decision(record.sudo(), event, matches, note)
                continue
            reason = rule._get_mismatch(record.sudo(), event, report)
            reason = reason or rule._get_preceding_reason(cases)
            lines.append({"rule": rule, "verdict": "no", "reason": reason, "vals": {}})
        return lines

    def _get_preceding_reason(self, cases):
        """Say which rules count before this one; see `_decide_cases`."""
        before = self.union(
            *(
                case["deciding"]
                for case in cases
                if case["asked"] is not None
                and (not case["asked"] or self in case["asked"])
            )
        )
        names = (before - self).mapped("name")
        if len(names) > 1:
            return self.env._("%(rules)s have priority.", rules=", ".join(names))
        return self.env._("%(rule)s has priority.", rule="".join(names))

    def _decide_cases(self, record, event, report):
        """Say which rule counts in each case of `_get_cases`.

        :return: list of dicts: `asked` and `deciding` (rules), `condition` of the case
        """
        result = []
        none = self.browse().sudo()  # the rule decides, whatever the user may read
        for asked, condition in none._get_asked(event, record._name, report):
            decided = [] if asked is None else asked._match_rules(event, record, report)
            result.append(
                {
                    "asked": asked,
                    "deciding": decided[0][0] if decided else none,
                    "condition": condition,
                }
            )
        return result

    @api.model
    def _get_cases(self, _event, _model_name, _report=None):
        """Return the cases in which different rules may count for one document.

        Override where more than the document decides.

        :return: list of (ids of the rules that are asked, or None for all; what makes
            the case, for the user)
        """
        return [(None, False)]

    def _find_rules(self, record, event):
        """Return the rules for `event` on the document that the user may see."""
        if self:
            return self.browse()  # these only
        return self.with_context(active_test=False).search(
            [
                ("event", "=", event),
                ("model_id", "=", self.env["ir.model"]._get_id(record._name)),
            ]
        )

    def _explain_decision(self, record, event, matches, note=False):
        """Return the lines of the rule that counts, one for each contact.

        :param str note: in which case it counts, if not in all
        """
        marked = self._mark_exclusions(event, matches)
        matches = self._add_subjects([match for match in marked if not match.exclusion])
        if not matches:
            reason = self._get_left_out_reason(record, event, marked)
            return [{"rule": self, "verdict": "no", "reason": reason, "vals": {}}]
        return [
            {
                "rule": self,
                "verdict": "skipped" if match.reason else "logged",
                "reason": " ".join(
                    filter(None, (note, match.reason or self._get_repeat_note(record)))
                )
                or False,
                "vals": self._get_readable_vals(match),
            }
            for match in matches
        ]

    def _get_left_out_reason(self, record, event, matches):
        """Say why a document that the rule wants is not for the log at all.

        :param matches: what the rule says of it, all left out
        """
        off = self.env["interaction.event"]._get_off_reason(
            event, self._get_company(record)
        )
        if off or not matches:
            return off or self._get_no_contact_reason(record, event)
        partners = self.env["res.partner"].browse(
            match.vals["partner_id"] for match in matches
        )
        readable = partners.sudo(False)._filtered_access("read")
        reason = self.env._(
            "%(contact)s is an internal contact. Internal contacts are not logged.",
            contact=", ".join(readable.mapped("display_name"))
            or self.env._("The contact"),
        )
        # no other document would be logged, either
        return self._get_own_contact_reason() or reason

    def _get_no_contact_reason(self, _record, _event):
        """Say why there is no contact to log a document with, which the rule wants.

        Override for an event that has contacts of its own.
        """
        return self.env._("The document has no contact.")

    def _get_repeat_note(self, record):
        """Say that the document is logged already, where it is logged once."""
        if self.repeat != "once":
            return False
        Entry = self.env["interaction.log.entry"].sudo(False)  # what the user may know
        entry = Entry.has_access("read") and Entry.search(
            [
                ("rule_id", "=", self.id),
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("state", "=", "logged"),
            ],
            limit=1,
        )
        return bool(entry) and self.env._(
            "Already logged. Repeats are only counted on that interaction."
        )

    def _get_mismatch(self, record, event, report=None):
        """Say why the rule does not want the document, or return False."""
        if self.event != event or self.model_id.model != record._name:
            return self.env._("The rule is for another document or event.")
        if not self.active:
            return self.env._("The rule is disabled.")
        mismatches = self._find_mismatches(self._get_candidate(), record, report)
        match mismatches.get(record.id):
            case "company":
                return self.env._(
                    "The rule is for documents of %(company)s only.",
                    company=self.company_id.name,
                )
            case "report":
                return self.env._(
                    "%(report)s is not one of the reports of the rule.",
                    report=report.display_name,
                )
            case "number":
                return self.env._("The document has no number yet.")
            case "domain":
                labels = self._get_failing_labels(record, self._get_document_domain())
                if not labels:
                    return self.env._(
                        "The document does not meet the conditions, which use data "
                        "you are not allowed to read."
                    )
                return self.env._(
                    "The document does not meet the conditions (%(fields)s).",
                    fields=", ".join(labels),
                )
        return False

    def _get_failing_labels(self, record, domain):
        """Return the names of the fields for which the document fails `domain`.

        Those of which the user may read all that they ask for.

        :param record: with all rights
        """
        names = [
            condition.field_expr
            for condition in domain.iter_conditions()
            if not record.filtered_domain(condition)
            and self._may_read_condition(record, condition)
        ]
        return [
            record._fields[name.split(".")[0]].get_description(self.env, ["string"])[
                "string"
            ]
            for name in dict.fromkeys(names)
            if name.split(".")[0] in record._fields
        ]

    @api.model
    def _may_read_condition(self, record, condition):
        if not self._may_read(record, condition.field_expr):
            return False
        if "any" not in condition.operator:
            return True
        try:
            self._check_readable(record.sudo(False).browse(), Domain(condition))
        except AccessError:
            return False
        return True

    def _explain_nothing(self, record, event, report=None):
        """Say in one sentence why nothing is logged for the document."""
        lines = self.browse()._explain_rules(record, event, report)
        if not lines:
            return self.env._("No automatic recording rule applies.")
        return " ".join(
            dict.fromkeys(
                self.env._(
                    "%(rule)s: %(reason)s",
                    rule=line["rule"].name,
                    reason=line["reason"] or "",
                )
                for line in lines
            )
        )

    def action_explain(self):
        """Open the dialog that tries the rule with a document."""
        self.ensure_one()
        self.check_access("read")
        return self.env["interaction.rule.explain"]._get_action(
            self._find_example(), self.event, rule=self
        )

    def _find_example(self):
        """Return a document of the rule, the youngest, or none.

        One that it wants, as far as the user may read the documents.
        """
        documents = self.env[self.model_id.sudo().model]
        if not documents.has_access("read"):
            return documents
        return self._find_wanted(documents) or documents.search(
            [], order="id desc", limit=1
        )
