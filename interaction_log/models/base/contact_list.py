"""Lists of e-mails and references of contacts, pasted or read from a file.

Everything that is given becomes a value: it finds a contact, or it is unknown.
"""

import csv
import re
from collections.abc import Collection, Iterable
from io import StringIO

from odoo import api
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize, remove_accents

# How a column is called that has e-mails or references, in the languages of our users'
# office programs, as `_get_key` writes it; with what Odoo calls them, see `get_headers`
HEADERS = frozenset(
    (
        *("email", "emailaddress", "mail", "ref", "reference"),
        # German and Dutch
        *("mailadresse", "emailadresse", "referenz"),
        *("mailadres", "emailadres", "referentie"),
        # French
        *("courriel", "adresseemail", "adressemail", "adresseelectronique"),
        "adressedemessagerie",
        # Spanish, Italian, Portuguese
        *("correo", "correoelectronico", "direcciondecorreo", "referencia"),
        "direcciondecorreoelectronico",
        *("indirizzoemail", "indirizzodipostaelettronica", "postaelettronica"),
        *("riferimento", "enderecodeemail", "enderecodecorreioeletronico"),
    )
)
SEPARATORS = (";", "\t", ",")
ANY_SEPARATOR = re.compile(r"[;\t,\n]")
# An address, and the bracket before it where it has one: "Smith, Ann <ann@...>". It
# is looked for where a word begins only: a megabyte without any is read once.
WORD = r"[^\s<>,;:\"()\[\]@]"
ADDRESS = re.compile(
    rf"(<\s*)?(?<!{WORD}){WORD}+@{WORD}+(?:\s*>)?",
)
NEW_LINE = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# What neither the database nor a message can hold
UNUSABLE = re.compile("[\x00\ud800-\udfff]")
FIELD_LIMIT = 1_000_000  # characters
MAX_COLUMNS = 1_000  # among which one is looked for


def check_text(env: api.Environment, text: str | bool) -> None:
    """Raise a ValidationError where a list has characters that can't be stored."""
    if isinstance(text, str) and UNUSABLE.search(text):
        raise ValidationError(
            env._(
                "The list contains invalid characters. Copy it as plain text and "
                "paste it again."
            )
        )


def get_headers(env: api.Environment) -> frozenset[str]:
    """Return how columns of e-mails and references may be called.

    Also what the fields of contacts are called in all languages that are installed.
    """
    names = set()
    for code, _name in env["res.lang"].get_installed():
        partner = env(context={**env.context, "lang": code})["res.partner"]
        names |= {
            partner._fields[name]._description_string(partner.env)
            for name in ("email", "ref")
        }
    return HEADERS | {_get_key(name) for name in names}


def _get_key(name):
    """Return the name of a column without what differs from program to program."""
    return re.sub(r"[\W_]", "", remove_accents(name)).casefold()


def split_rows(text: str, headers: Collection[str]) -> list[list[str]]:
    """Return the rows of a text, each a list of values, which may be quoted.

    One separator for all: the one that the text names ("sep=;"), that of its header,
    else the first of semicolon, tab and comma that there is. References without any
    e-mail may be separated by all of them.

    :param headers: see `get_headers`
    """
    text = NEW_LINE.sub("\n", text)
    first, _newline, rest = text.lstrip("\ufeff\n ").partition("\n")
    if named := re.fullmatch(r"\"?sep=(.)\"?", first.strip(" "), re.IGNORECASE):
        return _read_rows(rest, named[1])
    for separator in SEPARATORS:
        [header] = _read_rows(first, separator) or [[]]
        names = map(_get_key, header[:MAX_COLUMNS])
        if len(header) > 1 and any(name in headers for name in names):
            return _read_rows(text, separator)
    if _get_key(first) in headers:
        return [[line] for line in text.split("\n")]
    if not ADDRESS.search(text):
        return _read_rows(re.sub(r"[;\t]", ",", text), ",")
    # the comma of "Smith, Ann <ann@...>" is none
    candidates = SEPARATORS[:2] if re.search("<[^<>@]*@[^<>@]*>", text) else SEPARATORS
    for separator in candidates:
        if separator in text:
            return _read_rows(text, separator)
    return [[line] for line in text.split("\n")]


def _read_rows(text, separator):
    # a quote that is never closed would swallow the rest
    quoting = csv.QUOTE_NONE if text.count('"') % 2 else csv.QUOTE_MINIMAL
    csv.field_size_limit(max(csv.field_size_limit(), FIELD_LIMIT))
    try:
        return list(
            csv.reader(
                StringIO(text),
                delimiter=separator,
                quoting=quoting,
                skipinitialspace=separator != "\t",
            )
        )
    except csv.Error:
        return [line.split(separator) for line in text.split("\n")]


def get_values(*tables: list[list[str]], headers: Collection[str]) -> list[str]:
    """Return the values of lists, each once, in their order, without spaces around.

    :param tables: the rows of each list; where its first row names columns of e-mails
        or references, only those count, and of a row that has nothing there, or more
        than there are columns, the whole
    :param headers: see `get_headers`
    """
    values = {}
    for table in tables:
        rows = [row for row in table if any(value.strip() for value in row)]
        names = [_get_key(name) for name in rows[0][:MAX_COLUMNS]] if rows else []
        columns = [number for number, name in enumerate(names) if name in headers]
        for row in rows[1:] if columns else rows:
            cells = row
            if columns:
                cells = [row[number] for number in columns if number < len(row)]
                is_longer = any(value.strip() for value in row[len(rows[0]) :])
                if is_longer or not any(value.strip() for value in cells):
                    # one value, which is no reference of its own
                    values["; ".join(filter(None, map(str.strip, row))) + ";"] = True
                    continue
            values |= dict.fromkeys(v for cell in cells for v in _split_value(cell))
    return list(values)


def _split_value(value):
    """Return the values of a cell: each address with the name before it.

    "a@... b@..." are two. What stands between separators is a value of its own, but for
    the name of an address in brackets, which may have a comma.
    """
    values, start = [], 0
    for address in ADDRESS.finditer(value):
        before = value[start : address.start()]
        if values and (separator := ANY_SEPARATOR.search(before)):
            # what stands right behind an address belongs to it: "a@... (home), b@..."
            values[-1] += before[: separator.start()]
            before = before[separator.end() :]
        if not address[1]:
            *others, before = ANY_SEPARATOR.split(before)
            values += others
        values.append(before + address[0])
        start = address.end()
    rest = value[start:]
    if not start:
        values = value.split("\n")
    elif rest:
        first, *others = ANY_SEPARATOR.split(rest)
        values[-1] += first
        values += others
    return list(filter(None, map(_strip, values)))


def _strip(value):
    value = value.strip(" \t\n\xa0;,").strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1].strip()
    return value


def _get_email(value):
    """Return the normalized address of a value, or False."""
    address = ADDRESS.search(value)
    return email_normalize(address[0].strip("<> ") if address else value, strict=False)


def get_contact_domain(values: Iterable[str]) -> Domain:
    """Return the domain of the contacts that have one of the e-mails or references."""
    emails = {_get_email(value) for value in values} - {False}
    return Domain("email_normalized", "in", emails) | Domain("ref", "in", list(values))


def get_unknown(values: Iterable[str], known: Collection[str]) -> list[str]:
    """Return the values that no contact has.

    :param known: the normalized e-mails and the references of the contacts
    """
    return [
        value
        for value in values
        if value not in known and _get_email(value) not in known
    ]
