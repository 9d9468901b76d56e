"""Whether a cache can go from a function: it only gives a session, which is cheap to get again."""

from __future__ import annotations

import ast

from sis_codemods.session.fallback_shape import fallback_of
from sis_codemods.session.left_to_fallback import (
    asks_for_active_session,
    is_bare_builder,
)
from sis_codemods.session.own_classes import called, classes
from sis_codemods.session.repeatable import does_more
from sis_codemods.session.values import STATE_KEY, connection_of, is_session_maker, session_of
from sis_migrate.python.definitions import Function
from sis_migrate.python.module import Module

_OF_CACHE = frozenset({"cache_clear", "cache_info", "cache_parameters", "clear", "__wrapped__"})


def only_gives(module: Module, node: Function, *, collapsed: bool = False) -> bool:
    """Whether a function gets its session and returns it, or is the accessor that SIS101 writes.

    ``collapsed``: with each fallback as SIS102 leaves it.
    """
    if f'"{STATE_KEY}"' in module.source.segment(node):
        return True
    return all(_harmless(module, s, collapsed) for s in node.body)


def _harmless(module: Module, statement: ast.stmt, collapsed: bool) -> bool:
    match statement:
        case ast.Try(body=body, handlers=handlers, orelse=[], finalbody=[]):
            gone = collapsed and _collapses(module, statement)
            others = [] if gone else [s for h in handlers for s in h.body]
            return all(_harmless(module, s, collapsed) for s in [*body, *others])
        case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Return(value=ast.expr() as value) | ast.Assign(targets=[ast.Name()], value=value):
            return isinstance(value, ast.Name) or _gets(module, value)
    return False


def _gets(module: Module, value: ast.expr) -> bool:
    if isinstance(value, ast.Constant) or connection_of(module, value):
        return True
    if isinstance(value, ast.Call) and _logs_in(module, value):
        return False  # a login with credentials of its own is worth keeping
    if isinstance(value, ast.Call) and any(
        does_more(home, function, logins=False) for home, function in called(module, value.func)
    ):
        return False
    if isinstance(value, ast.Attribute) and classes(module, value.value):
        return False  # nor is what making an object of the app's own does
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return _gets(module, value.func.value) or session_of(module, value)
    return isinstance(value, ast.Name) or session_of(module, value)


def logins_go(module: Module, function: Function) -> bool:
    """Whether SIS102 removes the logins of a function, and of those it calls, as fallbacks."""
    work, seen = [(module, function)], {function}
    while work:
        home, current = work.pop()
        for node in ast.walk(current):
            if not isinstance(node, ast.Call):
                continue
            if _logs_in(home, node):
                tries = [a for a in home.names.ancestors(node) if isinstance(a, ast.Try)]
                if not any(_collapses(home, t) and node not in _inside(t.body) for t in tries):
                    return False
            for other, inner in called(home, node.func):
                if inner not in seen:
                    seen.add(inner)
                    work.append((other, inner))
    return True


def _logs_in(module: Module, call: ast.Call) -> bool:
    """``Session.builder`` with credentials: without, SIS103 takes it for the active session."""
    return is_session_maker(module, call) and not is_bare_builder(module, call)


def _inside(block: list[ast.stmt]) -> set[ast.AST]:
    return {node for statement in block for node in ast.walk(statement)}


def _collapses(module: Module, statement: ast.Try) -> bool:
    if not module.settings.takes("SIS102"):
        return False
    return fallback_of(module, statement, asks_for_active_session) is not None


def use_of_cache(module: Module, node: Function) -> str:
    """A place that asks the cache itself (``get_session.cache_clear()``); "" where none does."""
    for other in module.project.modules.values():
        for use in other.source.nodes(ast.Attribute):
            named = getattr(use.value, "id", "") or getattr(use.value, "attr", "")
            if use.attr in _OF_CACHE and named == node.name:
                return f"{other.path.name}:{use.lineno}"
    return ""
