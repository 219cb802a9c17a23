"""The Python files of the addon, as tests read them."""

import ast
import re
from functools import cache
from pathlib import Path

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
    "round",
    "analysis",
    "overview",
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


@cache
def read_sources():
    return [
        Source(path)
        for path in sorted(ADDON.rglob("*.py"))
        if path.relative_to(ADDON).parts[0] != "migrations"
    ]
