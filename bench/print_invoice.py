"""Printing an invoice as the web client does, with the rules and with none."""

import json
import re
import threading
from statistics import median
from time import perf_counter
from unittest.mock import patch

import werkzeug.serving
import werkzeug.test

import odoo.http

from .common import make_figure, make_invoices

PAIRS = 20
GOAL = 1.02
# what a web server would say of a client
WHENCE = {"REMOTE_ADDR": "127.0.0.1"}
REPORT = "account.report_invoice_with_payments"


def bench(env):
    """Return the time of a print that is logged, against one that no rule matches.

    Both ways take turns, and so does which one is the first of its pair. The ratio is
    that of the median difference: the engine's time varies more than the log takes.
    """
    invoice = make_invoices(env, 1)
    env.ref("base.user_admin").write({"login": "bench", "password": "bench"})
    with serve(env):
        client = log_in()
        rule = env.registry["interaction.rule"]
        print_one(client, invoice)  # makes the style sheets and fills the caches
        logged, unlogged = [], []
        for pair in range(PAIRS):
            ways = [(logged, True), (unlogged, False)]
            for times, matching in ways if pair % 2 else reversed(ways):
                if matching:
                    times.append(print_one(client, invoice))
                else:
                    with patch.object(
                        rule, "_get_candidates", lambda *args: (), create=True
                    ):
                        times.append(print_one(client, invoice))
    env.cr.commit()  # sees what the server wrote
    entries = env["interaction.log.entry"].search_count([("res_id", "=", invoice.id)])
    assert entries == PAIRS + 1, entries
    difference = median(on - off for on, off in zip(logged, unlogged, strict=True))
    return [
        make_figure(
            "print one invoice, logged",
            median(logged) * 1000,
            "ms",
            GOAL,
            ratio=1 + difference / median(unlogged),
        )
    ]


class serve:
    """Serve Odoo for the engine, which fetches style sheets by HTTP."""

    def __init__(self, env):
        self.server = werkzeug.serving.make_server(
            "127.0.0.1",
            0,
            odoo.http.root,
            threaded=True,
            request_handler=Quiet,
        )
        url = f"http://127.0.0.1:{self.server.server_port}"
        env["ir.config_parameter"].set_param("report.url", url)
        env.cr.commit()

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __exit__(self, *args):
        self.server.shutdown()


class Quiet(werkzeug.serving.WSGIRequestHandler):
    def log(self, *args):
        """Say nothing of each request."""


def log_in():
    """Return a client of the server in this process, logged in."""
    client = werkzeug.test.Client(odoo.http.root)
    page = client.get("/web/login", environ_base=WHENCE).get_data(as_text=True)
    client.post(
        "/web/login",
        data={"login": "bench", "password": "bench", "csrf_token": find_token(page)},
        environ_base=WHENCE,
    )
    return client


def find_token(page):
    return re.search(r'csrf_token: "([^"]+)"', page)[1]


def print_one(client, invoice):
    """Print as the web client does; return how long it took, in seconds."""
    page = client.get("/odoo", environ_base=WHENCE).get_data(as_text=True)
    data = {
        "data": json.dumps([f"/report/pdf/{REPORT}/{invoice.id}", "qweb-pdf"]),
        "context": json.dumps({"lang": "en_US", "interaction_log_token": "bench"}),
        "csrf_token": find_token(page),
    }
    started = perf_counter()
    response = client.post("/report/download", data=data, environ_base=WHENCE)
    seconds = perf_counter() - started
    assert response.get_data().startswith(b"%PDF"), response.get_data()[:500]
    return seconds
