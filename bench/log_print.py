"""Logging alone: what recording a print takes, without the print."""

from functools import partial
from time import perf_counter

from odoo.addons.interaction_log.models.recording.outgoing_file import OutgoingFile

from .common import get_ratio, make_figure, make_invoices, take_turns

TURNS = 20
SIZES = (1, 30, 150)
# of the file of each document, in bytes
FILE_SIZE = 100_000
GOAL_MS = 5
GOAL_QUERIES = 8


def bench(env):
    """Return the time per document and the number of queries, for each size.

    A peer is Odoo's note in the chatter; the limit is what the database takes to
    insert the same rows with the same indexes. All take turns.
    """
    invoices = make_invoices(env, max(SIZES))
    env.cr.commit()
    report = env.ref("account.account_invoices")
    env = env(user=env.ref("base.user_admin"))  # one who prints
    invoices = invoices.with_env(env)
    figures = []
    for size in SIZES:
        documents = invoices[:size]
        queries = []
        peers = {"note in the chatter": note, "bare rows": insert}
        ways = {
            "logged": partial(record, env, documents, report, queries),
            **{
                name: partial(measure, env, function, documents, report)
                for name, function in peers.items()
            },
        }
        taken = {
            name: [seconds * 1000 / size for seconds in times]
            for name, times in take_turns(ways, TURNS).items()
        }
        name = f"log {size} printed"
        figures += [
            make_figure(name, taken["logged"], "ms each", GOAL_MS),
            # the first time fills the caches
            make_figure(name, max(queries[1:]), "queries", GOAL_QUERIES),
            *(
                make_figure(
                    f"{peer} for {size}",
                    taken[peer],
                    "ms each",
                    ratio=get_ratio(taken["logged"], taken[peer]),
                )
                for peer in peers
            ),
        ]
    return figures


def measure(env, function, documents, *args):
    """Return the seconds that the function says it took, and take its work back."""
    env.invalidate_all()
    documents.mapped("display_name")
    seconds = function(env, documents, *args)
    env.cr.rollback()
    return seconds


def note(env, documents, _report):
    started = perf_counter()
    documents._message_log_batch(dict.fromkeys(documents.ids, "Printed"))
    env.flush_all()
    return perf_counter() - started


def insert(env, documents, report):
    entries = env["interaction.recorder"]._record_event(
        "print", documents, report=report, source="bench,rows"
    )
    table = entries._table
    env.cr.execute(
        "SELECT string_agg(quote_ident(column_name), ',') FROM"
        " information_schema.columns WHERE table_name = %s"
        " AND column_name NOT IN ('id', 'source_key')",
        [table],
    )
    [columns] = env.cr.fetchone()
    started = perf_counter()
    env.cr.execute(
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE id IN %s",
        [entries._ids],
    )
    return perf_counter() - started


def record(env, documents, report, queries):
    """Record one print and take it back; return the seconds, and note the queries."""
    env.invalidate_all()
    # what rendering has read: the documents with their contacts
    documents.mapped("display_name")
    documents.mapped("partner_id.commercial_partner_id.name")
    documents.mapped("company_id.currency_id.name")
    details = {
        "files": lambda: {
            document.id: OutgoingFile(b"%PDF" + bytes(FILE_SIZE))
            for document in documents
        },
        "token": "bench",
    }
    before, started = env.cr.sql_log_count, perf_counter()
    entries = env["interaction.recorder"]._record_event(
        "print", documents, report=report, source="bench,print", details=details
    )
    seconds = perf_counter() - started
    queries.append(env.cr.sql_log_count - before)
    assert len(entries) == len(documents)
    env.cr.rollback()
    return seconds
