"""A pytest plugin: a skipped test fails the run, and so does a warning in the log.

Odoo's browser tests skip themselves where something is missing, and Odoo's own test
runner treats an unexpected warning or error in the log as a failure: with pytest
neither may pass unseen. With pytest-xdist each worker hands in what it found, and one
that can't fails the run.
"""

import logging
import re
from pathlib import Path

import pytest

# one regular expression per line; comments start with #
NOISE_FILE = Path(__file__).with_name("log_noise.txt")


def pytest_addoption(parser):
    group = parser.getgroup("strict", "strictness")
    group.addoption(
        "--allow-skip",
        action="append",
        default=[],
        metavar="TEXT",
        help="a test whose id ends so may be skipped",
    )
    group.addoption(
        "--leave-out",
        action="append",
        default=[],
        metavar="TEXT",
        help="do not run a test whose id ends so",
    )
    group.addoption(
        "--any-log", action="store_true", help="accept warnings and errors in the log"
    )


def pytest_configure(config):
    config.pluginmanager.register(Strict(config), "strict-run")


class Strict:
    def __init__(self, config):
        self.allowed_skips = tuple(config.getoption("--allow-skip"))
        self.left_out = tuple(config.getoption("--leave-out"))
        self.any_log = config.getoption("--any-log")
        self.log_lines = LogLines()
        self.skipped = []
        self.lost = []

    def pytest_sessionstart(self):
        # Odoo has set its logging up by now
        logging.getLogger().addHandler(self.log_lines)

    def pytest_collection_modifyitems(self, config, items):
        left_out = [
            item
            for item in items
            if item.nodeid.endswith(self.left_out) or is_imported(item)
        ]
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if item not in left_out]

    def pytest_runtest_logstart(self, nodeid):
        self.log_lines.where = nodeid

    def pytest_collectreport(self, report):
        # a module that skips itself; pytest-xdist reports it once for all workers
        self.pytest_runtest_logreport(report)

    def pytest_runtest_logreport(self, report):
        if report.skipped and not report.nodeid.endswith(self.allowed_skips):
            self.skipped.append(report.nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node, error):
        if error:
            # pytest-xdist fails the run only where it was in the midst of a test
            self.lost.append(f"{node.gateway.id}: {error}")
        else:
            self.log_lines.found += node.workeroutput.get("log_lines", [])

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session):
        logging.getLogger().removeHandler(self.log_lines)
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["log_lines"] = self.log_lines.found
        if self.any_log:
            self.log_lines.found.clear()
        if session.exitstatus == pytest.ExitCode.OK and (
            self.skipped or self.lost or self.log_lines.found
        ):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        for title, lines in (
            ("skipped, which is a failure here", self.skipped),
            ("a worker died with what it had found", self.lost),
            ("not allowed in the log", self.log_lines.found),
        ):
            if lines:
                terminalreporter.section(title, red=True)
                terminalreporter.write("".join(f"{line}\n" for line in lines))


def is_imported(item):
    """Whether the class of a test stands in another module, whose test it is.

    Odoo's own runner passes over those as well.
    """
    return item.cls is not None and item.cls.__module__ != item.module.__name__


class LogLines(logging.Handler):
    """Collects what is logged as a warning or worse, with the test it happened in.

    What a test mutes or asserts (``mute_logger``, ``assertLogs``) never comes here.
    """

    def __init__(self):
        super().__init__(logging.WARNING)
        self.found = []
        self.where = "before the first test"
        self.noise = [
            re.compile(line)
            for line in NOISE_FILE.read_text().splitlines()
            if line and not line.startswith("#")
        ]

    def emit(self, record):
        line = f"{record.levelname} {record.name}: {record.getMessage()}"
        if not any(noise.search(line) for noise in self.noise):
            self.found.append(f"{self.where}\n    {line}")
