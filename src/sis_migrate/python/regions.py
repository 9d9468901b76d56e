"""The pieces of a file that are handed to libcst: a line of simple statements, the header of a
compound statement, or a whole compound statement; each in a wrapper that makes it a module."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sis_migrate.python.names import Names
    from sis_migrate.python.source import Source

MAX_DEPTH = 200
"""Nesting up to which libcst is given a statement. Its own limit is not exact: 400 chained calls
raise RecursionError, and its parser ends the process on 8,000 terms."""

_STRING_START = getattr(tokenize, "FSTRING_START", -1)  # f-strings are one token before 3.12
_STRING_END = getattr(tokenize, "FSTRING_END", -1)
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
    start, indent = _indented(source, statement)
    end = source.end(statement)
    _check_depth([statement], source.text[start:end])
    newline = _newline(source)
    outer = _indents_around(source, names, statement) if indent else []
    steps = [*outer[1:], indent] if outer else []
    prefix = "".join(f"if 1:{newline}{step}" for step in steps)
    first_line = source.lines.position(start)[0]
    return Region(start, end, prefix, newline, (statement,), first_line, 0, len(outer))


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
    start, end = source.start(group[0]), source.end(group[-1])
    _check_depth(group, source.text[start:end])
    line, column = source.lines.position(start)
    return Region(start, end, "", _newline(source), group, line, 1 - column, 0)


def _header_region(source: Source, names: Names, owner: ast.stmt | ast.ExceptHandler) -> Region:
    start, indent = _indented(source, owner)
    end = _header_end(source, owner)
    header = _header_only(owner)
    _check_depth(header, source.text[start:end])
    newline = _newline(source)
    prefix, lines = (f"if 1:{newline}{indent}", 1) if indent else ("", 0)
    if isinstance(owner, ast.ExceptHandler):
        prefix, lines = f"{prefix}try: pass{newline}{indent}", lines + 1
    elif _is_elif(source, names, owner):
        prefix, lines = f"{prefix}if 0: pass{newline}{indent}", lines + 1
    first_line = source.lines.position(start)[0]
    return Region(start, end, prefix, f" pass{newline}", tuple(header), first_line, 0, lines)


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
    text = source.text[start : source.start(first)]
    lines = _line_starts(text)
    depth = lambdas = 0
    for token in _tokens(text):
        if token.type == tokenize.NAME and token.string == "lambda" and not depth:
            lambdas += 1
        elif token.type != tokenize.OP:
            continue
        elif token.string in "([{":
            depth += 1
        elif token.string in ")]}":
            depth -= 1
        elif token.string == ":" and not depth:
            if not lambdas:
                return start + lines[token.end[0] - 1] + token.end[1]
            lambdas -= 1
    raise RegionError("the end of the statement's header was not found")


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens of a part of a file, as far as it goes."""
    with suppress(tokenize.TokenError, SyntaxError):
        yield from tokenize.generate_tokens(io.StringIO(text, newline="").readline)


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


def _indents_around(source: Source, names: Names, statement: ast.stmt) -> list[str]:
    """The indentations around an indented statement, outermost (none) first.

    A wrapper with the same steps lets libcst see how wide the file's indentation is.
    """
    indents = [""]
    for ancestor in [*names.ancestors(statement)][-2::-1]:
        if isinstance(ancestor, ast.stmt):
            _, indent = _indented(source, ancestor)
            if indent.startswith(indents[-1]) and indent != indents[-1]:
                indents.append(indent)
    return indents


def _newline(source: Source) -> str:
    """The file's line end; libcst loses a lone carriage return at the end of its input."""
    return "\r\n" if source.file.newline == "\r\n" else "\n"


def _is_elif(source: Source, names: Names, node: ast.AST) -> bool:
    return isinstance(node, ast.If) and source.text.startswith("elif", source.start(node))


def _is_compound(node: ast.AST) -> bool:
    return any(getattr(node, field, None) for field in _BODIES)


def _statement(names: Names, node: ast.AST) -> ast.stmt:
    return names.statement(node)


def _check_depth(nodes: Iterable[ast.AST], text: str) -> None:
    """RegionError where libcst would nest too deep; ``text`` is the nodes' own."""
    stack = [(node, 1) for node in nodes]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, ast.BoolOp):
            depth += len(node.values)  # one node of ast, a chain of libcst's
        if depth > MAX_DEPTH:
            raise RegionError(f"the statement is nested more than {MAX_DEPTH} levels deep")
        stack.extend((child, depth + 1) for child in ast.iter_child_nodes(node))
    if text.count('"') + text.count("'") > MAX_DEPTH and _longest_string(text) > MAX_DEPTH:
        raise RegionError(f"more than {MAX_DEPTH} strings follow one another")


def _longest_string(text: str) -> int:
    """The number of pieces of the longest implicitly concatenated string, which libcst nests."""
    longest = pieces = inside = 0
    for token in _tokens(text):
        if token.type == _STRING_START:
            inside += 1
        elif token.type == _STRING_END:
            inside -= 1
        if inside:
            continue
        if token.type in (tokenize.STRING, _STRING_END):
            pieces += 1
            longest = max(longest, pieces)
        elif token.type not in (tokenize.NL, tokenize.COMMENT):
            pieces = 0
    return longest
