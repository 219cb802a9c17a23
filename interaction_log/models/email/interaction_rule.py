from collections import defaultdict

from odoo import api, fields, models, tools

from ..recording.match import Match
from .einvoice import EVENT, MOVE
from .mail_types import Mail


class InteractionRule(models.Model):
    """E-mails: one match for each contact who gets one, or who wrote it."""

    _inherit = "interaction.rule"  # pylint: disable=consider-merging-classes-inherited # room email adds to recording

    mail_files = fields.Selection(
        [
            ("any", "All e-mails"),
            ("with", "With files"),
            ("without", "Without files"),
        ],
        string="E-mails",
        required=True,
        default="any",
        help="An e-mail with files, such as the PDF of a quotation, sends the "
        "document. An e-mail without files is about the document and is logged "
        "with its own subject. Images in the text are not files.",
    )

    report_ids = fields.Many2many(
        help="Only record these reports and other layouts of the same document. "
        "E-mails are recorded if their e-mail template has one of these reports. "
        "Leave empty to record all reports of the document."
    )

    partner_field = fields.Char(
        help="Field of the document, or path of fields such as order_id.partner_id, "
        "with the contact. Not used for e-mails: they are logged with each "
        "recipient or with their sender, except internal contacts."
    )

    is_message = fields.Boolean(compute="_compute_is_message")

    @api.depends("event")
    def _compute_is_message(self):
        for rule in self:
            rule.is_message = self._is_message(rule.event)

    @api.model
    def _is_message(self, event):
        return event in self.env["interaction.event"]._get_message_events()

    def _get_path_targets(self):
        # EXTENDS: the contact is who gets the e-mail or wrote it, no field says so
        targets = super()._get_path_targets()
        if self._is_message(self.event):
            del targets["partner_field"]
        return targets

    @api.model
    def _get_event_models(self, event):
        # EXTENDS: whatever has a chatter can be e-mailed about
        if event == EVENT:
            return [MOVE]
        if not self._is_message(event):
            return super()._get_event_models(event)
        return sorted(
            name
            for name in self.env.registry.descendants(["mail.thread"], "_inherit")
            if not (self.env[name]._abstract or self.env[name]._transient)
        )

    @api.model
    @tools.ormcache(cache="stable")
    def _get_email_models(self):
        """Return the models of the rules for e-mails, at no cost for everybody else.

        :return: dict of event -> names of models that an active rule names; and
            `tracked`: those of what is sent, and of what waited when the rules changed
        """
        events = self.env["interaction.event"]._get_message_events()
        # the answer is everybody's: nothing of the caller may be in it
        rules = (
            self.sudo()
            .with_context(active_test=True)
            .search_fetch([("event", "in", events)], ["event", "model_id"])
        )
        is_recorded = self.env["interaction.event"]._is_recorded_somewhere
        names = {
            event: frozenset(
                rule.model_id.model
                for rule in rules
                if rule.event == event and is_recorded(event)
            )
            for event in events
        }
        entries = self.env["interaction.log.entry"].sudo()
        sent = entries._get_sent_email_events()
        waiting = entries._read_group(
            [("delivery_status", "=", "pending")], ["mail_message_id.model"]
        )
        return {
            **names,
            "tracked": frozenset().union(
                {model for (model,) in waiting if model},
                *(names[event] for event in sent if event in names),
            ),
        }

    @api.model
    @tools.ormcache("event", "model_name", "has_files", "report_ids")
    def _get_email_rule_ids(self, event, model_name, has_files, report_ids):
        """Return the ids of the active rules for e-mails with, or without, files.

        :param bool has_files: None where nobody knows
        :param frozenset report_ids: of the reports that are known to be among the files
        """
        # the answer is everybody's: nothing of the caller may be in it
        rules = self.sudo().search(
            [
                ("event", "=", event),
                ("model_id.model", "=", model_name),
                ("mail_files", "!=", {True: "without", False: "with"}.get(has_files)),
                ("active", "=", True),
            ]
        )
        return tuple(
            rule.id
            for rule in rules
            if not rule.report_ids
            or report_ids.intersection(rule._get_recorded_reports().ids)
        )

    def _find_email_rules(self, event, records, report=None):
        """Return the active rules for e-mails about `records`, with files or without.

        :param report: the `ir.actions.report` that is known to be among the files
        """
        report_ids = frozenset(report.ids if report else ())
        return self.browse(
            self._get_email_rule_ids(event, records._name, None, report_ids)
        )

    @api.model
    def _get_email_report_ids(self, model_name):
        """Return the ids of the reports that rules for e-mails ask for; no query."""
        candidates = self._get_candidates("email_out", model_name)
        return frozenset().union(*(candidate.report_ids for candidate in candidates))

    @api.model
    def _match_mails(
        self, event: str, records: models.BaseModel, mails: list[Mail]
    ) -> list[Match]:
        """Say with which rule, template and values e-mails are recorded; see `_match`.

        Which rules are asked depends on each e-mail; of what is sent again from the log
        none is.

        :param event: `email_out` or `email_in`
        :param records: the documents, of one model
        :param mails: e-mails about them
        """
        resent, matches = [], []
        groups = defaultdict(lambda: defaultdict(list))
        for mail in mails:
            if mail.entry is None:
                groups[mail.has_files, mail.report_ids][mail.res_id].append(mail)
            else:
                document = records.browse(mail.res_id)
                resent.append(mail.entry._match_resend(document, mail))
        for kind, mails_of in groups.items():
            rules = self.browse(self._get_email_rule_ids(event, records._name, *kind))
            matched = rules and rules._match_rules(event, records.browse(mails_of))
            matches += [
                rule._match_mail(record, mail)
                for rule, record in matched
                for mail in mails_of[record.id]
            ]
        return resent + self._add_subjects(self._filter_recordable(event, matches))

    def _match_rules(self, event, records, report=None):
        # EXTENDS: an e-mail has no report, as far as nobody says so
        if self or not self._is_message(event):
            return super()._match_rules(event, records, report)
        rules = self._find_email_rules(event, records, report)
        if not rules:
            return []
        return super(InteractionRule, rules)._match_rules(event, records, report)

    def _get_mismatch(self, record, event, report=None):
        # EXTENDS: an e-mail has no report, as far as nobody says so
        reason = super()._get_mismatch(record, event, report)
        if reason or not self._is_message(event):
            return reason
        if self not in self._find_email_rules(event, record, report):
            return self.env._(
                "The rule is for e-mails with these reports only: %(reports)s.",
                reports=", ".join(self.report_ids.mapped("name")),
            )
        return reason

    def _make_matches(self, event, matched, report=None):
        # EXTENDS: an e-mail is with who got it or wrote it
        if not self._is_message(event):
            return super()._make_matches(event, matched, report)
        # nobody has said with whom: with who would get an e-mail about it
        return [
            rule._match_record(record).with_vals(**rule._get_email_flow())
            for rule, record in matched
            if rule._get_document_partner(record)
        ]

    def _get_document_partner(self, record):
        # EXTENDS: whom an e-mail is for is not in the rule
        if not self._is_message(self.event):
            return super()._get_document_partner(record)
        return record._mail_get_partners()[record.id][:1]

    def _get_cases(self, event, model_name, report=None):
        # EXTENDS: a rule may be for e-mails with files, or without
        if not self._is_message(event):
            return super()._get_cases(event, model_name, report)
        report_ids = frozenset(report.ids if report else ())
        return [
            (
                self._get_email_rule_ids(event, model_name, has_files, report_ids),
                condition,
            )
            for has_files, condition in (
                (True, self.env._("The e-mail has files.")),
                (False, self.env._("The e-mail has no files.")),
            )
            if has_files or not report_ids
        ]

    def _get_no_contact_reason(self, record, event):
        # EXTENDS: the contact is none of the document's fields
        if self._is_message(event):
            return self.env._(
                "The e-mail is logged with each recipient or with its sender: the "
                "document has no contact."
            )
        return super()._get_no_contact_reason(record, event)

    def _match_mail(self, record, mail):
        """Return the match of a document and an e-mail; see `_match`.

        :param record: the document
        :param mail: `Mail`
        """
        self.ensure_one()
        vals = {
            **self._prepare_match_vals(record, mail.partner, self._get_user(record)),
            **self._get_email_flow(),
            **mail.vals,
        }
        if vals.get("user_id"):
            vals["user_id"] = self._get_sender_id(vals["user_id"])
        return self._make_match(
            record,
            mail._complete(vals, self._is_document_mail(mail)),
            self._get_mail_problem(record, mail),
            source_key=mail.source_key,
        )

    def _get_mail_problem(self, record, mail):
        """Say why an e-mail that the rule wants can't be logged, or return False."""
        if mail.partner:
            return self._get_skip_reason(record, mail.partner)
        if reason := self._get_broken_reason():
            return reason
        address = mail.vals.get("contact_via")
        if not address:
            return self.env._(
                "The e-mail has no address to find a contact. Log it manually and "
                "dismiss this event."
            )
        return self.env._(
            "No contact has the address %(address)s. Create a contact to log the "
            "e-mail.",
            address=address,
        )

    def _is_document_mail(self, mail):
        """Say whether the e-mail brings the contact the document itself.

        It has a file, and the rule is for those with files, or has a template for more
        than e-mails, such as that of the quotation.
        """
        return (
            self.event == "email_out"
            and mail.has_files
            and (self.mail_files == "with" or self.template_id.channel != "email")
        )

    def _get_sender_id(self, user_id):
        """Return the id of the salesperson, or False: no robot and no customer is one.

        They are the ones who act where the gateway, a scheduled action or the portal
        sends.
        """
        user = self.env["res.users"].sudo().browse(user_id)  # of another company, maybe
        return False if user._is_superuser() or user.share else user.id

    def _get_email_flow(self):
        """Return channel and flow of an e-mail: facts, whatever the template says."""
        inbound = self.event in ("email_in", "portal_comment")
        return {
            "channel": "web" if self.event == "portal_comment" else "email",
            "flow": "inbound" if inbound else "outbound",
            "initiated_by": "them" if inbound else "us",
        }
