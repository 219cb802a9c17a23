"""The addon lies in rooms by subject, and a room knows only the rooms before it.

All but the last test read nothing but the files.
"""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tests.loader import get_test_modules

# In their direction; a new room comes last.
ROOMS = (
    "base",
    "template",
    "log",
    "recording",
    "email",
    "meeting",
    "segment",
    "letter",
)
ADDON = Path(__file__).parents[2]
PACKAGE = f"odoo.addons.{ADDON.name}"
MAX_LINES = 500


class Source:
    """A Python file of the addon: `models/log/res_partner.py` and what it says."""

    def __init__(self, path):
        self.path = path.relative_to(ADDON)
        self.top = self.path.parts[0]
        # None for what lies flat
        self.room = self.path.parts[1] if len(self.path.parts) > 2 else None
        self.text = path.read_text()
        self.tree = ast.parse(self.text)
        self.module = ".".join(self.path.with_suffix("").parts)
        self.package = self.module.rpartition(".")[0]
        if path.name == "__init__.py":
            self.module = self.package

    def __str__(self):
        return str(self.path)

    def get_imports(self):
        """Return (line, module) of what it imports from the addon.

        Modules are named from the addon on, such as `models.log.res_partner`. Of
        `from x import y` both `x` and `x.y` are returned: either may be the module.
        """
        imports = []
        for node in ast.walk(self.tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                module = node.module or ""
                if node.level:
                    parts = [*PACKAGE.split("."), *self.package.split(".")]
                    parts = parts[: len(parts) - node.level + 1]
                    module = ".".join([*parts, *module.split(".")]).rstrip(".")
                names = [
                    module,
                    *(f"{module}.{alias.name}" for alias in node.names),
                ]
            imports += [
                (node.lineno, name.removeprefix(f"{PACKAGE}."))
                for name in names
                if name.startswith(f"{PACKAGE}.")
            ]
        return imports

    def get_models(self):
        """Return [(model, its class)] of the models it defines or extends."""
        models = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef):
                names = {}
                for statement in node.body:
                    if isinstance(statement, ast.Assign):
                        target = ast.unparse(statement.targets[0])
                        if target in ("_name", "_inherit"):
                            names[target] = ast.literal_eval(statement.value)
                name = names.get("_name") or names.get("_inherit")
                if isinstance(name, list) and len(name) == 1:
                    name = name[0]
                if isinstance(name, str):
                    models.append((name, node))
        return models

    def get_used_names(self):
        """Return (line, name) of attributes, and of strings that may be names.

        Those are names of models, and names with an underscore or paths of names: a
        mere word may be anything.
        """
        used = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute):
                used.append((node.lineno, node.attr))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                if re.fullmatch(r"interaction(\.\w+)+", node.value):
                    used.append((node.lineno, node.value))
                elif re.fullmatch(r"\w+(\.\w+)*", node.value):
                    used += [
                        (node.lineno, name)
                        for name in node.value.split(".")
                        if "_" in name
                    ]
        return used


def is_before(room, other):
    return ROOMS.index(room) < ROOMS.index(other)


@cache
def read_sources():
    return [
        Source(path)
        for path in sorted(ADDON.rglob("*.py"))
        if path.relative_to(ADDON).parts[0] != "migrations"
    ]


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
