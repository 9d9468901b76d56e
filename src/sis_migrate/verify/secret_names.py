"""Which secrets a script names: ``st.secrets["db"]["user"]`` is ``("db", "user")``."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path

Names = tuple[str, ...]
"""A secret's name below those of its sections."""
_OF_SECTIONS = {"get", "items", "keys", "to_dict", "values"}
"""Methods that a section of the secrets has, and a text has not."""


@dataclass(frozen=True, slots=True)
class _Script:
    """What is called (``id`` of the nodes), and the variables that are secrets throughout."""

    called: Set[int]
    variables: Mapping[str, Names] = field(default_factory=dict)


def named(script: Path) -> Iterator[tuple[Names, bool]]:
    """The secrets that a file names with literals, and whether each must be a section."""
    try:
        nodes = list(ast.walk(ast.parse(script.read_bytes())))
        found = list(_named(nodes))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    yield from found


def _named(nodes: list[ast.AST]) -> Iterator[tuple[Names, bool]]:
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    script = _Script(called, _variables(nodes, _Script(called)))
    for node in nodes:
        if not isinstance(node, ast.Name) and (names := _names(node, script)):
            yield names, False
        for value in _sections(node):
            if names := _names(value, script):
                yield names, True
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            name = _text(node.left)
            if name and _names(node.comparators[0], script) == ():
                yield (name,), False


def _variables(nodes: list[ast.AST], script: _Script) -> dict[str, Names]:
    """The variables that are the same secret wherever the file binds them."""
    times = Counter(
        node.id for node in nodes if isinstance(node, ast.Name) and not _is_read(node)
    ) + Counter(node.arg for node in nodes if isinstance(node, ast.arg))
    assigned: dict[str, list[Names | None]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target: ast.expr = node.targets[0]
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)):
            target = node.target
        else:
            continue
        if isinstance(target, ast.Name) and node.value is not None:
            assigned.setdefault(target.id, []).append(_names(node.value, script))
    return {
        name: found[0]
        for name, found in assigned.items()
        if found[0] is not None and set(found) == {found[0]} and len(found) == times[name]
    }


def _is_read(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _names(node: ast.AST, script: _Script) -> Names | None:
    """The secret that an expression is, () for all of them, None for something else.

    A text's method is none: of ``st.secrets["key"].strip()`` the secret is ``key``.
    """
    if isinstance(node, ast.Name):
        return () if node.id == "secrets" else script.variables.get(node.id)
    if isinstance(node, ast.Attribute):
        above = _names(node.value, script)
        if above is None:
            return () if node.attr == "secrets" else None
        method = id(node) in script.called or (above and hasattr(str, node.attr))
        return None if method else (*above, node.attr)
    value, name = _item(node)
    above = _names(value, script) if name else None
    return None if above is None else (*above, name)


def _item(node: ast.AST) -> tuple[ast.AST, str]:
    """The value and the key of ``x["key"]`` and ``x.get("key")``, "" for another node."""
    if isinstance(node, ast.Subscript):
        return node.value, _text(node.slice)
    method = node.func if isinstance(node, ast.Call) and node.args else None
    if isinstance(node, ast.Call) and isinstance(method, ast.Attribute) and method.attr == "get":
        return method.value, _text(node.args[0])
    return node, ""


def _sections(node: ast.AST) -> Iterator[ast.expr]:
    """What a node takes for a section: of methods, ``dict(x)``, ``f(**x)`` and ``{**x}``."""
    if isinstance(node, ast.keyword) and node.arg is None:
        yield node.value
    elif isinstance(node, ast.Dict):
        yield from (value for key, value in zip(node.keys, node.values, strict=True) if key is None)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in _OF_SECTIONS:
            yield node.func.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        yield from node.args


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
