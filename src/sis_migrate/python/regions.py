"""The pieces of a file that are handed to libcst: a line of simple statements, the header of a
compound statement, or a whole compound statement; each in a wrapper that makes it a module."""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sis_migrate.python.names import Names
    from sis_migrate.python.source import Source

MAX_DEPTH = 200
"""Nesting of ``ast`` nodes up to which libcst is given a statement. Its own limit is not exact:
400 chained calls raise RecursionError, and its parser ends the process on 8,000 terms."""

_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")


class RegionError(Exception):
    """The statement cannot be edited; the message says why, for a finding."""


@dataclass(frozen=True)
class Region:
    """``text[start:end]`` of a file and what to put around it to make a module of it.

    ``statements`` are the ``ast`` statements in it; ``first_line`` is the file's line that the
    region starts on, ``shift`` what to add to columns on that line, ``prefix_lines`` how many lines
    the prefix has.
    """

    start: int
    end: int
    prefix: str
    suffix: str
    nodes: tuple[ast.AST, ...]
    first_line: int
    shift: int
    prefix_lines: int


def siblings(names: Names, statement: ast.AST) -> list[ast.stmt]:
    """The statement list that a statement is in."""
    parent = names.parents[statement]
    for field in _BODIES:
        value = getattr(parent, field, None)
        if isinstance(value, list) and statement in value:
            return value
    raise RegionError("the statement is in no block")


def region_of(source: Source, names: Names, node: ast.AST) -> Region:
    """The smallest region that contains ``node``; a compound statement itself is a block."""
    owner = node
    while not isinstance(owner, (ast.stmt, ast.ExceptHandler)):
        if isinstance(owner, ast.match_case):
            return block_region(source, names, _statement(names, names.parents[owner]))
        owner = names.parents[owner]
    if isinstance(owner, ast.ExceptHandler):
        if node is owner:
            return block_region(source, names, _statement(names, names.parents[owner]))
        return _header_region(source, names, owner)
    if not _is_compound(owner):
        return _line_region(source, names, owner)
    if node is owner or isinstance(owner, ast.Match):
        return block_region(source, names, owner)
    return _header_region(source, names, owner)


def block_region(source: Source, names: Names, statement: ast.stmt) -> Region:
    """A whole compound statement (the ``if`` that an ``elif`` belongs to)."""
    while _is_elif(source, names, statement):
        parent = names.parents[statement]
        assert isinstance(parent, ast.stmt)
        statement = parent
    if not _is_compound(statement):
        return _line_region(source, names, statement)
    _check_depth(statement)
    start, indent = _indented(source, statement)
    prefix = f"if 1:\n{indent}" if indent else ""
    return Region(
        start, source.end(statement), prefix, "\n", (statement,), source.lines.position(start)[0], 0,
        1 if indent else 0,
    )  # fmt: skip


def _line_region(source: Source, names: Names, statement: ast.stmt) -> Region:
    block = siblings(names, statement)
    index = block.index(statement)
    first = last = index
    while (
        first > 0
        and block[first - 1].end_lineno == block[first].lineno
        and not _is_compound(block[first - 1])
    ):
        first -= 1
    while last + 1 < len(block) and block[last].end_lineno == block[last + 1].lineno:
        last += 1
    group = tuple(block[first : last + 1])
    for member in group:
        _check_depth(member)
    start = source.start(group[0])
    line, column = source.lines.position(start)
    return Region(start, source.end(group[-1]), "", "\n", group, line, 1 - column, 0)


def _header_region(source: Source, names: Names, owner: ast.stmt | ast.ExceptHandler) -> Region:
    start, indent = _indented(source, owner)
    end = _header_end(source, owner)
    header = _header_only(owner)
    for child in header:
        _check_depth(child)
    prefix, lines = (f"if 1:\n{indent}", 1) if indent else ("", 0)
    if isinstance(owner, ast.ExceptHandler):
        prefix, lines = f"{prefix}try: pass\n{indent}", lines + 1
    elif _is_elif(source, names, owner):
        prefix, lines = f"{prefix}if 0: pass\n{indent}", lines + 1
    suffix = " pass\n"
    return Region(
        start, end, prefix, suffix, tuple(header), source.lines.position(start)[0], 0, lines
    )


def _header_only(owner: ast.AST) -> list[ast.AST]:
    bodies = {
        id(child)
        for field in _BODIES
        for child in (getattr(owner, field, None) or [])
        if isinstance(child, ast.AST)
    }
    return [child for child in ast.iter_child_nodes(owner) if id(child) not in bodies]


def _header_end(source: Source, owner: ast.stmt | ast.ExceptHandler) -> int:
    """The offset just past the colon that ends a header."""
    start = source.start(owner)
    first = owner.body[0]  # type: ignore[union-attr]
    limit = source.start(first)
    depth = 0
    lambdas = 0
    text = source.text[start:limit]
    lines = _line_starts(text)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type == tokenize.NAME and token.string == "lambda":
                lambdas += 1
            if token.type != tokenize.OP:
                continue
            if token.string in "([{":
                depth += 1
            elif token.string in ")]}":
                depth -= 1
            elif token.string == ":" and depth == 0:
                if not lambdas:
                    return start + lines[token.end[0] - 1] + token.end[1]
                lambdas -= 1
    except (tokenize.TokenError, IndentationError):
        pass
    raise RegionError("the end of the statement's header was not found")


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for line in io.StringIO(text, newline=""):
        starts.append(starts[-1] + len(line))
    return starts


def _indented(source: Source, node: ast.AST) -> tuple[int, str]:
    start = source.start(node)
    line = source.lines.position(start)[0]
    line_start = source.lines.offset(line, 0)
    indent = source.text[line_start:start]
    if indent.strip(" \t\f"):
        raise RegionError("the statement does not start its line")
    return start, indent


def _is_elif(source: Source, names: Names, node: ast.AST) -> bool:
    return isinstance(node, ast.If) and source.text.startswith("elif", source.start(node))


def _is_compound(node: ast.AST) -> bool:
    return any(getattr(node, field, None) for field in _BODIES)


def _statement(names: Names, node: ast.AST) -> ast.stmt:
    return names.statement(node)


def _check_depth(node: ast.AST) -> None:
    level: list[ast.AST] = [node]
    for _ in range(MAX_DEPTH):
        level = [child for parent in level for child in ast.iter_child_nodes(parent)]
        if not level:
            return
    raise RegionError(f"the statement is nested more than {MAX_DEPTH} levels deep")
