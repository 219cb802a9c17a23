"""The web client's pages with a large log, against a small one.

Sends what the web client sends (requests.json, made by record.mjs) to a server that
serves both databases, by turns. A page is as fast as its slowest request.
"""

import argparse
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter

import requests

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import call_kw

from .client import fill, read_requests, serve
from .common import configure, finish, make_figure

TURNS = 11
# a page is measured no longer, but three times at least
SECONDS = 20
GOAL_MS, GOAL_RATIO = 300, 1.5
# of what groups or sums the whole log, without a filter
GOAL_WHOLE_MS = 1500
PAGE_100 = 99 * 80
TABLE = "interaction_log_entry"
# what names a record in the requests, in each database
RECORDS = {
    "entry": (
        "interaction.log.entry",
        [("event", "=", "email_out"), ("res_model", "=", "account.move")],
        "id desc",
    ),
    "contact": ("res.partner", [("ref", "=", "B1")], "id"),
    "segment": ("interaction.segment", [("state", "=", "draft")], "id desc"),
    "batch": ("interaction.batch", [("event", "=", "segment")], "id"),
    "template": ("interaction.template", [("code", "=", "LETTER")], "id"),
}


class PageError(Exception):
    """The server answers a request with an error."""


class Database:
    """One of the two databases: its client, and the ids of the records asked for."""

    def __init__(self, name, url, days):
        self.name = name
        self.url = url
        self.days = days
        self.session = requests.Session()
        with self.open() as env:
            self.ids = {
                name: env[model].search(domain, order=order, limit=1).id
                for name, (model, domain, order) in RECORDS.items()
            }
            self.size = env["interaction.log.entry"].search_count([])
            self.user_id = env.ref("base.user_admin").id
        self.ids["page_100"] = max(min(PAGE_100, self.size - 80), 0)
        self.call(
            "/web/session/authenticate",
            {"db": name, "login": "admin", "password": "admin"},
        )

    @contextmanager
    def open(self):
        with Registry(self.name).cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})
            cr.rollback()

    def call(self, path, params):
        """Return the seconds that one request takes."""
        started = perf_counter()
        response = self.session.post(
            self.url + path, json={"jsonrpc": "2.0", "method": "call", "params": params}
        )
        seconds = perf_counter() - started
        if error := response.json().get("error"):
            raise PageError(f"{path} {params}: {error['data'].get('debug')}")
        return seconds

    def fill(self, value):
        return fill(value, self.ids, self.days)

    def count_scanned(self, page):
        """Return how many entries the requests of a page read by sequential scans."""
        scanned = "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = %s"
        with self.open() as env:
            # the scans of other processes are not told to this one
            env.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
            user = env(user=self.user_id)
            for request in page["requests"]:
                params = self.fill(request["params"])
                if "model" in params:
                    model = user[params["model"]]
                    call_kw(model, params["method"], params["args"], params["kwargs"])
            env.cr.execute(scanned, [TABLE])
            return env.cr.fetchone()[0]


def measure(page, small, large, turns):
    """Return the figure of a page: that of its slowest request with the large log."""
    times = {}
    started = monotonic()
    for turn in range(turns + 1):
        if turn > 3 and monotonic() > started + SECONDS:
            break
        for database in (small, large) if turn % 2 else (large, small):
            for number, request in enumerate(page["requests"]):
                seconds = database.call(
                    request["path"], database.fill(request["params"])
                )
                if turn:  # the first one fills the caches
                    times.setdefault((database, number), []).append(seconds * 1000)
    number = max(
        range(len(page["requests"])), key=lambda number: median(times[large, number])
    )
    method = page["requests"][number]["path"].rpartition("/")[2]
    figure = make_figure(
        f"{page['name']} ({method})",
        times[large, number],
        "ms",
        ratio=median(times[large, number]) / median(times[small, number]),
    )
    scanned = large.count_scanned(page)
    whole = page.get("whole")
    figure["goal"] = f"{GOAL_WHOLE_MS if whole else GOAL_MS} ms or {GOAL_RATIO}"
    figure["scanned"] = scanned
    figure["holds"] = (
        figure["value"] <= (GOAL_WHOLE_MS if whole else GOAL_MS)
        or figure["ratio"] <= GOAL_RATIO
    ) and (bool(whole) or scanned < large.size / 10)
    return figure


def try_to_measure(page, *args):
    """Return the figure of a page; one that fails has a figure, too."""
    try:
        return measure(page, *args)
    except PageError as error:
        sys.stderr.write(f"{error}\n")
        return {**make_figure(f"{page['name']}: errors", 1, "", 0), "scanned": None}


def main():
    parser = argparse.ArgumentParser(prog="./dev bench scale", description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--only", default="", help="pages whose name has this in it")
    parser.add_argument("--turns", type=int, default=TURNS, help="for a quick look")
    for name in ("config", "small", "large"):
        parser.add_argument(f"--{name}", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    configure(options.config, options.large)
    pages, days = read_requests()
    figures = []
    databases = f"{options.small},{options.large}"
    with serve(options.config, databases, "--max-cron-threads", "0") as url:
        small = Database(options.small, url, days)
        large = Database(options.large, url, days)
        for page in pages:
            if page["requests"] and options.only in page["name"]:
                figures.append(try_to_measure(page, small, large, options.turns))
                sys.stderr.write("{name}: {value} {unit}\n".format(**figures[-1]))
    sys.stdout.write(
        f"{large.size} entries; ratio: against {small.size}; scanned: entries read one"
        f" after the other; load {os.getloadavg()[0]:.1f}\n"
    )
    finish(figures, options.json, extra=("scanned",))


if __name__ == "__main__":
    main()
