"""Whether a function that gives a session can be called at every use of it instead of once."""

from __future__ import annotations

import ast

from sis_codemods.session.values import connection_of, is_session_maker, session_of
from sis_migrate.python.definitions import Function
from sis_migrate.python.module import Module

_ASKS = frozenset({"builtins.isinstance", "builtins.bool", "builtins.hasattr", "builtins.getattr"})
_RUNS = frozenset({"cursor", "query", "execute", "write_pandas"})
_QUIET = (
    "streamlit.connection", "streamlit.experimental_connection", "streamlit.secrets",
    "streamlit.session_state", "streamlit.error", "streamlit.stop", "streamlit.exception",
)  # fmt: skip
"""What of Streamlit shows nothing, or only what the viewer has to see where there is no session."""


def does_more(module: Module, function: Function, *, logins: bool) -> bool:
    """Whether a function runs or shows something besides getting the session that it returns.

    ``logins``: a session opened with credentials of the code's own is more, too.
    """
    return any(_acts(module, node, logins) for node in ast.walk(function) if node is not function)


def _acts(module: Module, node: ast.AST, logins: bool) -> bool:
    if isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom)):
        return True
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        return session_of(module, node.value)
    return isinstance(node, ast.Call) and _runs(module, node, logins)


def _runs(module: Module, call: ast.Call, logins: bool) -> bool:
    name = module.resolve(call.func) or ""
    if name in _ASKS:
        return False
    if is_session_maker(module, call):
        return logins and bool(call.args or call.keywords or _is_configured(call))
    if name.startswith("streamlit."):
        return not name.startswith(_QUIET)
    if any(session_of(module, a) for a in [*call.args, *(k.value for k in call.keywords)]):
        return True
    if not isinstance(call.func, ast.Attribute):
        return False
    receiver = call.func.value
    if session_of(module, receiver):
        return not session_of(module, call)
    return call.func.attr in _RUNS and connection_of(module, receiver)


def _is_configured(call: ast.Call) -> bool:
    """``Session.builder.configs(…).create()``, not ``Session.builder.create()``."""
    return isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call)
