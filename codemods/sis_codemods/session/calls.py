"""Who calls a function of the app's own, and which of its parameters an argument becomes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_migrate.python.definitions import Function, functions, uses
from sis_migrate.python.module import Module
from sis_migrate.python.names import Binding


def callees(module: Module, function: ast.expr) -> list[tuple[Module, Function]]:
    """The app's own functions that a call's function may be, methods also by their name alone."""
    return list(functions(module, function)) or list(_methods(module, function))


def callers(module: Module, function: Function) -> Iterator[tuple[Module, ast.Call]]:
    """The calls of a function in the app, those of methods by their name."""
    parents = module.names.parents
    if isinstance(parents.get(function), ast.ClassDef):
        for other in module.project.modules.values():
            for call in other.once(_calls_by_name).get(function.name, ()):
                if isinstance(call.func, ast.Attribute):
                    yield other, call
        return
    scope = module.names.scope_of(function)
    if scope is module.names.module_scope:
        places = [(use.module, use.node) for use in uses(module, function.name).uses]
    else:
        bindings: list[Binding] = scope.bindings.get(function.name, [])[:1]
        places = [(module, name) for b in bindings for name in module.names.references(b)]
    for home, node in places:
        call_node = home.names.parents.get(node)
        if isinstance(call_node, ast.Call) and call_node.func is node:
            yield home, call_node


def _calls_by_name(module: Module) -> dict[str, list[ast.Call]]:
    found: dict[str, list[ast.Call]] = {}
    for node in module.source.nodes(ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        found.setdefault(name or getattr(node.func, "id", ""), []).append(node)
    return found


def _methods(module: Module, function: ast.expr) -> Iterator[tuple[Module, Function]]:
    """The app's methods of that name, where what they are called on is not known."""
    if not isinstance(function, ast.Attribute):
        return
    for other in module.project.modules.values():
        for method in other.once(_methods_by_name).get(function.attr, ()):
            yield other, method


def _methods_by_name(module: Module) -> dict[str, list[Function]]:
    found: dict[str, list[Function]] = {}
    for node in module.source.nodes(ast.ClassDef):
        for statement in node.body:
            if isinstance(statement, Function):
                found.setdefault(statement.name, []).append(statement)
    return found


def parameter(
    module: Module, call: ast.Call, node: ast.AST, keyword: str, function: Function
) -> str | None:
    """The name of the parameter that an argument of a call becomes; None: it has none."""
    positional = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    if keyword:
        return (
            keyword
            if keyword in {*positional, *(a.arg for a in function.args.kwonlyargs)}
            else None
        )
    index = next((i for i, a in enumerate(call.args) if a is node), None)
    if index is None:
        return None
    decorators = {module.resolve(d) for d in function.decorator_list}
    if (
        isinstance(call.func, ast.Attribute)
        and positional[:1] in (["self"], ["cls"])
        and "builtins.staticmethod" not in decorators
    ):
        index += 1
    if index < len(positional):
        return positional[index]
    return function.args.vararg.arg if function.args.vararg else None
