"""Sessions that a file makes once, while it is imported, and that all viewers share from then on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from sis_codemods.session.origins import VIEWERS, origins
from sis_codemods.session.own_classes import called
from sis_codemods.session.repeatable import does_more
from sis_codemods.session.values import GET_ACTIVE_SESSION, session_of
from sis_migrate.python.definitions import Use, Uses, bindings, uses
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module

_NEW = frozenset({"streamlit.connection", "streamlit.experimental_connection", VIEWERS})


@dataclass(frozen=True, slots=True)
class Shared:
    """``name = value`` in the top-level ``statement`` of an imported file, with the name's uses.

    ``asks_still``: the value comes from ``get_active_session()``, which SIS101 has yet to replace.
    """

    module: Module
    statement: ast.stmt
    assignment: ast.stmt
    name: str
    value: ast.expr
    found: Uses
    asks_still: bool

    @property
    def loads(self) -> list[Use]:
        """The places that read the name, in all files."""
        return [u for u in self.found.uses if isinstance(u.node.ctx, ast.Load)]


def shared_sessions(module: Module) -> Iterator[Shared]:
    """The sessions that a file of role SHARED makes at its top, directly or by a function."""
    if module.role is not Role.SHARED:
        return
    for statement in module.source.tree.body:
        for assignment in _assignments(statement):
            name, value = _parts(assignment)
            makers = made_by(module, value)
            if value is not None and makers:
                asks_still = GET_ACTIVE_SESSION in makers
                found = uses(module, name)
                yield Shared(module, statement, assignment, name, value, found, asks_still)


@dataclass(frozen=True, slots=True)
class Keeper:
    """``name = Class()`` in an imported file, whose ``__init__`` gives ``attribute`` a session."""

    assignment: ast.stmt
    name: str
    attribute: str
    asks_still: bool


def keepers(module: Module) -> Iterator[Keeper]:
    """The objects that a file of role SHARED makes at its top and that get themselves a session."""
    if module.role is not Role.SHARED:
        return
    for statement in module.source.tree.body:
        for assignment in _assignments(statement):
            name, value = _parts(assignment)
            if not isinstance(value, ast.Call):
                continue
            for home, binding in bindings(module, value.func):
                for target, kept in stored_at_once(binding.node):
                    makers = made_by(home, kept)
                    if makers:
                        attribute = f"{binding.name}.{target.attr}"
                        yield Keeper(assignment, name, attribute, GET_ACTIVE_SESSION in makers)


def stored_at_once(node: ast.AST) -> Iterator[tuple[ast.Attribute, ast.expr]]:
    """What a class's ``__init__`` stores in ``self``."""
    for method in node.body if isinstance(node, ast.ClassDef) else ():
        if not isinstance(method, ast.FunctionDef) or method.name != "__init__":
            continue
        for child in ast.walk(method):
            match child:
                case ast.Assign(
                    targets=[ast.Attribute(value=ast.Name(id="self")) as target], value=value
                ):
                    yield target, value


def obstacle(made: Shared) -> str:
    """Why a session cannot be made at each of its uses instead; "" where it can."""
    module = made.module
    if made.statement is not made.assignment:
        return "it is not simply assigned"
    if len(module.names.module_scope.bindings.get(made.name, ())) > 1:
        return "its name is assigned more than once"
    if made.found.obstacle:
        return made.found.obstacle
    busy = _does_more(made)
    if busy:
        return f"{busy}() does more than get it"
    for use in made.found.uses:
        if not isinstance(use.node.ctx, ast.Load):
            return f"{place(use)} assigns it anew"
        if _at_import(use) and not _only_asked(use):
            return f"{place(use)} uses it while the file is imported"
        if isinstance(use.module.names.parents.get(use.node), ast.withitem):
            return f"{place(use)} closes it"
    for other, binding in made.found.imports:
        if len(binding.scope.bindings[binding.name]) > 1:
            return f"{other.path.name} gives the name to something else, too"
    return ""


def place(use: Use) -> str:
    """``file:line`` of a use."""
    return f"{use.module.path.name}:{use.node.lineno}"


def made_by(module: Module, value: ast.expr | None, *, named: bool = False) -> frozenset[str]:
    """Where a session comes from that an expression makes; empty where it makes none.

    ``named``: or that it is another name of.
    """
    if value is None or not (named or _makes_something(value)) or not session_of(module, value):
        return frozenset()
    return origins(module, value) & {*_NEW, GET_ACTIVE_SESSION}


def _makes_something(value: ast.expr) -> bool:
    """Whether an expression calls something: another name of a session is not a second one."""
    if isinstance(value, ast.IfExp):
        return _makes_something(value.body) or _makes_something(value.orelse)
    if isinstance(value, ast.BoolOp):
        return any(_makes_something(part) for part in value.values)
    return isinstance(value, ast.Call)


def _does_more(made: Shared) -> str:
    """The app's own function behind a session that does more than get it; "" where none does."""
    for node in ast.walk(made.value):
        if isinstance(node, ast.Call):
            for home, function in called(made.module, node.func):
                if does_more(home, function, logins=not made.asks_still):
                    return function.name
    return ""


def _at_import(use: Use) -> bool:
    names = use.module.names
    shared = use.module.role is not Role.SCRIPT
    return shared and names.scope_of(use.node).frame is names.module_scope


def _only_asked(use: Use) -> bool:
    """Whether a use only asks if there is a session, which is the same for all viewers."""
    parents = use.module.names.parents
    child: ast.AST = use.node
    while isinstance(parents[child], ast.BoolOp):
        child = parents[child]
    match parents[child]:
        case ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Compare(ops=[ast.Is() | ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return True
        case (
            ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) | ast.Assert(test=test)
        ):
            return test is child
    return False


def _assignments(statement: ast.stmt) -> Iterator[ast.stmt]:
    """A statement and, in a ``try`` or ``if``, those in it."""
    yield statement
    if isinstance(statement, (ast.If, ast.Try)):
        handlers = statement.handlers if isinstance(statement, ast.Try) else []
        for block in [statement.body, statement.orelse, *(h.body for h in handlers)]:
            for child in block:
                yield from _assignments(child)


def _parts(statement: ast.stmt) -> tuple[str, ast.expr | None]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            return name, value
    return "", None
