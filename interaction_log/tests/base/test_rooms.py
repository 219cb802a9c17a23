"""The addon lies in rooms by subject, and a room knows only the rooms before it.

All but the last test read nothing but the files.
"""

import ast
import re
from collections import defaultdict

from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tests.loader import get_test_modules

from .common import ADDON, MAX_LINES, PACKAGE, ROOMS, read_sources


def is_before(room, other):
    return ROOMS.index(room) < ROOMS.index(other)


class RoomsCase(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sources = read_sources()
        cls.in_rooms = [
            source
            for source in cls.sources
            if source.top in ("models", "wizards", "tests") and source.room
        ]

    def _assert_none(self, found, message):
        if found:
            self.fail("\n".join([f"{message}:", *map(str, found)]))


@tagged("-at_install", "post_install")
class TestRooms(RoomsCase):
    def test_loader_sees_every_test_file(self):
        """The loader knows a file by its name alone: a second one takes its place."""
        self.assertEqual(
            sorted(module.__name__ for module in get_test_modules(ADDON.name)),
            sorted(
                f"{PACKAGE}.{source.module}"
                for source in self.sources
                if source.top == "tests" and source.path.name.startswith("test_")
            ),
        )

    def test_nothing_lies_flat(self):
        allowed = {"models": (), "wizards": (), "tests": ("common.py",)}
        self._assert_none(
            [
                source
                for source in self.sources
                if source.top in allowed
                and not source.room
                and source.path.name not in ("__init__.py", *allowed[source.top])
            ],
            "These files belong in a room",
        )
        self._assert_none(
            [source for source in self.in_rooms if source.room not in ROOMS],
            "No such room in ROOMS",
        )

    def test_every_file_is_imported(self):
        imported = {
            module
            for source in self.sources
            for _line, module in source.get_imports()
            if module != source.module
        }
        self._assert_none(
            [source for source in self.in_rooms if source.module not in imported],
            "Nothing imports these files",
        )

    def test_imports_go_to_rooms_before(self):
        wrong = []
        # what all tests share is before all rooms
        shared = [source for source in self.sources if source.module == "tests.common"]
        for source in (*self.in_rooms, *shared):
            for line, module in source.get_imports():
                top, room, *_rest = [*module.split("."), None]
                if (room in ROOMS and is_before(source.room or ROOMS[0], room)) or (
                    source.top != "tests" and top in ("controllers", "tests")
                ):
                    wrong.append(f"{source}:{line} imports {module}")
        self._assert_none(wrong, "These imports are against the direction of rooms")

    def test_test_files_import_no_other(self):
        """What several of them need is in the `common.py` of the room."""
        self._assert_none(
            [
                f"{source}:{line} imports {module}"
                for source in self.in_rooms
                if source.top == "tests" and source.path.name != "__init__.py"
                for line, module in source.get_imports()
                if re.search(r"\.test_\w+$", module)
            ],
            "These test files import others",
        )

    def test_methods_are_defined_once_in_a_room(self):
        places = defaultdict(list)
        for source in self.in_rooms:
            if source.top != "tests":
                for model, node in source.get_models():
                    for statement in node.body:
                        if isinstance(statement, ast.FunctionDef):
                            key = source.room, model, statement.name
                            places[key].append(f"{source}:{statement.lineno}")
        self._assert_none(
            [
                f"{model}.{method} in {' and '.join(where)}"
                for (_room, model, method), where in places.items()
                if len(where) > 1
            ],
            "A room defines a method of a model twice",
        )

    def test_files_are_short(self):
        self._assert_none(
            [
                f"{source} has {lines}"
                for source in self.in_rooms
                if source.top != "tests"
                and (lines := source.text.count("\n")) > MAX_LINES
            ],
            f"No file has more than {MAX_LINES} lines",
        )


@tagged("-at_install", "post_install")
class TestRoomNames(RoomsCase, TransactionCase):
    # what only looks like a later room's: (file, name): what it is
    ALIKE = {
        ("models/log/interaction_totals_mixin.py", "interaction_date_from"): (
            "a key of the context, which is named like a field of segment steps"
        ),
        ("models/log/interaction_totals_mixin.py", "interaction_date_to"): (
            "a key of the context, which is named like a field of segment steps"
        ),
    }

    def _get_names_of_odoo(self):
        """Return the names of all fields and methods that models of Odoo have."""
        names = set()
        for model in self.registry.values():
            for cls in model.mro():
                # those that Odoo makes for the registry have a pool, and our fields too
                if not (
                    getattr(cls, "pool", None) is not None
                    or cls.__module__.startswith(f"{PACKAGE}.")
                ):
                    names.update(vars(cls))
            names.update(
                name
                for name, field in model._fields.items()
                if set(field._modules) != {ADDON.name}
            )
        return names

    def test_names_of_later_rooms_are_not_used(self):
        """What a later room defines, an earlier one can't call: it offers a hook."""
        rooms = defaultdict(set)
        sources = [source for source in self.in_rooms if source.top != "tests"]
        for source in sources:
            for model, node in source.get_models():
                rooms[model].add(source.room)
                for statement in node.body:
                    if isinstance(statement, ast.FunctionDef):
                        rooms[statement.name].add(source.room)
                    elif (
                        isinstance(statement, ast.Assign)
                        and isinstance(statement.value, ast.Call)
                        and ast.unparse(statement.value.func).startswith("fields.")
                    ):
                        rooms[ast.unparse(statement.targets[0])].add(source.room)
        ours = rooms.keys() - self._get_names_of_odoo()
        first = {name: min(rooms[name], key=ROOMS.index) for name in ours}
        self._assert_none(
            [
                f"{source}:{line} {name} is defined by {first[name]}"
                for source in sources
                for line, name in source.get_used_names()
                if name in first
                and is_before(source.room, first[name])
                and (str(source), name) not in self.ALIKE
            ],
            "These names are defined by later rooms alone",
        )
