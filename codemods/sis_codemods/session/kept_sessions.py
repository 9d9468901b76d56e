"""Sessions that an imported file keeps for all viewers in another way than by ``name = value``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from sis_codemods.session import forms
from sis_codemods.session.made_at_import import keepers, made_by, shared_sessions, stored_at_once
from sis_codemods.session.values import GET_ACTIVE_SESSION, session_of, session_state_key
from sis_codemods.threads.shared_names import Change, How, changes
from sis_migrate.python.definitions import Function, bindings
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module
from sis_migrate.python.names import UNKNOWN, BindingKind

_DISPLAYS = (
    ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Starred, ast.BoolOp, ast.NamedExpr, ast.keyword,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """A place that puts a session ``where`` the whole process has it.

    ``asks_still``: it comes from ``get_active_session()``, which SIS101 has yet to replace.
    """

    node: ast.AST
    where: str
    asks_still: bool


def kept_sessions(module: Module) -> Iterator[Kept]:
    """The sessions that a file keeps: at import, where it is of role SHARED, and in viewers' runs."""
    if module.role is Role.SHARED:
        yield from _at_import(module)
    yield from _in_runs(module)


def keeps_session(change: Change) -> bool:
    """Whether a change of a shared name puts a session there."""
    return any(held(change.module, value) for value in _given(change))


def _at_import(module: Module) -> Iterator[Kept]:
    told = {made.assignment for made in shared_sessions(module)}
    told |= {keeper.assignment for keeper in keepers(module)}
    found: dict[ast.AST, Kept] = {}
    for call in module.source.nodes(ast.Call):
        if module.names.scope_of(call).frame is not module.names.module_scope:
            continue
        sources = held(module, call)
        node, where = _keeper(module, call) if sources else (None, "")
        if node is not None and node not in told:
            found.setdefault(node, Kept(node, where, GET_ACTIVE_SESSION in sources))
    yield from found.values()


def _in_runs(module: Module) -> Iterator[Kept]:
    for every in changes(module.project):
        for change in every:
            if change.module is not module:
                continue
            sources = frozenset().union(*(held(module, value) for value in _given(change)))
            if sources:
                asks = GET_ACTIVE_SESSION in sources
                asks = asks or (UNKNOWN in sources and bool(forms.places(module.project)))
                yield Kept(change.node, f"`{change.owner.name}`", asks)


def _given(change: Change) -> list[ast.expr]:
    """What a change puts into its name."""
    if change.how is How.METHOD and isinstance(change.node, ast.Call):
        return change.node.args
    return [] if change.value is None else [change.value]


def held(module: Module, value: ast.expr) -> frozenset[str]:
    """What makes the sessions that a value is, or that a new object of the app's has in it.

    UNKNOWN for a session that a function was given.
    """
    match value:
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Dict(values=parts):
            return frozenset().union(*(held(module, part) for part in parts))
        case ast.Call():
            made = made_by(module, value)
            return made or frozenset().union(
                *(
                    made_by(home, kept)
                    for home, binding in bindings(module, value.func)
                    for _, kept in stored_at_once(binding.node)
                )
            )
        case ast.Name() if session_of(module, value):
            given = [b for b in module.names.bindings(value) if b.kind is BindingKind.PARAMETER]
            return made_by(module, value, named=True) or frozenset({UNKNOWN} if given else ())
        case ast.IfExp(body=first, orelse=second):
            return held(module, first) | held(module, second)
        case ast.BoolOp(values=parts):
            return frozenset().union(*(held(module, part) for part in parts))
    return frozenset()


def _keeper(module: Module, call: ast.Call) -> tuple[ast.AST | None, str]:
    """The assignment or parameter that keeps what a call makes at import, and its name."""
    child: ast.AST = call
    parent = module.names.parents[child]
    while isinstance(parent, _DISPLAYS) or _is_part(module, parent, child):
        child, parent = parent, module.names.parents[parent]
    match parent:
        case ast.Assign(targets=targets) if not any(session_state_key(module, t) for t in targets):
            names = " and ".join(module.source.segment(target) for target in targets)
            return parent, f"`{_owner(module, parent)}{names}`"
        case ast.AnnAssign(target=target):
            return parent, f"`{_owner(module, parent)}{module.source.segment(target)}`"
        case ast.arguments():
            function = module.names.parents[parent]
            name = f"{function.name}()" if isinstance(function, Function) else "a lambda"
            return child, f"the default of a parameter of {name}"
    return None, ""


def _is_part(module: Module, parent: ast.AST, child: ast.AST) -> bool:
    """Whether a value is what a condition gives, goes into a new object, or has the session."""
    if isinstance(parent, ast.Attribute):
        return session_of(module, parent)
    if isinstance(parent, ast.IfExp):
        return child is not parent.test
    if not isinstance(parent, ast.Call) or child is parent.func:
        return False
    name = getattr(parent.func, "attr", "") or getattr(parent.func, "id", "")
    return bool(name[:1].isupper())


def _owner(module: Module, statement: ast.stmt) -> str:
    scope = module.names.scope_of(statement).node
    return f"{scope.name}." if isinstance(scope, ast.ClassDef) else ""
