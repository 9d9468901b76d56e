"""Comments inside an expression that is replaced: they move above the statement, and are not lost.

A comment in a statement, a branch or an argument that goes as a whole goes with it.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Iterable

from sis_migrate.python.regions import Region
from sis_migrate.python.source import Source


class CommentError(Exception):
    """A comment would be lost, and there is no line above the statement to put it on."""


def with_lost_comments(source: Source, region: Region, nodes: Iterable[ast.AST], new: str) -> str:
    """A region's new text, below the comments of replaced expressions that it lacks.

    ``nodes`` are those that changes replace. CommentError where the region shares its first line
    with other code.
    """
    old = [c for node in nodes if isinstance(node, ast.expr) for c in _comments_in(source, node)]
    left = Counter(_comments(region.prefix + new + region.suffix)) if old else Counter()
    lost = [comment for comment in dict.fromkeys(old) if not left[comment]]
    if not lost:
        return new
    line, _ = source.lines.position(region.start)
    indent = source.text[source.lines.offset(line, 0) : region.start]
    if indent.strip():
        raise CommentError(f"a comment inside it would be lost: {lost[0]}")
    return "".join(f"{comment}{source.file.newline}{indent}" for comment in lost) + new


def _comments_in(source: Source, node: ast.expr) -> list[str]:
    text = source.text[source.start(node) : source.end(node)]
    return _comments(f"({text})") if "#" in text else []


def _comments(code: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    try:
        return [t.string.rstrip() for t in tokens if t.type == tokenize.COMMENT]
    except (tokenize.TokenError, SyntaxError):
        return []
