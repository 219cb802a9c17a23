"""Domains in text, also those with very many ids."""

import ast
import re

# A list of many ids, or a string, in which there is none
ID_LIST = re.compile(
    r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"
    |[\[(](?P<ids>\s*(?:\d+\s*,\s*){100,}(?:\d+\s*)?)[\])]""",
    re.VERBOSE,
)


def read_domain(text: str) -> object:
    """Return what a domain in text says; see `ast.literal_eval`.

    Odoo lets an expression have 100 kB. A list of ids is data, however long it is: it
    is read apart, and the rest is the expression.

    :raises Exception: where the text is none, as that does
    """
    lists = {}

    def take_out(match):
        if not match["ids"]:
            return match[0]
        ids = match["ids"].rstrip().rstrip(",")
        lists[len(lists)] = [int(id_) for id_ in ids.split(",")]
        return f"{{{len(lists) - 1}}}"  # a set of one, once each

    def put_in(value):
        if isinstance(value, set):
            [number] = value
            return lists.pop(number)
        if isinstance(value, list | tuple):
            return type(value)(map(put_in, value))
        return value

    value = ast.literal_eval(ID_LIST.sub(take_out, text))
    if lists:
        value = put_in(value)
    if lists:
        raise ValueError(text[:200])
    return value
