"""Which functions are cached, by Streamlit or by Python itself."""

from __future__ import annotations

import ast
import re

from sis_migrate.python.definitions import Function
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module

DATA = frozenset({"streamlit.cache_data", "streamlit.experimental_memo"})
RESOURCE = frozenset({"streamlit.cache_resource", "streamlit.experimental_singleton"})
PROCESS = frozenset({"functools.lru_cache", "functools.cache"})
"""Caches of Python's own: in an imported file they last as long as the process, for all viewers."""
_EITHER = frozenset({"streamlit.cache"})
_EXPIRY = 4 * 3600
"""Seconds that a connection lives on when nobody uses it."""
_DURATION = re.compile(r"(\d+) ?(s|sec|seconds?|m|min|minutes?|h|hr|hours?)")
_UNITS = {"s": 1, "m": 60, "h": 3600}


def cache_decorator(module: Module, function: Function) -> ast.expr | None:
    """The decorator that caches a function, if any."""
    for decorator in function.decorator_list:
        if _name(module, decorator) in DATA | RESOURCE | _EITHER:
            return decorator
    return None


def caches_resource(module: Module, decorator: ast.expr) -> bool:
    """Whether a decorator hands the same object to everyone."""
    return _name(module, decorator) in RESOURCE


def in_session_scope(decorator: ast.expr) -> bool:
    """Whether a cache is kept for each viewer (``scope="session"``)."""
    return isinstance(decorator, ast.Call) and any(
        k.arg == "scope" and isinstance(k.value, ast.Constant) and k.value.value == "session"
        for k in decorator.keywords
    )


def lasting_cache(module: Module, function: Function) -> ast.expr | None:
    """The decorator that gives what a function made for the first viewer to all of them, if any."""
    every = function.decorator_list
    return next((d for d in every if is_lasting(module, d, function)), None)


def is_lasting(module: Module, decorator: ast.expr, at: ast.AST) -> bool:
    """Whether a cache lasts as long as the process, for all viewers.

    Not a cache of Python's own in a script, which is made anew with every run.
    """
    name = _name(module, decorator)
    if name in RESOURCE:
        return not in_session_scope(decorator)
    at_top = module.names.scope_of(at).frame is module.names.module_scope
    return name in PROCESS and at_top and module.role in {Role.SHARED, Role.BOTH}


def renews(decorator: ast.expr) -> bool:
    """Whether a cache gives up a connection that has expired: by its ``ttl``, or ``validate``."""
    if not isinstance(decorator, ast.Call):
        return False
    return any(
        k.arg == "validate" or (k.arg == "ttl" and 0 < _seconds(k.value) < _EXPIRY)
        for k in decorator.keywords
    )


def _seconds(ttl: ast.expr) -> float:
    """A literal ``ttl`` (``600``, ``60 * 60``, ``"1h"``); 0 for anything else."""
    match ttl:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _seconds(left) * _seconds(right)
        case ast.Constant(value=str(text)) if found := _DURATION.fullmatch(text.strip()):
            return int(found[1]) * _UNITS[found[2][:1]]
    return 0


def _name(module: Module, decorator: ast.expr) -> str | None:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    return module.resolve(function)
