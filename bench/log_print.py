"""Logging alone: what recording a print takes, without the print."""

from statistics import median
from time import perf_counter

from odoo.addons.interaction_log.models.recording.outgoing_file import OutgoingFile

from .common import make_figure, make_invoices

TIMES = 20
SIZES = (1, 30, 150)
# of the file of each document, in bytes
FILE_SIZE = 100_000
GOAL_MS = 5
GOAL_QUERIES = 8


def bench(env):
    """Return the time per document and the number of queries, for each size."""
    invoices = make_invoices(env, max(SIZES))
    env.cr.commit()
    report = env.ref("account.account_invoices")
    env = env(user=env.ref("base.user_admin"))  # one who prints
    invoices = invoices.with_env(env)
    figures = []
    for size in SIZES:
        times, queries = zip(
            *(record(env, invoices[:size], report, time) for time in range(TIMES + 1)),
            strict=True,
        )
        # the first time fills the caches
        milliseconds = median(times[1:]) * 1000 / size
        name = f"log {size} printed"
        figures += [
            make_figure(name, milliseconds, "ms each", GOAL_MS),
            make_figure(name, max(queries[1:]), "queries", GOAL_QUERIES),
            *compare(env, invoices[:size], report, milliseconds),
        ]
    return figures


def compare(env, documents, report, milliseconds):
    """Return how long it takes to note the same by other means, per document.

    A peer is Odoo's note in the chatter; the limit is what the database takes to
    insert the same rows with the same indexes.
    """
    size = len(documents)
    peer = median(measure(env, note, documents) for _ in range(TIMES)) * 1000 / size
    rows = median(measure(env, insert, documents, report) for _ in range(TIMES))
    limit = rows * 1000 / size
    return [
        make_figure(f"{name} for {size}", value, "ms each", ratio=milliseconds / value)
        for name, value in (("note in the chatter", peer), ("bare rows", limit))
    ]


def measure(env, function, documents, *args):
    """Return the seconds that the function says it took, and take its work back."""
    env.invalidate_all()
    documents.mapped("display_name")
    seconds = function(env, documents, *args)
    env.cr.rollback()
    return seconds


def note(env, documents):
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


def record(env, documents, report, time):
    """Record one print and take it back; return (seconds, number of queries)."""
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
    queries, started = env.cr.sql_log_count, perf_counter()
    entries = env["interaction.recorder"]._record_event(
        "print", documents, report=report, source=f"bench,{time}", details=details
    )
    seconds, queries = perf_counter() - started, env.cr.sql_log_count - queries
    assert len(entries) == len(documents)
    env.cr.rollback()
    return seconds, queries
