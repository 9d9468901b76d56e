"""Changing the arguments of a call, as functions from the old call of libcst to the new one."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sis_migrate.python.edits import Rewrite

if TYPE_CHECKING:
    import libcst as cst


Change = tuple[str, str] | None
"""What becomes of an argument: None, it goes; ``(keyword, expression)``, where an empty expression
leaves the value as it is."""


def changed(changes: Mapping[int | str, Change]) -> Rewrite:
    """A rewrite of a call. Arguments are told by keyword, positional ones by their index from 0."""

    def rewrite(node: cst.CSTNode) -> cst.CSTNode:
        import libcst

        assert isinstance(node, libcst.Call)
        args: list[cst.Arg] = []
        for index, argument in enumerate(node.args):
            key = argument.keyword.value if argument.keyword else index
            if key not in changes:
                args.append(argument)
            elif (change := changes[key]) is not None:
                args.append(_changed(argument, *change))
        return _with_arguments(node, args)

    return rewrite


def is_plain(node: ast.expr) -> bool:
    """Whether leaving an argument out leaves out nothing that its evaluation does."""
    calls = (ast.Call, ast.Await, ast.NamedExpr, ast.Yield, ast.YieldFrom)
    return not any(isinstance(n, calls) for n in ast.walk(node))


def _changed(argument: cst.Arg, keyword: str, value: str) -> cst.Arg:
    import libcst

    nothing = libcst.SimpleWhitespace("")
    equal = libcst.AssignEqual(whitespace_before=nothing, whitespace_after=nothing)
    return argument.with_changes(
        keyword=libcst.Name(keyword),
        equal=argument.equal if argument.keyword else equal,
        value=libcst.parse_expression(value) if value else argument.value,
    )


def _with_arguments(node: cst.Call, args: Sequence[cst.Arg]) -> cst.Call:
    """The call with fewer arguments; what followed the old last one follows the new last one."""
    import libcst

    if len(args) == len(node.args) or not node.args:
        return node.with_changes(args=args)
    if not args:
        return node.with_changes(args=(), whitespace_before_args=libcst.SimpleWhitespace(""))
    if args[-1].comma is node.args[-1].comma:
        return node.with_changes(args=args)
    last = args[-1].with_changes(
        comma=node.args[-1].comma, whitespace_after_arg=node.args[-1].whitespace_after_arg
    )
    return node.with_changes(args=[*args[:-1], last])
