"""Mailings: logging 30,000 e-mails that left, to contacts and to mailing lists."""

from functools import partial
from time import perf_counter

from .common import get_ratio, make_figure, take_turns
from .log_segment import get_columns, make_contacts, vacuum

TURNS = 11
NUMBER = 30_000
# How long we take against the database, which only inserts the same rows
GOAL_ROWS = 1 / 0.7


def bench(env):
    """Return the figures; none where the addon for mailings is not installed."""
    if "mailing_trace_id" not in env["interaction.log.entry"]._fields:
        return []
    env = env["base"].with_context(lang="en_US").env
    make_contacts(env, NUMBER)
    make_subscribers(env)
    ways = {
        (kind, model): partial(measure, env, model, kind)
        for model in ("res.partner", "mailing.contact")
        for kind in ("log", "rows")
    }
    taken = take_turns(ways, TURNS)
    figures = []
    for model in ("res.partner", "mailing.contact"):
        logged, rows = taken["log", model], taken["rows", model]
        figures += [
            make_figure(f"log {NUMBER} {model}", logged, "s"),
            make_figure(
                f"rows in our own table for {NUMBER}",
                rows,
                "s",
                GOAL_ROWS,
                ratio=get_ratio(logged, rows),
            ),
        ]
    return figures


def measure(env, model, kind):
    """Return the seconds of logging a mailing, or of inserting the same rows alone."""
    mailing = make_mailing(env, model, NUMBER)
    seconds = log(mailing, NUMBER)
    if kind == "rows":
        columns = ", ".join(get_columns(env))
        env.cr.execute(
            f"""CREATE TEMP TABLE bench_mailing AS SELECT {columns}, batch_id
            FROM interaction_log_entry WHERE event = 'mailing'"""
        )
        env.cr.execute("DELETE FROM interaction_log_entry WHERE event = 'mailing'")
        env.cr.commit()
        vacuum(env, "interaction_log_entry")
        started = perf_counter()
        env.cr.execute(
            f"""INSERT INTO interaction_log_entry ({columns}, batch_id, source_key)
            SELECT {columns}, batch_id, 'bench,' || row_number() OVER ()
            FROM bench_mailing"""
        )
        env.cr.commit()
        seconds = perf_counter() - started
        env.cr.execute("DROP TABLE bench_mailing")
    clean_up(env)
    return seconds


def make_subscribers(env):
    """Make a subscriber of a mailing list for each contact, by the database."""
    env.cr.execute(
        """INSERT INTO mailing_contact (name, email, email_normalized)
        SELECT name, email, email_normalized FROM res_partner
        WHERE ref = 'bench' ORDER BY id"""
    )
    env.cr.commit()
    env.cr.execute("ANALYZE mailing_contact")


def make_mailing(env, model, number):
    """Return a mailing whose e-mails have left, by its traces."""
    mailing = env["mailing.mailing"].create(
        {"subject": "Bench", "mailing_model_id": env["ir.model"]._get_id(model)}
    )
    env.flush_all()
    env.cr.execute(
        f"""INSERT INTO mailing_trace (trace_type, mass_mailing_id, model, res_id,
            email, trace_status, sent_datetime, create_date)
        SELECT 'mail', %s, %s, id, email_normalized, 'sent', now(), now()
        FROM {env[model]._table} WHERE email LIKE 'bench%%' ORDER BY id LIMIT %s""",
        [mailing.id, model, number],
    )
    env.cr.commit()
    vacuum(env, "mailing_trace")
    return mailing


def log(mailing, number):
    """Return the seconds until the last commit of the job."""
    started = perf_counter()
    mailing.state = "done"
    mailing._cron_log_interactions()
    mailing.env.cr.commit()
    seconds = perf_counter() - started
    batch = mailing.sudo().interaction_batch_ids
    assert batch.entry_count == number, batch.entry_count
    return seconds


def clean_up(env):
    """Delete what was logged, so that every time finds the same tables."""
    env.cr.execute("DELETE FROM interaction_log_entry WHERE event = 'mailing'")
    env.cr.execute("DELETE FROM interaction_batch")
    env.cr.execute("DELETE FROM mailing_mailing WHERE subject = 'Bench'")
    env.cr.commit()
    env.invalidate_all()
    vacuum(env, "interaction_log_entry")
