"""What a ``try`` around the session says of where the app runs: by flags, or by what it returns."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from sis_codemods.session.fallback_shape import gets_session, is_bare_session
from sis_codemods.session.values import connection_of, is_session_maker, session_of
from sis_migrate.python.definitions import Function, uses
from sis_migrate.python.module import Module

_NAME = re.compile(
    r"(^|_)(in|is|on|inside|running)_(in_|on_)?(sis|snowflake|snowsight|cloud|container|local|native)"
    r"|(^|_)(sis|local|native)(_mode)?$",
    re.IGNORECASE,
)
_VALUE = re.compile(r"\b(sis|snowflake|snowsight|local|native|cloud|oss)\b", re.IGNORECASE)
_CONNECT = "snowflake.connector.connect"


def place_flags(module: Module, node: ast.Try) -> Iterator[tuple[ast.Assign, str]]:
    """The assignments of the body that say that the app runs in Snowflake, with their targets.

    A handler, or the code outside of the ``try``, sets the same target otherwise, and either name or
    value says so, or what chooses between two ways to a session does. ``has_data = True`` after a
    query is none.
    """
    others = _set_by_handlers(node)
    for statement in [*node.body, *node.orelse]:
        if not isinstance(statement, ast.Assign) or not _is_flag(statement.value):
            continue
        for target in statement.targets:
            name = ast.unparse(target)
            if name not in others:
                others[name] = _set_elsewhere(module, target, node)
            if others[name] and (
                _says_place(name, [statement.value, *others[name]])
                or any(_gets(module, s) for h in node.handlers for s in h.body)
                or _chooses_session(module, target)
            ):
                yield statement, name


def _set_by_handlers(node: ast.Try) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for handler in node.handlers:
        for statement in handler.body:
            if isinstance(statement, ast.Assign):
                for target in statement.targets:
                    found.setdefault(ast.unparse(target), []).append(statement.value)
    return found


def _set_elsewhere(module: Module, target: ast.expr, node: ast.Try) -> list[ast.expr]:
    """The constants that a flag has from outside of the ``try``, as ``IN_SIS = False`` above it."""
    if isinstance(target, ast.Name):
        given = [(b.node, b.value) for b in module.names.bindings(target)]
    else:
        written = ast.unparse(target)
        given = [
            (t, s.value)
            for s in module.source.nodes(ast.Assign)
            for t in s.targets
            if ast.unparse(t) == written
        ]
    inside = set(ast.walk(node))
    return [value for at, value in given if at not in inside and value and _is_flag(value)]


def answers(module: Module, node: ast.Try) -> bool:
    """Whether a ``try`` asks for the session only to decide something by whether there is one."""
    body = [*node.body, *node.orelse]
    more = [s for s in body if not _only_gets(module, s)]
    if any(is_bare_session(module, s) for s in node.body):
        return any(_decides(h.body, bool(more)) for h in node.handlers)
    given = [s for s in more if _is_answer(s)]
    function = next((a for a in module.names.ancestors(node) if isinstance(a, Function)), None)
    named = function is not None and _says_place(function.name, [])
    return (
        bool(given)
        and (named or len(more) == len(given))
        and any(_decides(h.body, True) for h in node.handlers)
    )


def _only_gets(module: Module, statement: ast.stmt) -> bool:
    return isinstance(statement, (ast.Import, ast.ImportFrom)) or (
        gets_session(module, statement) or is_bare_session(module, statement)
    )


def _is_answer(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Return) and _is_flag(statement.value)


def _decides(handler: list[ast.stmt], more: bool) -> bool:
    """Whether a handler does something else than tell of the error.

    ``more``: the body does more than get the session, so that to pass over the error is to decide.
    """
    if any(isinstance(s, ast.Assign) or (isinstance(s, ast.Return) and s.value) for s in handler):
        return True
    return more and all(isinstance(s, ast.Pass) for s in handler)


def _is_flag(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, (bool, str))


def _says_place(name: str, values: list[ast.expr]) -> bool:
    last = re.split(r"\W+", name.rstrip("'\"]) "))[-1]
    texts = [v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)]
    return bool(_NAME.search(last)) or any(_VALUE.search(text) for text in texts)


def _builds(module: Module, node: ast.AST) -> bool:
    """Whether code opens a connection of another kind than ``st.connection``."""
    return any(
        isinstance(child, ast.Call)
        and (is_session_maker(module, child) or module.resolve(child.func) == _CONNECT)
        for child in ast.walk(node)
    )


def _gets(module: Module, node: ast.AST) -> bool:
    """Whether code gets a session or a connection in any way."""
    return _builds(module, node) or any(
        session_of(module, child) or connection_of(module, child)
        for child in ast.walk(node)
        if isinstance(child, ast.Call)
    )


def _chooses_session(module: Module, target: ast.expr) -> bool:
    """Whether a test of the flag decides how a connection is opened."""
    return any(
        _builds(home, branch) for home, test in _tests(module, target) for branch in _branches(test)
    )


def _tests(module: Module, target: ast.expr) -> Iterator[tuple[Module, ast.If | ast.IfExp]]:
    for home, reference in _reads(module, target):
        around = next(
            a for a in home.names.ancestors(reference) if isinstance(a, (ast.stmt, ast.IfExp))
        )
        if isinstance(around, (ast.If, ast.IfExp)) and reference in ast.walk(around.test):
            yield home, around


def _reads(module: Module, target: ast.expr) -> Iterator[tuple[Module, ast.expr]]:
    if isinstance(target, ast.Name):
        scope = module.names.lookup(target.id, module.names.scope_of(target))
        if scope is module.names.module_scope:
            yield from ((use.module, use.node) for use in uses(module, target.id).uses)
        else:
            assert scope is not None
            for binding in scope.bindings[target.id][:1]:
                yield from ((module, node) for node in module.names.references(binding))
        return
    written = ast.unparse(target)
    parts: list[ast.Attribute | ast.Subscript] = [
        *module.source.nodes(ast.Attribute),
        *module.source.nodes(ast.Subscript),
    ]
    for node in parts:
        if isinstance(node.ctx, ast.Load) and ast.unparse(node) == written:
            yield module, node


def _branches(test: ast.If | ast.IfExp) -> list[ast.AST]:
    if isinstance(test, ast.If):
        return [*test.body, *test.orelse]
    return [test.body, test.orelse]
