"""libcst on one region: find the nodes that changes name, rewrite them, give back the text.

This module is imported only when there is something to edit, because libcst takes 0.2 s to load.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from sis_migrate.python.comments import CommentError, with_lost_comments
from sis_migrate.python.edits import NodeChange, Rewrite
from sis_migrate.python.regions import Region
from sis_migrate.python.source import Source

_Place = tuple[int, int]
_Kinds = type[cst.CSTNode] | tuple[type[cst.CSTNode], ...]

_SPECIAL: dict[type[ast.AST], _Kinds] = {
    ast.alias: cst.ImportAlias,
    ast.keyword: cst.Arg,
    ast.arg: cst.Param,
    ast.withitem: cst.WithItem,
    ast.ExceptHandler: (cst.ExceptHandler, cst.ExceptStarHandler),
    ast.AsyncFunctionDef: cst.FunctionDef,
    ast.AsyncFor: cst.For,
    ast.AsyncWith: cst.With,
    ast.Delete: cst.Del,
}


class TransformError(Exception):
    """libcst does not take the region or a change; ``indices`` are the changes at fault, if known."""

    def __init__(self, message: str, indices: Sequence[int] = ()) -> None:
        super().__init__(message)
        self.indices = list(indices)


def transform(source: Source, region: Region, members: Sequence[tuple[int, NodeChange]]) -> str:
    """The region's new text. Raises TransformError, and nothing else, where that cannot be made."""
    text = region.prefix + source.text[region.start : region.end] + region.suffix
    try:
        tree = _parse(text)
        if tree.code != text:
            raise TransformError("libcst does not reproduce the statement")
        rewrites = _located(_Locator(source, region, tree), members)
        new = _unwrapped(_visited(tree, _Rewriter(rewrites)).code, region)
        return with_lost_comments(source, region, (change.node for _, change in members), new)
    except RecursionError as error:
        raise TransformError("the statement is nested too deep") from error
    except CommentError as error:
        raise TransformError(str(error)) from error


def _located(
    found: _Locator, members: Iterable[tuple[int, NodeChange]]
) -> dict[int, list[tuple[int, Rewrite]]]:
    rewrites: dict[int, list[tuple[int, Rewrite]]] = {}
    for index, change in members:
        target = found.target(change.node)
        if target is None:
            raise TransformError("the place to edit was not found in the statement", [index])
        rewrites.setdefault(id(target), []).append((index, change.rewrite))
    return rewrites


def _parse(text: str) -> cst.Module:
    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise TransformError("libcst does not parse the statement") from error


def _visited(tree: cst.Module, rewriter: _Rewriter) -> cst.Module:
    try:
        return tree.visit(rewriter)
    except (TransformError, RecursionError):
        raise
    except Exception as error:  # libcst does not take what a change puts somewhere
        raise TransformError(_told(error)) from error


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"


def _unwrapped(code: str, region: Region) -> str:
    if not code.startswith(region.prefix):
        raise TransformError("the statement's surroundings were changed")
    inner = code[len(region.prefix) :]
    if not inner.strip():
        return "pass"
    end = region.suffix.rstrip("\r\n")
    inner = inner.rstrip("\r\n")
    if not inner.endswith(end):
        raise TransformError("the statement's surroundings were changed")
    return inner[: len(inner) - len(end)] if end else inner


class _Rewriter(cst.CSTTransformer):
    """Applies rewrites to exactly the nodes they name, innermost first."""

    def __init__(self, rewrites: dict[int, list[tuple[int, Rewrite]]]) -> None:
        super().__init__()
        self._rewrites = rewrites

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]:
        result: cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode] = updated_node
        for index, rewrite in self._rewrites.get(id(original_node), ()):
            if not isinstance(result, cst.CSTNode):
                raise TransformError("the place is removed by another edit", [index])
            try:
                result = rewrite(result)
            except Exception as error:  # a codemod's own code: a finding, not the run's end
                raise TransformError(_told(error), [index]) from error
        return _tidied(original_node, result)


def _tidied(
    original: cst.CSTNode,
    result: cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode],
) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]:
    """After a removal: the punctuation that the last of a list is left with is the old last one's."""
    if isinstance(original, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
        assert isinstance(result, (cst.SimpleStatementLine, cst.SimpleStatementSuite))
        if 0 < len(result.body) < len(original.body):
            last = result.body[-1].with_changes(semicolon=original.body[-1].semicolon)
            return result.with_changes(body=[*result.body[:-1], last])
    elif isinstance(original, (cst.Import, cst.ImportFrom)) and isinstance(
        result, (cst.Import, cst.ImportFrom)
    ):
        old, new = original.names, result.names
        if isinstance(old, cst.ImportStar) or isinstance(new, cst.ImportStar):
            return result
        if 0 < len(new) < len(old):
            last_name = new[-1].with_changes(comma=old[-1].comma)
            return result.with_changes(names=[*new[:-1], last_name])
    return result


class _Locator:
    """Which libcst node stands where an ``ast`` node does."""

    def __init__(self, source: Source, region: Region, tree: cst.Module) -> None:
        self._source = source
        self._region = region
        self._tree = tree
        positions = MetadataWrapper(tree, unsafe_skip_copy=True).resolve(PositionProvider)
        self._strings = {n for s in region.nodes for f in _formatted(s) for n in ast.walk(f)}
        self._at: dict[_Place, list[tuple[_Place, cst.CSTNode]]] = {}
        for node, place in positions.items():
            start = (place.start.line, place.start.column)
            self._at.setdefault(start, []).append(((place.end.line, place.end.column), node))

    def target(self, node: ast.AST) -> cst.CSTNode | None:
        """The libcst node for ``node``; None where there is none or more than one could be."""
        start, end = self._place(node, "start"), self._place(node, "end")
        kinds = _kinds(node)
        exact = isinstance(node, (ast.expr, ast.alias, ast.keyword))
        found = [
            candidate
            for stop, candidate in self._at.get(start, [])
            if isinstance(candidate, kinds) and (not exact or stop == end)
        ]
        if len(found) == 1 and (node not in self._strings or self._same(found[0], node)):
            return found[0]
        if not found and isinstance(node, (ast.Tuple, ast.GeneratorExp)):
            return self._in_parentheses(node, start, end)
        return None

    def _in_parentheses(self, node: ast.expr, start: _Place, end: _Place) -> cst.CSTNode | None:
        """The node whose parentheses belong to the ``ast`` node, but not to libcst's position."""
        inside = [
            (begin, (-stop[0], -stop[1]), candidate)
            for begin, candidates in self._at.items()
            for stop, candidate in candidates
            if start < begin and stop < end and type(candidate).__name__ == type(node).__name__
        ]
        outermost = min(inside, key=lambda found: found[:2])[2] if inside else None
        return outermost if outermost is not None and self._same(outermost, node) else None

    def _place(self, node: ast.AST, side: str) -> _Place:
        offset = self._source.start(node) if side == "start" else self._source.end(node)
        if side == "start" and not isinstance(node, ast.expr):
            offset = self._source.lines.offset_utf8(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        line, column = self._source.lines.position(offset)
        shift = self._region.shift if line == self._region.first_line else 0
        return line - self._region.first_line + 1 + self._region.prefix_lines, column - 1 + shift

    def _same(self, candidate: cst.CSTNode, node: ast.AST) -> bool:
        """Whether the code agrees: Python 3.11 does not promise exact positions in f-strings."""
        return self._dump(candidate) == _dump(node)

    def _dump(self, candidate: cst.CSTNode) -> str:
        code = self._tree.code_for_node(candidate)
        try:
            return _dump(ast.parse(f"({code})", mode="eval").body)
        except (SyntaxError, ValueError):
            return ""


def _dump(node: ast.AST) -> str:
    """What tells one expression from another, wherever it stands."""
    return re.sub(r"\b(?:Store|Del)\(\)", "Load()", ast.dump(node))


def _formatted(outer: ast.AST) -> list[ast.JoinedStr]:
    """The outermost f-strings in a node."""
    found: list[ast.JoinedStr] = []
    stack = [outer]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.JoinedStr):
            found.append(node)
            continue
        stack.extend(reversed(list(ast.iter_child_nodes(node))))
    return found


def _kinds(node: ast.AST) -> _Kinds:
    if isinstance(node, ast.expr):
        return cst.BaseExpression
    same_name: type[cst.CSTNode] | tuple[()] = getattr(cst, type(node).__name__, ())
    return _SPECIAL.get(type(node), same_name)
