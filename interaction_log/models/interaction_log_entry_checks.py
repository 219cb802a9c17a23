import math
from collections import defaultdict

from odoo import fields, models
from odoo.models import MAGIC_COLUMNS

from .interaction_log_entry import ONCE, _is_id
from .selections import EVENTS

# What a client can't say when it logs, and which events it can
SERVER_FIELDS = frozenset(
    (
        "cancel_date",
        "cancel_note",
        "cancel_reason_id",
        "cancel_uid",
        "content_sha256",
        "currency_id",
        "delivery_status",
        "last_date",
        "occurrence_count",
        "rule_id",
    )
)
CLIENT_EVENTS = ("manual", "api")
RESERVED_PREFIXES = {ONCE.rstrip(","), *dict(EVENTS)} - set(CLIENT_EVENTS)


class InteractionLogEntry(models.Model):
    """What may be logged: one sentence for each thing that is wrong."""

    _inherit = "interaction.log.entry"

    def _browse_given(self, vals_list):
        """Return {field: {id: record}} of what the many2one values name.

        Only what exists and the user may see. Each model is browsed at once, so that
        it is read at once. Server code is trusted to name what exists.
        """
        known = {}
        for field in self._fields.values():
            if field.type != "many2one" or not field.store:
                continue
            records = self.env[field.comodel_name].browse(
                {vals[field.name] for vals in vals_list if _is_id(vals.get(field.name))}
            )
            if not self.env.su and records:
                records = records.exists()._filtered_access("read")
            known[field.name] = {record.id: record for record in records}
        known["res_id"] = self._find_given_documents(vals_list)
        return known

    def _find_given_documents(self, vals_list):
        """Return the (model, id) of the documents in `vals_list` that the user may see.

        Nothing where server code calls, which is trusted.
        """
        ids_of_model = defaultdict(set)
        for vals in () if self.env.su else vals_list:
            model, id_ = vals.get("res_model"), vals.get("res_id")
            if isinstance(model, str) and model in self.env and _is_id(id_):
                ids_of_model[model].add(id_)
        return {
            (model, id_)
            for model, ids in ids_of_model.items()
            if not self.env[model]._abstract
            for id_ in self.env[model].browse(ids).exists()._filtered_access("read").ids
        }

    def _get_log_errors(self, vals, template, partner, company, known):
        """Return a sentence for each thing that is wrong in `vals`.

        :param template: `interaction.template` or None where missing or out of sight;
            the same for `partner` and `company`
        :param dict known: see `_browse_given`
        """
        unknown = [
            name
            for name in sorted(vals)
            if name not in self._fields
            or not self._fields[name].store
            or name in MAGIC_COLUMNS
        ]
        if unknown:
            return [
                self.env._("There is no field %(fields)s.", fields=", ".join(unknown))
            ]
        errors = []
        if not template:
            errors.append(self.env._("Choose an interaction template that exists."))
        elif not template.active:
            errors.append(
                self.env._(
                    "The template %(name)s is archived.", name=template.display_name
                )
            )
        if not partner:
            errors.append(
                self.env._("Choose a contact that exists and that you may see.")
            )
        if not company or not (self.env.su or company in self.env.companies):
            errors.append(self.env._("Choose a company that you work in."))
        elif template and not template._is_for_company(company):
            errors.append(
                self.env._(
                    "The template %(name)s belongs to another company than "
                    "%(company)s.",
                    name=template.display_name,
                    company=company.display_name,
                )
            )
        for name in sorted(vals.keys() - {"template_id", "partner_id", "company_id"}):
            errors += self._get_value_errors(name, vals[name], known)
        return errors or self._get_client_errors(vals, known)

    def _get_value_errors(self, name, value, known=None):
        """Return a sentence where `value` can't be a value of the field `name`."""
        field = self._fields[name]
        label = self._get_label(name)
        if value is None or value is False or value == "":
            return [
                self.env._("%(field)s can't be empty.", field=label)
            ] * field.required
        wrong = False
        if field.type == "selection" and value not in field.get_values(self.env):
            return [
                self.env._(
                    '"%(value)s" is not a value of %(field)s. Choose one of: '
                    "%(values)s.",
                    value=value,
                    field=label,
                    values=", ".join(field.get_values(self.env)),
                )
            ]
        if field.type == "many2one":
            wrong = not _is_id(value) or value not in known[name]
        elif field.type == "many2one_reference":
            wrong = not _is_id(value)
        elif field.type in ("float", "monetary", "integer"):
            try:
                number = float(value)
            except (TypeError, ValueError):
                number = math.nan
            wrong = not math.isfinite(number) or isinstance(value, bool)
            if field.type == "integer":
                wrong = wrong or not number.is_integer()
            if number < 0:
                return [self.env._("%(field)s can't be negative.", field=label)]
        elif field.type in ("char", "text", "html"):
            wrong = not isinstance(value, str)
        elif field.type == "datetime":
            try:
                fields.Datetime.to_datetime(value)
            except (TypeError, ValueError):
                wrong = True
        return [
            self.env._('"%(value)s" can\'t be the %(field)s.', value=value, field=label)
        ] * wrong

    def _get_client_errors(self, vals, known):
        """Return a sentence for each thing that only server code may say.

        A client that could say it would forge what automatic recording goes by: that a
        document was printed already, that an event has its entry.
        """
        if vals.get("state") == "canceled":
            return [self.env._("Log the interaction first, then cancel it.")]
        if self.env.su:
            return []
        errors = []
        forbidden = sorted(SERVER_FIELDS & vals.keys())
        if forbidden:
            errors.append(
                self.env._(
                    "%(fields)s can't be given: they are recorded by the system.",
                    fields=", ".join(map(self._get_label, forbidden)),
                )
            )
        if vals.get("event", "manual") not in CLIENT_EVENTS:
            errors.append(
                self.env._(
                    "Only the system records the event %(event)s.", event=vals["event"]
                )
            )
        prefix = str(vals.get("source_key") or "").split(",")[0]
        if prefix in RESERVED_PREFIXES:
            errors.append(
                self.env._(
                    "Source keys that begin with %(prefix)s are the system's own.",
                    prefix=prefix,
                )
            )
        document = (vals.get("res_model"), vals.get("res_id"))
        if vals.get("res_id") and document not in known["res_id"]:
            errors.append(
                self.env._("Choose a document that exists and that you may see.")
            )
        return errors

    def _get_label(self, name):
        return self._fields[name].get_description(self.env, ["string"])["string"]
