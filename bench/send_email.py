"""Sending one e-mail about a document: what it takes that it is logged."""

from time import perf_counter

from .common import make_figure, make_invoices, no_rules, no_smtp

PAIRS = 40
GOAL_MS = 5
GOAL_QUERIES = 6


def bench(env):
    """Return the time and the queries that logging adds to one e-mail.

    Both ways take turns. Each e-mail is for another contact, as in life.
    """
    invoices = make_invoices(env, PAIRS + 1)
    env.cr.commit()
    env = env(user=env.ref("base.user_admin"))  # one who sends
    invoices = invoices.with_env(env)
    extra_times, extra_queries = [], []
    with no_smtp():
        for pair, invoice in enumerate(invoices):
            taken = {}
            for logged in (True, False) if pair % 2 else (False, True):
                taken[logged] = send(env, invoice, logged)
            if pair:  # the first pair fills the caches
                extra_times.append(taken[True][0] - taken[False][0])
                extra_queries.append(taken[True][1] - taken[False][1])
        note = count_of_no_rule(env)
    return [
        make_figure(
            "e-mail, logged: added time",
            [seconds * 1000 for seconds in extra_times],
            "ms",
            GOAL_MS,
        ),
        make_figure(
            "e-mail, logged: added queries",
            max(extra_queries),
            "queries",
            GOAL_QUERIES,
        ),
        make_figure("message where no rule is: added queries", note, "queries", 0),
    ]


def send(env, invoice, logged):
    """Send one e-mail and take it back; return (seconds, number of queries)."""
    env.invalidate_all()
    invoice.mapped("display_name")
    entries = env["interaction.log.entry"].sudo()
    with no_rules(env, not logged):
        queries, started = env.cr.sql_log_count, perf_counter()
        invoice.message_post(
            body="Your invoice",
            partner_ids=invoice.partner_id.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        env.flush_all()
        seconds, queries = perf_counter() - started, env.cr.sql_log_count - queries
    found = entries.search_count([("res_id", "=", invoice.id)])
    assert found == logged, found
    env.cr.rollback()
    return seconds, queries


def count_of_no_rule(env):
    """Return how many queries a message adds on a model that no rule names."""
    product = env["product.template"].search([], limit=1)
    customer = env["res.partner"].search([("name", "=", "Customer 0")], limit=1)
    counts = {}
    for off in (False, True, False, True):  # the first two fill the caches
        env.invalidate_all()
        with no_rules(env, off):
            before = env.cr.sql_log_count
            product.message_post(
                body="Text", partner_ids=customer.ids, subtype_xmlid="mail.mt_comment"
            )
            env.flush_all()
            counts[off] = env.cr.sql_log_count - before
        env.cr.rollback()
    return counts[False] - counts[True]
