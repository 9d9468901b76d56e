"""Running codemods over files: one shared walk, triggers first, every failure kept to its file."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sis_migrate.codemod import AppContext, Codemod, Result
from sis_migrate.model import Edit, EditGroup, Finding, Scope, Status, Step, Withhold

if TYPE_CHECKING:
    from sis_migrate.codemod import AppHandler, ModuleHandler, NodeHandler
    from sis_migrate.python.module import Module

CODEMOD_FAILED = "SIS003"


@dataclass
class Collected:
    """What the codemods yielded: edits and findings with code and item filled in.

    ``holds`` are the Withholds with the finding each was yielded beside, for as long as it is not
    settled whether that is ignored; ``withheld`` are the groups that are not edited, and why.
    ``failed`` are the codes of the codemods that raised.
    """

    edits: list[Edit] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    holds: list[tuple[Withhold, Finding | None]] = field(default_factory=list)
    withheld: dict[EditGroup, str] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)

    def add(self, other: Collected) -> None:
        """Take over everything from ``other``."""
        self.edits += other.edits
        self.findings += other.findings
        self.steps += other.steps
        self.holds += other.holds
        self.withheld.update(other.withheld)
        self.failed |= other.failed


def triggered(codemods: Iterable[Codemod], contents: Collection[bytes]) -> frozenset[str]:
    """The codes of the codemods whose triggers for apps occur in any of an app's files."""
    return frozenset(
        c.code for c in codemods if any(t in data for t in c.app_triggers for data in contents)
    )


def applicable(
    codemods: Iterable[Codemod], data: bytes, app_wide: Collection[str]
) -> list[Codemod]:
    """The Python codemods whose triggers occur in a file, or whose code is in ``app_wide``."""
    return [c for c in codemods if c.code in app_wide or any(t in data for t in c.triggers)]


def from_module(module: Module, codemods: Iterable[Codemod]) -> Collected:
    """Run codemods over one file, in one walk over its tree."""
    runs = {c.code: _Run(c, module.path) for c in codemods}
    handlers: dict[type[ast.AST], list[tuple[_Run, NodeHandler]]] = {}
    for run in runs.values():
        for node_type, functions in run.codemod.node_handlers.items():
            handlers.setdefault(node_type, []).extend((run, f) for f in functions)
    for node_type, takers in handlers.items():
        for node in module.source.nodes(node_type):
            for run, handler in takers:
                run.take_node(handler, module, node)
    for run in runs.values():
        for module_handler in run.codemod.module_handlers:
            run.take_module(module_handler, module)
    collected = Collected()
    for run in runs.values():
        collected.add(run.collected)
    return collected


def from_app(context: AppContext, codemod: Codemod) -> Collected:
    """Run a codemod's handlers for whole apps."""
    run = _Run(codemod, context.app.root)
    for handler in codemod.app_handlers:
        run.take_app(handler, context)
    return run.collected


class _Run:
    """One codemod on one file or app. After a failure it yields nothing but that finding."""

    def __init__(self, codemod: Codemod, path: Path) -> None:
        self.codemod = codemod
        self.path = path
        self.collected = Collected()
        self.failed = False

    def take_node(self, handler: NodeHandler, module: Module, node: ast.AST) -> None:
        self._take(lambda: handler(module, node))

    def take_module(self, handler: ModuleHandler, module: Module) -> None:
        self._take(lambda: handler(module))

    def take_app(self, handler: AppHandler, context: AppContext) -> None:
        self._take(lambda: handler(context))

    def _take(self, results: Callable[[], Iterable[Result]]) -> None:
        if self.failed:
            return
        found: list[Finding] = []
        holds: list[tuple[Withhold, int]] = []
        try:
            for result in results():
                match result:
                    case Edit():
                        self.collected.edits.append(self._completed_edit(result))
                    case Finding():
                        found.append(self._completed_finding(result))
                    case Step():
                        code = result.code or self.codemod.code
                        self.collected.steps.append(replace(result, code=code))
                    case Withhold():
                        holds.append((result, len(found)))
        except Exception as error:  # whatever a codemod raises is a finding, never the run's end
            self._fail(error)
            return
        self.collected.findings += found
        for hold, before in holds:
            # The finding it belongs to: the last one before it, else the first one after it.
            beside = found[max(before - 1, 0)] if found else None
            group = self._anchored(hold.group, self.path)
            self.collected.holds.append((replace(hold, group=group), beside))

    def _completed_edit(self, edit: Edit) -> Edit:
        return replace(
            edit,
            code=edit.code or self.codemod.code,
            safety=edit.safety or self.codemod.safety,
            item=edit.item or self.codemod.item,
            group=edit.group and self._anchored(edit.group, edit.path),
        )

    def _completed_finding(self, finding: Finding) -> Finding:
        return replace(
            finding,
            code=finding.code or self.codemod.code,
            item=finding.item or self.codemod.item,
        )

    @staticmethod
    def _anchored(group: EditGroup, path: Path) -> EditGroup:
        """A group over a file is one a file, whether or not its anchor says so."""
        if group.scope is Scope.FILE and not group.anchor:
            return replace(group, anchor=str(path))
        return group

    def _fail(self, error: Exception) -> None:
        self.failed = True
        reason = f"{self.codemod.code} failed on {self.path.name}"
        groups = {e.group: reason for e in self.collected.edits if e.group}
        finding = Finding(
            self.path,
            f"{self.codemod.code} failed ({type(error).__name__}: {error}); it changed nothing here",
            Status.ERROR,
            code=CODEMOD_FAILED,
            item=self.codemod.item,
            remedy="Migrate this file by hand for this code, and report the failure with the file.",
        )
        self.collected = Collected(findings=[finding], withheld=groups, failed={self.codemod.code})
