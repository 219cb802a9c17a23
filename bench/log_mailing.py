"""Mailings: logging 100,000 e-mails that left, to contacts and to mailing lists."""

from statistics import median
from time import perf_counter

from .common import make_figure
from .log_segment import insert_rows, make_contacts, vacuum

TIMES = 5
FEW, MANY = 10_000, 100_000
# How long we take against the database, which only inserts the same rows
GOAL_ROWS = 1 / 0.7


def bench(env):
    """Return the figures; none where the addon for mailings is not installed."""
    if "mailing_trace_id" not in env["interaction.log.entry"]._fields:
        return []
    env = env["base"].with_context(lang="en_US").env
    make_contacts(env, MANY)
    make_subscribers(env)
    figures = []
    for model, number in (
        ("res.partner", FEW),
        ("res.partner", MANY),
        ("mailing.contact", MANY),
    ):
        logged, rows = [], []
        for _time in range(TIMES):
            mailing = make_mailing(env, model, number)
            logged.append(log(mailing, number))
            rows.append(insert_rows(env, mailing.sudo().interaction_batch_ids))
            clean_up(env)
        figures += [
            make_figure(f"log {number} {model}", median(logged), "s"),
            make_figure(
                f"bare rows for {number}",
                median(rows),
                "s",
                GOAL_ROWS,
                ratio=median(logged) / median(rows),
            ),
        ]
    return figures


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
