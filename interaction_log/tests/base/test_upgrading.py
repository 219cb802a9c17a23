"""UPGRADING.md lists what of Odoo's inside the addon relies on.

Whoever ports the addon goes through that list; here it is held against the code, and
against the Odoo that runs.
"""

import ast
import importlib
import inspect
import re
from pathlib import Path

from odoo import fields
from odoo.tests import TransactionCase, tagged

from .common import ADDON, PACKAGE

GUIDE = ADDON.parent / "UPGRADING.md"
# the addon and its neighbors
OURS = (f"{PACKAGE}.", f"{PACKAGE}_")
ROW = re.compile(r"^\| ((?:`\w+`(?:, )?)+) \|.*\| ([^|]+) \|$", re.MULTILINE)


def is_private(name):
    return name.startswith("_") and not name.startswith("__") and name != "_"


@tagged("-at_install", "post_install")
class TestUpgrading(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        text = GUIDE.read_text()
        overridden, called = text.split("\n## Called")
        cls.listed_overridden = cls._get_listed(overridden)
        cls.listed_called = cls._get_listed(called)
        cls.tests = {
            test
            for _names, tests in ROW.findall(text)
            for test in re.findall(r"`([^`]+)`", tests)
        }
        cls.lineages = [
            # the class of the registry itself defines nothing
            [parent for parent in model.__mro__[1:] if parent is not object]
            for model in cls.env.registry.values()
        ] + cls._get_controllers()

    @classmethod
    def _get_listed(cls, text):
        return {
            name
            for names, _tests in ROW.findall(text)
            for name in re.findall(r"`(\w+)`", names)
        }

    @classmethod
    def _get_controllers(cls):
        lineages = []
        for path in sorted((ADDON / "controllers").glob("[a-z]*.py")):
            module = importlib.import_module(f"{PACKAGE}.controllers.{path.stem}")
            lineages += [
                item.__mro__[:-1]
                for item in vars(module).values()
                if inspect.isclass(item) and item.__module__ == module.__name__
            ]
        return lineages

    def _is_ours(self, parent):
        return parent.__module__.startswith(OURS)

    def _get_names(self, parents):
        return {
            name
            for parent in parents
            for name, value in vars(parent).items()
            if is_private(name) and inspect.isroutine(value)
        }

    def test_overridden(self):
        found = set()
        for lineage in self.lineages:
            ours = self._get_names(filter(self._is_ours, lineage))
            odoos = [parent for parent in lineage if not self._is_ours(parent)]
            found |= ours & self._get_names(odoos) if ours else set()
        self.assertEqual(found, self.listed_overridden)

    def test_called(self):
        ours = set()
        for lineage in self.lineages:
            ours |= self._get_names(filter(self._is_ours, lineage))
        found = set()
        for path in ADDON.parent.glob(f"{ADDON.name}*/**/*.py"):
            if {"tests", "migrations"}.intersection(path.parts):
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef):
                    ours.add(node.name)
                elif isinstance(node, ast.Attribute) and is_private(node.attr):
                    found.add(node.attr)
        self.assertEqual((found - ours) & self._get_odoos(), self.listed_called)

    def test_called_methods_are_there(self):
        self.assertFalse(
            self.listed_called - self._get_odoos(), "Odoo has them no more"
        )

    def _get_odoos(self):
        """Return the names of the private methods of Odoo's models and fields."""
        parents = {parent for lineage in self.lineages for parent in lineage}
        for field in vars(fields).values():
            if inspect.isclass(field):
                parents.update(field.__mro__)
        return self._get_names(
            parent for parent in parents if not self._is_ours(parent)
        )

    def test_the_tests_named_are_there(self):
        self.assertTrue(self.tests)
        self.assertFalse(
            {test for test in self.tests if not self._find_test(test).exists()}
        )

    def _find_test(self, test):
        """Return the path of a test, such as `log/test_log` or of a neighbor."""
        addon, _slash, name = test.partition("/")
        if addon.startswith(f"{ADDON.name}_"):
            return Path(ADDON.parent, addon, "tests", f"{name}.py")
        return Path(ADDON, "tests", f"{test}.py")
