"""What a parsed Python file tells of its part in an app."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TypeGuard

# Calls that execute the Python file whose path they are given.
_RUNNERS = {"Page", "navigation", "switch_page", "page_link", "run_path", "exec"}
RUNS_FILES = re.compile(rb"\b(?:Page|navigation|switch_page|page_link|run_path|exec)\s*\(")
LOADS_FILES = re.compile(
    rb"\b(?:import_module|__import__|exec|run_path|spec_from_file_location|Page)\s*\("
)
# Statements that are executed where the module is, not when something is called.
_BLOCKS = (ast.If, ast.For, ast.While, ast.Try, ast.TryStar, ast.With, ast.Match)
# Calls that only prepare: a module made of these and definitions shows nothing by itself.
_PREPARES = {"sys", "os", "warnings", "logging", "logger", "load_dotenv", "basicConfig", "site"}


def acts(tree: ast.Module) -> bool:
    """Whether executing the module does something: a call, a displayed name, a ``with`` block.

    A bare string may be displayed by Streamlit too, but is far more often code put out of use.
    """
    aliases = _streamlit_names(tree)
    stack: list[ast.AST] = list(tree.body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.With) and any(
            _root_name(item.context_expr) in aliases for item in node.items
        ):
            return True
        if isinstance(node, (*_BLOCKS, ast.ExceptHandler, ast.match_case)):
            stack.extend(ast.iter_child_nodes(node))
        elif isinstance(node, ast.Expr):
            if _shows(node.value):
                return True
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and _shown_by(node.value, aliases):
            return True
    return False


def _streamlit_names(tree: ast.Module) -> set[str]:
    names = {"st"}
    for node in tree.body:
        if isinstance(node, ast.Import):
            names.update(a.asname or "streamlit" for a in node.names if a.name == "streamlit")
        elif isinstance(node, ast.ImportFrom) and node.module == "streamlit":
            names.update(alias.asname or alias.name for alias in node.names)
    return names


def _shows(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return _root_name(value) not in _PREPARES
    return not isinstance(value, ast.Constant)


def _shown_by(value: ast.expr | None, aliases: set[str]) -> bool:
    return isinstance(value, ast.Call) and _root_name(value) in aliases


def _root_name(node: ast.expr) -> str:
    while isinstance(node, (ast.Call, ast.Attribute, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def page_paths(tree: ast.Module) -> Iterator[str]:
    """The literals ending in ``.py`` of a file that runs others.

    All of its literals, not only those in the calls: tables of pages are common, and a literal
    counts only if a file of that name is there.
    """
    literals: dict[str, None] = {}
    runs = False
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            runs = runs or _called(node) in _RUNNERS
        elif isinstance(node, ast.Constant) and _is_python_path(node.value):
            literals[node.value] = None
    return iter(literals if runs else ())


def _is_python_path(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value.endswith(".py") and not {"\n", "\0"} & {*value}


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def path_entries(tree: ast.Module) -> Iterator[str]:
    """The relative folders in ``sys.path.append`` and the like, the parts of a join together."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and _changes_path(node.func)):
            continue
        parts = [
            part.value
            for argument in node.args
            for part in ast.walk(argument)
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        if parts and "\0" not in "".join(parts):
            yield "/".join(parts)


def _changes_path(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in {"append", "insert", "extend"}
        and isinstance(function.value, ast.Attribute)
        and function.value.attr == "path"
        and _root_name(function) == "sys"
    )
