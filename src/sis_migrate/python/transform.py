"""libcst on one region: find the nodes that changes name, rewrite them, give back the text.

This module is imported only when there is something to edit, because libcst takes 0.2 s to load.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from sis_migrate.python.edits import NodeChange, Rewrite
from sis_migrate.python.regions import Region
from sis_migrate.python.source import Source

_SPECIAL: dict[type[ast.AST], type[cst.CSTNode] | tuple[type[cst.CSTNode], ...]] = {
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
_Place = tuple[int, int]


class TransformError(Exception):
    """libcst does not take the region or a change; ``indices`` are the changes at fault, if known."""

    def __init__(self, message: str, indices: Sequence[int] = ()) -> None:
        super().__init__(message)
        self.indices = list(indices)


def transform(
    source: Source,
    region: Region,
    members: Iterable[tuple[int, NodeChange]],
    transformers: Iterable[tuple[int, Callable[[], cst.CSTTransformer]]],
) -> str:
    """The region's new text. Raises TransformError, and nothing else, where that cannot be made."""
    text = region.prefix + source.text[region.start : region.end] + region.suffix
    tree = _parse(text)
    if tree.code != text:
        raise TransformError("libcst does not reproduce the statement")
    found = _Locator(source, region, tree)
    rewrites: dict[int, list[tuple[int, Rewrite]]] = {}
    for index, change in members:
        target = found.target(change.node)
        if target is None:
            raise TransformError("the place to edit was not found in the statement", [index])
        rewrites.setdefault(id(target), []).append((index, change.rewrite))
    tree = _visited(tree, _Rewriter(rewrites), [i for i, _ in members])
    for index, make in transformers:
        tree = _visited(tree, make(), [index])
    return _unwrapped(tree.code, region)


def _parse(text: str) -> cst.Module:
    try:
        return cst.parse_module(text)
    except (cst.ParserSyntaxError, RecursionError) as error:
        raise TransformError(
            f"libcst does not parse the statement: {_first_line(error)}"
        ) from error


def _visited(tree: cst.Module, visitor: cst.CSTTransformer, indices: Sequence[int]) -> cst.Module:
    try:
        result = tree.visit(visitor)
    except TransformError:
        raise
    except Exception as error:  # a codemod's own code: its failure is a finding, not the run's end
        raise TransformError(f"{type(error).__name__}: {_first_line(error)}", indices) from error
    return result


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]


def _unwrapped(code: str, region: Region) -> str:
    if not code.startswith(region.prefix):
        raise TransformError("the statement's surroundings were changed")
    inner = code[len(region.prefix) :]
    if not inner.strip():
        return "pass"
    end = region.suffix.rstrip("\n")
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
            result = rewrite(result)
        if len(original_node.children) == len(getattr(result, "children", ())):
            return result
        return _tidied(original_node, result)


def _tidied(
    original: cst.CSTNode,
    result: cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode],
) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]:
    """After a removal: the punctuation that the last of a list is left with is the old last one's."""
    if isinstance(original, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
        assert isinstance(result, (cst.SimpleStatementLine, cst.SimpleStatementSuite))
        if result.body:
            last = result.body[-1].with_changes(semicolon=original.body[-1].semicolon)
            return result.with_changes(body=[*result.body[:-1], last])
    elif isinstance(original, (cst.Import, cst.ImportFrom)) and isinstance(
        result, (cst.Import, cst.ImportFrom)
    ):
        old, new = original.names, result.names
        if not isinstance(old, cst.ImportStar) and not isinstance(new, cst.ImportStar) and new:
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
        if len(found) == 1 and self._same(found[0], node):
            return found[0]
        if isinstance(node, ast.expr):
            return self._in_formatted_string(node)
        return None

    def _place(self, node: ast.AST, side: str) -> _Place:
        offset = self._source.start(node) if side == "start" else self._source.end(node)
        if side == "start" and not isinstance(node, ast.expr):
            offset = self._source.lines.offset_utf8(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        line, column = self._source.lines.position(offset)
        shift = self._region.shift if line == self._region.first_line else 0
        return line - self._region.first_line + 1 + self._region.prefix_lines, column - 1 + shift

    def _same(self, candidate: cst.CSTNode, node: ast.AST) -> bool:
        """Positions in f-strings are wrong before Python 3.12: trust them only if the code agrees."""
        return not isinstance(node, ast.expr) or self._dump(candidate) == ast.dump(node)

    def _in_formatted_string(self, node: ast.expr) -> cst.CSTNode | None:
        """The occurrence inside an f-string with the same code and the same rank among equals."""
        wanted = ast.dump(node)
        rank = -1
        for outer in self._region.nodes:
            for string in _formatted(outer):
                for child in ast.walk(string):
                    if isinstance(child, ast.expr) and ast.dump(child) == wanted:
                        rank += 1
                        if child is node:
                            return self._nth_in_strings(rank, wanted)
        return None

    def _nth_in_strings(self, rank: int, wanted: str) -> cst.CSTNode | None:
        seen = -1
        collector = _FormattedExpressions()
        self._tree.visit(collector)
        for candidate in collector.expressions:
            if self._dump(candidate) == wanted:
                seen += 1
                if seen == rank:
                    return candidate
        return None

    def _dump(self, candidate: cst.CSTNode) -> str:
        code = self._tree.code_for_node(candidate)
        try:
            return ast.dump(ast.parse(f"({code})", mode="eval").body)
        except (SyntaxError, ValueError):
            return ""


class _FormattedExpressions(cst.CSTVisitor):
    """All expressions inside the replacement fields of f-strings."""

    def __init__(self) -> None:
        super().__init__()
        self.expressions: list[cst.BaseExpression] = []
        self._depth = 0

    def visit_FormattedStringExpression(self, node: cst.FormattedStringExpression) -> None:
        self._depth += 1

    def leave_FormattedStringExpression(self, original_node: cst.FormattedStringExpression) -> None:
        self._depth -= 1

    def on_visit(self, node: cst.CSTNode) -> bool:
        if self._depth and isinstance(node, cst.BaseExpression):
            self.expressions.append(node)
        return super().on_visit(node)


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


def _kinds(node: ast.AST) -> type[cst.CSTNode] | tuple[type[cst.CSTNode], ...]:
    if isinstance(node, ast.expr):
        return cst.BaseExpression
    same_name: type[cst.CSTNode] | tuple[()] = getattr(cst, type(node).__name__, ())
    return _SPECIAL.get(type(node), same_name)
