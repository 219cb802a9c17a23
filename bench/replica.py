"""Two Odoo servers on one database, with a read replica of PostgreSQL.

Makes a streaming replica of the server of PostgreSQL, sends what the web client sends
for each page (requests.json) to both servers by turns, and tells what the replica took
off the primary. Fails where an answer is another one than without a replica, where an
entry that was logged through one server does not come to the other, or where a replica
that lags or stops costs an answer.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import monotonic, sleep

import psutil
import psycopg2

from odoo.tools import config

from .client import find_ports, read_requests, serve
from .common import configure, finish, make_figure
from .scale import Database

TURNS = 3
HOST = "127.0.0.1"


class Postgres:
    """One server of PostgreSQL: what it read, and the processor time it took."""

    def __init__(self, port, folder, database):
        # another database: what asks is not counted with what is asked
        self.connection = psycopg2.connect(
            host=HOST,
            port=port,
            dbname="postgres",
            user=config["db_user"],
            password=config["db_password"],
        )
        self.connection.autocommit = True
        self.database = database
        pid = int((folder / "postmaster.pid").read_text().split()[0])
        self.process = psutil.Process(pid)

    def ask(self, query, *params):
        with self.connection.cursor() as cr:
            cr.execute(query, params)
            return cr.fetchone()[0] if cr.description else None

    def get_seconds(self):
        """Return the seconds of processor time that all its processes took."""
        ended = self.process.cpu_times()
        seconds = ended.children_user + ended.children_system
        for process in self.process.children():
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            seconds += times.user + times.system
        return seconds

    def get_rows(self):
        """Return how many rows it read in the database."""
        self.ask("SELECT pg_stat_clear_snapshot()")
        return self.ask(
            """SELECT tup_returned + tup_fetched FROM pg_stat_database
            WHERE datname = %s""",
            self.database,
        )


class Client(Database):
    """A web client of one Odoo server."""

    def ask(self, path, params):
        """Return what a request is answered; an error ends the bench."""
        response = self.session.post(
            self.url + path, json={"jsonrpc": "2.0", "method": "call", "params": params}
        )
        answer = response.json()
        if error := answer.get("error"):
            sys.exit(f"{path} {params}: {error['data'].get('debug')}")
        return answer["result"]

    def call_method(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.ask("/web/dataset/call_kw", params)

    def ask_page(self, page):
        """Return what all requests of a page are answered, as a text to compare.

        Without the times of today: a dialog proposes the present one.
        """
        text = json.dumps(
            [
                self.ask(request["path"], self.fill(request["params"]))
                for request in page["requests"]
            ],
            sort_keys=True,
        )
        return re.sub(rf"{date.today()} \d\d:\d\d:\d\d", "now", text)


@contextmanager
def replicate(options):
    """Run a streaming replica of the server of PostgreSQL.

    :return: as a context (its port, a function that stops it)
    """
    folder, (port,) = options.folder, find_ports(1)
    env = {**os.environ, "PGPASSWORD": config["db_password"]}
    as_owner = options.as_owner.split()

    def run(name, *arguments):
        command = [*as_owner, options.pg_bin / name, "--pgdata", folder, *arguments]
        subprocess.run(
            command, env=env, cwd=folder.parent, check=True, stdout=subprocess.DEVNULL
        )

    def stop():
        if (folder / "postmaster.pid").exists():
            run("pg_ctl", "stop", "--wait", "--mode", "fast")

    source = ["--host", HOST, "--port", str(config["db_port"])]
    source += ["--username", config["db_user"], "--checkpoint", "fast", "--no-sync"]
    run("pg_basebackup", *source, "--write-recovery-conf")
    try:
        log = folder.with_suffix(".log")
        run("pg_ctl", "start", "--wait", "--log", log, "--options", f"-p {port}")
        yield port, stop
    finally:
        stop()
        shutil.rmtree(folder, ignore_errors=True)


def wait_until(holds, what):
    deadline = monotonic() + 60
    while not holds():
        if monotonic() > deadline:
            sys.exit(f"Not within a minute: {what}")
        sleep(0.1)


def catch_up(primary, replica):
    """Wait until the replica has all that the primary has."""
    # what is not written yet, too: commits don't wait for it here
    position = primary.ask("SELECT pg_current_wal_insert_lsn()::text")
    wait_until(
        lambda: replica.ask("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", position),
        "the replica has what the primary has",
    )


def ask_all(clients, pages):
    """Ask for all pages, each client some of them; return the answers."""
    return {
        page["name"]: clients[number % len(clients)].ask_page(page)
        for number, page in enumerate(pages)
    }


def measure(clients, pages, primary, replica=None):
    """Return (answers, seconds of the primary, rows it read, those of the replica)."""
    answers = ask_all(clients, pages)  # the first time fills the caches
    servers = [primary, replica] if replica else [primary]
    for server in servers:
        server.ask("SELECT pg_sleep(2)")  # until the counters are written
    before = [(server.get_seconds(), server.get_rows()) for server in servers]
    for _turn in range(TURNS):
        ask_all(clients, pages)
    for server in servers:
        server.ask("SELECT pg_sleep(2)")
    figures = [
        (server.get_seconds() - seconds, server.get_rows() - rows)
        for server, (seconds, rows) in zip(servers, before, strict=True)
    ]
    return answers, *figures


def check_same(answers, others, what):
    for name, answer in answers.items():
        other = others[name]
        if answer != other:
            pairs = enumerate(zip(answer, other, strict=False))
            at = next((at for at, (one, two) in pairs if one != two), 0)
            at = max(at - 80, 0)
            sys.exit(
                f"{name}: another answer {what}:\n{answer[at : at + 160]}\n"
                f"{other[at : at + 160]}"
            )


def log(client):
    """Log an interaction through a server; return its id."""
    template = client.ids["template"]
    vals = {"template_id": template, "partner_id": client.ids["contact"]}
    vals["name"] = "Logged beside a replica"
    ids = client.call_method("interaction.log.entry", "log_interactions", [vals])
    return ids[0] if isinstance(ids, list) else ids


def find(client, entry_id):
    domain = [("id", "=", entry_id)]
    return client.call_method("interaction.log.entry", "search_read", domain, ["name"])


def main():
    parser = argparse.ArgumentParser(prog="./dev bench replica", description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    for name in ("config", "large", "as-owner"):
        parser.add_argument(f"--{name}", required=True, help=argparse.SUPPRESS)
    for name in ("pg-bin", "primary", "folder"):
        parser.add_argument(
            f"--{name}", type=Path, required=True, help=argparse.SUPPRESS
        )
    options = parser.parse_args()
    # some values of Odoo's have the order of a set
    os.environ["PYTHONHASHSEED"] = "0"
    served = options.config, options.large, "--max-cron-threads", "0"
    configure(options.config, options.large)
    pages, days = read_requests()
    pages = [page for page in pages if page["requests"] and not page.get("whole")]
    primary = Postgres(config["db_port"], options.primary, options.large)
    with serve(*served) as url:
        alone = measure([Client(options.large, url, days)], pages, primary)
    answers, (seconds, _rows) = alone
    with replicate(options) as (port, stop):
        os.environ["PGHOST_REPLICA"], os.environ["PGPORT_REPLICA"] = HOST, str(port)
        replica = Postgres(port, options.folder, options.large)
        with serve(*served) as first, serve(*served) as second:
            clients = [Client(options.large, url, days) for url in (first, second)]
            catch_up(primary, replica)
            others, (left_seconds, left_rows), (_taken, taken_rows) = measure(
                clients, pages, primary, replica
            )
            check_same(answers, others, "with two servers and a replica")

            entry_id = log(clients[0])
            catch_up(primary, replica)
            if not find(clients[1], entry_id):
                sys.exit("What one server logged is not seen by the other one")

            replica.ask("SELECT pg_wal_replay_pause()")
            late_id = log(clients[1])
            find(clients[0], late_id)  # an answer, if that of a moment ago
            replica.ask("SELECT pg_wal_replay_resume()")
            wait_until(
                lambda: find(clients[0], late_id), "a replica that lagged catches up"
            )

            answers = ask_all(clients, pages)
            replica.connection.close()
            stop()
            check_same(
                answers, ask_all(clients, pages), "with a replica that has stopped"
            )
    finish(
        [
            make_figure("primary without a replica", seconds / TURNS, "s"),
            make_figure(
                "primary with a replica",
                left_seconds / TURNS,
                "s",
                ratio=left_seconds / seconds,
            ),
            make_figure(
                "rows that the replica read",
                100 * taken_rows / (left_rows + taken_rows),
                "%",
            ),
        ],
        options.json,
    )


if __name__ == "__main__":
    main()
