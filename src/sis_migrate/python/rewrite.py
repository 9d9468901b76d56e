"""From a codemod's changes to new text: libcst on just the touched statements, spliced back."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sis_migrate.model import Splice
from sis_migrate.python.blank_lines import end_with_surplus
from sis_migrate.python.edits import ImportNeed, NodeChange, PythonChange
from sis_migrate.python.names import Binding
from sis_migrate.python.regions import Region, RegionError, block_region, region_of, siblings
from sis_migrate.python.source import ParseError, parse_text
from sis_migrate.splices import splice

if TYPE_CHECKING:
    import libcst as cst

    from sis_migrate.python.module import Module


@dataclass(frozen=True)
class Rewritten:
    """The result of applying changes: the new text and the splices that made it.

    ``failed`` maps the index of a change to why it cannot be made; ``deferred`` holds those that
    touch what another one touches, for the next round. Where either has a member the caller leaves
    those (and their groups) out and applies the others again.
    """

    text: str
    splices: tuple[Splice, ...] = ()
    failed: Mapping[int, str] = field(default_factory=dict)
    deferred: frozenset[int] = frozenset()


def apply(
    module: Module, changes: Sequence[PythonChange], kept: Callable[[Binding], bool]
) -> Rewritten:
    """Apply changes to a module's text; ``kept`` says of an import that other files need it."""
    deferred = _conflicts(module, changes)
    if deferred:
        return Rewritten(module.source.text, deferred=deferred)
    result = _run(module, changes, kept)
    if len(result.failed) < len(changes) or len(changes) < 2:
        return result
    # All together make no valid file: see which of them does not on its own.
    alone = [_run(module, [change], kept).failed for change in changes]
    guilty = {index: reasons[0] for index, reasons in enumerate(alone) if reasons}
    return Rewritten(module.source.text, failed=guilty or result.failed)


def _run(
    module: Module, changes: Sequence[PythonChange], kept: Callable[[Binding], bool]
) -> Rewritten:
    try:
        return _Application(module, changes, kept).run()
    except Exception as error:  # a fault of ours must cost one edit, not the run
        reason = f"{type(error).__name__}: {error}"
        return Rewritten(module.source.text, failed=dict.fromkeys(range(len(changes)), reason))


def _conflicts(module: Module, changes: Sequence[PythonChange]) -> frozenset[int]:
    claimed: dict[ast.AST, bool] = {}
    deferred: set[int] = set()
    for index, change in enumerate(changes):
        wanted = [(n.node, n.opaque) for n in change.nodes]
        wanted += [(s, True) for s in change.removals]
        if any(_conflict(module, node, opaque, claimed) for node, opaque in wanted):
            deferred.add(index)
        else:
            claimed.update(wanted)
    return frozenset(deferred)


def _conflict(module: Module, node: ast.AST, opaque: bool, claimed: Mapping[ast.AST, bool]) -> bool:
    if not claimed:
        return False
    if node in claimed or any(claimed.get(a, False) for a in module.names.ancestors(node)):
        return True
    return opaque and any(node in module.names.ancestors(other) for other in claimed)


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
        splices += self._removed_lines(regions, {i.start for i in insertions})
        for region, members in regions.items():
            splices += self._edit_region(region, members)
        splices += insertions
        text = self.source.text
        if self.failed:
            return Rewritten(text, failed=self.failed)
        return self._checked(splices)

    def _checked(self, splices: list[Splice]) -> Rewritten:
        text = self.source.text
        everything = range(len(self.changes))
        try:
            new = splice(text, splices)
            parse_text(new, self.source.path.name)
        except ValueError as error:
            return Rewritten(text, failed=dict.fromkeys(everything, str(error)))
        except ParseError as error:
            reason = f"the edited file would not parse ({error}, line {error.line})"
            return Rewritten(text, failed=dict.fromkeys(everything, reason))
        return Rewritten(new, tuple(splices))

    def _collect(self) -> None:
        for index, change in enumerate(self.changes):
            self.node_changes += [(index, n) for n in change.nodes]
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
            else:
                self.node_changes += [(index, _removed_alias(b.node)) for b in bindings]

    def _consumed(self) -> set[ast.AST]:
        gone = [n.node for _, n in self.node_changes if n.opaque] + list(self.removed)
        return {child for node in gone for child in ast.walk(node)}

    def _regions(self) -> dict[Region, list[tuple[int, NodeChange]]]:
        members: dict[Region, list[tuple[int, NodeChange]]] = {}
        blocks: list[Region] = []
        for index, change in enumerate(self.changes):
            for transformation in change.transformations:
                region = self._attempt(index, block_region, transformation.statement)
                if region is not None and region not in blocks:
                    blocks.append(region)
        for index, node_change in self.node_changes:
            region = self._attempt(index, region_of, node_change.node)
            if region is not None:
                members.setdefault(region, []).append((index, node_change))
        merged = _merged([*blocks, *members], members)
        for statement, index in self.removed.items():
            home = self._region_around(statement, merged)
            if home is None and self._shares_line(statement):
                home = self._attempt(index, region_of, statement)
            if home is not None:
                merged.setdefault(home, []).append((index, _removed_statement(statement)))
        return merged

    def _region_around(self, statement: ast.stmt, regions: Iterable[Region]) -> Region | None:
        start = self.source.start(statement)
        return next((r for r in regions if r.start <= start < r.end), None)

    def _attempt(self, index: int, find: Callable[..., Region], node: ast.AST) -> Region | None:
        try:
            return find(self.source, self.names, node)
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

        transformers = [
            (index, t.transformer)
            for index, change in enumerate(self.changes)
            for t in change.transformations
            if region.start <= self.source.start(t.statement) < region.end
        ]
        try:
            new = transform(self.source, region, members, transformers)
        except TransformError as error:
            indices = error.indices or [i for i, _ in members] + [i for i, _ in transformers]
            self.failed.update(dict.fromkeys(indices, str(error)))
            return []
        return [Splice(region.start, region.end, new)]

    def _insertions(self) -> list[Splice]:
        by_place: dict[int, set[str]] = {}
        for index, change in enumerate(self.changes):
            for need in change.needs:
                by_place.setdefault(self._place(index, need), set()).add(need.statement)
        return [self._inserted(offset, lines) for offset, lines in by_place.items()]

    def _place(self, index: int, need: ImportNeed) -> int:
        """Where a removed import of this edit frees its line, there; else with the other imports."""
        default = self.module.imports.insertion_point(need.at)
        for statement in self.changes[index].removals + tuple(self.removed):
            free = isinstance(statement, (ast.Import, ast.ImportFrom)) and (
                statement in self.source.tree.body
            )
            late = need.late is not None and statement is self.module.imports.statement(need.late)
            if free and not late and self.source.start(statement) < default:
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
    regions: list[Region], members: Mapping[Region, list[tuple[int, NodeChange]]]
) -> dict[Region, list[tuple[int, NodeChange]]]:
    """Regions inside a larger one become part of it."""
    merged: dict[Region, list[tuple[int, NodeChange]]] = {}
    outer: list[Region] = []
    for region in sorted(dict.fromkeys(regions), key=lambda r: (r.start, -r.end)):
        home = next((o for o in outer if o.start <= region.start and region.end <= o.end), region)
        if home is region:
            outer.append(region)
        merged.setdefault(home, []).extend(members.get(region, []))
    return merged


def _removed_alias(alias: ast.AST) -> NodeChange:
    return NodeChange(alias, _remove, opaque=True)


def _removed_statement(statement: ast.stmt) -> NodeChange:
    return NodeChange(statement, _remove, opaque=True)


def _remove(_: cst.CSTNode) -> cst.RemovalSentinel:
    import libcst as cst

    return cst.RemoveFromParent()
