from dataclasses import replace
from typing import NamedTuple

from odoo import api, models, tools
from odoo.fields import Domain

from .match import Match


class Candidate(NamedTuple):
    """What of a rule decides whether it wants a document; nothing of it is a query."""

    rule_id: int
    company_id: int | bool
    report_ids: frozenset[int]
    number: Domain  # of the documents that have one, if one is needed
    domain: Domain
    is_linked: bool  # the conditions ask for more than the document's own fields


class InteractionRule(models.Model):
    """Which rule wants a document, and what is logged of it; reads only."""

    _inherit = "interaction.rule"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    @api.model
    @tools.ormcache("event", "model_name")
    def _get_candidates(self, event, model_name):
        """Return tuple of the `Candidate` of the active rules, in their order."""
        # the answer is everybody's: nothing of the caller may be in it
        rules = (
            self.sudo()
            .with_context(active_test=True)
            .search([("event", "=", event), ("model_id.model", "=", model_name)])
        )
        return tuple(rule._get_candidate() for rule in rules)

    def _get_candidate(self):
        return Candidate(
            self.id,
            self.company_id.id,
            frozenset(self._get_recorded_reports().ids),
            self._get_number_domain(),
            self._get_document_domain(),
            self._has_linked_conditions(),
        )

    @api.model
    def _may_match(self, event, model_name):
        """Say, without a query, whether a rule could record `event` on such documents.

        Not where the event is switched off in every company.
        """
        return bool(self._get_candidates(event, model_name)) and (
            self.env["interaction.event"]._is_recorded_somewhere(event)
        )

    def _match(
        self,
        event: str,
        records: models.BaseModel,
        report: models.BaseModel | None = None,
    ) -> list[Match]:
        """Say with which rule, template and values `event` on `records` is recorded.

        Reads only. Costs no query where no rule could match, and a constant number
        of queries otherwise. Called on rules, only these are asked; called on an
        empty recordset, all are.

        :param str event: one of the events of a rule
        :param records: the documents, of one model
        :param report: the `ir.actions.report` that was printed, or None where the
            report does not matter
        :return: list of `Match`, one for each document that a rule matches, and for
            each contact where there are several, in the order of the documents
        """
        matches = self._match_all(event, records, report)
        return self._add_subjects(self._filter_recordable(event, matches))

    def _match_all(self, event, records, report=None):
        """Return the matches as of `_match`, also those that are not for the log."""
        return self._make_matches(
            event, self._match_rules(event, records, report), report
        )

    def _match_rules(self, event, records, report=None):
        """Return list of (rule, document): the first rule that wants each of them."""
        rule_of = {}
        rest = records.sudo()  # the rule decides, whatever the user may read
        for candidate in self._get_candidates(event, records._name):
            if not rest:
                break
            if self and candidate.rule_id not in self._ids:
                continue
            unwanted = self._find_mismatches(candidate, rest, report)
            matching = rest.filtered(lambda record, ids=unwanted: record.id not in ids)
            rule_of.update(dict.fromkeys(matching._ids, candidate.rule_id))
            rest -= matching
        # one recordset, so that all rules and templates are read at once; the user who
        # acts may read neither
        rules = self.sudo().browse(dict.fromkeys(rule_of.values()))
        by_id = {rule.id: rule for rule in rules}
        return [
            (by_id[rule_of[record.id]], record)
            for record in records.sudo()
            if record.id in rule_of
        ]

    def _find_mismatches(self, candidate, records, report=None):
        """Return {id of a document: the key of why the rule does not want it}.

        Here alone is decided what a rule wants; `_get_mismatch` says it in a sentence.

        :param candidate: `Candidate` of the rule
        :param records: documents of its model, with all rights
        :param report: the `ir.actions.report` that was printed, or None for any
        """
        mismatches = {}
        if candidate.company_id:
            for record in records:
                company = self._get_document_company(record)
                if company and candidate.company_id not in company.parent_ids.ids:
                    mismatches[record.id] = "company"
        if report and candidate.report_ids and report.id not in candidate.report_ids:
            return dict.fromkeys(records._ids, "report") | mismatches
        for key, domain in (("number", candidate.number), ("domain", candidate.domain)):
            rest = records
            if mismatches:
                rest = records.filtered(lambda record: record.id not in mismatches)
            if key == "domain" and candidate.is_linked:
                rule = self.browse(candidate.rule_id)
                unwanted = rest - rule._filter_as_editor(rest, domain)
            else:
                unwanted = rest - rest.filtered_domain(domain)
            mismatches.update(dict.fromkeys(unwanted._ids, key))
        return mismatches

    def _make_matches(self, event, matched, report=None):
        """Return the matches; override where one document has several contacts.

        :param list matched: of (rule, document)
        """
        return [rule._match_record(record, report) for rule, record in matched]

    @api.model
    def _filter_recordable(self, event, matches):
        """Return the matches without those that are not for the log at all."""
        marked = self._mark_exclusions(event, matches)
        return [match for match in marked if not match.exclusion]

    @api.model
    def _mark_exclusions(self, event, matches):
        """Return the matches, those that are not for the log with the key of why.

        They are not where the event is switched off in the company (`off`), and not
        with internal contacts (`internal`): that is no interaction with a contact.
        """
        if not matches:
            return matches
        off = self.env["interaction.event"]._get_companies_off(event)
        partners = self.env["res.partner"].sudo()  # whatever the user may read
        partners = partners.browse(
            {match.vals.get("partner_id") for match in matches} - {False, None}
        )
        own = partners - partners._filter_interaction_external()

        def find(match):
            if match.vals.get("company_id") in off:
                return "off"
            return "internal" if match.vals.get("partner_id") in own._ids else None

        return [
            replace(match, exclusion=key) if (key := find(match)) else match
            for match in matches
        ]

    def _make_match(
        self,
        record: models.BaseModel,
        vals: api.ValuesType,
        reason: str | bool = False,
        **details,
    ) -> Match:
        """Return the match of a document: every match is made here.

        Called on the rule that wants it, or on an empty recordset where an event source
        decides itself.

        :param record: the document
        :param vals: of the entry; see `log_interactions`
        :param reason: why it can't be logged, or False
        :param details: what else a `Match` has
        """
        return Match(record, self, {"rule_id": self.id, **vals}, reason, **details)

    def _match_record(self, record, report=None):
        """Return the match of one document; see `_match`."""
        partner, user = self._get_document_partner(record), self._get_user(record)
        return self._make_match(
            record,
            self._prepare_match_vals(record, partner, user, report),
            self._get_skip_reason(record, partner),
        )

    def _get_user(self, record):
        """Return the salesperson of the document, or none."""
        return self.user_field and self._follow_path(record, self.user_field)

    def _get_document_partner(self, record):
        """Return the contact of the document, or none."""
        return self._follow_path(record, self.partner_field)

    def _get_company(self, record):
        """Return the company of the document, else the rule's, else the user's."""
        company = self._get_document_company(record)
        return company or self.company_id or self.env.company

    def _get_document_company(self, record):
        """Return the company of the document, or none."""
        return record["company_id"] if "company_id" in record._fields else False

    @api.model
    def _follow_path(self, record, path):
        """Return what the path of many2one fields leads to from `record`.

        Not `mapped`: that would forget the documents next to `record`, and read the
        contacts one by one.
        """
        for name in path.split("."):
            record = record[name]
        return record

    def _get_skip_reason(self, record, partner):
        """Say why a document that the rule wants can't be logged, or return False."""
        if reason := self._get_broken_reason():
            return reason
        if not partner:
            return self.env._(
                "The document has no contact (%(path)s).",
                path=self._get_path_label("partner_field"),
            )
        return self.template_id._get_problem(self._get_company(record))

    def _prepare_match_vals(
        self,
        record: models.BaseModel,
        partner: models.BaseModel,
        user: models.BaseModel | None,
        report: models.BaseModel | None = None,
    ) -> dict:
        """Return what the rule says of an entry; override to say more.

        :param record: the document
        :param partner: the contact, or none where the document has none
        :param user: the salesperson of the document, if it has one
        :param report: the `ir.actions.report` that was printed, or None
        :return: dict of field values, for `log_interactions`
        """
        return {
            "template_id": self.template_id.id,
            "partner_id": partner.id,
            "user_id": (user or partner.user_id or self._get_acting_user()).id,
            "company_id": self._get_company(record).id,
            "event": self.event,
            "report_id": report.id if report else False,
            "res_model": record._name,
            "res_id": record.id,
            "document_name": record.display_name,
        }

    def _get_acting_user(self):
        """Return the user who does it where that is an internal one, else none."""
        user = self.env.user
        return user if user._is_internal() else user.browse()
