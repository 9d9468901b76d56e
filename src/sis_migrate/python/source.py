"""Parsing a Python file without ever failing in a way that stops the run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from sis_migrate.model import Span
from sis_migrate.textfile import Lines, TextFile

_N = TypeVar("_N", bound=ast.AST)


class ParseError(Exception):
    """The file is not Python that this interpreter parses; ``line`` is 1-based where known."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


@dataclass(frozen=True)
class Source:
    """A parsed file. ``file.text`` is what all offsets refer to."""

    path: Path
    file: TextFile
    tree: ast.Module

    @property
    def text(self) -> str:
        """The decoded text, with the file's own line ends."""
        return self.file.text

    @cached_property
    def lines(self) -> Lines:
        """Line arithmetic for the text."""
        return Lines(self.file.text)

    def nodes(self, *types: type[_N]) -> Iterator[_N]:
        """All nodes of exactly these types, each type in the order of the source.

        The tree is walked once for all that ask, however deep it is.
        """
        for node_type in types:
            yield from self._nodes.get(node_type, ())  # type: ignore[misc]  # filed under its type

    @cached_property
    def _nodes(self) -> dict[type[ast.AST], list[ast.AST]]:
        filed: dict[type[ast.AST], list[ast.AST]] = {}
        stack: list[ast.AST] = [self.tree]
        while stack:
            node = stack.pop()
            filed.setdefault(type(node), []).append(node)
            stack.extend(reversed(list(ast.iter_child_nodes(node))))
        return filed

    def start(self, node: ast.AST) -> int:
        """The offset of a node's first character (of its first decorator, where it has one)."""
        decorators = getattr(node, "decorator_list", None)
        if decorators:
            first = self.lines.offset_utf8(decorators[0].lineno, decorators[0].col_offset)
            return self.text.rindex("@", 0, first)
        return self.lines.offset_utf8(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """The offset just past a node's last character."""
        return self.lines.offset_utf8(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def span(self, node: ast.AST) -> Span:
        """A node's place as a finding names it (a definition's first line, not its decorators)."""
        start = self.lines.offset_utf8(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        return self.span_between(start, self.end(node))

    def span_between(self, start: int, end: int) -> Span:
        """The span of ``text[start:end]``."""
        return Span(*self.lines.position(start), *self.lines.position(end))

    def segment(self, node: ast.AST) -> str:
        """The source text of a node."""
        return self.text[self.start(node) : self.end(node)]


def parse_text(text: str, filename: str = "<text>") -> ast.Module:
    """``ast.parse`` that raises only ParseError, and keeps the warnings of user code to itself."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, filename)
    except SyntaxError as error:
        raise ParseError(error.msg, error.lineno, error.offset) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ParseError(str(error) or "too deeply nested for Python's own parser") from error


def parse(path: Path, file: TextFile) -> Source:
    """Parse a decoded file; ParseError where it is not Python 3."""
    # ast drops one leading U+FEFF itself, but a BOM is already off; a second one is an error there.
    return Source(path, file, parse_text(file.text, path.name))
