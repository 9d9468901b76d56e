"""Whether the session that a place asks for is the app's, or that of a UDF or stored procedure.

Those run in Snowflake, where ``get_active_session()`` goes on working. What is edited there would be
wrong, and what is left of the app's own too: so this looks at every use of a function, not at its
name alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sis_codemods.private.warehouse_code import KINDS, registers
from sis_migrate.python.definitions import bindings, uses
from sis_migrate.python.module import Module, Project

REMEDY = "Write the function twice: one for Snowflake, and one for the app that is given a session."

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Area = _Definition | ast.Lambda
_HANDLERS = frozenset({"func_name", "handler_name"})


class Runs(StrEnum):
    """Where code runs."""

    APP = "app"
    WAREHOUSE = "warehouse"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class _Areas:
    """The functions, classes and lambdas that run in Snowflake only, and there and in the app."""

    warehouse: frozenset[ast.AST]
    both: frozenset[ast.AST]


def runs(module: Module, node: ast.AST) -> Runs:
    """Where ``node`` runs, by the functions, classes and lambdas that it is in."""
    areas = module.project.once(_areas)
    around = set(module.names.ancestors(node)) if areas.warehouse or areas.both else set()
    if around & areas.warehouse:
        return Runs.WAREHOUSE
    return Runs.BOTH if around & areas.both else Runs.APP


def is_of_warehouse(module: Module, node: ast.AST) -> bool:
    """Whether ``node`` runs in Snowflake and nowhere else."""
    return runs(module, node) is Runs.WAREHOUSE


def _areas(project: Project) -> _Areas:
    files = [m for m in project.modules.values() if any(kind in m.source.text for kind in KINDS)]
    decorated = dict(area for module in files for area in _decorated(module))
    found = {**decorated, **dict(area for module in files for area in _handed(module, project))}
    queue = list(found.items())
    while queue:  # what a handler uses goes with it
        area, home = queue.pop()
        for child in ast.walk(area):
            for more, module in _meant(home, child):
                if more not in found:
                    found[more] = module
                    queue.append((more, module))
    both: set[ast.AST] = set()
    while True:
        more_both = {
            area
            for area, home in found.items()
            if area not in both and area not in decorated and _is_apps(home, area, found, both)
        }
        if not more_both:
            return _Areas(frozenset(found) - both, frozenset(both))
        both |= more_both


def _decorated(module: Module) -> Iterator[tuple[_Area, Module]]:
    source = module.source
    nodes: list[_Definition] = [
        *source.nodes(ast.FunctionDef),
        *source.nodes(ast.AsyncFunctionDef),
        *source.nodes(ast.ClassDef),
    ]
    for node in nodes:
        if any(registers(module, d) for d in node.decorator_list):
            yield node, module


def _handed(module: Module, project: Project) -> Iterator[tuple[_Area, Module]]:
    """What the calls of a file register."""
    for call in module.source.nodes(ast.Call):
        if not registers(module, call):
            continue
        for value in (*call.args, *(k.value for k in call.keywords)):
            yield from _meant(module, value)
        file, handler = _by_text(module, call)
        for other in project.modules.values():
            if file in {"", other.path.name}:
                for statement in other.source.tree.body:
                    if isinstance(statement, _Definition) and statement.name == handler:
                        yield statement, other


def _by_text(module: Module, call: ast.Call) -> tuple[str, str]:
    """The file, if it is known, and the handler in it that ``register_from_file`` is given."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "register_from_file"):
        return "", ""
    given = {k.arg: k.value for k in call.keywords}
    file = call.args[0] if call.args else given.get("file_path")
    handler = next((given[k] for k in _HANDLERS if k in given), None)
    handler = call.args[1] if len(call.args) > 1 else handler
    name = handler.value if isinstance(handler, ast.Constant) else ""
    if isinstance(file, ast.Constant):
        return str(file.value).rpartition("/")[2], str(name)
    is_own = isinstance(file, ast.Name) and file.id == "__file__"
    return module.path.name if is_own else "", str(name)


def _meant(module: Module, node: ast.AST) -> Iterator[tuple[_Area, Module]]:
    """The app's own functions, classes and lambdas that an expression names or is."""
    if isinstance(node, ast.Lambda):
        yield node, module
    elif isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
        for home, binding in bindings(module, node):
            if isinstance(binding.node, _Definition):
                yield binding.node, home
            elif isinstance(binding.value, ast.Lambda):
                yield binding.value, home


def _is_apps(home: Module, area: _Area, found: dict[_Area, Module], both: set[ast.AST]) -> bool:
    """Whether the app's own code uses an area, and be it through one that runs in both places."""
    for module, use in _uses(home, area):
        if not _is_registered(module, use):
            around = set(module.names.ancestors(use)) & found.keys()
            if around <= both:
                return True
    return False


def _uses(module: Module, area: _Area) -> Iterator[tuple[Module, ast.expr]]:
    name = _name(module, area)
    scope = module.names.scope_of(area)
    if name and scope is module.names.module_scope:
        for use in uses(module, name).uses:
            if isinstance(use.node.ctx, ast.Load):
                yield use.module, use.node
    elif name:
        for reference in module.names.references(scope.bindings[name][0]):
            yield module, reference


def _name(module: Module, area: _Area) -> str:
    if not isinstance(area, ast.Lambda):
        return area.name
    match module.names.parents[area]:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
    return ""


def _is_registered(module: Module, node: ast.expr) -> bool:
    """Whether an expression is what a call registers."""
    parent = module.names.parents.get(node)
    if isinstance(parent, ast.keyword):
        parent = module.names.parents.get(parent)
    return isinstance(parent, ast.Call) and node is not parent.func and registers(module, parent)
