"""A ``try`` around ``import _snowflake`` that only asks whether the app runs in Snowflake."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_codemods.private.tries import IMPORT_ERRORS, caught, is_broad
from sis_migrate.python.edits import Rewrite
from sis_migrate.python.module import Module

if TYPE_CHECKING:
    import libcst as cst


@dataclass(frozen=True, slots=True)
class Guard:
    """A ``try`` around an import: ``rest`` is what runs when it succeeds."""

    statement: ast.Try
    index: int
    handler: ast.ExceptHandler
    rest: tuple[ast.stmt, ...]

    @property
    def inert(self) -> bool:
        """Whether the handler does nothing that matters without the module."""
        return all(_is_inert(statement) for statement in self.handler.body)


def guard_of(module: Module, node: ast.stmt, statement: ast.Try) -> Guard | None:
    """The ``try`` as one that only asks for the module; None where it does more."""
    if statement.finalbody or len(statement.handlers) != 1:
        return None
    handler = statement.handlers[0]
    if not (caught(module, handler) & IMPORT_ERRORS or is_broad(module, handler)):
        return None
    if handler.name and _mentions(handler, handler.name):
        return None
    rest = (*(s for s in statement.body if s is not node), *statement.orelse)
    if not all(_cannot_fail(s) for s in rest) or _shares_a_line(statement.body):
        return None
    if _shares_a_line(handler.body) or _shares_a_line(statement.orelse):
        return None
    return Guard(statement, statement.body.index(node), handler, rest)


def conditional(guard: Guard, test: str) -> Rewrite:
    """From the libcst node of the ``try`` to what takes its place."""

    def rewrite(node: cst.CSTNode) -> cst.CSTNode:
        import libcst

        assert isinstance(node, libcst.Try)
        flag = _flag(guard)
        if flag:
            line = libcst.parse_statement(
                f"{flag[0]} = {test}\n" if flag[1] else f"{flag[0]} = not {test}\n"
            )
            assert isinstance(line, libcst.SimpleStatementLine)
            return line.with_changes(leading_lines=node.leading_lines)
        handler = node.handlers[0]
        if not guard.rest:
            return libcst.If(
                libcst.parse_expression(f"not {test}"),
                handler.body,
                leading_lines=node.leading_lines,
            )
        statements = [*node.body.body]
        del statements[guard.index]
        if node.orelse is not None:
            statements += node.orelse.body.body
        otherwise = None if guard.inert else libcst.Else(handler.body, handler.leading_lines)
        return libcst.If(
            libcst.parse_expression(test),
            node.body.with_changes(body=statements),
            otherwise,
            leading_lines=node.leading_lines,
        )

    return rewrite


def _flag(guard: Guard) -> tuple[str, bool] | None:
    """The one name that the guard sets to True or False, and its value in Snowflake."""
    match guard.rest, guard.handler.body:
        case (
            [ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=bool(there)))],
            [ast.Assign(targets=[ast.Name(id=other)], value=ast.Constant(value=bool(elsewhere)))],
        ) if name == other and there is not elsewhere:
            return name, there
    return None


def _is_inert(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(value=ast.Constant(value=None), targets=[ast.Name(id="_snowflake")]):
            return True
    return False


def _cannot_fail(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(value=ast.Constant() | ast.Name(), targets=[ast.Name()]):
            return True
        case ast.AnnAssign(value=ast.Constant() | ast.Name(), target=ast.Name()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
            return True
    return False


def _shares_a_line(block: list[ast.stmt]) -> bool:
    lines = [s.lineno for s in block]
    return len(lines) != len(set(lines))


def _mentions(handler: ast.ExceptHandler, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for s in handler.body for n in ast.walk(s))
