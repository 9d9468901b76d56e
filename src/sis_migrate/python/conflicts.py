"""Which changes touch what an earlier one touches, so that they have to wait for the next round."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sis_migrate.python.edits import PythonChange

if TYPE_CHECKING:
    from sis_migrate.python.module import Module


def conflicts(module: Module, changes: Sequence[PythonChange]) -> dict[int, int]:
    """The changes that touch what an earlier one touches, with the index of that one."""
    claimed: dict[ast.AST, tuple[bool, int]] = {}
    around: dict[ast.AST, int] = {}
    deferred: dict[int, int] = {}
    for index, change in enumerate(changes):
        wanted = _touched(change)
        earlier = [_earlier(module, node, opaque, claimed, around) for node, opaque in wanted]
        first = next((e for e in earlier if e is not None), None)
        if first is not None:
            deferred[index] = first
            continue
        for node, opaque in wanted:
            claimed[node] = opaque, index
            around.update(dict.fromkeys(module.names.ancestors(node), index))
    return deferred


def _touched(change: PythonChange) -> list[tuple[ast.AST, bool]]:
    """The nodes of a change, and whether another change inside of them is out of the question."""
    whole = [*change.removals, *(t.statement for t in change.transformations)]
    whole += [added.statement for added in change.lines if not added.after]
    return [*((n.node, n.opaque) for n in change.nodes), *((s, True) for s in whole)]


def _earlier(
    module: Module,
    node: ast.AST,
    opaque: bool,
    claimed: Mapping[ast.AST, tuple[bool, int]],
    around: Mapping[ast.AST, int],
) -> int | None:
    if node in claimed:
        return claimed[node][1]
    if opaque and node in around:
        return around[node]
    if not claimed:
        return None
    above = (claimed[a] for a in module.names.ancestors(node) if a in claimed)
    return next((index for covers, index in above if covers), None)
