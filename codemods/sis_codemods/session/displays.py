"""What is in the dicts, lists and tuples that an app writes down."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.session.own_classes import Value, attribute_values, classes
from sis_migrate.python.definitions import bindings
from sis_migrate.python.module import Module
from sis_migrate.python.names import Binding


def item_values(module: Module, item: ast.Subscript) -> list[Value]:
    """What the app puts where an item with a constant key is read: in the display, or later."""
    if not isinstance(item.slice, ast.Constant):
        return []
    return [*_displayed(module, item, item.slice), *_stored(module, item, item.slice)]


def is_whole(module: Module, item: ast.Subscript) -> bool:
    """Whether :func:`item_values` tells everything: the container is only used item by item."""
    if not isinstance(item.value, ast.Name):
        return False
    return all(
        home is module and not _importers(module, binding) and _only_items(module, binding)
        for home, binding in bindings(module, item.value)
    )


def unpacked(module: Module, binding: Binding) -> ast.expr | None:
    """What ``a, b = x, y`` gives to one of its names; None for any other binding."""
    names = module.names.parents.get(binding.node)
    match module.names.parents.get(names) if names else None:
        case ast.Assign(targets=targets, value=ast.Tuple(elts=values) | ast.List(elts=values)):
            if names in targets and isinstance(names, (ast.Tuple, ast.List)):
                return _same_place(names.elts, values, binding.node)
    return None


def _same_place(names: list[ast.expr], values: list[ast.expr], node: ast.AST) -> ast.expr | None:
    if len(names) != len(values) or any(isinstance(e, ast.Starred) for e in [*names, *values]):
        return None
    return next((value for name, value in zip(names, values, strict=True) if name is node), None)


def _displayed(module: Module, item: ast.Subscript, key: ast.Constant) -> Iterator[Value]:
    for home, display in _containers(module, item.value):
        match display:
            case ast.Dict(keys=keys, values=values):
                for known, value in zip(keys, values, strict=True):
                    if isinstance(known, ast.Constant) and known.value == key.value:
                        yield home, value
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                starred = any(isinstance(part, ast.Starred) for part in parts)
                if isinstance(key.value, int) and key.value < len(parts) and not starred:
                    yield home, parts[key.value]


def _containers(module: Module, expr: ast.expr) -> Iterator[Value]:
    for home, binding in bindings(module, expr):
        if binding.value is not None:
            yield home, binding.value
    if isinstance(expr, ast.Attribute):
        yield from attribute_values(module, expr)


def _stored(module: Module, item: ast.Subscript, key: ast.Constant) -> Iterator[Value]:
    """``container[key] = …`` with the same container, in any file."""
    for other in module.project.modules.values():
        for target, value in other.stores.get(str(key.value), ()):
            match target:
                case ast.Subscript(value=container, slice=ast.Constant(value=known)):
                    same = known == key.value and _is_same(other, container, module, item.value)
                    if same and target is not item:
                        yield other, value


def _is_same(one: Module, first: ast.expr, other: Module, second: ast.expr) -> bool:
    """Whether two expressions may stand for the same container: by a name, or in an object."""
    if {b for _, b in bindings(one, first)} & {b for _, b in bindings(other, second)}:
        return True
    match first, second:
        case ast.Attribute(attr=name, value=owner), ast.Attribute(attr=again, value=owner_too):
            return name == again and bool(
                {c for _, c in classes(one, owner)} & {c for _, c in classes(other, owner_too)}
            )
    return False


def _importers(module: Module, binding: Binding) -> bool:
    at_top = binding.scope is module.names.module_scope
    return at_top and bool(module.project.importers_of(binding, module.path))


def _only_items(module: Module, binding: Binding) -> bool:
    """Whether every use reads or sets an item with a constant key."""
    if not isinstance(binding.value, (ast.Dict, ast.List, ast.Tuple)):
        return False
    if isinstance(binding.value, ast.Dict) and None in binding.value.keys:
        return False  # {**others}
    return all(
        isinstance(parent := module.names.parents.get(use), ast.Subscript)
        and parent.value is use
        and isinstance(parent.slice, ast.Constant)
        for use in module.names.references(binding)
    )
