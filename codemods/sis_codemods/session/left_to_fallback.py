"""Code of a handler that goes when SIS102 collapses the ``try`` around the session."""

from __future__ import annotations

import ast

from sis_codemods.session.fallback_shape import fallback_of
from sis_codemods.session.values import GET_ACTIVE_SESSION, is_session_maker
from sis_migrate.python.module import Module


def asks_for_active_session(module: Module, call: ast.Call) -> bool:
    """``get_active_session()``, or ``Session.builder`` with nothing to connect with."""
    if GET_ACTIVE_SESSION in module.names.possible(call.func):
        return True
    return is_bare_builder(module, call)


def is_bare_builder(module: Module, call: ast.Call) -> bool:
    """``Session.builder.getOrCreate()`` or ``.create()``, given nothing to connect with."""
    return (
        isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Attribute)
        and not call.args
        and not call.keywords
        and is_session_maker(module, call)
    )


def is_left_to_fallback(module: Module, call: ast.Call) -> bool:
    """Whether a call is in a handler that SIS102 removes, of a ``try`` around the new call."""
    if not module.settings.takes("SIS102"):
        return False
    return any(fallback_of(module, a) is not None for a in _handling(module, call))


def goes_with_fallback(module: Module, node: ast.AST) -> bool:
    """Whether ``node`` is in such a handler, be it of a ``try`` whose call is exchanged first."""
    if not (module.settings.takes("SIS101") and module.settings.takes("SIS102")):
        return False
    return any(
        fallback_of(module, a, asks_for_active_session) is not None for a in _handling(module, node)
    )


def _handling(module: Module, node: ast.AST) -> list[ast.Try]:
    """The ``try`` statements in whose handlers a node is."""
    around = [node, *module.names.ancestors(node)]
    return [a for a in around if isinstance(a, ast.Try) and not set(around) & {*a.body}]
