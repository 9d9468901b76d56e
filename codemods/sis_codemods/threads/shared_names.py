"""Every place where a viewer's run changes a name of an imported module, or an attribute of a class."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sis_codemods.threads.reached import bound, runs_for_viewers
from sis_migrate.python.definitions import Function, bindings
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module, Project
from sis_migrate.python.names import Binding, BindingKind

_METHODS = frozenset(
    {
        "add", "append", "appendleft", "clear", "discard", "extend", "extendleft", "insert", "pop",
        "popitem", "popleft", "remove", "reverse", "rotate", "setdefault", "sort", "subtract",
        "update",
    }
)  # fmt: skip
_MAKERS = frozenset(
    {
        "builtins.bytearray", "builtins.dict", "builtins.list", "builtins.set",
        "cachetools.LRUCache", "cachetools.TTLCache", "collections.Counter",
        "collections.OrderedDict", "collections.defaultdict", "collections.deque",
    }
)  # fmt: skip
_LITERALS = (ast.Dict, ast.DictComp, ast.List, ast.ListComp, ast.Set, ast.SetComp)
_PER_THREAD = ("threading.local", "contextvars.", "logging.", "warnings.", "streamlit.")
_OWN_COPY = ("BaseModel", "BaseSettings", "Enum", "NamedTuple", "Protocol", "TypedDict")
"""Bases whose classes copy what their bodies assign into each instance, or do not let it change."""


class How(StrEnum):
    """How a name is changed."""

    ASSIGNED = "assigned"
    ITEM = "item"
    METHOD = "method"
    ATTRIBUTE = "attribute"


@dataclass(frozen=True, slots=True)
class Owner:
    """A name of an imported module; ``Class.name`` for an attribute of a class.

    ``node`` is what defines it, None where only the changes do; ``value`` what it is at first.
    """

    module: Module
    name: str
    node: ast.AST | None
    value: ast.expr | None


@dataclass(frozen=True, slots=True)
class Change:
    """One place that changes an owner; ``value`` is what it assigns, ``key`` the item it assigns to."""

    owner: Owner
    module: Module
    node: ast.AST
    how: How
    value: ast.expr | None = None
    key: ast.expr | None = None
    method: str = ""


def changes(project: Project) -> list[list[Change]]:
    """The changes in viewers' runs, those of one name together, in the order of files and lines."""
    return project.once(_changes)


def is_container(module: Module, value: ast.expr | None) -> bool:
    """Whether a value is a list, a dict, a set or the like."""
    if isinstance(value, ast.Call):
        return module.resolve(value.func) in _MAKERS
    return isinstance(value, _LITERALS)


def _changes(project: Project) -> list[list[Change]]:
    found: dict[tuple[object, str], list[Change]] = {}
    for module in project.modules.values():
        if module.role is Role.UNREACHED:
            continue
        for change in _in_module(module):
            home = change.owner.module
            if home.role in {Role.SHARED, Role.BOTH} and runs_for_viewers(module, change.node):
                found.setdefault((home.path, change.owner.name), []).append(change)
    return [found[key] for key in sorted(found, key=str)]


def _in_module(module: Module) -> Iterator[Change]:
    yield from _assigned(module)
    for target, value, node in _targets(module):
        for owner in _owners(module, target):
            is_item = isinstance(target, ast.Subscript)
            key = target.slice if isinstance(target, ast.Subscript) else None
            yield Change(owner, module, node, How.ITEM if is_item else How.ATTRIBUTE, value, key)
    for call in module.source.nodes(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS:
            for owner in _owners(module, call.func):
                if is_container(owner.module, owner.value):
                    value = call.args[0] if call.args else None
                    yield Change(owner, module, call, How.METHOD, value, None, call.func.attr)


def _assigned(module: Module) -> Iterator[Change]:
    """``global name`` and an assignment to it in a function."""
    scope = module.names.module_scope
    for name, every in scope.bindings.items():
        first = every[0]
        for binding in every:
            if binding.kind not in {BindingKind.ASSIGN, BindingKind.OTHER}:
                continue
            if module.names.scope_of(binding.node).frame is not scope:
                top = module.names.scope_of(first.node).frame is scope
                owner = Owner(module, name, first.node if top else None, first.value)
                yield Change(owner, module, binding.node, How.ASSIGNED, _value(module, binding))


def _value(module: Module, binding: Binding) -> ast.expr | None:
    statement = module.names.statement(binding.node)
    return statement.value if isinstance(statement, ast.AugAssign) else binding.value


def _targets(
    module: Module,
) -> Iterator[tuple[ast.Subscript | ast.Attribute, ast.expr | None, ast.AST]]:
    """Items and attributes that a file assigns, with the value, or deletes."""
    targets: list[ast.Subscript | ast.Attribute] = [*module.source.nodes(ast.Subscript)]
    targets += module.source.nodes(ast.Attribute)
    for node in targets:
        if isinstance(node.ctx, (ast.Store, ast.Del)):
            parent = module.names.parents[node]
            value = getattr(parent, "value", None) if isinstance(node.ctx, ast.Store) else None
            yield node, value if isinstance(value, ast.expr) else None, node


def _owners(module: Module, target: ast.Subscript | ast.Attribute) -> Iterator[Owner]:
    """The shared names that a change of ``target`` changes, however deep inside of them."""
    chain: list[ast.expr] = [target]
    while isinstance(chain[-1], (ast.Attribute, ast.Subscript)):
        chain.append(chain[-1].value)
    base = chain[-1]
    if not isinstance(base, ast.Name):
        return
    outer = chain[-2]
    first = outer.attr if isinstance(outer, ast.Attribute) else ""
    yield from _of_class(module, base, first, is_whole=outer is target)
    known = [b for b in bound(module, base) if b[1].scope is b[0].names.module_scope]
    for home, binding in known:
        if isinstance(binding.node, ast.ClassDef):
            yield from _attribute(home, binding.node, first, only_bare=False)
        elif isinstance(binding.node, Function):
            yield Owner(home, f"{binding.name}.{first}", binding.node, None)
        elif not _is_kept_apart(home, binding):
            yield Owner(home, binding.name, binding.node, binding.value)
        return
    if isinstance(outer, ast.Attribute):
        yield from _of_module(module, base, outer)


def _of_module(module: Module, base: ast.Name, outer: ast.Attribute) -> Iterator[Owner]:
    """``config.name = …``, ``config.name[…] = …`` with a module of the app."""
    if isinstance(outer.ctx, ast.Load):
        for home, binding in bindings(module, outer):
            if not _is_kept_apart(home, binding):
                yield Owner(home, binding.name, binding.node, binding.value)
            return
    for imported in module.names.bindings(base):
        path = imported.target and module.project.graph.locate(imported.target, module.path)
        if path and path in module.project.modules:
            home = module.project.modules[path]
            own = home.names.module_scope.bindings.get(outer.attr)
            node, value = (own[0].node, own[0].value) if own else (None, None)
            yield Owner(home, outer.attr, node, value)


def _of_class(module: Module, base: ast.Name, name: str, *, is_whole: bool) -> Iterator[Owner]:
    """``self.items.append(…)`` where only the class's body assigns ``items``; ``cls.name = …``."""
    for binding in module.names.bindings(base):
        function = binding.scope.node
        owner = module.names.parents.get(function)
        if binding.kind is not BindingKind.PARAMETER or not isinstance(owner, ast.ClassDef):
            continue
        if not isinstance(function, Function) or not name:
            continue
        every = [*function.args.posonlyargs, *function.args.args]
        if not every or every[0] is not binding.node:
            continue
        if owner in module.project.once(_single) and function.name not in {"__init__", "__new__"}:
            yield Owner(module, f"{owner.name}.{name}", owner, _initial(module, owner, name))
            continue
        if _is_class_method(module, function):
            yield from _attribute(module, owner, name, only_bare=False)
        elif not is_whole:
            yield from _attribute(module, owner, name, only_bare=True)


def _single(project: Project) -> frozenset[ast.AST]:
    """The classes of which viewers share one instance: made at the top of an imported module, or
    kept by ``__new__``."""
    found: set[ast.AST] = set()
    for module in project.modules.values():
        if module.role not in {Role.SHARED, Role.BOTH}:
            continue
        for bound_here in module.names.module_scope.bindings.values():
            for binding in bound_here:
                if isinstance(binding.value, ast.Call) and _at_top(module, binding):
                    found |= {b.node for _, b in bindings(module, binding.value.func)}
        for owner in module.source.nodes(ast.ClassDef):
            if any(isinstance(s, Function) and _keeps_instance(s) for s in owner.body):
                found.add(owner)
    return frozenset(node for node in found if isinstance(node, ast.ClassDef))


def _at_top(module: Module, binding: Binding) -> bool:
    return module.names.scope_of(binding.node).frame is module.names.module_scope


def _keeps_instance(function: Function) -> bool:
    return function.name == "__new__" and any(
        isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        for node in ast.walk(function)
    )


def _initial(module: Module, owner: ast.ClassDef, name: str) -> ast.expr | None:
    """What the methods of a class first assign to an attribute."""
    for target, value in module.stores.get(name, ()):
        if isinstance(target, ast.Attribute) and owner in module.names.ancestors(target):
            return value
    return None


def _is_class_method(module: Module, function: Function) -> bool:
    return function.name == "__new__" or any(
        module.resolve(d) == "builtins.classmethod" for d in function.decorator_list
    )


def _attribute(
    module: Module, owner: ast.ClassDef, name: str, *, only_bare: bool
) -> Iterator[Owner]:
    """An attribute of a class; ``only_bare``: unless its instances have one of their own."""
    bases = [module.source.segment(base).rpartition(".")[2] for base in owner.bases]
    if any(base.endswith(_OWN_COPY) for base in bases) or owner.decorator_list or not name:
        return
    if only_bare and any(
        isinstance(target, ast.Attribute) and owner in module.names.ancestors(target)
        for target, _ in module.stores.get(name, ())
    ):
        return
    for statement in owner.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=found)], value=value)
                | ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value)
            ) if found == name:
                yield Owner(module, f"{owner.name}.{name}", statement, value)


def _is_kept_apart(module: Module, binding: Binding) -> bool:
    """Whether a name holds what is no viewer's to change for others, or has a codemod of its own."""
    value = binding.value
    if isinstance(value, ast.Call):
        name = module.resolve(value.func) or ""
    else:
        name = "" if value is None else module.resolve(value) or ""
    return binding.kind is BindingKind.IMPORT or name.startswith(_PER_THREAD)
