"""Fifty users at work with a large log, on a server with several processes.

Locust plays the users (users.py). Afterwards the log must have what they did: nothing
lost, nothing doubled. The server is set up as one with workers has to be: the engine
that makes PDFs fetches style sheets by `report.url` from a server of its own, or as
many prints at once as there are workers would wait for each other.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from time import monotonic, sleep

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry

from .client import serve
from .common import configure, finish, make_figure, make_invoices

WORKERS = 4
INVOICES = 50
CONTACTS = 2000
# of what a salesperson does all day
GOAL_MS = 1000
DAILY = ("open the log", "open a contact", "search", "log by hand")
# until what is logged in the background is there
PATIENCE = 300


def prepare(env, url):
    """Return what the users need to know, and commit what they need."""
    env["ir.config_parameter"].set_param("report.url", url)
    # the requests were recorded by who may see all that is on a contact
    if group := env.ref("purchase.group_purchase_user", raise_if_not_found=False):
        env["res.users"].search([("login", "=like", "bench%")]).group_ids |= group
    invoices = make_invoices(env, INVOICES)
    segment = env["interaction.segment"].search([("state", "=", "draft")], limit=1)
    env.cr.execute(
        """SELECT id FROM res_partner WHERE ref LIKE 'B%%' AND active
        ORDER BY id LIMIT %s""",
        [CONTACTS],
    )
    contacts = [id_ for (id_,) in env.cr.fetchall()]
    template = env["interaction.template"].search([("code", "=", "CALL-OUT")])
    env.cr.commit()
    return {
        "database": env.cr.dbname,
        "contacts": contacts,
        "invoices": invoices.ids,
        "segment": segment.id,
        "template": template.id,
        "purge_to": str(date.today() - timedelta(365)),
    }


def run_users(options, url, folder, given):
    """Let the users work; return (the statistics by action, what they say they did)."""
    paths = {name: folder / f"{name}.json" for name in ("given", "done")}
    paths["given"].write_text(json.dumps(given))
    command = [sys.executable, "-m", "locust", "--headless", "--only-summary"]
    command += ["--locustfile", Path(__file__).with_name("users.py"), "--host", url]
    command += ["--users", str(options.users + 1), "--spawn-rate", "2"]
    command += ["--run-time", f"{options.minutes}m", "--stop-timeout", "120"]
    command += ["--csv", folder / "locust"]
    environ = {f"BENCH_{name.upper()}": str(path) for name, path in paths.items()}
    environ = {**os.environ, **environ, "PYTHONPATH": options.packages}
    # exit code 1: there were failures, which the statistics tell
    subprocess.run(command, env=environ, stdout=sys.stderr, check=False)
    with (folder / "locust_stats.csv").open() as file:
        statistics = {row["Name"]: row for row in csv.DictReader(file)}
    return statistics, json.loads(paths["done"].read_text())


def compare(env, given, done, started):
    """Return the figures of what is in the log, against what the users did."""
    entries = env["interaction.log.entry"].with_context(active_test=False)
    env.cr.execute(
        """SELECT name, count(*) FROM interaction_log_entry
        WHERE name LIKE 'Load %%' AND create_date >= %s GROUP BY name""",
        [started],
    )
    counts = dict(env.cr.fetchall())
    printed = entries.search_count(
        [
            ("event", "=", "print"),
            ("res_model", "=", "account.move"),
            ("res_id", "in", given["invoices"]),
            ("create_date", ">=", started),
        ]
    )
    segment = env["interaction.segment"].browse(given["segment"])
    env.cr.execute(
        """SELECT count(*), count(DISTINCT partner_id) FROM interaction_log_entry
        WHERE batch_id = ANY(%s)""",
        [segment.batch_ids.ids],
    )
    logged, contacts = env.cr.fetchone()
    canceled = entries.search_count(
        [
            ("state", "=", "canceled"),
            ("date", "<=", given["purge_to"]),
            ("cancel_date", "<", started),
        ]
    )
    lost = sum(name not in counts for name in done["by_hand"])
    doubled = sum(number - 1 for number in counts.values())
    return [
        make_figure(f"{len(done['by_hand'])} logged by hand: lost", lost, "", 0),
        make_figure("... doubled", doubled, "", 0),
        make_figure(
            f"{len(done['printed'])} printed: more or fewer in the log",
            abs(printed - len(done["printed"])),
            "",
            0,
        ),
        make_figure(
            f"segment of {segment.line_count}: lost or left out",
            segment.line_count - logged,
            "",
            segment.left_out_count,
        ),
        make_figure("... doubled", logged - contacts, "", 0),
        make_figure("canceled, left by the purge", canceled, "", 0),
    ]


def wait_for_segment(database, segment_id):
    deadline = monotonic() + PATIENCE
    while monotonic() < deadline:
        with Registry(database).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            if env["interaction.segment"].browse(segment_id).state == "logged":
                return
        sleep(1)


def main():
    parser = argparse.ArgumentParser(prog="./dev bench load", description=__doc__)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--minutes", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    for name in ("config", "large", "packages"):
        parser.add_argument(f"--{name}", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    configure(options.config, options.large)
    workers = ["--workers", str(WORKERS), "--limit-time-real", "300"]
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(options.config, options.large, "--max-cron-threads", "0") as engine,
        serve(options.config, options.large, *workers) as url,
    ):
        with Registry(options.large).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            given = prepare(env, engine)
            started = fields.Datetime.now()
        statistics, done = run_users(options, url, Path(folder), given)
        wait_for_segment(options.large, given["segment"])
    figures = []
    for name, row in statistics.items():
        if name != "Aggregated":
            goal = GOAL_MS if name in DAILY else None
            figure = make_figure(f"{name}: p95", float(row["95%"]), "ms", goal)
            figure["n"] = int(row["Request Count"])
            figure["min"] = round(float(row["Min Response Time"]))
            figure["spread"] = None
            figures.append(figure)
    errors = int(statistics["Aggregated"]["Failure Count"])
    figures.append(make_figure("errors", errors, "", 0))
    with Registry(options.large).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        figures += compare(env, given, done, started)
    finish(figures, options.json)


if __name__ == "__main__":
    main()
