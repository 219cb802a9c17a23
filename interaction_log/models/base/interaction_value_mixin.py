import base64
import binascii
import json
import math
from collections import defaultdict
from datetime import date

from odoo import Command, api, models
from odoo.exceptions import ValidationError

# The largest id and number of the database, and what nothing costs
MAX_INTEGER = 2**31 - 1
MAX_NUMBER = 10**15
# How many characters a line and a text may have; conditions are as long as a text
MAX_LINE = 1_000
MAX_TEXT = 10_000_000
# What can't be negative, also as somebody's own
NEVER_NEGATIVE = ("cost", "duration")


def is_id(value):
    """Say whether the value can be the id of a record."""
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and 0 < value <= MAX_INTEGER
    )


class InteractionValueMixin(models.AbstractModel):
    """Values that a client gives: one sentence for what can't be stored.

    Without it the ORM and the database each say so in their own way, or take a list
    for a text.
    """

    _name = "interaction.value.mixin"
    _description = "Storable Values"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_given(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_given([vals])
        return super().write(vals)

    def _check_given(self, vals_list):
        """Check what a client gives to `create` or `write`.

        Called by them; a model that looks into the values before it calls `super` calls
        it first.

        :raises ValidationError: with a sentence on the first value that can't be stored
        """
        if self.env.su:
            return  # server code is trusted
        if not all(isinstance(vals, dict) for vals in vals_list):
            raise ValidationError(
                self.env._(
                    "Provide the values of each record as a dictionary of field names "
                    "and values."
                )
            )
        known = self._browse_given(vals_list)
        for vals in vals_list:
            if unknown := [name for name in map(str, vals) if name not in self._fields]:
                raise ValidationError(self._get_unknown_sentence(unknown))
            for name, value in vals.items():
                for sentence in self._get_value_errors(name, value, known):
                    raise ValidationError(sentence)

    def _browse_given(self, vals_list):
        """Return {field: ids} of what exists of the records that `vals_list` names.

        Each model is asked at once.
        """
        given, ids_of = {}, defaultdict(set)
        for name in {name for vals in vals_list for name in vals}:
            field = self._fields.get(name) if isinstance(name, str) else None
            if field and field.relational:
                given[name] = {
                    id_
                    for vals in vals_list
                    for id_ in self._get_given_ids(vals.get(name))
                }
                ids_of[field.comodel_name] |= given[name]
        existing = {
            model: set(self.env[model].browse(ids).exists().ids)
            for model, ids in ids_of.items()
            if ids
        }
        return {
            name: ids & existing.get(self._fields[name].comodel_name, set())
            for name, ids in given.items()
        }

    @api.model
    def _get_given_ids(self, value):
        """Return the ids that a value names, of one record or as a list of commands."""
        if isinstance(value, models.BaseModel):
            return set(value.ids)
        if is_id(value):
            return {value}
        if not isinstance(value, list | tuple):
            return set()
        ids = set()
        for command in value:
            match command:
                case [Command.LINK | Command.UPDATE, id_, *_] if is_id(id_):
                    ids.add(id_)
                case [Command.SET, _, list() | tuple() as listed]:
                    ids.update(filter(is_id, listed))
                case id_ if is_id(id_):
                    ids.add(id_)
        return ids

    def _get_unknown_sentence(self, names):
        return self.env._("Unknown field: %(fields)s.", fields=", ".join(names))

    def _get_value_errors(self, name, value, known):
        """Return a sentence where `value` can't be a value of the field `name`.

        :param known: see `_browse_given`
        """
        field = self._fields[name]
        fault = self._find_fault(field, value, known)
        if not fault:
            return []  # the rule: no label is looked up, no sentence made
        return [self._get_fault_sentences(field, value)[fault]()]

    def _get_fault_sentences(self, field, value):
        """Return {fault: function that makes its sentence}; override to add faults."""
        label = self._get_label(field.name)
        if isinstance(value, str):
            # the sentence itself has to be storable, and short
            value = value[:100].encode(errors="replace").decode().replace("\x00", "?")
        return {
            "empty": lambda: self.env._("%(field)s can't be empty.", field=label),
            "choice": lambda: self.env._(
                '"%(value)s" is not a valid value for %(field)s. Choose one of: '
                "%(values)s.",
                value=value,
                field=label,
                values=", ".join(field.get_values(self.env)),
            ),
            "negative": lambda: self.env._("%(field)s can't be negative.", field=label),
            "large": lambda: self.env._("%(field)s is too large.", field=label),
            "length": lambda: self.env._(
                "%(field)s is limited to %(limit)s characters. Attach a file instead.",
                field=label,
                limit=self._get_max_length(field),
            ),
            "wrong": lambda: self.env._(
                '"%(value)s" is not a valid value for %(field)s.',
                value=value,
                field=label,
            ),
        }

    def _find_fault(self, field, value, known):
        """Return what is wrong with a value of `field`, or None.

        What is empty or missing is for the field to say.

        :return: a key of `_get_fault_sentences`
        """
        if value is None or value is False or value == "":
            return None
        match field.type:
            case "boolean":
                wrong = not isinstance(value, bool | int | str)
            case "selection":
                is_choice = value in field.get_values(self.env)
                return None if is_choice else "choice"
            case "many2one":
                ids = self._get_given_ids(value)
                wrong = (
                    isinstance(value, list | tuple)
                    or len(ids) != 1
                    or not self._are_known(ids, known[field.name])
                )
            case "many2one_reference":
                wrong = not (value == 0 or is_id(value))  # as the ORM says none
            case "reference":
                wrong = not isinstance(value, models.BaseModel | str)
                if isinstance(value, str):
                    model, _comma, id_ = value.partition(",")
                    is_number = id_.isdecimal() and len(id_) <= len(str(MAX_INTEGER))
                    wrong = model not in self.env or not (is_number and is_id(int(id_)))
            case "one2many" | "many2many":
                wrong = not (
                    self._is_list_of_commands(value)
                    and self._are_known(self._get_given_ids(value), known[field.name])
                )
            case "json":
                wrong = not self._is_storable_json(value)
            case "float" | "monetary" | "integer":
                return self._find_number_fault(field, value)
            case "char" | "text" | "html":
                # numbers are texts for the ORM, but not for what sanitizes HTML
                types = str if field.type == "html" else str | int | float
                is_text = isinstance(value, types) and value is not True
                wrong = not is_text or not self._is_storable(str(value))
                if not wrong and len(str(value)) > self._get_max_length(field):
                    return "length"
            case "date" | "datetime":
                return self._find_date_fault(field, value)
            case "binary" | "image":
                wrong = not self._is_base64(value)
            case _:
                wrong = False
        return "wrong" if wrong else None

    @api.model
    def _find_number_fault(self, field, value):
        try:
            number = float(value)
        except (OverflowError, TypeError, ValueError):
            return "wrong"
        if number < 0 and field.name.removeprefix("own_") in NEVER_NEGATIVE:
            return "negative"
        if not math.isfinite(number) or isinstance(value, bool):
            return "wrong"
        if field.type != "integer":
            return "large" if abs(number) > MAX_NUMBER else None
        if not number.is_integer():
            return "wrong"
        return "large" if abs(number) > MAX_INTEGER else None

    @api.model
    def _find_date_fault(self, field, value):
        if not isinstance(value, str | date):
            return "wrong"
        try:
            to_date = field.to_date if field.type == "date" else field.to_datetime
            value = to_date(value)
        except ValueError:
            return "wrong"
        # one with a time zone can't be compared: it is to be in UTC
        return "wrong" if getattr(value, "tzinfo", None) else None

    @api.model
    def _get_max_length(self, field):
        is_line = field.type == "char" and field.name != "domain"
        return MAX_LINE if is_line else MAX_TEXT

    @api.model
    def _are_known(self, ids, known):
        return all(id_ in known for id_ in ids)

    @api.model
    def _is_list_of_commands(self, value):
        """Say whether `value` is a list of ids and of commands, or records."""
        return isinstance(value, models.BaseModel) or (
            isinstance(value, list | tuple)
            and all(is_id(command) or self._is_command(command) for command in value)
        )

    @api.model
    def _is_command(self, command):
        match command:
            case [Command.LINK | Command.UNLINK | Command.DELETE, id_, *_]:
                return is_id(id_)
            case [Command.UPDATE, id_, dict()]:
                return is_id(id_)
            case [Command.SET, _, list() | tuple() as ids]:
                return all(map(is_id, ids))
            case [Command.CREATE, _, dict() as vals]:
                texts = (value for value in vals.values() if isinstance(value, str))
                return all(map(self._is_storable, texts))
            case [Command.CLEAR, *_]:
                return True
        return False

    @api.model
    def _is_storable(self, text):
        """Say whether the database can hold the text: no NUL, nothing but Unicode."""
        try:
            text.encode()
        except UnicodeEncodeError:
            return False
        return "\x00" not in text

    @api.model
    def _is_storable_json(self, value):
        try:
            text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        except (RecursionError, TypeError, ValueError):
            return False
        return self._is_storable(text) and "\\u0000" not in text

    @api.model
    def _is_base64(self, value):
        try:
            base64.b64decode(value)
        except (TypeError, binascii.Error, ValueError):
            return False
        return True

    def _get_label(self, name):
        return self._fields[name].get_description(self.env, ["string"])["string"]
