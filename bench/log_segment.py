"""Segments: built, opened and logged with 100,000 contacts, and what that costs."""

import os
from statistics import median
from time import perf_counter

from odoo import api, sql_db
from odoo.modules.registry import Registry

from .common import make_figure

TIMES = 5
PAGES = 25
SMALL, LARGE = 1_000, 100_000
# The peers log so many at a time, and their rate is compared
PEERS = 2_000
PEER = "crm_phonecall"
GOAL_SECONDS = 3
GOAL_OPEN = 1.3
GOAL_MEMORY = 1.2
# How long we take: against the database, Odoo's own note, and OCA's phone calls
GOAL_ROWS, GOAL_NOTE, GOAL_PEER = 1 / 0.7, 1 / 7, 1 / 10
# of the log entry: what is not copied as it is
OWN_COLUMNS = ("id", "source_key")


def bench(env):
    """Return the figures; goals of ratios are upper limits of our time per contact."""
    env = env(user=env.ref("base.user_admin"))
    has_peer = install_peer(env)
    env = env["base"].with_context(lang="en_US").env
    make_contacts(env, LARGE)
    figures = []
    built, refreshed, logged, rows = [], [], [], []
    for _time in range(TIMES):
        segment, seconds = build(env, LARGE)
        built.append(seconds)
        refreshed.append(refresh(segment, LARGE))
        logged.append(log(segment, LARGE))
        rows.append(insert_rows(env, segment.batch_ids))
        clean_up(env)
    per_contact = median(logged) / LARGE
    figures += [
        make_figure(f"add {LARGE} contacts", median(built), "s", GOAL_SECONDS),
        make_figure(f"refresh {LARGE} contacts", median(refreshed), "s", GOAL_SECONDS),
        make_figure(f"log {LARGE} contacts", median(logged), "s"),
        make_figure(
            f"bare rows for {LARGE}",
            median(rows),
            "s",
            GOAL_ROWS,
            ratio=median(logged) / median(rows),
        ),
    ]
    note = median(measure_note(env) for _time in range(TIMES))
    figures.append(
        make_figure(
            "_message_log_batch", note * 1e6, "µs each", GOAL_NOTE, per_contact / note
        )
    )
    if has_peer:
        peer = median(measure_peer(env) for _time in range(TIMES))
        figures.append(
            make_figure(PEER, peer * 1e6, "µs each", GOAL_PEER, per_contact / peer)
        )
    figures += measure_pages(env)
    env.cr.commit()
    small, large = measure_memory(env, SMALL), measure_memory(env, LARGE)
    figures.append(
        make_figure(
            f"memory with {LARGE}", large, "MB", GOAL_MEMORY, ratio=large / small
        )
    )
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


def insert_rows(env, batch):
    """Return the seconds of a plain INSERT ... SELECT of the same rows, committed."""
    table = env["interaction.log.entry"]._table
    env.cr.execute(
        """SELECT string_agg(quote_ident(column_name), ', ')
        FROM information_schema.columns
        WHERE table_name = %s AND NOT column_name = ANY(%s)""",
        [table, list(OWN_COLUMNS)],
    )
    [columns] = env.cr.fetchone()
    started = perf_counter()
    env.cr.execute(
        f"INSERT INTO {table} ({columns}, source_key)"
        f" SELECT {columns}, 'bench,' || source_key FROM {table} WHERE batch_id = %s",
        [batch.id],
    )
    env.cr.commit()
    return perf_counter() - started


def clean_up(env):
    """Delete what was logged, so that every time finds the same tables."""
    env.cr.execute("DELETE FROM interaction_log_entry WHERE event = 'segment'")
    env.cr.execute("DELETE FROM interaction_segment")
    env.cr.execute("DELETE FROM interaction_batch")
    env.cr.commit()
    env.invalidate_all()
    vacuum(env, "interaction_log_entry")
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
    times = {}
    for number in (SMALL, LARGE):
        segment, _seconds = build(env, number)
        for name, function in (("form", open_form), ("contacts", open_page)):
            times[name, number] = [
                function(env, segment, page) for page in range(PAGES)
            ]
    figures = [
        make_figure(
            f"open the {name} of {LARGE}",
            median(times[name, LARGE]) * 1000,
            "ms",
            GOAL_OPEN,
            ratio=median(times[name, LARGE]) / median(times[name, SMALL]),
        )
        for name in ("form", "contacts")
    ]
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
    """Return the most memory that a worker of its own needs for it all, in MB."""
    env.cr.commit()
    pid = os.fork()
    if not pid:
        try:
            sql_db._Pool = None  # those connections are the parent's
            with Registry(env.cr.dbname).cursor() as cr:
                child = api.Environment(cr, env.uid, dict(env.context))
                segment, _seconds = build(child, number)
                refresh(segment, number)
                open_form(child, segment, 0)
                open_page(child, segment, PAGES - 1)
                log(segment, number)
            os._exit(0)
        except BaseException:
            os._exit(1)
    _pid, status, usage = os.wait4(pid, 0)
    assert not status, "the worker of the memory figure failed"
    clean_up(env)
    return usage.ru_maxrss / 1024
