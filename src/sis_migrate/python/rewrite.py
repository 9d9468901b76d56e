"""From a codemod's changes to new text: libcst on just the touched statements, spliced back."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from sis_migrate.model import Splice
from sis_migrate.python.blank_lines import end_with_surplus
from sis_migrate.python.conflicts import conflicts
from sis_migrate.python.edits import ImportNeed, Lines, NodeChange, PythonChange, Transformation
from sis_migrate.python.names import Binding
from sis_migrate.python.regions import Region, RegionError, block_region, region_of, siblings
from sis_migrate.python.validity import fault
from sis_migrate.splices import narrowed, splice

if TYPE_CHECKING:
    import libcst as cst

    from sis_migrate.python.module import Module

_T = TypeVar("_T")


@dataclass(frozen=True)
class Rewritten:
    """The result of applying changes: the new text and the splices that made it.

    ``failed`` maps the index of a change to why it cannot be made; ``deferred`` those that touch
    what another one touches, and so are for the next round, to the index of that one. Where either
    has a member the caller leaves those (and their groups) out and applies the others again.
    """

    text: str
    splices: tuple[Splice, ...] = ()
    failed: Mapping[int, str] = field(default_factory=dict)
    deferred: Mapping[int, int] = field(default_factory=dict)


def apply(
    module: Module, changes: Sequence[PythonChange], kept: Callable[[Binding], bool]
) -> Rewritten:
    """Apply changes to a module's text; ``kept`` says of an import that other files need it."""
    deferred = conflicts(module, changes)
    if deferred:
        return Rewritten(module.source.text, deferred=deferred)
    result = _run(module, changes, kept)
    if len(result.failed) < len(changes) or len(changes) < 2:
        return result
    # All together make no valid file: see which of them does not on its own.
    alone = [_run(module, [change], kept).failed for change in changes]
    guilty = {index: reasons[0] for index, reasons in enumerate(alone) if reasons}
    if guilty:
        return Rewritten(module.source.text, failed=guilty)
    return Rewritten(module.source.text, deferred=dict.fromkeys(range(1, len(changes)), 0))


def _run(
    module: Module, changes: Sequence[PythonChange], kept: Callable[[Binding], bool]
) -> Rewritten:
    try:
        return _Application(module, changes, kept).run()
    except Exception as error:  # a fault of ours must cost one edit, not the run
        reason = f"{type(error).__name__}: {error}"
        return Rewritten(module.source.text, failed=dict.fromkeys(range(len(changes)), reason))


class _Application:
    """One application of compatible changes to one file."""

    def __init__(
        self, module: Module, changes: Sequence[PythonChange], kept: Callable[[Binding], bool]
    ) -> None:
        self.module = module
        self.source = module.source
        self.names = module.names
        self.changes = changes
        self.kept = kept
        self.failed: dict[int, str] = {}
        self.removed: dict[ast.stmt, int] = {}
        self.node_changes: list[tuple[int, NodeChange]] = []

    def run(self) -> Rewritten:
        self._collect()
        splices: list[Splice] = []
        regions = self._regions()
        insertions = self._insertions()
        reused = {i.start for i in insertions}
        splices += self._removed_lines(regions, reused)
        for region, members in regions.items():
            splices += self._edit_region(region, members)
        splices += insertions
        splices += self._new_lines(reused)
        text = self.source.text
        if self.failed:
            return Rewritten(text, failed=self.failed)
        return self._checked(splices)

    def _checked(self, splices: list[Splice]) -> Rewritten:
        old = self.source.text
        everything = range(len(self.changes))
        try:
            new = splice(old, splices)
        except ValueError as error:
            return Rewritten(old, failed=dict.fromkeys(everything, str(error)))
        reason = fault(old, new, self.source.path.name)
        if reason:
            return Rewritten(old, failed=dict.fromkeys(everything, reason))
        return Rewritten(new, tuple(splices))

    def _collect(self) -> None:
        for index, change in enumerate(self.changes):
            self.node_changes += [(index, n) for n in change.nodes]
            self.node_changes += [(index, _transformed(t)) for t in change.transformations]
            self.removed.update(dict.fromkeys(change.removals, index))
            for need in change.needs:
                if need.late is not None:
                    self.removed[self.module.imports.statement(need.late)] = index
        self._drop_imports()

    def _drop_imports(self) -> None:
        """Remove the imports that the edits leave without a use."""
        drops = {b: index for index, change in enumerate(self.changes) for b in change.drops}
        consumed = self._consumed()
        by_statement: dict[ast.Import | ast.ImportFrom, list[Binding]] = {}
        for binding in drops:
            alike = binding.scope.bindings[binding.name]
            used = any(name not in consumed for name in self.names.references(binding))
            if used or self.kept(binding) or any(b not in drops for b in alike):
                continue
            by_statement.setdefault(self.module.imports.statement(binding), []).append(binding)
        for statement, bindings in by_statement.items():
            index = drops[bindings[0]]
            if len(bindings) == len(statement.names):
                self.removed[statement] = index
                self._drop_guard(statement, index)
            else:
                self.node_changes += [(index, _removed_alias(b.node)) for b in bindings]

    def _drop_guard(self, statement: ast.stmt, index: int) -> None:
        """Remove the ``try`` or ``if`` too that dropped imports were all there was to."""
        guard = self.names.parents[statement]
        while isinstance(guard, (ast.Try, ast.If)) and self._guards_nothing(guard):
            for child in guard.body:
                self.removed.pop(child, None)
            self.removed[guard] = index
            guard = self.names.parents[guard]

    def _guards_nothing(self, guard: ast.Try | ast.If) -> bool:
        if guard.orelse or any(s not in self.removed for s in guard.body):
            return False
        inside = set(ast.walk(guard))
        if any(change.node in inside for _, change in self.node_changes):
            return False
        if isinstance(guard, ast.Try):
            return not guard.finalbody
        elif_of = self.source.text.startswith("elif", self.source.start(guard))
        effects = (ast.Call, ast.Await, ast.NamedExpr, ast.Yield, ast.YieldFrom)
        return not elif_of and not any(isinstance(n, effects) for n in ast.walk(guard.test))

    def _consumed(self) -> set[ast.AST]:
        gone = [n.node for _, n in self.node_changes if n.opaque] + list(self.removed)
        gone += [n.statement for c in self.changes for n in c.lines if not n.after]
        return {child for node in gone for child in ast.walk(node)}

    def _regions(self) -> dict[Region, list[tuple[int, NodeChange]]]:
        members: dict[Region, list[tuple[int, NodeChange]]] = {}
        for index, node_change in self.node_changes:
            region = self._region(index, node_change.node)
            if region is not None:
                members.setdefault(region, []).append((index, node_change))
        merged = _merged(members)
        for statement, index in self.removed.items():
            home = self._region_around(statement, merged)
            if home is None and self._shares_line(statement):
                home = self._region(index, statement)
            if home is not None:
                merged.setdefault(home, []).append((index, _removed_statement(statement)))
        return merged

    def _region_around(self, statement: ast.stmt, regions: Iterable[Region]) -> Region | None:
        start = self.source.start(statement)
        return next((r for r in regions if r.start <= start < r.end), None)

    def _region(self, index: int, node: ast.AST) -> Region | None:
        return self._attempt(index, lambda: region_of(self.source, self.names, node))

    def _attempt(self, index: int, find: Callable[[], _T]) -> _T | None:
        try:
            return find()
        except RegionError as error:
            self.failed[index] = str(error)
            return None

    def _shares_line(self, statement: ast.stmt) -> bool:
        """Whether other statements are left on a removed statement's line."""
        region = block_region(self.source, self.names, statement)
        return any(s not in self.removed for s in region.nodes)

    def _removed_lines(
        self, regions: Mapping[Region, object], reused: Collection[int]
    ) -> list[Splice]:
        """The removal of whole lines; on a ``reused`` one an import is put, so its gaps stay."""
        apart = [s for s in self.removed if self._region_around(s, regions) is None]
        return list(dict.fromkeys(self._removed_line(s, reused) for s in apart))

    def _removed_line(self, statement: ast.stmt, reused: Collection[int] = ()) -> Splice:
        region = block_region(self.source, self.names, statement)
        block = siblings(self.names, statement)
        emptied = all(s in self.removed for s in block)
        parent = self.names.parents[statement]
        line_start = self.source.lines.offset(self.source.lines.position(region.start)[0], 0)
        alone = not self.source.text[line_start : region.start].strip(" \t\f")
        if emptied and not isinstance(parent, ast.Module) and block[0] in region.nodes:
            return Splice(region.start, region.end, "pass")
        if not alone:
            return Splice(region.start, region.end, "")
        end = self.source.lines.end_of_line(region.end)
        if line_start not in reused:
            opens_block = block[0] in region.nodes and not isinstance(parent, ast.Module)
            end = end_with_surplus(self.source.lines, line_start, end, opens_block=opens_block)
        return Splice(line_start, end, "")

    def _edit_region(self, region: Region, members: list[tuple[int, NodeChange]]) -> list[Splice]:
        from sis_migrate.python.transform import TransformError, transform

        try:
            new = transform(self.source, region, members)
        except TransformError as error:
            indices = error.indices or [i for i, _ in members]
            self.failed.update(dict.fromkeys(indices, str(error)))
            return []
        made = narrowed(self.source.text, Splice(region.start, region.end, new))
        if not made:
            # Nothing may be reported as done that is not.
            idle = [i for i, _ in members if self._edits_nodes_only(i)]
            self.failed.update(dict.fromkeys(idle, "it would change nothing"))
        return made

    def _edits_nodes_only(self, index: int) -> bool:
        change = self.changes[index]
        return not (change.removals or change.needs or change.drops or change.lines)

    def _insertions(self) -> list[Splice]:
        places: dict[str, int] = {}
        for index, change in enumerate(self.changes):
            for need in change.needs:
                place = self._attempt(index, partial(self._place, need))
                if place is not None:
                    places[need.statement] = min(place, places.get(need.statement, place))
        by_place: dict[int, set[str]] = {}
        for statement, place in places.items():
            by_place.setdefault(place, set()).add(statement)
        return [self._inserted(offset, lines) for offset, lines in by_place.items()]

    def _new_lines(self, reused: Collection[int]) -> list[Splice]:
        every = [(i, added) for i, change in enumerate(self.changes) for added in change.lines]
        made = [self._attempt(i, partial(self._lines_at, added, reused)) for i, added in every]
        return list(dict.fromkeys(s for s in made if s is not None))

    def _lines_at(self, added: Lines, reused: Collection[int]) -> Splice:
        region = block_region(self.source, self.names, added.statement)
        line = self.source.lines.position(region.start)[0]
        start = self.source.lines.offset(line, 0)
        indent = self.source.text[start : region.start]
        end = self.source.lines.end_of_line(region.end)
        rest = self.source.text[region.end : end].strip()
        if indent.strip() or len(region.nodes) > 1 or (rest and not rest.startswith("#")):
            raise RegionError("the statement shares its line with others")
        newline = self.source.file.newline
        text = added.text
        if "\n\t" in self.source.text:
            text = re.sub(r"(?m)^(    )+", lambda found: "\t" * (len(found[0]) // 4), text)
        text = textwrap.indent(text, indent).replace("\n", newline)
        if not added.after:
            return Splice(start, region.end, text.rstrip("\r\n"))
        if added.statement in self.removed:
            end = self._removed_line(added.statement, reused).end
        ended = self.source.text[:end].endswith(("\n", "\r"))
        following = self.source.text[end:]
        blank = following[: len(following) - len(following.lstrip())].count("\n")
        gap = newline * max(0, 2 - blank) if following.strip() else ""
        return Splice(end, end, f"{'' if ended else newline}{newline * 2}{text}{gap}")

    def _place(self, need: ImportNeed) -> int:
        """Where a removed import frees its line, there; else with the other imports."""
        default = self.module.imports.insertion_point(need.at)
        for statement in self.removed:
            free = isinstance(statement, (ast.Import, ast.ImportFrom)) and (
                statement in self.source.tree.body
            )
            late = need.late is not None and statement is self.module.imports.statement(need.late)
            before = self.source.start(statement) < default
            if free and before and not late and not self._shares_line(statement):
                return self._removed_line(statement).start
        return default

    def _inserted(self, offset: int, lines: set[str]) -> Splice:
        newline = self.source.file.newline
        text = "".join(line + newline for line in sorted(lines))
        before = self.source.text[:offset]
        if before and not before.endswith(("\n", "\r")):
            text = newline + text[: -len(newline)]
        return Splice(offset, offset, text)


def _merged(
    members: Mapping[Region, list[tuple[int, NodeChange]]],
) -> dict[Region, list[tuple[int, NodeChange]]]:
    """Regions inside a larger one become part of it."""
    merged: dict[Region, list[tuple[int, NodeChange]]] = {}
    home: Region | None = None
    for region in sorted(members, key=lambda r: (r.start, -r.end)):
        if home is None or home.end < region.end:
            home = region
        merged.setdefault(home, []).extend(members[region])
    return merged


def _transformed(transformation: Transformation) -> NodeChange:
    make = transformation.transformer
    return NodeChange(transformation.statement, lambda node: node.visit(make()), opaque=True)


def _removed_alias(alias: ast.AST) -> NodeChange:
    return NodeChange(alias, _remove, opaque=True)


def _removed_statement(statement: ast.stmt) -> NodeChange:
    return NodeChange(statement, _remove, opaque=True)


def _remove(_: cst.CSTNode) -> cst.RemovalSentinel:
    import libcst as cst

    return cst.RemoveFromParent()
