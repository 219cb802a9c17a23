"""The users of the load test: what Locust runs, in an environment without Odoo.

What they did is written to the file that the environment names, so that it can be
compared with the log.
"""

import json
import os
import random
import re
from itertools import count
from pathlib import Path
from uuid import uuid4

from client import fill, read_requests
from locust import HttpUser, between, events, task

GIVEN = json.loads(Path(os.environ["BENCH_GIVEN"]).read_text())
REPORT = "account.report_invoice_with_payments"
SEARCH = "log, search Interaction: S00020"
PAGES, DAYS = read_requests()
PAGES = {page["name"]: page["requests"] for page in PAGES}

numbers = count(1)
done = {"by_hand": [], "printed": [], "purged": 0, "segment": 0}


@events.quitting.add_listener
def write_down(**_kwargs):
    Path(os.environ["BENCH_DONE"]).write_text(json.dumps(done))


class Person(HttpUser):
    abstract = True

    def log_in(self, login, password):
        params = {"db": GIVEN["database"], "login": login, "password": password}
        self.ask("log in", "/web/session/authenticate", params)
        page = self.client.get("/odoo", name="web client").text
        self.csrf_token = re.search(r'csrf_token: "([^"]+)"', page)[1]

    def ask(self, name, path, params):
        """Send one request; return (whether it went well, its result)."""
        data = {"jsonrpc": "2.0", "method": "call", "params": params}
        with self.client.post(
            path, json=data, name=name, catch_response=True
        ) as response:
            try:
                answer = response.json()
            except ValueError:
                response.failure(f"no answer: {response.status_code}")
                return False, None
            if error := answer.get("error"):
                response.failure(str(error["data"].get("message"))[:200])
                return False, None
            return True, answer.get("result")

    def call(self, name, model, method, *args, **kwargs):
        path = f"/web/dataset/call_kw/{model}/{method}"
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.ask(name, path, params)

    def open(self, name, page, **ids):
        for request in PAGES[page]:
            self.ask(name, request["path"], fill(request["params"], ids, DAYS))


class Salesperson(Person):
    """One who opens, searches, logs and prints."""

    wait_time = between(5, 15)

    def on_start(self):
        self.log_in(f"bench{next(numbers)}", "bench")

    @task(10)
    def open_log(self):
        self.open("open the log", "log")

    @task(8)
    def open_contact(self):
        contact = random.choice(GIVEN["contacts"])
        self.open("open a contact", "contact of 10,000", contact=contact)

    @task(4)
    def search(self):
        self.open("search", SEARCH)

    @task(4)
    def log_by_hand(self):
        subject = f"Load {uuid4().hex}"
        vals = {
            "name": subject,
            "partner_id": random.choice(GIVEN["contacts"]),
            "template_id": GIVEN["template"],
        }
        good, _result = self.call(
            "log by hand", "interaction.log.entry", "log_interactions", [vals]
        )
        if good:
            done["by_hand"].append(subject)

    @task(2)
    def print(self):
        invoice = random.choice(GIVEN["invoices"])
        data = {
            "data": json.dumps([f"/report/pdf/{REPORT}/{invoice}", "qweb-pdf"]),
            "context": json.dumps({"interaction_log_token": uuid4().hex}),
            "csrf_token": self.csrf_token,
        }
        with self.client.post(
            "/report/download", data=data, name="print", catch_response=True
        ) as response:
            if response.content.startswith(b"%PDF"):
                done["printed"].append(invoice)
            else:
                response.failure(f"no PDF: {response.status_code}")


class Administrator(Person):
    """One who logs a segment and deletes canceled entries meanwhile."""

    fixed_count = 1
    wait_time = between(20, 30)

    def on_start(self):
        self.log_in("admin", "admin")
        self.work = iter((self.log_segment, self.purge))

    @task
    def do_next(self):
        next(self.work, lambda: self.open("open the log", "log"))()

    def log_segment(self):
        good, _result = self.call(
            "log a segment", "interaction.segment", "action_log", [GIVEN["segment"]]
        )
        done["segment"] += good

    def purge(self):
        good, ids = self.call(
            "purge",
            "interaction.log.purge",
            "create",
            [{"date_to": GIVEN["purge_to"]}],
        )
        if good:
            good, _result = self.call(
                "purge", "interaction.log.purge", "action_delete", ids
            )
            done["purged"] += good
