"""The nodes of a file, walked once for all who ask."""

from __future__ import annotations

import ast

from sis_migrate.python.module import Module


def nodes(module: Module) -> tuple[ast.AST, ...]:
    """Every node of a file, in the order of ``ast.walk``."""
    return module.once(_nodes)


def _nodes(module: Module) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(module.source.tree))
