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
from types import ModuleType
from typing import Any

_CATCH_IMPORT = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
_CATCH_NAME = {"AttributeError", "Exception", "BaseException"}
_NO_FAULT = {"StopException", "RerunException"}
_ASKS = {"hasattr", "find_spec", "TYPE_CHECKING", "platform", "__name__"}


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
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                # Code that is too deep to be parsed is too deep for Streamlit to compile, too.
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
    module = _imported(name)
    return not isinstance(module, str) and getattr(module, "__file__", None) is not None


def _needs(tree: ast.Module, path: str, package: str) -> Iterator[Need]:
    """What a file imports, and the names that it uses of modules.

    A name is looked for only where one import that the app cannot do without binds the module's
    alias, and nothing else does: of two it is not known which one has run, or whether either has.
    """
    bound, made = _stored(tree)
    aliases: dict[str, set[tuple[str, bool]]] = {}
    uses: list[tuple[str, ast.Attribute, bool]] = []
    for node, no_import, no_name in _walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Need(path, node.lineno, alias.name, "", no_import)
                module = alias.name if alias.asname else alias.name.partition(".")[0]
                aliases.setdefault(alias.asname or module, set()).add((module, no_import))
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node, package)
            for alias in node.names:
                name = "" if alias.name == "*" else alias.name
                yield Need(path, node.lineno, module, name, no_import)
                bound.add(alias.asname or name)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            uses.append((node.value.id, node, no_name))
    for name, use, optional in uses:
        found = aliases.get(name, set())
        if len(found) != 1 or name in bound or (name, use.attr) in made:
            continue
        ((module, no_import),) = found
        if not no_import:
            yield Need(path, use.lineno, module, use.attr, optional)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".") if package else []
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _stored(tree: ast.Module) -> tuple[set[str], set[tuple[str, str]]]:
    """Every name that something other than an import binds, in any scope.

    And the attributes that the file gives to its names itself: ``json.mine = 1``.
    """
    names: set[str] = set()
    made: set[tuple[str, str]] = set()
    for node in ast.walk(tree):
        if isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
            if isinstance(node, ast.Name):
                names.add(node.id)
            elif isinstance(node, ast.Attribute):
                made.add((_last_name(node.value), node.attr))
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
    return names, made


def _walk(tree: ast.AST) -> Iterator[tuple[ast.AST, bool, bool]]:
    """All nodes, in their order; whether a missing module, and a missing name, is provided for."""
    stack = [(tree, False, False)]
    while stack:
        node, no_import, no_name = stack.pop()
        yield node, no_import, no_name
        guarded, caught = _guarded(node)
        for child in reversed(list(ast.iter_child_nodes(node))):
            inside = caught if child in guarded else set()
            import_too = no_import or bool(inside & _CATCH_IMPORT)
            name_too = no_name or bool(inside & _CATCH_NAME)
            stack.append((child, import_too, name_too))


def _guarded(node: ast.AST) -> tuple[list[ast.AST], set[str]]:
    """The parts of a node in which an error may come up, and the errors that are provided for."""
    if isinstance(node, (ast.Try, ast.TryStar)):
        caught = {name for handler in node.handlers for name in _caught(handler)}
        return [*node.body, *node.handlers], caught
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return list(node.body), {name for item in node.items for name in _suppressed(item)}
    if isinstance(node, (ast.If, ast.IfExp)) and _asks_first(node.test):
        return list(ast.iter_child_nodes(node)), {"Exception"}
    if isinstance(node, ast.BoolOp) and any(map(_asks_first, node.values[:-1])):
        return list(node.values), {"Exception"}
    return [], set()


def _caught(handler: ast.ExceptHandler) -> set[str]:
    if handler.type is None:
        return {"BaseException"}
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return set(map(_last_name, kinds))


def _suppressed(item: ast.withitem) -> set[str]:
    """The errors of ``with contextlib.suppress(…)``."""
    call = item.context_expr
    if isinstance(call, ast.Call) and _last_name(call.func) == "suppress":
        return set(map(_last_name, call.args))
    return set()


def _last_name(node: ast.AST) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _asks_first(test: ast.expr) -> bool:
    """Whether a test asks where the app runs (not by its text: ``unparse`` fails on deep code)."""
    nodes = list(ast.walk(test))
    names = {_last_name(node) for node in nodes}
    words = names | {str(node.value) for node in nodes if isinstance(node, ast.Constant)}
    return bool(names & _ASKS) or any("version" in word for word in words)


def _missing(need: Need, known: dict[str, ModuleType | str]) -> str:
    """What is missing of a need, "" where nothing is.

    ``known`` remembers the modules, or what went wrong: they may go from ``sys.modules`` again.
    """
    if not need.module:
        return ""
    if need.module not in known:
        known[need.module] = _imported(need.module)
    module = known[need.module]
    if isinstance(module, str):
        return f"import {need.module}: {module}"
    if not need.name:
        return ""
    try:
        getattr(module, need.name)
    except AttributeError:
        below = _imported(f"{need.module}.{need.name}")
        return f"{need.module} has no {need.name}" if isinstance(below, str) else ""
    except ImportError as error:  # of a module that imports its parts when they are asked for
        return f"{need.module}.{need.name}: {type(error).__name__}: {error}"
    except BaseException:
        pass  # it is there; what it does when it is looked at is not known here
    return ""


def _imported(name: str) -> ModuleType | str:
    """A module, or the error that its import ends in."""
    try:
        return import_module(name)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


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
    inside.register_components()
    app = App(settings["folders"])
    for script in settings["scripts"]:
        app.read(script, "")
    for path, line, what in app.broken:
        report({"path": path, "line": line, "what": what, "own": False})
    known: dict[str, ModuleType | str] = {}
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
