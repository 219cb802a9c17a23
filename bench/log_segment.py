"""Segments: built, opened and logged with 100,000 contacts, and what that costs."""

import os
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from odoo import api, sql_db
from odoo.modules.registry import Registry

from .common import get_ratio, make_figure, take_turns

TURNS = 11
PAGES = 25
SMALL, LARGE = 1_000, 100_000
# The peers log so many at a time, and their rate is compared
PEERS = 2_000
PEER = "crm_phonecall"
GOAL_SECONDS = 3
GOAL_OPEN = 1.3
# in MB, over what a worker has that has done the same with a few
GOAL_MEMORY = 32
# How long we take: against a plain table and our own, Odoo's own note, and OCA's calls
GOAL_PLAIN, GOAL_OWN = 1 / 0.7, 1 / 0.9
GOAL_NOTE, GOAL_PEER = 1 / 7, 1 / 10
# of the log entry: what is not copied as it is
OWN_COLUMNS = ("id", "source_key", "batch_id")
# the rows of one segment; the plain table that they are inserted into
ROWS, PLAIN = "bench_rows", "bench_plain"
PLAIN_INDEXES = (
    "partner_id",
    "commercial_partner_id",
    "template_id",
    "user_id",
    "batch_id",
    "company_id",
    "date",
    "source_key",
)
PLAIN_KEYS = {
    "partner_id": "res_partner",
    "commercial_partner_id": "res_partner",
    "template_id": "interaction_template",
    "user_id": "res_users",
    "batch_id": "interaction_batch",
    "company_id": "res_company",
}


def bench(env):
    """Return the figures; goals of ratios are upper limits of our time per contact."""
    env = env(user=env.ref("base.user_admin"))
    has_peer = install_peer(env)
    env = env["base"].with_context(lang="en_US").env
    make_contacts(env, LARGE)
    make_rows(env)
    built, refreshed = [], []
    ways = {
        "logged": partial(measure_log, env, built, refreshed),
        "plain": partial(insert_rows, env, PLAIN),
        "own": partial(insert_rows, env, "interaction_log_entry"),
        "note": partial(measure_note, env),
    }
    if has_peer:
        ways[PEER] = partial(measure_peer, env)
    taken = take_turns(ways, TURNS)
    figures = [
        make_figure(f"add {LARGE} contacts", built[1:], "s", GOAL_SECONDS),
        make_figure(f"refresh {LARGE} contacts", refreshed[1:], "s", GOAL_SECONDS),
        make_figure(f"log {LARGE} contacts", taken["logged"], "s"),
    ]
    for name, label, goal in (
        ("plain", f"{LARGE} rows in a plain table", GOAL_PLAIN),
        ("own", f"{LARGE} rows in our own table", GOAL_OWN),
    ):
        ratio = get_ratio(taken["logged"], taken[name])
        figures.append(make_figure(label, taken[name], "s", goal, ratio))
    each = [seconds * 1e6 / LARGE for seconds in taken["logged"]]
    for name, label, goal in (
        ("note", "_message_log_batch", GOAL_NOTE),
        (PEER, PEER, GOAL_PEER),
    ):
        if name in taken:
            peer = [seconds * 1e6 for seconds in taken[name]]
            ratio = get_ratio(each, peer)
            figures.append(make_figure(label, peer, "µs each", goal, ratio))
    figures += measure_pages(env)
    env.cr.commit()
    figures += [
        make_figure(
            f"memory growth with {number}", measure_memory(env, number), "MB", goal
        )
        for number, goal in ((SMALL, None), (LARGE, GOAL_MEMORY))
    ]
    return figures


def install_peer(env):
    """Install OCA's phone calls; say whether there are any."""
    env["ir.module.module"].update_list()
    module = env["ir.module.module"].search([("name", "=", PEER)])
    if not module:
        return False
    if module.state != "installed":
        module.sudo().button_immediate_install()
    env.cr.commit()
    env.transaction.reset()
    return True


def make_contacts(env, number):
    """Make that many contacts, by the database; `ref` tells which."""
    env.cr.execute(
        """INSERT INTO res_partner (name, complete_name, ref, color, active, type,
            email, email_normalized, city, lang, autopost_bills, create_uid,
            create_date, write_uid, write_date)
        SELECT name, name, 'bench', number, TRUE, 'contact', mail, mail, 'Ghent',
            'en_US', 'ask', 2, now(), 2, now()
        FROM (SELECT number, 'Bench ' || number AS name,
            'bench' || number || '@example.com' AS mail
            FROM generate_series(1, %s) number) contact""",
        [number],
    )
    env.cr.execute(
        """UPDATE res_partner SET commercial_partner_id = id
        WHERE commercial_partner_id IS NULL"""
    )
    env.cr.commit()
    env.cr.execute("ANALYZE res_partner")
    env.invalidate_all()


def get_domain(number):
    return repr([("ref", "=", "bench"), ("color", "<=", number)])


def build(env, number):
    """Return (a segment of that many contacts, the seconds that its step took)."""
    segment = env["interaction.segment"].create(
        {
            "name": "Bench",
            "template_id": env.ref("interaction_log.interaction_template_letter").id,
        }
    )
    env.cr.commit()
    started = perf_counter()
    env["interaction.segment.step"].create(
        {
            "segment_id": segment.id,
            "operation": "add",
            "domain": get_domain(number),
        }
    )
    env.cr.commit()
    seconds = perf_counter() - started
    assert segment.line_count == number, segment.line_count
    vacuum(env, "interaction_segment_line")
    return segment, seconds


def refresh(segment, number):
    """Return the seconds of a refresh that brings a tenth and takes a tenth."""
    env = segment.env
    tenth = number // 10
    env.cr.execute(
        """DELETE FROM interaction_segment_line WHERE id IN (
            SELECT id FROM interaction_segment_line WHERE segment_id = %s
            ORDER BY id LIMIT %s)""",
        [segment.id, tenth],
    )
    segment._update_line_count()
    env.cr.commit()
    started = perf_counter()
    wizard = env["interaction.segment.refresh"].create({"segment_id": segment.id})
    assert wizard.come_count == tenth, wizard.come_count
    wizard.action_apply()
    env.cr.commit()
    seconds = perf_counter() - started
    assert segment.line_count == number, segment.line_count
    return seconds


def log(segment, number):
    """Return the seconds that logging takes, from the click to the last commit."""
    env = segment.env
    started = perf_counter()
    segment.action_log()
    env.cr.commit()
    segment._cron_log()
    env.cr.commit()
    seconds = perf_counter() - started
    assert segment.state == "logged", segment.log_problem
    assert segment.log_done == number and not segment.left_out_count
    return seconds


def make_rows(env):
    """Log once, and keep the rows; make the plain table that they fit in.

    It has the columns of ours, but only the six foreign keys and nine indexes that a
    log can't do without.
    """
    log(build(env, LARGE)[0], LARGE)
    columns = ", ".join(get_columns(env))
    env.cr.execute(
        f"""CREATE UNLOGGED TABLE {ROWS} AS
        SELECT {columns} FROM interaction_log_entry WHERE event = 'segment'"""
    )
    env.cr.execute(
        f"""CREATE TABLE {PLAIN} (LIKE interaction_log_entry INCLUDING DEFAULTS,
            PRIMARY KEY (id))"""
    )
    for column in PLAIN_INDEXES:
        env.cr.execute(f"CREATE INDEX ON {PLAIN} ({column})")
    for column, table in PLAIN_KEYS.items():
        env.cr.execute(
            f"ALTER TABLE {PLAIN} ADD FOREIGN KEY ({column}) REFERENCES {table}"
        )
    env.cr.commit()
    clean_up(env)


def get_columns(env):
    """Return the columns of an entry that are copied as they are."""
    env.cr.execute(
        """SELECT quote_ident(column_name) FROM information_schema.columns
        WHERE table_name = 'interaction_log_entry' AND NOT column_name = ANY(%s)""",
        [list(OWN_COLUMNS)],
    )
    return [column for (column,) in env.cr.fetchall()]


def insert_rows(env, table):
    """Return the seconds of a plain INSERT ... SELECT of the rows, committed."""
    env.cr.execute(
        """INSERT INTO interaction_batch (name, event, company_id)
        VALUES ('Bench', 'segment', %s) RETURNING id""",
        [env.company.id],
    )
    [batch_id] = env.cr.fetchone()
    env.cr.commit()
    columns = ", ".join(get_columns(env))
    started = perf_counter()
    env.cr.execute(
        f"INSERT INTO {table} ({columns}, batch_id, source_key)"
        f" SELECT {columns}, {batch_id}, 'bench,' || row_number() OVER () FROM {ROWS}"
    )
    env.cr.commit()
    seconds = perf_counter() - started
    clean_up(env)
    return seconds


def measure_log(env, built, refreshed):
    """Return the seconds of logging a new segment; note those of what comes before."""
    segment, seconds = build(env, LARGE)
    built.append(seconds)
    refreshed.append(refresh(segment, LARGE))
    seconds = log(segment, LARGE)
    clean_up(env)
    return seconds


def clean_up(env):
    """Delete what was logged, so that every time finds the same tables."""
    env.cr.execute("DELETE FROM interaction_log_entry WHERE event = 'segment'")
    env.cr.execute(f"DELETE FROM {PLAIN}")
    env.cr.execute("DELETE FROM interaction_segment")
    env.cr.execute("DELETE FROM interaction_batch")
    env.cr.commit()
    env.invalidate_all()
    vacuum(env, "interaction_log_entry")
    vacuum(env, PLAIN)
    vacuum(env, "interaction_segment_line")


def vacuum(env, table):
    """Do what the database does by itself within a minute."""
    env.cr.commit()
    env.cr._cnx.autocommit = True
    env.cr.execute(f"VACUUM ANALYZE {table}")
    env.cr._cnx.autocommit = False


def get_contacts(env, number):
    return env["res.partner"].search([("ref", "=", "bench")], limit=number)


def measure_note(env):
    """Return the seconds per contact of Odoo's own notes, without the commit."""
    contacts = get_contacts(env, PEERS)
    started = perf_counter()
    contacts._message_log_batch(dict.fromkeys(contacts.ids, "Letter"))
    env.flush_all()
    seconds = (perf_counter() - started) / len(contacts)
    env.cr.rollback()
    return seconds


def measure_peer(env):
    """Return the seconds per contact of OCA's phone calls, without the commit."""
    contacts = get_contacts(env, PEERS)
    started = perf_counter()
    env["crm.phonecall"].create(
        [
            {"name": "Call", "partner_id": contact.id, "duration": 0.25}
            for contact in contacts
        ]
    )
    env.flush_all()
    seconds = (perf_counter() - started) / len(contacts)
    env.cr.rollback()
    return seconds


def measure_pages(env):
    """Return the figures of opening the form and paging the contacts."""
    segments = {number: build(env, number)[0] for number in (SMALL, LARGE)}
    figures = []
    for name, function in (("form", open_form), ("contacts", open_page)):
        pages = {number: iter(range(-1, PAGES)) for number in segments}
        times = take_turns(
            {
                number: lambda number=number, pages=pages[number], open_=function: (
                    open_(env, segments[number], max(next(pages), 0)) * 1000
                )
                for number in segments
            },
            PAGES,
        )
        figures.append(
            make_figure(
                f"open the {name} of {LARGE}",
                times[LARGE],
                "ms",
                GOAL_OPEN,
                ratio=median(times[LARGE]) / median(times[SMALL]),
            )
        )
    clean_up(env)
    return figures


def get_specification(env, model, xml_id, type_):
    """Return what the web client asks for: the fields of the view."""
    views = env[model].get_views([(env.ref(xml_id).id, type_)])["models"]
    specification = {}
    for name in views[model]["fields"]:
        field = env[model]._fields[name]
        specification[name] = {}
        if field.type == "many2one":
            specification[name] = {"fields": {"display_name": {}}}
        elif field.relational:
            specification[name] = {"fields": {"display_name": {}}, "limit": 40}
    return specification


def open_form(env, segment, _page):
    specification = get_specification(
        env,
        "interaction.segment",
        "interaction_log.interaction_segment_view_form",
        "form",
    )
    env.invalidate_all()
    started = perf_counter()
    segment.web_read(specification)
    return perf_counter() - started


def open_page(env, segment, page):
    """Open one of the pages, from the first to the last."""
    specification = get_specification(
        env,
        "interaction.segment.line",
        "interaction_log.interaction_segment_line_view_list",
        "list",
    )
    Line = env["interaction.segment.line"].with_context(default_segment_id=segment.id)
    offset = (segment.line_count - 80) * page // (PAGES - 1)
    env.invalidate_all()
    started = perf_counter()
    Line.web_search_read(
        [("segment_id", "=", segment.id), ("is_removed", "=", False)],
        specification,
        offset=offset,
        limit=80,
        count_limit=10_001,
    )
    return perf_counter() - started


def measure_memory(env, number):
    """Return by how many MB a worker of its own grows at most, when it does it all.

    It has done the same before with a few contacts. (Linux only.)
    """
    env.cr.commit()
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            sql_db._Pool = None  # those connections are the parent's
            with Registry(env.cr.dbname).cursor() as cr:
                child = api.Environment(cr, env.uid, dict(env.context))
                do_all(child, SMALL)
                Path("/proc/self/clear_refs").write_text("5")  # the peak is now
                before = get_memory("VmRSS")
                do_all(child, number)
            os.write(write, str(get_memory("VmHWM") - before).encode())
            os._exit(0)
        except BaseException:
            os._exit(1)
    _pid, status = os.waitpid(pid, 0)
    assert not status, "the worker of the memory figure failed"
    clean_up(env)
    return int(os.read(read, 100)) / 1024


def do_all(env, number):
    segment, _seconds = build(env, number)
    refresh(segment, number)
    open_form(env, segment, 0)
    open_page(env, segment, PAGES - 1)
    log(segment, number)


def get_memory(name):
    """Return a line of the process's own status, in kB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise LookupError(name)
