"""Which functions run for a viewer, and not only while a shared module is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.session.calls import callees
from sis_migrate.python.definitions import Function, bindings, exported, functions
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module, Project
from sis_migrate.python.names import Binding

_CONTAINERS = (ast.Dict, ast.List, ast.Tuple, ast.Set, ast.Lambda)

_Place = tuple[Module, ast.AST]


def runs_for_viewers(module: Module, node: ast.AST) -> bool:
    """Whether a node of a file runs in a viewer's run of a script: in one, or in what it reaches.

    False for the top of an imported module, and for functions that only it uses (a decorator that
    fills a registry): they run once, whoever comes first.
    """
    function = outermost(module, node)
    if function is None:
        return module.role in {Role.SCRIPT, Role.BOTH}
    return function in module.project.once(_reached)


def outermost(module: Module, node: ast.AST) -> ast.AST | None:
    """The outermost function around a node, a lambda included; None at the top of the file."""
    found: ast.AST | None = None
    for around in module.names.ancestors(node):
        if isinstance(around, (Function, ast.Lambda)):
            found = around
    return found


def _reached(project: Project) -> frozenset[ast.AST]:
    """The outermost functions that scripts reach by name, called or only handed on."""
    found: set[ast.AST] = set()
    started: set[ast.AST] = set()
    methods: set[str] = set()
    work: list[_Place] = [
        (module, module.source.tree)
        for module in project.modules.values()
        if module.role in {Role.SCRIPT, Role.BOTH}
    ]
    while work:
        module, start = work.pop()
        if start in started:
            continue
        started.add(start)
        for node in _code(start):
            if isinstance(node, (Function, ast.Lambda)):
                found.add(outermost(module, node) or node)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                work += _named(module, node)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                work += _attribute(module, node, methods)
    return frozenset(found)


def _code(start: ast.AST) -> Iterator[ast.AST]:
    """What runs with a function's call (its decorators and defaults ran before), or with a file."""
    yield start
    for child in start.body if isinstance(start, Function) else [start]:
        yield from ast.walk(child)


def _attribute(module: Module, node: ast.Attribute, methods: set[str]) -> Iterator[_Place]:
    """The app's functions that ``x.name`` stands for; by its name alone, if nothing tells."""
    for home, binding in bindings(module, node):
        yield from _meant(home, binding)
    known = list(functions(module, node))
    if not known and node.attr not in methods:
        methods.add(node.attr)
        known = callees(module, node)
    for home, function in known:
        yield home, outermost(home, function) or function


def _named(module: Module, name: ast.Name) -> Iterator[_Place]:
    for home, binding in bound(module, name):
        yield from _meant(home, binding)


def _meant(home: Module, binding: Binding) -> Iterator[_Place]:
    """The functions, classes and tables of functions that a binding gives to its name."""
    if isinstance(binding.node, Function):
        yield home, outermost(home, binding.node) or binding.node
    elif isinstance(binding.node, ast.ClassDef):
        chosen = _methods(binding.node, every=home.project.once(_picks_methods))
        yield from ((home, method) for method in chosen)
        yield from ((home, base) for base in binding.node.bases)
    elif isinstance(binding.value, _CONTAINERS):
        yield home, binding.value


def bound(module: Module, name: ast.Name) -> list[tuple[Module, Binding]]:
    """What binds a name, also where it came by ``from … import *``."""
    found = list(bindings(module, name))
    if not module.names.bindings(name):
        for star in module.names.module_scope.stars:
            found += exported(module, f"{star}.{name.id}")
    return found


def _methods(owner: ast.ClassDef, *, every: bool) -> Iterator[Function]:
    """The methods that run without being named, such as ``__init__`` and ``__enter__``, or all."""
    for statement in owner.body:
        if isinstance(statement, Function) and (every or statement.name.startswith("__")):
            yield statement


def _picks_methods(project: Project) -> bool:
    """Whether the app calls methods by names that it works out (``getattr(handler, name)()``)."""
    return any(
        len(call.args) > 1 and not isinstance(call.args[1], ast.Constant)
        for module in project.modules.values()
        for call in module.source.nodes(ast.Call)
        if isinstance(call.func, ast.Name) and call.func.id == "getattr"
    )
