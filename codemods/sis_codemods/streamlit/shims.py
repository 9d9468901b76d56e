"""Code that already works with several releases of Streamlit: which of them reach a place.

``if hasattr(st, "rerun"): … else: …``, ``getattr`` with something to fall back on, and comparisons of
versions are worked out for each release that the run aims at; ``try`` with a fallback is recognised
by what its two sides use.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.private.tries import caught, is_broad
from sis_codemods.streamlit.api import Api
from sis_codemods.streamlit.api_names import CONTAINER, MODULE
from sis_codemods.streamlit.evaluation import truth
from sis_codemods.streamlit.facts import Version
from sis_codemods.streamlit.receivers import streamlit_name
from sis_codemods.streamlit.target import releases
from sis_migrate.python.module import Module

_MISSING = frozenset({"AttributeError", "ImportError", "ModuleNotFoundError", "TypeError"})
_BLOCKS = ("body", "orelse", "finalbody")


def reached(module: Module, node: ast.AST) -> tuple[Version, ...]:
    """The releases that the run aims at under which a place can be reached."""
    aimed = releases(module.settings.streamlit)
    conditions = list(_conditions(module, node))
    return tuple(v for v in aimed if all(_may_hold(module, t, w, v) for t, w in conditions))


def has_fallback(module: Module, node: ast.AST, name: str) -> bool:
    """Whether a ``try`` around a use of ``name`` has its successor, or itself, on the other side."""
    child = node
    for ancestor in module.names.ancestors(node):
        if isinstance(ancestor, (ast.Try, ast.TryStar)):
            others = list(_other_sides(module, ancestor, child))
            if any(_is_alternative(module, other, node, name) for other in others):
                return True
        child = ancestor
    return False


def uses(module: Module, nodes: Iterator[ast.AST], name: str) -> bool:
    """Whether ``name``, or something below or above it, is used in some code."""
    for node in nodes:
        if isinstance(node, (ast.Name, ast.Attribute)):
            found = streamlit_name(module, node)
            if found is not None and _related(found.name, name):
                return True
        elif isinstance(node, ast.ImportFrom) and any(
            _related(f"{node.module}.{alias.name}", name) for alias in node.names
        ):
            return True
    return False


def _conditions(module: Module, node: ast.AST) -> Iterator[tuple[ast.expr, bool]]:
    """The tests that must have come out so that a place is reached."""
    child = node
    for ancestor in module.names.ancestors(node):
        match ancestor:
            case ast.If() | ast.While():
                if child is not ancestor.test:
                    yield ancestor.test, child in ancestor.body
            case ast.IfExp() if child is not ancestor.test:
                yield ancestor.test, child is ancestor.body
            case ast.BoolOp():
                wanted = isinstance(ancestor.op, ast.And)
                before = ancestor.values[: ancestor.values.index(child)]  # type: ignore[arg-type]
                yield from ((value, wanted) for value in before)
        if isinstance(child, ast.stmt):
            yield from _left_before(ancestor, child)
        child = ancestor


def _left_before(parent: ast.AST, statement: ast.stmt) -> Iterator[tuple[ast.expr, bool]]:
    """The tests whose one side leaves the block before it comes to ``statement``."""
    for field in _BLOCKS:
        block = getattr(parent, field, None)
        if not isinstance(block, list) or statement not in block:
            continue
        for earlier in block[: block.index(statement)]:
            if isinstance(earlier, ast.If):
                if _leaves(earlier.body):
                    yield earlier.test, False
                elif earlier.orelse and _leaves(earlier.orelse):
                    yield earlier.test, True


def _leaves(block: list[ast.stmt]) -> bool:
    return isinstance(block[-1], (ast.Return, ast.Raise, ast.Continue, ast.Break))


def _may_hold(module: Module, test: ast.expr, wanted: bool, version: Version) -> bool:
    found = truth(module, test, version)
    return found is None or found is wanted


def _other_sides(
    module: Module, statement: ast.Try | ast.TryStar, child: ast.AST
) -> Iterator[ast.AST]:
    handlers = [
        h
        for h in statement.handlers
        if is_broad(module, h) or caught(module, h) & _MISSING
    ]  # fmt: skip
    if child in statement.body:
        yield from handlers
    elif child in handlers:
        yield from statement.body


def _is_alternative(module: Module, other: ast.AST, node: ast.AST, name: str) -> bool:
    successor = Api.load().successor(name)
    wanted = {name, *([successor.new] if successor and successor.new else [])}
    nodes = [n for n in ast.walk(other) if n is not node]
    return any(uses(module, iter(nodes), each) for each in wanted)


def _related(one: str, other: str) -> bool:
    one, other = (n.replace(f"{CONTAINER}.", f"{MODULE}.") for n in (one, other))
    if MODULE in (one, other):
        return False
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")
