"""Import what an app imports: ``python imports.py SETTINGS`` (JSON, see ``main``).

Follows the imports of the app's scripts through its own files, imports every other module that
they name, and looks for the names that they use of it. The app's own modules are imported too:
what they do at import is done here as it would be in the app.
"""

from __future__ import annotations

import ast
import json
import os
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

_CATCH_IMPORT = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
_CATCH_NAME = {"AttributeError", "Exception", "BaseException"}
_NO_FAULT = {"StopException", "RerunException"}


@dataclass(frozen=True)
class Need:
    """Something that a line needs: a module, and perhaps a name in it."""

    path: str
    line: int
    module: str
    name: str
    optional: bool


class App:
    """The app's own files: where its modules are looked for, and what they need."""

    def __init__(self, folders: list[str]) -> None:
        self._folders = folders
        self.own: dict[str, str] = {}
        """Its modules by their dotted names, in the order in which they are met."""
        self.needs: list[Need] = []
        self.broken: list[tuple[str, int, str]] = []
        self._read: set[str] = set()

    def read(self, path: str, package: str) -> None:
        """Read a file and those that it imports; ``package`` is what relative imports start at."""
        waiting = [(path, package)]
        while waiting:
            path, package = waiting.pop()
            if path in self._read:
                continue
            self._read.add(path)
            try:
                with open(path, "rb") as file:
                    tree = ast.parse(file.read())
            except (SyntaxError, ValueError) as error:
                line = getattr(error, "lineno", 0) or 0
                self.broken.append((path, line, f"{type(error).__name__}: {error}"))
                continue
            for need in _needs(tree, path, package):
                found = list(self._own(need))
                waiting += found
                if not found:
                    self.needs.append(need)

    def _own(self, need: Need) -> Iterator[tuple[str, str]]:
        """The app's own files that an import brings in, and their packages."""
        parts = need.module.split(".")
        names = [".".join(parts[: i + 1]) for i in range(len(parts))]
        for name in [*names, *([f"{need.module}.{need.name}"] if need.name else [])]:
            path = self._file(name)
            if path:
                self.own.setdefault(name, path)
                is_package = os.path.basename(path) == "__init__.py"
                yield path, name if is_package else name.rpartition(".")[0]
            elif name == parts[0] and not self._is_folder(name):
                return

    def _is_folder(self, name: str) -> bool:
        return any(os.path.isdir(os.path.join(f, name)) for f in self._folders) and not _found(name)

    def _file(self, dotted: str) -> str:
        for folder in self._folders:
            base = os.path.join(folder, *dotted.split("."))
            for path in (os.path.join(base, "__init__.py"), f"{base}.py"):
                if os.path.isfile(path):
                    return path
        return ""


def _found(name: str) -> bool:
    """Whether an installed module bears the name of one of the app's folders."""
    try:
        return getattr(import_module(name), "__file__", None) is not None
    except BaseException:
        return False


def _needs(tree: ast.Module, path: str, package: str) -> Iterator[Need]:
    stored = _stored(tree)
    aliases: dict[str, str] = {}
    uses: list[tuple[ast.Attribute, bool]] = []
    for node, no_import, no_name in _walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Need(path, node.lineno, alias.name, "", no_import)
                if alias.asname or "." not in alias.name:
                    aliases[alias.asname or alias.name] = alias.name
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node, package)
            for alias in node.names:
                name = "" if alias.name == "*" else alias.name
                yield Need(path, node.lineno, module, name, no_import)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            uses.append((node, no_name))
    for use, optional in uses:
        if isinstance(use.value, ast.Name) and use.value.id in aliases.keys() - stored:
            yield Need(path, use.lineno, aliases[use.value.id], use.attr, optional)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".") if package else []
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _stored(tree: ast.Module) -> set[str]:
    """Every name that something other than an import binds, in any scope."""
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not _loads(n)}
    names |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return names | {n.name for n in ast.walk(tree) if isinstance(n, kinds)}


def _loads(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _walk(tree: ast.AST) -> Iterator[tuple[ast.AST, bool, bool]]:
    """All nodes; whether a missing module, and whether a missing name, is provided for there."""
    stack = [(tree, False, False)]
    while stack:
        node, no_import, no_name = stack.pop()
        yield node, no_import, no_name
        guarded: list[ast.AST] = []
        caught: set[str] = set()
        if isinstance(node, ast.Try):
            caught = {name for handler in node.handlers for name in _caught(handler)}
            guarded = [*node.body, *node.handlers]
        elif isinstance(node, (ast.If, ast.IfExp)) and _asks_first(node.test):
            caught = {"Exception"}
            guarded = list(ast.iter_child_nodes(node))
        for child in ast.iter_child_nodes(node):
            inside = child in guarded
            stack.append(
                (
                    child,
                    no_import or (inside and bool(caught & _CATCH_IMPORT)),
                    no_name or (inside and bool(caught & _CATCH_NAME)),
                )
            )


def _caught(handler: ast.ExceptHandler) -> set[str]:
    if handler.type is None:
        return {"BaseException"}
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {ast.unparse(kind).rpartition(".")[2] for kind in kinds}


def _asks_first(test: ast.expr) -> bool:
    words = ast.unparse(test)
    return any(word in words for word in ("hasattr", "TYPE_CHECKING", "version", "__name__"))


def _missing(need: Need, known: dict[str, str]) -> str:
    """What is missing of a need, "" where nothing is; remembers a module's error in ``known``."""
    if not need.module:
        return ""
    if need.module not in known:
        try:
            import_module(need.module)
            known[need.module] = ""
        except BaseException as error:
            known[need.module] = f"{type(error).__name__}: {error}"
    if known[need.module]:
        return f"import {need.module}: {known[need.module]}"
    if not need.name or hasattr(sys.modules[need.module], need.name):
        return ""
    try:
        import_module(f"{need.module}.{need.name}")
    except BaseException:
        return f"{need.module} has no {need.name}"
    return ""


def _check_own(app: App, report: Any) -> None:
    for name, path in app.own.items():
        report({"doing": f"import {name}"})
        try:
            import_module(name)
        except BaseException as error:
            kind = type(error).__name__
            if kind not in _NO_FAULT:
                what = f"import {name}: {kind}: {error}"
                report({"path": path, "line": 0, "what": what[:1000], "own": True})


def main() -> None:
    """Check the ``scripts`` of an app whose modules are in ``folders``.

    ``active``: make an active session first. Reports what is being done and what is missing.
    """
    settings = json.loads(sys.argv[1])
    inside = import_module("sis_migrate_inside")
    report = inside.reporting()
    inside.end_with_parent()
    warnings.simplefilter("ignore")
    sys.path[:0] = settings["folders"]
    if settings["active"]:
        report({"doing": "make an active session"})
        inside.make_active_session()
    inside.stand_in_user()
    app = App(settings["folders"])
    for script in settings["scripts"]:
        app.read(script, "")
    for path, line, what in app.broken:
        report({"path": path, "line": line, "what": what, "own": False})
    known: dict[str, str] = {}
    told: set[str] = set()
    for need in app.needs:
        if need.module not in known:
            report({"doing": f"import {need.module}"})
        what = _missing(need, known)
        if what and not need.optional and what not in told:
            told.add(what)
            report({"path": need.path, "line": need.line, "what": what[:1000], "own": False})
    _check_own(app, report)
    report({"done": True, "modules": len(known), "own": len(app.own)})
    os._exit(0)  # whatever threads the modules have started


if __name__ == "__main__":
    main()
