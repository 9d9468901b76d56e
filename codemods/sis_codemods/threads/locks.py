"""What runs under a lock."""

from __future__ import annotations

import ast
import re

from sis_migrate.python.module import Module

_LOCK = re.compile(r"lock|mutex|semaphore", re.IGNORECASE)


def under_lock(module: Module, node: ast.AST) -> bool:
    """Whether a ``with`` around a node names a lock."""
    return any(
        isinstance(around, (ast.With, ast.AsyncWith))
        and any(_LOCK.search(module.source.segment(i.context_expr)) for i in around.items)
        for around in module.names.ancestors(node)
    )
