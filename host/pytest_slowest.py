"""A pytest plugin: where the time went, by class.

Each class counts with what it sets up, on all workers together.
"""

import time
from collections import Counter

import pytest

SHOWN = 10


def pytest_configure(config):
    config.pluginmanager.register(Slowest(), "slowest-classes")


class Slowest:
    def __init__(self):
        self.seconds, self.tests = Counter(), Counter()
        self.loading = 0

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        """Odoo is loaded before the first test, but not for it."""
        started = time.perf_counter()
        result = yield
        if fixturedef.scope == "session":
            self.loading += time.perf_counter() - started
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self):
        report = yield
        report.duration -= self.loading
        self.loading = 0
        return report

    def pytest_runtest_logreport(self, report):
        if hasattr(report, "context"):  # a subtest: its test counts
            return
        name = report.nodeid.rpartition("::")[0]
        self.seconds[name] += report.duration
        self.tests[name] += report.when == "call"

    def pytest_terminal_summary(self, terminalreporter):
        if len(self.seconds) < 2:
            return
        terminalreporter.section(f"{SHOWN} slowest classes")
        for name, seconds in self.seconds.most_common(SHOWN):
            terminalreporter.write(
                f"{seconds:7.1f} s  {self.tests[name]:4} tests  {name}\n"
            )
