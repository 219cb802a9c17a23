"""Measure what the addon costs: `./dev bench` runs this in Odoo's environment."""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from .common import configure, finish

# The modules with the benches: each has a function `bench` that takes the environment
# and returns the figures. What it writes, it commits: the database is made for it.
BENCHES = {
    "print": "print_invoice",
    "log": "log_print",
    "create": "log_create",
    "many": "log_many",
    "email": "send_email",
    "cron": "send_invoices",
    "mailing": "log_mailing",
    # the last one: it brings a peer along
    "segment": "log_segment",
}


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--config", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--peers", help=argparse.SUPPRESS)
    parser.add_argument("--database", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if unknown := set(options.names) - BENCHES.keys():
        parser.error(f"no bench {', '.join(unknown)}: choose from {', '.join(BENCHES)}")

    # the other one is that without the addon
    databases = f"{options.database},{options.database}_without"
    configure(options.config, databases, options.peers)
    figures = []
    for name in options.names or BENCHES:
        sys.stderr.write(f"{name} ...\n")
        with Registry(options.database).cursor() as cr:
            # Odoo finds its addons only now that it has its configuration
            module = import_module(f"{__package__}.{BENCHES[name]}")
            figures += module.bench(api.Environment(cr, SUPERUSER_ID, {}))
    finish(figures, options.json)


main()
