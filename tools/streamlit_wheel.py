"""Reads one Streamlit wheel without installing or importing it.

A wheel is a zip file of Python sources, so `ast` on the running Python reads every release, whatever
Python it was made for. `Wheel.value` answers what a name of a module stands for: a function, a class,
an object of a class, a module, or something that the sources alone do not tell.

Used by `streamlit_api.py`, which is the script to run.
"""

from __future__ import annotations

import ast
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

# Functions of Streamlit that hand back one of their arguments, wrapped: which argument.
_PASSES_ON = {
    "cast": 1,
    "deprecate_func_name": 0,
    "deprecate_obj_name": 0,
    "function_beta_warning": 0,
    "gather_metrics": 1,
    "object_beta_warning": 0,
}
# Attributes of the singleton that holds the main containers; its own sources give them no type
# that a reader without inference could follow in every release.
_CONTAINERS = {"_main_dg", "_sidebar_dg", "_event_dg", "_bottom_dg"}
_DELTA_GENERATOR = "streamlit.delta_generator"
_MAX_DEPTH = 40
# Modules of which only the name is recorded: made at build time, or not for apps.
OPAQUE = re.compile(r"streamlit\.(proto|vendor|hello|external|static|emojis|material_icon_names)\b")


@dataclass(frozen=True)
class Import:
    """A name bound by an import: the module, or (with `name`) something in it."""

    module: str
    name: str | None


Binding = Import | ast.expr | FunctionNode | ast.ClassDef


@dataclass(frozen=True)
class Module:
    name: str


@dataclass(frozen=True, eq=False)
class Function:
    module: str
    node: FunctionNode
    drop_first: bool = False


@dataclass(frozen=True, eq=False)
class Class:
    module: str
    node: ast.ClassDef


@dataclass(frozen=True, eq=False)
class Instance:
    of: Class


@dataclass(frozen=True)
class Unknown:
    """Something that is there, of a kind that the sources do not tell."""


Value = Module | Function | Class | Instance | Unknown


@dataclass(frozen=True, eq=False)
class Member:
    """A name in a class body, with the class that has it."""

    owner: Class
    binding: Binding


class Wheel:
    """The Python modules of one wheel.

    Args:
        path: the wheel file; its name gives the version.
    """

    def __init__(self, path: Path) -> None:
        self.version = path.name.split("-")[1]
        self._zip = zipfile.ZipFile(path)

    @cached_property
    def files(self) -> dict[str, str]:
        """Each module's dotted name and its file in the wheel."""
        found = {}
        for file in self._zip.namelist():
            if file.startswith("streamlit/") and file.endswith(".py"):
                found[file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")] = file
        return dict(sorted(found.items()))

    @cache  # noqa: B019 - a wheel lives as long as the script
    def tree(self, module: str) -> ast.Module:
        return ast.parse(self._zip.read(self.files[module]))

    @cache  # noqa: B019
    def scope(self, module: str) -> dict[str, Binding]:
        """What a module binds at its top level, the last binding of each name."""
        scope: dict[str, Binding] = {}
        for statement in _executed(self.tree(module).body):
            if _is_star_import(statement):
                assert isinstance(statement, ast.ImportFrom)
                source = self._absolute(statement, module)
                if source in self.files and source != module:
                    names = (name for name in self.scope(source) if not name.startswith("_"))
                    scope.update({name: Import(source, name) for name in names})
                continue
            _bind(statement, scope, self._absolute(statement, module))
        return scope

    def _absolute(self, statement: ast.stmt, module: str) -> str:
        if not isinstance(statement, ast.ImportFrom):
            return module
        if not statement.level:
            return statement.module or ""
        is_package = self.files[module].endswith("__init__.py")
        parts = module.split(".")
        kept = parts[: len(parts) - statement.level + is_package]
        return ".".join([*kept, *([statement.module] if statement.module else [])])

    def value(self, module: str, name: str, depth: int = 0) -> Value | None:
        """What `name` stands for in `module`; None if it is not there."""
        binding = self.scope(module).get(name) if module in self.files else None
        if binding is None:
            submodule = f"{module}.{name}"
            return Module(submodule) if submodule in self.files else None
        return self._of_binding(binding, module, depth + 1)

    def source(self, binding: Binding, module: str) -> Binding:
        """Where a binding comes from, through imports and plain renamings in other modules."""
        for _ in range(_MAX_DEPTH):
            name = None
            if isinstance(binding, ast.Name):
                name = binding.id
            elif isinstance(binding, Import) and binding.name and binding.module in self.files:
                module, name = binding.module, binding.name
            following = self.scope(module).get(name) if name else None
            if following is None or following is binding:
                break
            binding = following
        return binding

    def _of_binding(self, binding: Binding, module: str, depth: int) -> Value:
        if depth > _MAX_DEPTH:
            return Unknown()
        if isinstance(binding, FunctionNode):
            return Function(module, binding)
        if isinstance(binding, ast.ClassDef):
            return Class(module, binding)
        if isinstance(binding, ast.expr):
            return self.evaluate(binding, module, depth)
        if binding.name is None:
            return Module(binding.module)
        return self.value(binding.module, binding.name, depth) or Unknown()

    def evaluate(
        self, node: ast.expr, module: str, depth: int = 0, inside: Class | None = None
    ) -> Value:
        """What an expression at the top level of a module (or of a class body) stands for."""
        if depth > _MAX_DEPTH:
            return Unknown()
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self._annotation(node.value, module, depth)
        if isinstance(node, ast.Name):
            if inside and (member := self.members(inside).get(node.id)):
                return self._of_binding(member.binding, member.owner.module, depth + 1)
            return self.value(module, node.id, depth) or Unknown()
        if isinstance(node, ast.Attribute):
            if node.attr in _CONTAINERS:
                return self._container()
            return self._attribute(self.evaluate(node.value, module, depth + 1), node.attr, depth)
        if isinstance(node, ast.Call):
            return self._call(node, module, depth, inside)
        if isinstance(node, ast.Subscript):
            return self.evaluate(node.value, module, depth + 1, inside)
        return Unknown()

    def _annotation(self, text: str, module: str, depth: int) -> Value:
        try:
            node = ast.parse(text, mode="eval").body
        except SyntaxError:
            return Unknown()
        return Unknown() if isinstance(node, ast.Constant) else self.evaluate(node, module, depth)

    def _container(self) -> Value:
        found = self.value(_DELTA_GENERATOR, "DeltaGenerator")
        return Instance(found) if isinstance(found, Class) else Unknown()

    def _attribute(self, base: Value, name: str, depth: int) -> Value:
        if isinstance(base, Module):
            return self.value(base.name, name, depth) or Unknown()
        if isinstance(base, Instance):
            member = self.members(base.of).get(name)
            return self.bound(member, depth) if member else Unknown()
        return Unknown()

    def bound(self, member: Member, depth: int = 0) -> Value:
        """A member of a class as its objects have it: methods without `self`."""
        binding, owner = member.binding, member.owner
        if isinstance(binding, FunctionNode):
            found: Value = Function(owner.module, binding)
        elif isinstance(binding, ast.expr):
            found = self.evaluate(binding, owner.module, depth + 1, inside=owner)
        else:
            found = self._of_binding(binding, owner.module, depth + 1)
        if not isinstance(found, Function) or found.drop_first:
            return found
        decorators = {tail(decorator) for decorator in found.node.decorator_list}
        if decorators & {"property", "cached_property", "setter"}:
            return Unknown()
        return Function(found.module, found.node, drop_first="staticmethod" not in decorators)

    def _call(self, node: ast.Call, module: str, depth: int, inside: Class | None) -> Value:
        called = tail(node.func).lstrip("_")
        if isinstance(node.func, ast.Call) and tail(node.func).lstrip("_") == "gather_metrics":
            return self.evaluate(node.args[0], module, depth + 1, inside)
        position = _PASSES_ON.get(called)
        if called == "cast" and position is not None and len(node.args) > 1:
            inner = self.evaluate(node.args[1], module, depth + 1, inside)
            typed = self.evaluate(node.args[0], module, depth + 1, inside)
            if isinstance(typed, Class):
                return Instance(typed)
            return inner
        if position is not None and len(node.args) > position:
            return self.evaluate(node.args[position], module, depth + 1, inside)
        function = self.evaluate(node.func, module, depth + 1, inside)
        return Instance(function) if isinstance(function, Class) else Unknown()

    @cache  # noqa: B019
    def bases(self, owner: Class) -> tuple[Class | str, ...]:
        """A class with its base classes in lookup order; foreign ones by their bare name."""
        found: list[Class | str] = [owner]
        for base in owner.node.bases:
            value = self.evaluate(base, owner.module)
            for step in self.bases(value) if isinstance(value, Class) else (tail(base),):
                if step not in found:
                    found.append(step)
        return tuple(found)

    @cache  # noqa: B019
    def members(self, owner: Class) -> dict[str, Member]:
        """What objects of a class have, inherited names included, by name."""
        found: dict[str, Member] = {}
        for step in reversed(self.bases(owner)):
            if isinstance(step, str):
                continue
            scope: dict[str, Binding] = {}
            for statement in _executed(step.node.body):
                _bind(statement, scope, step.module)
            found.update({name: Member(step, binding) for name, binding in scope.items()})
        return found


def tail(node: ast.expr) -> str:
    """The last name of a dotted name, a call or a subscript: `a.b(c)` gives `b`."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_star_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*"


def _executed(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run at import, without what only type checkers see."""
    for statement in body:
        if isinstance(statement, ast.If):
            test = ast.unparse(statement.test)
            if not test.endswith("TYPE_CHECKING") or test.startswith("not "):
                yield from _executed(statement.body)
            yield from _executed(statement.orelse)
        elif isinstance(statement, ast.Try):
            for block in (statement.body, statement.orelse, statement.finalbody):
                yield from _executed(block)
            for handler in statement.handlers:
                yield from _executed(handler.body)
        elif isinstance(statement, ast.With):
            yield from _executed(statement.body)
        else:
            yield statement


def _bind(statement: ast.stmt, scope: dict[str, Binding], module: str) -> None:
    if isinstance(statement, FunctionNode):
        overload = any(tail(d) == "overload" for d in statement.decorator_list)
        accessor = any(tail(d) in {"setter", "deleter"} for d in statement.decorator_list)
        if not accessor and not (overload and statement.name in scope):
            scope[statement.name] = statement
    elif isinstance(statement, ast.ClassDef):
        scope[statement.name] = statement
    elif isinstance(statement, ast.Import):
        for alias in statement.names:
            target = alias.name if alias.asname else alias.name.split(".")[0]
            scope[alias.asname or target] = Import(target, None)
    elif isinstance(statement, ast.ImportFrom):
        for alias in statement.names:
            scope[alias.asname or alias.name] = Import(module, alias.name)
    elif isinstance(statement, ast.Assign):
        for target_node in statement.targets:
            _bind_target(target_node, statement.value, scope)
    elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        scope[statement.target.id] = statement.value or ast.Constant(None)
    elif isinstance(statement, ast.Delete):
        for target_node in statement.targets:
            if isinstance(target_node, ast.Name):
                scope.pop(target_node.id, None)


def _bind_target(target: ast.expr, value: ast.expr, scope: dict[str, Binding]) -> None:
    if isinstance(target, ast.Name):
        scope[target.id] = value
    elif isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            _bind_target(element, ast.Constant(None), scope)
