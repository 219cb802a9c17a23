from collections import defaultdict
from datetime import datetime, timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS

from ..base.constants import CLIENT_EVENTS, EVENTS, HAND_EVENTS
from ..base.interaction_value_mixin import MAX_LINE, is_id
from .interaction_log_entry import ONCE, RELEASED

# What a client can't say when it logs (`_get_server_fields`)
SERVER_FIELDS = frozenset(
    (
        "cancel_date",
        "cancel_note",
        "cancel_reason_id",
        "cancel_uid",
        "canceled_with_batch",
        "corrects_id",
        "currency_id",
        "delivery_status",
        "is_automatic",
        "is_backfilled",
        "last_date",
        "occurrence_count",
        "user_names",
    )
)
# How the source keys begin that a client can't give (`_get_reserved_prefixes`)
RESERVED_PREFIXES = frozenset(
    (ONCE.rstrip(","), RELEASED.rstrip(","), *dict(EVENTS))
) - set(CLIENT_EVENTS)
# How many characters a text may have, how many hours one interaction may take, how far
# ahead a date may be, and how far back: no software kept contacts before
# 1980, and the empty dates of other systems are 1753, 1899, 1900, 1904, 1970 and 1980
MAX_TEXT = 1_000_000
MAX_DURATION = 24 * 366
FUTURE = timedelta(days=366)
EARLIEST = datetime(1980, 1, 2)


class InteractionLogEntry(models.Model):
    """What may be logged: one sentence for each thing that is wrong."""

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    # so that what happened since a day is found by `last_date` alone
    _last_date_check = models.Constraint(
        "CHECK (last_date IS NOT NULL AND last_date >= date)",
        "The last occurrence can't be before the date of the interaction.",
    )

    def _check_given(self, vals_list):
        """Its own `create` and `write` check more, and server code too."""

    def copy_data(self, default=None):
        raise UserError(
            self.env._("Interactions can't be duplicated. Log another one instead.")
        )

    def _browse_given(self, vals_list):
        """Return {field: {id: record}} of what the many2one values name.

        Only what exists and the user may see. Each model is browsed at once, so that
        it is read at once. Server code is trusted to name what exists.
        """
        known = {}
        for field in self._fields.values():
            if field.type not in ("many2one", "many2many") or not field.store:
                continue
            ids = {
                id_
                for vals in vals_list
                if field.name in vals
                for id_ in self._get_given_ids(vals[field.name])
            }
            records = self.env[field.comodel_name].browse(ids)
            if not self.env.su and records:
                records = self._filter_given(records, field)
            known[field.name] = {record.id: record for record in records}
        known["res_id"] = self._find_given_documents(vals_list)
        known["source_key"] = self._find_purged_keys(vals_list)
        return known

    @api.model
    def _filter_given(self, records, field):
        """Return those of the records that exist and the user may see."""
        if field.type == "many2many":  # the search of files asks for more than the ids
            return records.exists()._filtered_access("read")
        if not records.browse().has_access("read"):
            return records.browse()
        # one query asks what exists, what may be seen, and reads it
        found = records.with_context(active_test=False).search_fetch(
            [("id", "in", records.ids)], order="id"
        )
        return found.with_env(self.env)

    def _find_purged_keys(self, vals_list):
        """Return the (company id, key) in `vals_list` of what was deleted for good.

        Nothing where server code calls: what is recorded is new, and what logs old
        events asks before.
        """
        keys_of = defaultdict(set)
        for vals in () if self.env.su else vals_list:
            key = vals.get("source_key")
            company_id = vals.get("company_id") or self.env.company.id
            if key and isinstance(key, str) and is_id(company_id):
                keys_of[company_id].add(key)
        return {
            (company_id, key)
            for company_id, keys in keys_of.items()
            for key in self.env["interaction.purged.key"]._find_keys(keys, company_id)
        }

    def _find_given_documents(self, vals_list):
        """Return {(model, id): document} of those in `vals_list` that the user may see.

        Where server code calls, which is trusted, only those that it gives no name.
        """
        ids_of_model = defaultdict(set)
        for vals in vals_list:
            if self.env.su and "document_name" in vals:
                continue
            model, id_ = vals.get("res_model"), vals.get("res_id")
            if isinstance(model, str) and model in self.env and is_id(id_):
                ids_of_model[model].add(id_)
        return {
            (model, document.id): document
            for model, ids in ids_of_model.items()
            if not self.env[model]._abstract
            for document in self.env[model]
            .browse(ids)
            .exists()
            ._filtered_access("read")
        }

    def _get_log_errors(
        self,
        vals: api.ValuesType,
        template: models.BaseModel | None,
        partner: models.BaseModel | None,
        company: models.BaseModel | None,
        known: dict,
    ) -> list[str]:
        """Return a sentence for each thing that is wrong in `vals`.

        Called once for each interaction, before anything is written; override to check
        more.

        :param vals: what the caller says
        :param template: `interaction.template` or None where missing or out of sight;
            the same for `partner` and `company`
        :param known: see `_browse_given`
        :return: sentences for the user; where there is one, nothing is logged
        """
        unknown = [
            name
            for name in sorted(map(str, vals))
            if name not in self._fields
            or not self._fields[name].store
            # what others make later: messages, followers, activities
            or self._fields[name].type == "one2many"
            or name in MAGIC_COLUMNS
        ]
        if unknown:
            return [self._get_unknown_sentence(unknown)]
        errors = []
        if not template:
            errors.append(self.env._("Choose an existing interaction template."))
        elif not template.active and template != self._get_corrected().template_id:
            errors.append(
                self.env._(
                    "The template %(name)s is archived.", name=template.display_name
                )
            )
        if not partner:
            errors.append(self.env._("Choose an existing contact you have access to."))
        if not company or not (self.env.su or company in self.env.companies):
            errors.append(self.env._("Choose a company you have access to."))
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
        known_partner = self.env.su or partner == self._get_corrected().partner_id
        if partner and not (partner.active or known_partner):
            # what is recorded by itself happened, whatever became of the contact
            errors.append(
                self.env._(
                    "The contact %(name)s is archived. Unarchive it or choose another "
                    "contact.",
                    name=partner.display_name,
                )
            )
        return errors or self._get_client_errors(vals, known)

    def _get_fault_sentences(self, field, value):
        label = self._get_label(field.name)
        return {
            **super()._get_fault_sentences(field, value),
            "duration": lambda: self.env._(
                "%(field)s is limited to %(limit)s hours.",
                field=label,
                limit=MAX_DURATION,
            ),
            "future": lambda: self.env._(
                "%(field)s is too far in the future. Only interactions that have "
                "taken place can be logged.",
                field=label,
            ),
            "past": lambda: self.env._(
                "%(field)s is too far in the past. Enter a date from 1980 onwards.",
                field=label,
            ),
        }

    def _find_fault(self, field, value, known):
        if value is None or value is False or value == "":
            return "empty" if field.required else None
        if field.type == "many2one" and not is_id(value):
            return "wrong"
        if field.name == "source_key" and not isinstance(value, str):
            return "wrong"  # a number would not be found again: keys are compared
        if field.type == "json" and not isinstance(value, dict):
            return "wrong"
        return super()._find_fault(field, value, known)

    @api.model
    def _find_number_fault(self, field, value):
        fault = super()._find_number_fault(field, value)
        if fault or field.name != "duration":
            return fault
        return "duration" if float(value) > MAX_DURATION else None

    @api.model
    def _find_date_fault(self, field, value):
        fault = super()._find_date_fault(field, value)
        if fault or field.type != "datetime":
            return fault
        date = fields.Datetime.to_datetime(value)
        if date > fields.Datetime.now() + FUTURE:
            return "future"
        return "past" if date < EARLIEST else None

    @api.model
    def _get_max_length(self, field):
        return MAX_LINE if field.type == "char" else MAX_TEXT

    @api.model
    def _is_command(self, command):
        # what belongs to something else is not changed or deleted
        adding = (Command.LINK, Command.SET, Command.CREATE, Command.CLEAR)
        return super()._is_command(command) and command[0] in adding

    def _get_client_errors(self, vals, known):
        """Return a sentence for each thing that only server code may say.

        A client that could say it would forge what automatic recording goes by: that a
        document was printed already, that an event has its entry.
        """
        if vals.get("state") == "canceled":
            return [self.env._("Log the interaction before canceling it.")]
        if self.env.su:
            return []
        errors = []
        forbidden = sorted(self._get_server_fields() & vals.keys())
        if forbidden:
            errors.append(
                self.env._(
                    "%(fields)s can't be set: recorded automatically.",
                    fields=", ".join(map(self._get_label, forbidden)),
                )
            )
        if vals.get("event", "manual") not in CLIENT_EVENTS:
            errors.append(
                self.env._(
                    "The event %(event)s is only recorded automatically.",
                    event=vals["event"],
                )
            )
        prefix = str(vals.get("source_key") or "").split(",")[0]
        if prefix in self._get_reserved_prefixes():
            errors.append(
                self.env._(
                    "Source keys starting with %(prefix)s are reserved.",
                    prefix=prefix,
                )
            )
        company_id = vals.get("company_id") or self.env.company.id
        if (company_id, vals.get("source_key")) in known["source_key"]:
            errors.append(
                self.env._(
                    "The interaction with the source key %(key)s was permanently "
                    "deleted and can't be logged again.",
                    key=vals["source_key"],
                )
            )
        batch = known["batch_id"].get(vals.get("batch_id"))
        if batch and batch.create_uid != self.env.user:
            errors.append(self.env._("Choose a batch you created."))
        if batch and batch.company_id.id != company_id:
            errors.append(self.env._("Choose a batch of the same company."))
        if vals.get("state") == "postponed" and vals.get("source_key"):
            errors.append(
                self.env._("A draft has not happened yet. Leave out the source key.")
            )
        document = (vals.get("res_model"), vals.get("res_id"))
        if any(document) and document not in known["res_id"]:
            errors.append(self.env._("Choose an existing document you have access to."))
        return errors or self._get_contradictions(vals, known)

    def _get_contradictions(self, vals, known):
        """Return a sentence for each thing that the rest of `vals` says otherwise.

        What is recorded of contact and document for the time when they are gone is what
        they are now. Asked of what a client logs: server code knows what was.
        """
        partner = known["partner_id"][vals["partner_id"]]
        errors = [
            self.env._(
                "%(field)s is recorded automatically. Remove it or choose a contact "
                "other than %(contact)s.",
                field=self._get_label(name),
                contact=partner.display_name,
            )
            for name, own in (
                ("partner_name", partner.complete_name),
                ("commercial_partner_id", partner.commercial_partner_id.id),
            )
            if name in vals and vals[name] != own
        ]
        if vals.get("document_name"):
            errors += self._get_document_name_errors(vals)
        user = known["user_id"].get(vals.get("user_id"))
        is_by_hand = vals.get("event", "manual") in HAND_EVENTS
        if (user and user.share) or (is_by_hand and not vals.get("user_id", True)):
            errors.append(
                self.env._("Choose the salesperson who had this interaction.")
            )
        if vals.get("postponed_vals") and vals.get("state") != "postponed":
            errors.append(
                self.env._(
                    "Only a draft can have %(field)s.",
                    field=self._get_label("postponed_vals"),
                )
            )
        return errors

    def _get_document_name_errors(self, vals):
        """Return a sentence where the document of `vals` has another name, or is none.

        The user may see it: that was checked.
        """
        if not vals.get("res_id"):
            return [
                self.env._(
                    "Provide the model and ID of the document %(name)s.",
                    name=vals["document_name"],
                )
            ]
        name = self.env[vals["res_model"]].browse(vals["res_id"]).display_name
        if vals["document_name"] == name:
            return []
        return [
            self.env._(
                'The document is named "%(name)s", not "%(given)s". Leave the '
                "name out.",
                name=name,
                given=vals["document_name"],
            )
        ]

    @api.model
    def _get_server_fields(self) -> frozenset[str]:
        """Return the names of the fields that only server code may give.

        Asked for each interaction that a client logs. Override to add your own: a
        client that could give them would forge what automatic recording goes by.
        """
        return SERVER_FIELDS

    @api.model
    def _get_reserved_prefixes(self) -> frozenset[str]:
        """Return what comes before the first comma of source keys of our own events.

        Asked for each interaction that a client logs: it can't give such a key.
        Override to add those of your own events.
        """
        return RESERVED_PREFIXES
