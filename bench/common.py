"""What the benches share: a figure, and a company with invoices."""

import json
import sys
from contextlib import contextmanager
from statistics import median, quantiles
from unittest.mock import patch

import odoo.service.server
from odoo import Command
from odoo.tools import config

COLUMNS = ("name", "value", "unit", "n", "min", "spread", "ratio", "goal")


def configure(path, databases, addons=None):
    """Let this process work as Odoo.

    :param str path: of Odoo's configuration file
    :param str databases: their names, with commas
    :param str addons: one more folder of addons
    """
    config.parse_config(["-c", path, "-d", databases, "--log-level", "warn"])
    if addons:
        config["addons_path"] = [*config["addons_path"], addons]
    odoo.service.server.load_server_wide_modules()


def make_figure(name, value, unit, goal=None, ratio=None):
    """Return one figure.

    :param value: a number, or all that were measured: then their median is the value,
        and the spread is the range of the middle half of them
    :param goal: an upper limit of the ratio, else of the value; none for what is there
        to compare with
    """
    samples = value if isinstance(value, list | tuple) else [value]
    value = median(samples)
    lower, _middle, upper = quantiles(samples, n=4) if samples[1:] else [value] * 3
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "n": len(samples),
        "min": round(min(samples), 3),
        "spread": round(upper - lower, 3),
        "ratio": None if ratio is None else round(ratio, 4),
        "goal": goal and round(goal, 4),
        "holds": goal is None or (value if ratio is None else ratio) <= goal,
    }


def take_turns(functions, times):
    """Call each of the functions that many times, by turns.

    So whatever else the machine does meanwhile falls on all of them. Which one comes
    first changes, and what the first time returns is thrown away: it fills the caches.

    :param dict functions: by name
    :return: dict of what each of them returned, in lists
    """
    results = {name: [] for name in functions}
    for time in range(times + 1):
        names = list(functions)
        for name in names[time % len(names) :] + names[: time % len(names)]:
            result = functions[name]()
            if time:
                results[name].append(result)
    return results


def get_ratio(times, others):
    """Return the median of the ratios of what was measured by turns."""
    return median(time / other for time, other in zip(times, others, strict=True))


def finish(figures, path=None, extra=()):
    """Print the figures as a table, write them to a file, and end.

    :param extra: names of columns that these figures have besides
    """
    columns = (*COLUMNS, *extra)
    rows = [[*columns, "holds"]]
    for figure in figures:
        cells = ["" if figure[name] is None else str(figure[name]) for name in columns]
        rows.append([*cells, "yes" if figure["holds"] else "NO"])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        sys.stdout.write("  ".join(map(str.ljust, row, widths)).rstrip() + "\n")
    if path:
        path.write_text(json.dumps(figures, indent=4) + "\n")
    sys.exit(not all(figure["holds"] for figure in figures))


def make_invoices(env, number):
    """Return that many posted invoices, each of another contact."""
    company = env.ref("base.main_company")
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company, False)
    # without a layout the web client asks for one; so does nobody here
    company.external_report_layout_id = env.ref("web.external_layout_standard")
    env.ref("base.user_admin").group_ids |= env.ref("account.group_account_manager")
    partners = env["res.partner"].create(
        [
            {"name": f"Customer {index}", "email": f"customer{index}@example.com"}
            for index in range(number)
        ]
    )
    product = env["product.product"].create({"name": "Product", "list_price": 100})
    invoices = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_line_ids": [
                    Command.create({"product_id": product.id, "quantity": quantity})
                    for quantity in range(1, 6)
                ],
            }
            for partner in partners
        ]
    )
    invoices.action_post()
    return invoices


@contextmanager
def no_rules(env, really=True):
    """Let no rule record e-mails, as if there were none."""
    if not really:
        yield
        return
    names = dict.fromkeys(env["interaction.rule"]._get_email_models(), frozenset())
    rule = env.registry["interaction.rule"]
    with patch.object(rule, "_get_email_models", lambda *args: names, create=True):
        yield


@contextmanager
def no_smtp():
    """Let e-mails leave to nowhere."""
    server = "odoo.addons.base.models.ir_mail_server.IrMail_Server"
    with (
        patch(f"{server}._connect__", lambda *args, **kwargs: None),
        patch(
            f"{server}.send_email",
            lambda self, message, *args, **kwargs: message["Message-Id"],
        ),
    ):
        yield
