"""What the ``try`` statements around a place do with its errors."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from sis_migrate.python.module import Module

IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})
_BROAD = frozenset({"Exception", "BaseException", ""})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def caught(module: Module, handler: ast.ExceptHandler) -> frozenset[str]:
    """The built-in errors that a handler names; "" for a bare ``except``, "?" for others."""
    if handler.type is None:
        return frozenset({""})
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = [module.resolve(t) or "?" for t in types]
    return frozenset(n.removeprefix("builtins.") if "." in n else "?" for n in names)


def is_broad(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether a handler catches every error."""
    return bool(caught(module, handler) & _BROAD)


def around(module: Module, node: ast.AST) -> Iterator[ast.Try]:
    """The ``try`` statements of the same function whose body ``node`` is in, innermost first."""
    child = node
    for ancestor in module.names.ancestors(node):
        if isinstance(ancestor, _FUNCTIONS):
            return
        if isinstance(ancestor, ast.Try) and child in ancestor.body:
            yield ancestor
        child = ancestor


def unhandled(module: Module, node: ast.AST, errors: Collection[str]) -> bool:
    """Whether handlers around ``node`` mean to catch its failure, but none catches ``errors``."""
    handlers = [handler for t in around(module, node) for handler in t.handlers]
    names = frozenset().union(*(caught(module, handler) for handler in handlers))
    return bool(names - IMPORT_ERRORS) and not names & (_BROAD | set(errors))
