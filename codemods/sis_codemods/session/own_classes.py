"""The app's own classes: whose instance an object is, and what its attributes and methods give."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_migrate.python.definitions import Function, bindings, functions, returned
from sis_migrate.python.module import Module, Project
from sis_migrate.python.names import Binding, BindingKind

_PROPERTIES = frozenset({"builtins.property", "functools.cached_property"})
_MAX_STEPS = 60

Own = tuple[Module, ast.ClassDef]
Value = tuple[Module, ast.expr]


def classes(module: Module, expr: ast.expr) -> list[Own]:
    """The app's own classes that an expression may be an instance of, or may stand for itself."""
    return _Finder().classes(module, expr)


def attribute_values(module: Module, expr: ast.Attribute) -> list[Value]:
    """What the app gives to an attribute of an object of its own: assigned, or by a property."""
    memo = module.project.once(_attributes)
    if expr not in memo:
        memo[expr] = _Finder().attribute(module, expr)
    return memo[expr]


def called(module: Module, function: ast.expr) -> list[tuple[Module, Function]]:
    """The app's own functions that a call's function may be, methods of its classes included."""
    return _Finder().called(module, function)


def _attributes(project: Project) -> dict[ast.Attribute, list[Value]]:
    return {}


class _Finder:
    """One question; an expression that leads back to itself is followed once."""

    def __init__(self) -> None:
        self._found: dict[ast.expr, list[Own]] = {}

    def classes(self, module: Module, expr: ast.expr) -> list[Own]:
        if expr not in self._found and len(self._found) < _MAX_STEPS:
            self._found[expr] = []
            self._found[expr] = list(dict.fromkeys(self._classes(module, expr)))
        return self._found.get(expr, [])

    def attribute(self, module: Module, expr: ast.Attribute) -> list[Value]:
        return [
            value
            for home, owner in self.classes(module, expr.value)
            for value in self._member(home, owner, expr.attr)
        ]

    def called(self, module: Module, function: ast.expr) -> list[tuple[Module, Function]]:
        own = list(functions(module, function))
        if own or not isinstance(function, ast.Attribute):
            return own
        return [
            (home, member)
            for start, first in self.classes(module, function.value)
            for home, owner in _bases(start, first)
            for member in owner.body
            if isinstance(member, Function) and member.name == function.attr
        ]

    def _classes(self, module: Module, expr: ast.expr) -> Iterator[Own]:
        match expr:
            case ast.Await(value=value) | ast.NamedExpr(value=value):
                yield from self.classes(module, value)
            case ast.IfExp(body=first, orelse=second):
                yield from self.classes(module, first) + self.classes(module, second)
            case ast.BoolOp(values=values):
                for value in values:
                    yield from self.classes(module, value)
            case ast.Call(func=function):
                own = self.called(module, function)
                for home, method in own:
                    for value in returned(method):
                        yield from self.classes(home, value)
                if not own:
                    yield from self.classes(module, function)
            case ast.Name():
                yield from self._bound(module, expr)
            case ast.Attribute() | ast.Subscript() if key := _state_key(module, expr):
                for other in module.project.modules.values():
                    for target, value in other.stores.get(key, ()):
                        if _state_key(other, target) == key:
                            yield from self.classes(other, value)
            case ast.Attribute():
                found = list(self._bound(module, expr))
                yield from found
                if not found:
                    for home, value in self.attribute(module, expr):
                        yield from self.classes(home, value)
            case _:
                return

    def _bound(self, module: Module, expr: ast.expr) -> Iterator[Own]:
        for home, binding in bindings(module, expr):
            if isinstance(binding.node, ast.ClassDef):
                yield home, binding.node
            elif binding.kind is BindingKind.PARAMETER:
                yield from self._parameter(home, binding)
            elif binding.value is not None:
                yield from self.classes(home, binding.value)
            elif isinstance(item := home.names.parents.get(binding.node), ast.withitem):
                yield from self.classes(home, item.context_expr)

    def _parameter(self, module: Module, binding: Binding) -> Iterator[Own]:
        owner = _owner(module, binding)
        if owner is not None:
            yield module, owner
            yield from module.project.once(_below).get(owner, ())
        elif isinstance(binding.node, ast.arg) and binding.node.annotation is not None:
            yield from self.classes(module, binding.node.annotation)

    def _member(self, start: Module, first: ast.ClassDef, name: str) -> Iterator[Value]:
        for home, owner in _bases(start, first):
            for statement in owner.body:
                match statement:
                    case ast.Assign(targets=targets, value=value):
                        if any(isinstance(t, ast.Name) and t.id == name for t in targets):
                            yield home, value
                    case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value):
                        if found == name:
                            yield home, value
                    case ast.FunctionDef(name=found) if found == name:
                        if any(home.resolve(d) in _PROPERTIES for d in statement.decorator_list):
                            yield from ((home, value) for value in returned(statement))
            yield from self._stored(home, owner, name)

    def _stored(self, module: Module, owner: ast.ClassDef, name: str) -> Iterator[Value]:
        """``self.name = …`` in the class's methods, ``Class.name = …`` anywhere."""
        for other in module.project.modules.values():
            for target, value in other.stores.get(name, ()):
                if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Name):
                    continue
                if (module, owner) in self.classes(other, target.value):
                    yield other, value


def _state_key(module: Module, expr: ast.expr) -> str:
    """The key of ``st.session_state`` that an expression reads or writes, else ""."""
    match expr:
        case ast.Attribute(value=state, attr=key):
            return key if module.resolve(state) == "streamlit.session_state" else ""
        case ast.Subscript(value=state, slice=ast.Constant(value=str(key))):
            return key if module.resolve(state) == "streamlit.session_state" else ""
    return ""


def _bases(module: Module, owner: ast.ClassDef) -> Iterator[Own]:
    """A class and those of the app's that it is made of."""
    work, seen = [(module, owner)], set[ast.ClassDef]()
    while work:
        home, current = work.pop(0)
        if current in seen:
            continue
        seen.add(current)
        yield home, current
        for base in current.bases:
            for other, binding in bindings(home, base):
                if isinstance(binding.node, ast.ClassDef):
                    work.append((other, binding.node))


def _below(project: Project) -> dict[ast.ClassDef, list[Own]]:
    """The classes of the app that are made of another one, whose ``self`` is theirs, too."""
    found: dict[ast.ClassDef, list[Own]] = {}
    for module in project.modules.values():
        for node in module.source.nodes(ast.ClassDef):
            for _, base in _bases(module, node):
                if base is not node:
                    found.setdefault(base, []).append((module, node))
    return found


def _owner(module: Module, binding: Binding) -> ast.ClassDef | None:
    """The class whose instance, or itself, a method's first parameter is."""
    function = binding.scope.node
    owner = module.names.parents.get(function)
    if not isinstance(function, Function) or not isinstance(owner, ast.ClassDef):
        return None
    if any(module.resolve(d) == "builtins.staticmethod" for d in function.decorator_list):
        return None
    every = [*function.args.posonlyargs, *function.args.args]
    return owner if every and every[0] is binding.node else None
