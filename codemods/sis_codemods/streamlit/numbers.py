"""What a number is: certainly no ``int``, or possibly ``None``."""

from __future__ import annotations

import ast

from sis_migrate.python.definitions import bindings
from sis_migrate.python.module import Module
from sis_migrate.python.names import Binding, BindingKind

_MAX_STEPS = 8
_INTEGERS = frozenset(
    {"builtins.int", "builtins.len", "math.ceil", "math.floor", "math.trunc", "builtins.ord"}
)
_EITHER = frozenset({"builtins.max", "builtins.min", "builtins.sum", "builtins.abs"})


def is_float(module: Module, expr: ast.expr, steps: int = _MAX_STEPS) -> bool:
    """Whether an expression certainly is a float or a number of numpy's, not Python's ``int``."""
    match expr:
        case ast.Constant(value=value):
            return isinstance(value, float)
        case ast.UnaryOp(operand=operand):
            return is_float(module, operand, steps)
        case ast.BinOp(op=ast.Div()):
            return _is_number(module, expr.left) and _is_number(module, expr.right)
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.FloorDiv() | ast.Mod()):
            return is_float(module, expr.left, steps) or is_float(module, expr.right, steps)
        case ast.Call():
            return _call(module, expr, steps)
        case ast.Name() if steps:
            values = [b.value for _, b in bindings(module, expr)]
            return bool(values) and all(
                value is not None and value is not expr and is_float(module, value, steps - 1)
                for value in values
            )
    return False


def may_be_none(module: Module, expr: ast.expr) -> bool:
    """Whether a name may be None here: a parameter's default, or an assignment, says so.

    Not where a condition around it, or before it, asks about the name.
    """
    if not isinstance(expr, ast.Name) or _is_asked_for(module, expr):
        return False
    return any(home is module and _is_none(b) for home, b in bindings(module, expr))


def _call(module: Module, call: ast.Call, steps: int) -> bool:
    name = module.resolve(call.func) or ""
    if name in _INTEGERS:
        return False
    if name == "builtins.float" or (name.startswith("numpy.") and "." not in name[6:]):
        return True
    if name == "builtins.round":
        return len(call.args) > 1 or bool(call.keywords)
    if name in _EITHER:
        return any(is_float(module, argument, steps) for argument in call.args)
    return False


def _is_number(module: Module, expr: ast.expr) -> bool:
    """Not a path, whose ``/`` joins."""
    if isinstance(expr, ast.Constant):
        return isinstance(expr.value, (int, float))
    return True


def _is_none(binding: Binding) -> bool:
    if binding.kind is BindingKind.PARAMETER:
        default = _default(binding)
        return isinstance(default, ast.Constant) and default.value is None
    return isinstance(binding.value, ast.Constant) and binding.value.value is None


def _default(binding: Binding) -> ast.expr | None:
    """The default of a parameter."""
    function = binding.scope.node
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return None
    arguments = function.args
    places = [*arguments.posonlyargs, *arguments.args]
    with_default = places[len(places) - len(arguments.defaults) :]
    pairs = [
        *zip(with_default, arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return next((value for argument, value in pairs if argument is binding.node), None)


def _is_asked_for(module: Module, name: ast.Name) -> bool:
    """Whether an ``if`` or a condition of the function that uses the name is about it."""
    scope = module.names.scope_of(name)
    nodes = module.source.nodes
    conditions: list[ast.expr] = [n.test for n in nodes(ast.If)]
    conditions += [n.test for n in nodes(ast.While)]
    conditions += [n.test for n in nodes(ast.IfExp)]
    conditions += [n.test for n in nodes(ast.Assert)]
    conditions += nodes(ast.BoolOp)
    return any(
        isinstance(child, ast.Name) and child.id == name.id
        for test in conditions
        if module.names.scope_of(test) is scope
        for child in ast.walk(test)
    )
