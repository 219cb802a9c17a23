"""The web client's requests as they were recorded, and a server that answers them.

Imports nothing of Odoo: the users of the load test have no Odoo of their own.
"""

import json
import re
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep


def read_requests():
    """Return (the pages, how many days ago they were recorded)."""
    recorded = json.loads(Path(__file__).with_name("requests.json").read_text())
    shared = recorded["shared"]

    def expand(value):
        if isinstance(value, dict):
            return {key: expand(item) for key, item in value.items()}
        if isinstance(value, list):
            return [expand(item) for item in value]
        if isinstance(value, str) and re.fullmatch(r"#\d+", value):
            return expand(shared[int(value[1:])])
        return value

    days = (date.today() - date.fromisoformat(recorded["recorded"])).days
    return expand(recorded["pages"]), days


def fill(value, ids, days):
    """Return a recorded value with the ids of a database, and with today's dates.

    :param dict ids: of the records, by their names in the requests
    :param int days: since the requests were recorded
    """
    if isinstance(value, dict):
        return {key: fill(item, ids, days) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, ids, days) for item in value]
    if not isinstance(value, str):
        return value
    if value[:1] == "$":
        return ids[value[1:]]
    if re.fullmatch(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?", value):
        moved = datetime.fromisoformat(value) + timedelta(days)
        return moved.isoformat(" ")[: len(value)]
    return value


def find_ports(number):
    """Return that many ports that are free."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for free in sockets:
            free.bind(("127.0.0.1", 0))
        return [free.getsockname()[1] for free in sockets]


@contextmanager
def serve(config, databases, *arguments):
    """Serve databases by a server of their own; its address is what is returned."""
    port, other_port = find_ports(2)
    command = [sys.executable, Path(sys.executable).with_name("odoo")]
    command += ["--config", config, "--http-port", str(port), "--log-level", "warn"]
    command += ["--gevent-port", str(other_port), "--database", databases]
    command += ["--db-filter", ".", *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            deadline = monotonic() + 120
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except OSError:
                    if server.poll() is not None or monotonic() > deadline:
                        sys.exit("Odoo does not start")
                    sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
