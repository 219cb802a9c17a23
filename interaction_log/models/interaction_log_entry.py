import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError, ValidationError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from .selections import (
    CHANNELS,
    EVALUATIONS,
    EVENTS,
    FLOWS,
    INITIATORS,
    OUTCOMES,
)

_logger = logging.getLogger(__name__)

# The key under which server code shows that it may write facts. An RPC client can send
# a context, but no Python object: it can't forge the sentinel.
FACTS = "interaction_log_facts"
SENTINEL = object()

# The failures after which Odoo runs a request again
RETRIED = (ConcurrencyError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY)

# What may change after logging, by who may write the entry
MUTABLE_FIELDS = frozenset(("evaluation", "outcome", "note"))


class InteractionLogEntry(models.Model):
    """One interaction with one contact, as it happened.

    Written once, by `log_interactions` only. Afterwards only evaluation, outcome, note
    and delivery change, and the entry can be canceled and restored. Only canceled
    entries can be deleted. It outlives its contact and its document.
    """

    _name = "interaction.log.entry"
    _description = "Interaction Log Entry"
    _order = "date desc, id desc"
    _rec_names_search = ["name", "partner_name", "document_name"]

    # What it was about
    name = fields.Char(string="Subject", required=True)
    note = fields.Html()
    template_id = fields.Many2one(
        "interaction.template", required=True, index=True, ondelete="restrict"
    )
    group_id = fields.Many2one(
        "interaction.group", required=True, index=True, ondelete="restrict"
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Attachments")
    # With whom. No constraint may name a contact column: merging contacts deletes the
    # rows that violate one (base_partner_merge).
    partner_id = fields.Many2one(
        "res.partner", string="Contact", index=True, ondelete="set null"
    )
    partner_name = fields.Char(
        string="Contact Name", help="The name of the contact at that time."
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Company of the Contact",
        index=True,
        ondelete="set null",
        help="The company of the contact at that time.",
    )
    contact_via = fields.Char(
        string="Reached At", help="The phone number or address that was used."
    )
    lang = fields.Selection(selection="_get_lang_selection", string="Language")
    user_id = fields.Many2one(
        "res.users", string="Salesperson", index=True, ondelete="set null"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="restrict"
    )
    # How it went
    channel = fields.Selection(CHANNELS, required=True)
    flow = fields.Selection(FLOWS, string="Information Flow", required=True)
    initiated_by = fields.Selection(INITIATORS, required=True)
    date = fields.Datetime(
        required=True, index=True, help="When it happened, not when it was written."
    )
    duration = fields.Float(help="In hours.")
    currency_id = fields.Many2one("res.currency", required=True, ondelete="restrict")
    cost = fields.Monetary()
    evaluation = fields.Selection(EVALUATIONS)
    outcome = fields.Selection(OUTCOMES)
    campaign_id = fields.Many2one(
        "utm.campaign", index="btree_not_null", ondelete="set null"
    )
    campaign_target = fields.Boolean()
    campaign_response = fields.Boolean()
    # Where it comes from
    event = fields.Selection(
        EVENTS, string="Recorded As", required=True, default="manual"
    )
    rule_id = fields.Many2one(
        "interaction.rule",
        string="Automatic Recording Rule",
        index="btree_not_null",
        ondelete="set null",
    )
    report_id = fields.Many2one(
        "ir.actions.report", index="btree_not_null", ondelete="set null"
    )
    res_model = fields.Char(string="Document Model")
    res_id = fields.Many2oneReference(string="Document", model_field="res_model")
    document_name = fields.Char(
        string="Document Name", help="The name of the document at that time."
    )
    source_key = fields.Char(
        copy=False,
        help="Key of the event that the entry comes from: the same event is never "
        "logged twice.",
    )
    occurrence_count = fields.Integer(
        string="Occurrences",
        default=1,
        help="How often it happened, where repeats are merged.",
    )
    last_date = fields.Datetime(
        string="Last Time", help="When it happened last, where repeats are merged."
    )
    content_sha256 = fields.Char(string="SHA-256 of the Content")
    delivery_status = fields.Selection(
        [
            ("none", "None"),
            ("pending", "Pending"),
            ("sent", "Sent"),
            ("opened", "Opened"),
            ("bounced", "Bounced"),
            ("error", "Error"),
        ],
        required=True,
        default="none",
    )
    # Whether it counts
    state = fields.Selection(
        [("postponed", "Postponed"), ("logged", "Logged"), ("canceled", "Canceled")],
        string="Status",
        required=True,
        default="logged",
        index=True,
    )
    cancel_reason_id = fields.Many2one(
        "interaction.cancel.reason", index="btree_not_null", ondelete="restrict"
    )
    cancel_note = fields.Text()
    cancel_uid = fields.Many2one(
        "res.users", string="Canceled By", index="btree_not_null", ondelete="set null"
    )
    cancel_date = fields.Datetime(string="Canceled On")
    can_cancel = fields.Boolean(compute="_compute_can_cancel")

    _document_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    _source_key_uniq = models.UniqueIndex(
        "(source_key) WHERE source_key IS NOT NULL",
        "This event is already logged.",
    )

    @api.model
    def _get_lang_selection(self):
        return self.env["res.lang"].get_installed()

    @api.depends_context("uid")
    def _compute_can_cancel(self):
        own = self._filtered_access("write")
        for entry in self:
            entry.can_cancel = entry in own

    # ------------------------------------------------------------------
    # The one way in
    # ------------------------------------------------------------------

    @api.model
    def log_interactions(self, vals_list):
        """Log interactions; the only writer of entries.

        Values that are not given come from the template, the contact and the company
        (`_prepare_log_vals`). A `source_key` that is logged already is not logged
        again: its entry is returned. Wrong values abort the whole call before anything
        is written.

        The number of queries does not depend on the number of interactions.

        :param list vals_list: one dict of field values for each interaction; at least
            `template_id` and `partner_id`. `duration` in hours, `date` in UTC,
            `cost` in the currency of the company.
        :return: the entries, old and new, in the order of `vals_list`
        :raises UserError: where a value is missing or wrong; names the interaction
        :raises AccessError: where the user may not log, or not for that company
        :raises ConcurrencyError: (a serialization failure of the database) where another
            transaction logs the same `source_key` at this moment; retry
        """
        self.check_access("create")
        if not vals_list:
            return self.browse()
        vals_list = self._complete_log_vals(vals_list)
        entries, created = self._insert_entries(vals_list)
        created.check_access("create")
        created._after_log()
        return entries

    def _complete_log_vals(self, vals_list):
        """Check what is given and complete it; writes nothing.

        :raises UserError: with one sentence for each wrong value
        """
        templates = self._browse_given("interaction.template", "template_id", vals_list)
        partners = self._browse_given("res.partner", "partner_id", vals_list)
        companies = self._browse_given("res.company", "company_id", vals_list)
        default_company = self.env.company
        errors, result = [], []
        for number, vals in enumerate(vals_list, 1):
            template = templates.get(vals.get("template_id"))
            partner = partners.get(vals.get("partner_id"))
            company = companies.get(vals.get("company_id") or default_company.id)
            company = company or (
                default_company if not vals.get("company_id") else None
            )
            sentences = self._get_log_errors(vals, template, partner, company)
            if sentences:
                errors += [(number, sentence) for sentence in sentences]
            else:
                defaults = self._prepare_log_vals(vals, template, partner, company)
                result.append({**defaults, **vals})
        if len(vals_list) == 1 and errors:
            raise ValidationError("\n".join(sentence for _number, sentence in errors))
        if errors:
            raise ValidationError(
                "\n".join(
                    self.env._(
                        "Interaction %(number)s: %(error)s",
                        number=number,
                        error=sentence,
                    )
                    for number, sentence in errors
                )
            )
        return result

    def _browse_given(self, model, fname, vals_list):
        """Return {id: record} of the records named in `fname` that the user may see.

        They are browsed together, so that each model is read at once.
        """
        ids = [vals[fname] for vals in vals_list if vals.get(fname)]
        records = self.env[model].browse(
            dict.fromkeys(id_ for id_ in ids if isinstance(id_, int))
        )
        if not self.env.su:
            records = records.exists()._filtered_access("read")
        return {record.id: record for record in records}

    def _get_log_errors(self, vals, template, partner, company):
        """Return a sentence for each thing that is wrong in `vals`.

        :param template: `interaction.template` or None where missing or out of sight;
            the same for `partner` and `company`
        """
        _ = self.env._
        unknown = sorted(set(vals) - set(self._fields))
        if unknown:
            return [_("There is no field %(fields)s.", fields=", ".join(unknown))]
        errors = []
        if not template:
            errors.append(_("Choose an interaction template that exists."))
        elif not template.active:
            errors.append(
                _("The template %(name)s is archived.", name=template.display_name)
            )
        if not partner:
            errors.append(_("Choose a contact that exists and that you may see."))
        if not company or not (self.env.su or company in self.env.companies):
            errors.append(_("Choose a company that you work in."))
        elif (
            template
            and template.company_id
            and template.company_id not in company.sudo().parent_ids
        ):
            errors.append(
                _(
                    "The template %(name)s belongs to another company than "
                    "%(company)s.",
                    name=template.display_name,
                    company=company.display_name,
                )
            )
        if vals.get("state") == "canceled" or any(
            vals.get(fname)
            for fname in ("cancel_reason_id", "cancel_note", "cancel_uid")
        ):
            errors.append(_("Log the interaction first, then cancel it."))
        for fname, value in vals.items():
            errors += self._get_value_errors(self._fields[fname], value)
        return errors

    def _get_value_errors(self, field, value):
        """Return a sentence where `value` can't be a value of `field`."""
        _ = self.env._
        label = field.get_description(self.env, ["string"])["string"]
        if not value:
            if field.required and field.name not in ("template_id", "company_id"):
                return [_("%(field)s can't be empty.", field=label)]
            return []
        if field.type == "selection" and value not in field.get_values(self.env):
            return [
                _(
                    "%(value)s is no %(field)s. Choose one of: %(values)s.",
                    value=value,
                    field=label,
                    values=", ".join(field.get_values(self.env)),
                )
            ]
        if field.type in ("float", "monetary", "integer"):
            try:
                negative = float(value) < 0
            except (TypeError, ValueError):
                return [
                    _("%(field)s: %(value)s is no number.", field=label, value=value)
                ]
            if negative:
                return [_("%(field)s can't be negative.", field=label)]
        if field.type == "datetime":
            try:
                fields.Datetime.to_datetime(value)
            except (TypeError, ValueError):
                return [
                    _(
                        "%(field)s: %(value)s is no date and time.",
                        field=label,
                        value=value,
                    )
                ]
        return []

    def _prepare_log_vals(self, vals, template, partner, company):
        """Return the values of an entry where `vals` doesn't say otherwise.

        This is the whole contract between a template and its entries. Override to pass
        more on.

        :param dict vals: what the caller says
        :return: dict of field values
        """
        date = vals.get("date") or fields.Datetime.now()
        subject = template.description or template.name
        return {
            "name": " ".join(filter(None, (subject, vals.get("document_name")))),
            "group_id": template.group_id.id,
            "channel": template.channel,
            "flow": template.flow,
            "initiated_by": template.initiated_by,
            "duration": template.unit_duration,
            "cost": self._get_template_cost(template, company, date),
            "campaign_id": template.campaign_id.id,
            "campaign_target": template.campaign_target,
            "campaign_response": template.campaign_response,
            "company_id": company.id,
            "currency_id": company.sudo().currency_id.id,
            "partner_name": partner.complete_name,
            "commercial_partner_id": partner.commercial_partner_id.id,
            "lang": partner.lang,
            "user_id": self.env.uid,
            "date": date,
            "last_date": date,
        }

    def _get_template_cost(self, template, company, date):
        """Return the template's unit cost in the currency of `company` on `date`."""
        currency = company.sudo().currency_id
        if not template.unit_cost or template.currency_id == currency:
            return template.unit_cost
        return template.currency_id._convert(
            template.unit_cost, currency, company, fields.Datetime.to_datetime(date)
        )

    def _insert_entries(self, vals_list):
        """Insert complete values with one statement, whatever their number.

        The ORM's own INSERT knows no ON CONFLICT and takes a hundred rows at a time;
        here replayed keys are left out by the database, and a key that another
        transaction is writing raises a serialization failure, which Odoo retries.

        :return: (entries in the order of `vals_list`, those of them that are new)
        """
        rows = self._prepare_create_values(vals_list)
        columns = sorted(
            {name for vals in rows for name in vals if self._fields[name].column_type}
        )
        inserted = self.env.execute_query(
            SQL(
                """INSERT INTO %s (%s) VALUES %s
                ON CONFLICT (source_key) WHERE source_key IS NOT NULL DO NOTHING
                RETURNING id, source_key""",
                SQL.identifier(self._table),
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(
                    SQL(
                        "(%s)",
                        SQL(", ").join(
                            SQL(
                                "%s",
                                self._fields[name].convert_to_column_insert(
                                    vals.get(name), self, vals
                                ),
                            )
                            for name in columns
                        ),
                    )
                    for vals in rows
                ),
            )
        )
        created = self.browse(id_ for id_, _key in inserted)
        id_of_key = {key: id_ for id_, key in inserted if key}
        # RETURNING keeps the order of the rows, without those left out
        unkeyed = iter([id_ for id_, key in inserted if not key])
        keys = {vals.get("source_key") for vals in rows} - {None, False, ""}
        if known := keys - id_of_key.keys():
            for entry in self.sudo().search_fetch(  # the caller may not read it
                [("source_key", "in", list(known))], ["source_key"]
            ):
                id_of_key[entry.source_key] = entry.id
        ids = [
            id_of_key[vals["source_key"]] if vals.get("source_key") else next(unkeyed)
            for vals in rows
        ]
        new_rows, seen = [], set(created._ids)
        for id_, vals in zip(ids, rows, strict=True):
            if id_ in seen:
                seen.remove(id_)
                new_rows.append((self.browse(id_), vals))
        for field in self._fields.values():
            # attachments and what other addons add
            if field.store and not field.column_type:
                field.create(
                    [
                        (entry, vals[field.name])
                        for entry, vals in new_rows
                        if vals.get(field.name)
                    ]
                )
            for inverse in self.pool.field_inverses[field]:
                self.env[inverse.model_name].invalidate_model([inverse.name])
        created.modified(self._fields, create=True)
        return self.browse(ids), created

    def _after_log(self):
        """Called once on new entries, whatever road they came; override to do more."""

    # ------------------------------------------------------------------
    # Automatic recording
    # ------------------------------------------------------------------

    @api.model
    def _log_event(self, event, records, report=None, source=None, may_retry=False):
        """Record through the rules that `event` happened to `records`.

        The road of every edge. Whatever goes wrong, the caller goes on: the event is
        listed as skipped, with its reason, and the server log has the details.

        :param str event: one of the events of a rule
        :param records: the documents, as the user who acts sees them
        :param report: the `ir.actions.report` that was printed, or None
        :param str source: key of this one happening; the key of an entry is
            `<source>,<model>,<id>`. None where a replay can't be told.
        :param bool may_retry: raise the failures that a retry of the transaction mends
            (`odoo.service.model.retrying`), rather than skip the event
        :return: the entries, new ones and those that took up a repeat
        """
        matches = []
        try:
            matches = self.env["interaction.rule"]._match(event, records, report)
            if not matches:
                return self.browse()
            with self.env.cr.savepoint():
                # The user may print but not log. Nothing that a client sends comes
                # through here but the ids of documents, which are checked.
                return self.sudo()._log_matches(
                    self._filter_readable(matches), source
                )
        except Exception as error:  # noqa: BLE001 - logging never breaks the host
            if may_retry and isinstance(error, RETRIED):
                raise
            _logger.exception("Could not log the event %s of %s", event, records)
            self.env["interaction.skipped.event"].sudo()._record(
                matches or [{"record": record} for record in records],
                event,
                report,
                str(error),
            )
            return self.browse()

    def _filter_readable(self, matches):
        """Leave out the matches whose document the user may not read."""
        records = matches[0]["record"].browse(
            match["record"].id for match in matches
        )
        readable = records.with_env(self.env)._filtered_access("read")
        return [match for match in matches if match["record"].id in readable._ids]

    def _log_matches(self, matches, source):
        """Log what can be logged, and list the rest as skipped; see `_log_event`."""
        skipped = [match for match in matches if match["reason"]]
        if skipped:
            self.env["interaction.skipped.event"]._record(skipped)
        matches = [match for match in matches if not match["reason"]]
        repeats = self._merge_repeats(matches)
        return repeats + self.log_interactions(
            [
                {
                    **match["vals"],
                    "source_key": source
                    and f"{source},{match['record']._name},{match['record'].id}",
                }
                for match in matches
                if not match.get("merged")
            ]
        )

    def _merge_repeats(self, matches):
        """Count the matches that repeat an entry on that entry.

        Which ones do is said by their rule: *once* takes every entry of the rule and
        the document, *merge* those of the same user within the rule's minutes. Marks
        these matches as `merged`. Canceled entries take no repeats.

        :return: the entries that took up a repeat
        """
        now = fields.Datetime.now()
        repeating = [match for match in matches if match["rule"].repeat != "every"]
        if not repeating:
            return self.browse()
        latest = {}
        for entry in self.search(
            Domain("rule_id", "in", [match["rule"].id for match in repeating])
            & Domain("res_id", "in", [match["record"].id for match in repeating])
            & Domain("res_model", "=", repeating[0]["record"]._name)
            & Domain("state", "=", "logged"),
            order="last_date, id",
        ):
            latest[entry.rule_id.id, entry.res_id] = entry
            latest[entry.rule_id.id, entry.res_id, entry.create_uid.id] = entry
        merged = self.browse()
        for match in repeating:
            rule, key = match["rule"], (match["rule"].id, match["record"].id)
            if rule.repeat == "once":
                entry = latest.get(key)
            else:
                entry = latest.get((*key, self.env.uid))
                oldest = now - timedelta(minutes=rule.merge_minutes)
                if entry and entry.last_date < oldest:
                    entry = None
            if entry:
                match["merged"] = True
                merged |= entry
        if merged:
            self.env.execute_query(
                SQL(
                    """UPDATE %s
                    SET occurrence_count = occurrence_count + 1, last_date = %s
                    WHERE id IN %s RETURNING id""",
                    SQL.identifier(self._table),
                    now,
                    merged._ids,
                )
            )
            merged.invalidate_recordset(["occurrence_count", "last_date"])
        return merged

    # ------------------------------------------------------------------
    # Facts are written once
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # import, RPC and whatever else creates take the one way in
        return self.log_interactions(vals_list)

    def write(self, vals):
        if self.env.context.get(FACTS) is not SENTINEL:
            facts = sorted(set(vals) - MUTABLE_FIELDS)
            if facts:
                raise UserError(
                    self.env._(
                        "An interaction is written once: %(fields)s can't be changed. "
                        "Cancel it and log it again.",
                        fields=", ".join(
                            self._fields[name].get_description(self.env, ["string"])[
                                "string"
                            ]
                            if name in self._fields
                            else name
                            for name in facts
                        ),
                    )
                )
            for name, value in vals.items():
                if errors := self._get_value_errors(self._fields[name], value):
                    raise ValidationError(errors[0])
        return super().write(vals)

    def _write_facts(self, vals):
        """Write what a user can't; for server code that has checked the case."""
        return self.with_context(**{FACTS: SENTINEL}).write(vals)

    def copy(self, default=None):
        raise UserError(
            self.env._(
                "An interaction happened once and can't be duplicated. "
                "Log another one."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_not_canceled(self):
        entry = self.filtered(lambda entry: entry.state != "canceled")[:1]
        if entry:
            raise UserError(
                self.env._(
                    "Only canceled interactions can be deleted: cancel "
                    "%(name)s first.",
                    name=entry.display_name,
                )
            )

    @api.model
    def _purge(self, domain):
        """Delete the canceled entries of `domain` for good.

        :return: how many they were (int)
        :raises AccessError: where the user is no administrator of interactions
        """
        self.check_access("unlink")
        entries = self.search(Domain("state", "=", "canceled") & Domain(domain))
        entries.unlink()
        return len(entries)

    # ------------------------------------------------------------------
    # What counts
    # ------------------------------------------------------------------

    @api.model
    def _get_counted_domain(self):
        """Return the domain of the entries that count in numbers and dates."""
        return Domain("state", "=", "logged")

    def _read_group_select(self, aggregate_spec, query):
        # EXTENDS base: canceled and postponed entries are in no total, whatever the
        # user filters and groups
        expression = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec in ("cost:sum", "cost:sum_currency", "duration:sum"):
            return SQL(
                "%s FILTER (WHERE %s = 'logged')",
                expression,
                self._field_to_sql(self._table, "state", query),
            )
        return expression

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    @api.model
    def _get_action(self, domain):
        """Return the action that shows the entries of `domain`.

        It starts with those that count, so that it shows what a counter says; the
        canceled ones are one click away.
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "interaction_log.interaction_log_entry_action"
        )
        action["domain"] = list(Domain(domain))
        action["context"] = {"search_default_filter_counted": 1}
        return action

    def action_cancel(self):
        """Open the dialog that asks why the entries are canceled."""
        return self._get_wizard_action("interaction_log.interaction_log_cancel_action")

    def action_evaluate(self):
        """Open the dialog that asks how the interactions went."""
        action = self._get_wizard_action(
            "interaction_log.interaction_log_evaluate_action"
        )
        if len(self) == 1:
            action["context"]["default_evaluation"] = self.evaluation
        return action

    def _get_wizard_action(self, xml_id):
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        action["context"] = {"default_entry_ids": self.ids}
        return action

    def _cancel(self, reason, note=False):
        """Take the logged entries out of play; the others stay as they are.

        :param reason: `interaction.cancel.reason`
        :param str note: what else is to say
        :return: the entries that were canceled
        :raises UserError: without a reason, or where none of the entries is logged
        :raises AccessError: where an entry is not the user's own (users cancel their
            own entries, managers all)
        """
        if not reason:
            raise UserError(self.env._("Choose why the interactions are canceled."))
        entries = self._filter_state(
            "logged", self.env._("Only logged interactions can be canceled.")
        )
        entries._write_facts(
            {
                "state": "canceled",
                "cancel_reason_id": reason.id,
                "cancel_note": note,
                "cancel_uid": self.env.uid,
                "cancel_date": fields.Datetime.now(),
            }
        )
        return entries

    def action_restore(self):
        """Let the canceled entries count again.

        :raises UserError: where none of the entries is canceled
        :raises AccessError: as for canceling
        """
        entries = self._filter_state(
            "canceled", self.env._("Only canceled interactions can be restored.")
        )
        entries._write_facts(
            {
                "state": "logged",
                "cancel_reason_id": False,
                "cancel_note": False,
                "cancel_uid": False,
                "cancel_date": False,
            }
        )

    def _filter_state(self, state, otherwise):
        """Return the entries in `state` that the user may cancel and restore.

        :param str otherwise: the sentence for the user where there is none
        """
        entries = self.filtered(lambda entry: entry.state == state)
        if not entries:
            raise UserError(otherwise)
        foreign = entries - entries._filtered_access("write")
        if foreign:
            raise AccessError(
                self.env._(
                    "You can cancel and restore your own interactions only. "
                    "Ask an interaction manager for: %(names)s",
                    names=", ".join(foreign[:5].mapped("display_name")),
                )
            )
        return entries

    def action_open_document(self):
        """Open the document that the interaction is about.

        :raises UserError: where there is none, or it was deleted
        :raises AccessError: where the user may not read it
        """
        self.ensure_one()
        document = (
            self.env[self.res_model].browse(self.res_id).exists()
            if self.res_id and self.res_model in self.env
            else None
        )
        if not document:
            raise UserError(
                self.env._("The document of this interaction does not exist any more.")
                if self.document_name
                else self.env._("This interaction has no document.")
            )
        document.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }
