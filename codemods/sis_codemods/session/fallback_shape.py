"""Which ``try`` is nothing but a fallback: a session in its body, another session in its handlers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from sis_codemods.session.values import GET_ACTIVE_SESSION, STATE_KEY, connection_of, session_of
from sis_migrate.python.definitions import functions
from sis_migrate.python.module import Module

_SESSION_WORD = "session"
_KNOWN = ("snowflake.snowpark", "snowflake.connector", "streamlit", "os")
"""Packages that a container has: their import in a body does not decide between its branches."""


@dataclass(frozen=True)
class Fallback:
    """A ``try`` to collapse; ``flags`` are the body's flags with their values inside and outside."""

    statement: ast.Try
    own_credentials: bool
    flags: dict[ast.Assign, tuple[object, object]] = field(default_factory=dict)


def gets_session(module: Module, statement: ast.stmt) -> bool:
    """``x = st.connection(…).session()``, ``return …``, or the accessor that stands for it."""
    return is_new_session(module, _given(statement))


def is_bare_session(module: Module, statement: ast.stmt) -> bool:
    """A session that is got and not kept, to have it made."""
    return isinstance(statement, ast.Expr) and is_new_session(module, statement.value)


def accessor_calls(module: Module, expr: ast.expr) -> bool:
    """Whether an expression calls an accessor such as SIS101 writes."""
    if not isinstance(expr, ast.Call):
        return False
    return any(
        f'"{STATE_KEY}"' in home.source.segment(function)
        for home, function in functions(module, expr.func)
    )


def fallback_of(module: Module, node: ast.Try, *, asks: bool = False) -> Fallback | None:
    """The shape of a ``try``, None where it does anything else.

    ``asks``: its body may still call ``get_active_session()``, which SIS101 replaces first.
    """
    if node.orelse or node.finalbody or not node.handlers:
        return None
    taken = _body_of(module, node, asks)
    if taken is None:
        return None
    target, flags = taken
    own_credentials = False
    values: dict[ast.Assign, tuple[object, object]] = {}
    for handler in node.handlers:
        local = _handler(module, node, handler, target, flags)
        if local is None:
            return None
        own, set_there = local
        own_credentials = own_credentials or own
        for name, flag in flags.items():
            inside = _constant(flag.value)
            if set_there[name] != inside:
                values[flag] = (inside, set_there[name])
    return Fallback(node, own_credentials, values)


def _body_of(module: Module, node: ast.Try, asks: bool) -> tuple[str, dict[str, ast.Assign]] | None:
    """What the body gives the session to ("" = returns it), and the flags that it sets."""
    target: str | None = None
    flags: dict[str, ast.Assign] = {}
    for statement in node.body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            if not all(a.name.startswith(_KNOWN) for a in _modules(statement)):
                return None
        elif target is None and (
            gets_session(module, statement) or (asks and _asks(module, _given(statement)))
        ):
            target = _target(statement)
        elif isinstance(statement, ast.Assign) and connection_of(module, statement.value):
            continue
        elif isinstance(statement, ast.Assign) and _constant(statement.value) is not None:
            if len(statement.targets) > 1:
                return None
            flags[ast.unparse(statement.targets[0])] = statement
        elif isinstance(statement, ast.Return) and _text(statement.value) == target:
            continue
        elif not _is_note(statement):
            return None
    return None if target is None else (target, flags)


def _handler(
    module: Module,
    node: ast.Try,
    handler: ast.ExceptHandler,
    target: str,
    flags: dict[str, ast.Assign],
) -> tuple[bool, dict[str, object]] | None:
    """Whether a handler uses credentials of its own, and its flags; None where it does more."""
    last_target: str | None = None
    own = True
    found: dict[str, object] = {}
    bound: set[str] = set()
    for statement in handler.body:
        value = _given(statement)
        name = _target(statement)
        if value is not None and _builds_session(module, value, name):
            if last_target is not None:
                return None
            last_target, own = name, _has_own_credentials(module, value)
        elif isinstance(statement, ast.Return) and last_target and _text(value) == last_target:
            last_target = ""
        elif isinstance(statement, ast.Assign) and name in flags:
            if _constant(statement.value) is None:
                return None
            found[name] = _constant(statement.value)
        elif not _prepares(module, statement):
            return None
        else:
            bound |= _binds(statement)
    if last_target != target:
        return None
    if set(found) != set(flags) or _outlives(module, node, bound):
        return None
    return own, found


def is_new_session(module: Module, value: ast.expr | None) -> bool:
    """``st.connection(…).session()``, or a call of the accessor that stands for it."""
    if value is None:
        return False
    if accessor_calls(module, value):
        return True
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and value.func.attr == "session"
        and connection_of(module, value.func.value)
    )


def _asks(module: Module, value: ast.expr | None) -> bool:
    return isinstance(value, ast.Call) and module.resolve(value.func) == GET_ACTIVE_SESSION


def _given(statement: ast.stmt) -> ast.expr | None:
    """What an assignment to one target or a return gives."""
    match statement:
        case ast.Assign(targets=[_], value=value) | ast.Return(value=value):
            return value
        case ast.AnnAssign(value=value):
            return value
    return None


def _target(statement: ast.stmt) -> str:
    match statement:
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
            return ast.unparse(target)
    return ""


def _builds_session(module: Module, value: ast.expr, target: str) -> bool:
    """A session by the builder, by ``st.connection``, or by a function that is named for it."""
    if session_of(module, value):
        return True
    if not isinstance(value, ast.Call) or _SESSION_WORD not in target.lower():
        return False
    name = value.func.attr if isinstance(value.func, ast.Attribute) else _text(value.func)
    return _SESSION_WORD in name.lower()


def _has_own_credentials(module: Module, value: ast.expr) -> bool:
    """Whether a local session is made of anything else than what st.connection would find."""
    if is_new_session(module, value):
        return False
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        before = value.func.value
        if isinstance(before, ast.Call) and len(before.args) == 1 and not before.keywords:
            return "".join(ast.unparse(before.args[0]).split()) not in _SAME_SECRETS
    return True


_SAME_SECRETS = frozenset(
    {
        "st.secrets['connections']['snowflake']",
        "st.secrets.connections.snowflake",
        "st.secrets.connections['snowflake']",
        "dict(st.secrets['connections']['snowflake'])",
        "dict(st.secrets.connections.snowflake)",
    }
)


def _prepares(module: Module, statement: ast.stmt) -> bool:
    """Whether a statement only prepares the local session: nothing that a viewer could see."""
    if isinstance(statement, (ast.Import, ast.ImportFrom, ast.Pass)) or _is_note(statement):
        return True
    if isinstance(statement, ast.With):
        return all(_prepares(module, s) for s in statement.body)
    if not isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Expr)):
        return False
    if isinstance(statement, (ast.Assign, ast.AnnAssign)) and not _binds(statement):
        return False
    return not any(_is_seen(module, node) for node in ast.walk(statement))


def _is_seen(module: Module, node: ast.AST) -> bool:
    """A Streamlit command, or something that ends the run."""
    if isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom)):
        return True
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, (ast.Name, ast.Attribute)):
        return False
    name = module.resolve(node) or ""
    return name.startswith("streamlit.") and not name.startswith(
        ("streamlit.secrets", "streamlit.connection", "streamlit.session_state")
    )


def _binds(statement: ast.stmt) -> set[str]:
    """The plain names that a statement binds; empty where it stores anywhere else."""
    names: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
            return set()
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
    return names


def _outlives(module: Module, node: ast.Try, names: set[str]) -> bool:
    """Whether code outside of the ``try`` reads what a handler prepares."""
    inside = {id(n) for n in ast.walk(node)}
    scope = module.names.scope_of(node)
    if scope is module.names.module_scope and any(
        module.project.importers_of(b, module.path)
        for n in names
        for b in scope.bindings.get(n, [])[:1]
        if b.value is not None
    ):
        return True
    return any(
        id(reference) not in inside and not _elsewhere_bound(module, name, inside)
        for name in names
        for binding in scope.bindings.get(name, [])[:1]
        for reference in module.names.references(binding)
    )


def _elsewhere_bound(module: Module, name: str, inside: set[int]) -> bool:
    """Whether an import outside of the ``try`` gives the name too, as ``import os`` at the top."""
    return any(
        b.name == name and id(b.node) not in inside and b.scope is module.names.module_scope
        for b in module.names.imports()
    )


def _modules(statement: ast.Import | ast.ImportFrom) -> Iterator[ast.alias]:
    if isinstance(statement, ast.ImportFrom):
        yield ast.alias(statement.module or "")
    else:
        yield from statement.names


def _constant(value: ast.expr | None) -> object:
    """A text, number or truth value, None for anything else."""
    return value.value if isinstance(value, ast.Constant) else None


def _text(expr: ast.expr | None) -> str:
    return expr.id if isinstance(expr, ast.Name) else (ast.unparse(expr) if expr else "")


def _is_note(statement: ast.stmt) -> bool:
    """A text on its own, or a line printed to the server's log."""
    if not isinstance(statement, ast.Expr):
        return False
    value = statement.value
    printed = isinstance(value, ast.Call) and _text(value.func) == "print"
    return isinstance(value, ast.Constant) or printed
