"""What an app does with the dictionary of ``experimental_get_query_params()``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from sis_migrate.python.module import Module
from sis_migrate.python.names import BindingKind


@dataclass(frozen=True, slots=True)
class _FirstValue:
    """``params["page"][0]`` or ``params.get("page", ["home"])[0]``.

    ``owner`` is the dictionary in it, ``key`` the rest of the text up to the list's first value.
    """

    node: ast.expr
    owner: ast.expr
    key: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A call all of whose uses ask for names, and for first values."""

    call: ast.Call
    first_values: tuple[_FirstValue, ...]

    def texts(self, query_params: str) -> Iterator[tuple[ast.expr, str]]:
        """Each expression to replace, and by what; the call is the first, or is in the first."""
        own = [v for v in self.first_values if v.owner is self.call]
        if not own:
            yield self.call, query_params
        for value in self.first_values:
            owner = query_params if value.owner is self.call else ast.unparse(value.owner)
            yield value.node, f"{owner}{value.key}"


def reading(module: Module, call: ast.Call) -> Reading | None:
    """How the result of a call is read; None where more is done with it than that."""
    parents = module.names.parents
    parent = parents[call]
    if not isinstance(parent, (ast.Assign, ast.AnnAssign)):
        value = _first_value(module, call)
        asked = _is_asked(module, call)
        return Reading(call, (value,) if value else ()) if value or asked else None
    targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
    if len(targets) != 1 or not isinstance(targets[0], ast.Name):
        return None
    scope = module.names.scope_of(targets[0])
    found = scope.bindings.get(targets[0].id, [])
    if len(found) != 1 or found[0].kind is not BindingKind.ASSIGN:
        return None
    if module.project.importers_of(found[0], module.path):
        return None
    values = []
    for use in module.names.references(found[0]):
        value = _first_value(module, use)
        if value is not None:
            values.append(value)
        elif not _is_asked(module, use):
            return None
    return Reading(call, tuple(values))


def _is_asked(module: Module, node: ast.expr) -> bool:
    """``"page" in params``."""
    parent = module.names.parents[node]
    return (
        isinstance(parent, ast.Compare)
        and parent.comparators == [node]
        and isinstance(parent.ops[0], (ast.In, ast.NotIn))
    )


def _first_value(module: Module, node: ast.expr) -> _FirstValue | None:
    item = module.names.parents[node]
    if isinstance(item, ast.Subscript) and item.value is node:
        if not isinstance(item.ctx, ast.Load):
            return None
        key = f"[{module.source.segment(item.slice)}]"
        return _of_list(module, item, node, key)
    if not isinstance(item, ast.Attribute) or item.attr != "get":
        return None
    call = module.names.parents[item]
    if not isinstance(call, ast.Call) or call.func is not item or call.keywords:
        return None
    match call.args:
        case [name, ast.List(elts=[default])] if not isinstance(default, ast.Starred):
            texts = (module.source.segment(name), module.source.segment(default))
            return _of_list(module, call, node, f".get({', '.join(texts)})")
    return None


def _of_list(module: Module, values: ast.expr, owner: ast.expr, key: str) -> _FirstValue | None:
    """The first value that is taken out of a list, if that is all that is done with it."""
    parent = module.names.parents[values]
    first = (
        isinstance(parent, ast.Subscript)
        and parent.value is values
        and isinstance(parent.ctx, ast.Load)
        and isinstance(parent.slice, ast.Constant)
        and parent.slice.value == 0
    )
    return _FirstValue(parent, owner, key) if first and isinstance(parent, ast.expr) else None
