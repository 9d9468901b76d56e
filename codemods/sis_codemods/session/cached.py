"""Which functions Streamlit caches."""

from __future__ import annotations

import ast

from sis_migrate.python.definitions import Function
from sis_migrate.python.module import Module

DATA = frozenset({"streamlit.cache_data", "streamlit.experimental_memo"})
RESOURCE = frozenset({"streamlit.cache_resource", "streamlit.experimental_singleton"})
_EITHER = frozenset({"streamlit.cache"})


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


def _name(module: Module, decorator: ast.expr) -> str | None:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    return module.resolve(function)
