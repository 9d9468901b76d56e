"""From a name to what defines it, and from a definition to what uses it, across an app's files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sis_migrate.python.module import Module
from sis_migrate.python.names import Binding, BindingKind

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Use:
    """One place that names something: a plain name or ``module.name``."""

    module: Module
    node: ast.Name | ast.Attribute


@dataclass(frozen=True, slots=True)
class Uses:
    """Every use of a module-level name; ``obstacle`` says why there may be more (else "")."""

    uses: tuple[Use, ...]
    imports: tuple[tuple[Module, Binding], ...] = ()
    obstacle: str = ""


def exported(module: Module, dotted: str) -> Iterator[tuple[Module, Binding]]:
    """The module-level bindings, in the app's files, of a dotted name that ``module`` uses.

    Re-exports are followed to where the name is made.
    """
    yield from _exported(module, dotted, set())


def bindings(module: Module, expr: ast.expr) -> Iterator[tuple[Module, Binding]]:
    """What binds a name or ``module.name``: assignments, definitions, parameters, not imports.

    An import of another package's name is bound by nothing here.
    """
    if isinstance(expr, ast.Name):
        for binding in module.names.bindings(expr):
            if binding.kind is BindingKind.IMPORT:
                yield from exported(module, binding.target)
            else:
                yield module, binding
    elif isinstance(expr, ast.Attribute):
        base = _dotted(module, expr.value)
        if base:
            yield from exported(module, f"{base}.{expr.attr}")


def functions(module: Module, expr: ast.expr) -> Iterator[tuple[Module, Function]]:
    """The app's own functions that an expression may stand for, ``self.method`` included."""
    if isinstance(expr, ast.Attribute) and isinstance(expr.value, ast.Name):
        for binding in module.names.bindings(expr.value):
            owner = _owner(module, binding)
            if owner is not None:
                yield from ((module, m) for m in _methods(owner, expr.attr))
    for home, binding in bindings(module, expr):
        if isinstance(binding.node, Function):
            yield home, binding.node


def returned(function: Function) -> Iterator[ast.expr]:
    """The expressions that a function returns, those of functions inside it left out."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value
        elif not isinstance(
            node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
        ):
            stack.extend(ast.iter_child_nodes(node))


def uses(module: Module, name: str) -> Uses:
    """Every place in the app that reads or writes the module-level ``name`` of a file."""
    found: list[Use] = []
    imports: list[tuple[Module, Binding]] = []
    obstacle = _hidden_use(module, name)
    for binding in module.names.module_scope.bindings.get(name, [])[:1]:
        found += [Use(module, use) for use in module.names.references(binding)]
    for path in module.project.graph.importers(module.path):
        if path == module.path or path not in module.project.modules:
            continue
        other = module.project.modules[path]
        more, taken, problem = _uses_in(other, module.path, name)
        found += more
        imports += taken
        obstacle = obstacle or problem
    return Uses(tuple(found), tuple(imports), obstacle)


def _uses_in(
    other: Module, path: Path, name: str
) -> tuple[list[Use], list[tuple[Module, Binding]], str]:
    graph = other.project.graph
    found: list[Use] = []
    taken: list[tuple[Module, Binding]] = []
    obstacle = ""
    for star in other.source.nodes(ast.ImportFrom):
        everything = any(alias.name == "*" for alias in star.names)
        if everything and graph.locate(graph.absolute(other.path, star), other.path) == path:
            obstacle = f"{other.path.name}:{star.lineno} imports everything from {path.name}"
    for node in other.source.nodes(ast.Attribute):
        if node.attr == name:
            base = _dotted(other, node.value)
            if base and graph.locate(base, other.path) == path:
                found.append(Use(other, node))
    for binding in other.names.imports():
        head, _, last = binding.target.rpartition(".")
        if last == name and head and graph.locate(head, other.path) == path:
            taken.append((other, binding))
            found += [Use(other, use) for use in other.names.references(binding)]
            if other.project.importers_of(binding, other.path):
                obstacle = f"{other.path.name} hands {name} on to further files"
    return found, taken, obstacle


def _hidden_use(module: Module, name: str) -> str:
    """Why a name may be used where no name says so."""
    exported_names = module.names.module_scope.bindings.get("__all__", ())
    for binding in exported_names:
        if binding.value is not None and any(
            isinstance(child, ast.Constant) and child.value == name
            for child in ast.walk(binding.value)
        ):
            return f"__all__ of {module.path.name} has {name}"
    return ""


def _exported(
    module: Module, dotted: str, seen: set[tuple[Path, str]]
) -> Iterator[tuple[Module, Binding]]:
    parts = dotted.split(".")
    for length in range(len(parts) - 1, 0, -1):
        path = module.project.graph.locate(".".join(parts[:length]), module.path)
        if path is None or path not in module.project.modules or len(parts) - length > 1:
            continue
        if (path, parts[-1]) in seen:
            return
        seen.add((path, parts[-1]))
        home = module.project.modules[path]
        for binding in home.names.module_scope.bindings.get(parts[-1], ()):
            if binding.kind is BindingKind.IMPORT:
                yield from _exported(home, binding.target, seen)
            else:
                yield home, binding
        return


def _dotted(module: Module, expr: ast.expr) -> str:
    """The dotted name of an imported module that an expression names, as the file spells it."""
    attributes: list[str] = []
    while isinstance(expr, ast.Attribute):
        attributes.append(expr.attr)
        expr = expr.value
    if not isinstance(expr, ast.Name):
        return ""
    for binding in module.names.bindings(expr):
        if binding.kind is BindingKind.IMPORT:
            return ".".join([binding.target, *reversed(attributes)])
    return ""


def _owner(module: Module, binding: Binding) -> ast.ClassDef | None:
    """The class whose instance (or itself) a first parameter is."""
    if binding.kind is not BindingKind.PARAMETER:
        return None
    function = binding.scope.node
    owner = module.names.parents.get(function)
    if not isinstance(function, Function) or not isinstance(owner, ast.ClassDef):
        return None
    every = [*function.args.posonlyargs, *function.args.args]
    return owner if every and every[0] is binding.node else None


def _methods(owner: ast.ClassDef, name: str) -> Iterator[Function]:
    for statement in owner.body:
        if isinstance(statement, Function) and statement.name == name:
            yield statement
