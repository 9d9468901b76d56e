"""Code of the app's files that does not run in the app: user-defined functions and procedures."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_migrate.python.module import Module, Project

KINDS = ("udf", "udtf", "udaf", "sproc", "pandas_udf", "pandas_udtf", "pandas_udaf")
_FUNCTIONS = frozenset(f"snowflake.snowpark.functions.{kind}" for kind in KINDS)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def runs_on_warehouse(module: Module, node: ast.AST) -> bool:
    """Whether ``node`` is in a function or class that the app registers as a UDF or procedure.

    There the ``_snowflake`` module goes on existing, whatever the app itself runs on.
    """
    return any(
        isinstance(ancestor, _DEFINITIONS) and _is_registered(module, ancestor)
        for ancestor in module.names.ancestors(node)
    )


def _is_registered(
    module: Module, definition: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
) -> bool:
    if any(registers(module, d) for d in definition.decorator_list):
        return True
    return definition.name in module.project.once(_registered_names)


def _registered_names(project: Project) -> frozenset[str]:
    """The names that calls which register functions are given, in all files of the app."""
    return frozenset(
        name
        for module in project.modules.values()
        if any(kind in module.source.text for kind in KINDS)
        for call in module.source.nodes(ast.Call)
        if registers(module, call.func)
        for name in _handed(call)
    )


def registers(module: Module, function: ast.expr) -> bool:
    """``@udf``, ``@udf(…)``, ``session.sproc.register``, ``session.udf.register_from_file``."""
    if isinstance(function, ast.Call):
        function = function.func
    if isinstance(function, ast.Attribute) and function.attr.startswith("register"):
        return isinstance(function.value, ast.Attribute) and function.value.attr in KINDS
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in module.once(_spellings) and module.resolve(function) in _FUNCTIONS


def _spellings(module: Module) -> frozenset[str]:
    """The names under which a file may call what registers functions; the rest is not resolved."""
    own = {b.name for b in module.names.imports() if b.target in _FUNCTIONS}
    return frozenset({*KINDS, *own})


def _handed(call: ast.Call) -> Iterator[str]:
    """The names that a call is given: ``f``, ``module.f``."""
    for value in (*call.args, *(k.value for k in call.keywords)):
        if isinstance(value, ast.Name):
            yield value.id
        elif isinstance(value, ast.Attribute):
            yield value.attr
