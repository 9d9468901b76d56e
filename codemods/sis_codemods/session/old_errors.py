"""Handlers for the errors of ``get_active_session()``, which ``st.connection`` does not raise."""

from __future__ import annotations

import ast

from sis_migrate.python.module import Module

_OLD_ERRORS = frozenset(
    f"snowflake.snowpark.exceptions.{name}"
    for name in ("SnowparkSessionException", "SnowparkClientException")
)
_BROAD = frozenset({"?", "builtins.Exception", "builtins.BaseException"})


def catches_only_old(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether a handler catches only errors that Snowpark's own function raises."""
    names = _named(module, handler)
    return bool(names & _OLD_ERRORS) and names <= {*_OLD_ERRORS, "builtins.ImportError"}


def waits_in_vain(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether a handler was there for the old call's errors and catches none of the new one's.

    One that only raises the error again is missed by nobody.
    """
    first = handler.body[0]
    names = _named(module, handler)
    return (
        bool(names & _OLD_ERRORS)
        and not any(_is_new(name) for name in names)
        and not (isinstance(first, ast.Raise) and first.exc is None)
    )


def _is_new(name: str) -> bool:
    """Whether an error may be one that st.connection raises."""
    return name in _BROAD or name.startswith(("streamlit.", "snowflake.connector."))


def _named(module: Module, handler: ast.ExceptHandler) -> frozenset[str]:
    """The errors that a handler names, "?" for what is not known."""
    if handler.type is None:
        return frozenset({"builtins.BaseException"})
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return frozenset(module.resolve(t) or "?" for t in types)
