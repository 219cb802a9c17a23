"""Printing an invoice as the web client does, with the addon and without it."""

import json
import re
import threading
from functools import partial
from statistics import median
from time import perf_counter

import werkzeug.serving
import werkzeug.test

import odoo.http
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from .common import make_figure, make_invoices, take_turns

TURNS = 20
# what the name of the other database ends with
WITHOUT = "_without"
GOAL = 1.02
# what a web server would say of a client
WHENCE = {"REMOTE_ADDR": "127.0.0.1"}
REPORT = "account.report_invoice_with_payments"


def bench(env):
    """Return the time of a print, against a database where the addon is not installed.

    Both databases are served by the same process, and take turns. The ratio is that of
    the median difference: the engine's time varies more than the log takes.
    """
    without = f"{env.cr.dbname}{WITHOUT}"
    with Registry(without).cursor() as cr:
        other = api.Environment(cr, SUPERUSER_ID, {})
        if "interaction.log.entry" in other:
            raise AssertionError(f"{without} has the addon, too")
        invoices = {"with": make_invoices(env, 1), "without": make_invoices(other, 1)}
        for here in (env, other):
            here.ref("base.user_admin").write({"login": "bench", "password": "bench"})
        with serve(env, other):
            clients = {
                name: log_in(invoice.env.cr.dbname)
                for name, invoice in invoices.items()
            }
            times = take_turns(
                {
                    name: partial(print_one, clients[name], invoice)
                    for name, invoice in invoices.items()
                },
                TURNS,
            )
    env.cr.commit()  # sees what the server wrote
    entries = env["interaction.log.entry"].search_count(
        [("res_id", "=", invoices["with"].id)]
    )
    assert entries == TURNS + 1, entries
    milliseconds = {
        name: [seconds * 1000 for seconds in taken] for name, taken in times.items()
    }
    added = [
        on - off
        for on, off in zip(milliseconds["with"], milliseconds["without"], strict=True)
    ]
    return [
        make_figure(
            "print one invoice, logged",
            milliseconds["with"],
            "ms",
            GOAL,
            ratio=1 + median(added) / median(milliseconds["without"]),
        ),
        make_figure("print one, addon not installed", milliseconds["without"], "ms"),
        make_figure("print one invoice: added by the addon", added, "ms"),
    ]


class serve:
    """Serve Odoo for the engine, which fetches style sheets by HTTP."""

    def __init__(self, *envs):
        self.server = werkzeug.serving.make_server(
            "127.0.0.1",
            0,
            odoo.http.root,
            threaded=True,
            request_handler=Quiet,
        )
        url = f"http://127.0.0.1:{self.server.server_port}"
        for env in envs:
            env["ir.config_parameter"].set_param("report.url", url)
            env.cr.commit()

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __exit__(self, *args):
        self.server.shutdown()


class Quiet(werkzeug.serving.WSGIRequestHandler):
    def log(self, *args):
        """Say nothing of each request."""


def log_in(database):
    """Return a client of the server in this process, logged in to a database."""
    client = werkzeug.test.Client(odoo.http.root)
    page = client.get(
        f"/web/login?db={database}", environ_base=WHENCE, follow_redirects=True
    ).get_data(as_text=True)
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
