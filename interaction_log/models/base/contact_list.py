"""Lists of e-mails and references of contacts, pasted or read from a file."""

import csv
import re
from collections.abc import Collection, Iterable
from io import StringIO

from odoo.fields import Domain
from odoo.tools import email_normalize

# How a column is called that has e-mails or references
HEADERS = ("email", "e-mail", "e-mail address", "email address", "ref", "reference")


def split_rows(text: str) -> list[list[str]]:
    """Return the rows of a text, each a list of values.

    They are separated by lines, commas, semicolons or tabs, and may be quoted.
    """
    text = re.sub(r"[;\t]", ",", text.replace("\x00", ""))
    try:
        return list(csv.reader(StringIO(text), skipinitialspace=True))
    except csv.Error:
        return [line.split(",") for line in text.splitlines()]


def get_values(*tables: list[list[str]], header: str = "") -> list[str]:
    """Return the values of lists, each once, in their order, without spaces around.

    :param tables: the rows of each list; where its first row names columns of e-mails
        or references, only those count
    :param header: what such a column may be called, too
    """
    values = (
        value.strip().strip("\"'").strip()
        for rows in tables
        for row in _get_named_columns(rows, (*HEADERS, header.lower()))
        for value in row
    )
    return list(dict.fromkeys(filter(None, values)))


def _get_named_columns(rows, headers):
    rows = [row for row in rows if any(value.strip() for value in row)]
    names = [value.strip().lower() for value in rows[0]] if rows else []
    columns = [number for number, name in enumerate(names) if name and name in headers]
    if not columns:
        return rows
    return [
        [row[number] for number in columns if number < len(row)] for row in rows[1:]
    ]


def get_contact_domain(values: Iterable[str]) -> Domain:
    """Return the domain of the contacts that have one of the e-mails or references."""
    emails = {email_normalize(value, strict=False) for value in values} - {False}
    return Domain("email_normalized", "in", emails) | Domain("ref", "in", list(values))


def get_unknown(values: Iterable[str], known: Collection[str]) -> list[str]:
    """Return the values that no contact has.

    :param known: the normalized e-mails and the references of the contacts
    """
    return [
        value
        for value in values
        if value not in known and email_normalize(value, strict=False) not in known
    ]
