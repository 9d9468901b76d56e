"""Running codemods over files: one shared walk, triggers first, every failure kept to its file."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sis_migrate.codemod import AppContext, Codemod, Result
from sis_migrate.model import Edit, EditGroup, Finding, Status, Step, Withhold

if TYPE_CHECKING:
    from sis_migrate.codemod import AppHandler, ModuleHandler, NodeHandler
    from sis_migrate.python.module import Module

CODEMOD_FAILED = "SIS003"
_IGNORE = re.compile(r"(?:#|--)\s*migrate:\s*ignore\[([A-Za-z0-9,\s]+)\]")


@dataclass
class Collected:
    """What the codemods yielded: edits and findings with code and item filled in."""

    edits: list[Edit] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    withheld: dict[EditGroup, str] = field(default_factory=dict)

    def add(self, other: Collected) -> None:
        """Take over everything from ``other``."""
        self.edits += other.edits
        self.findings += other.findings
        self.steps += other.steps
        self.withheld.update(other.withheld)


def applicable(
    codemods: Iterable[Codemod], data: bytes, app_data: Iterable[bytes]
) -> list[Codemod]:
    """The Python codemods whose triggers occur in a file, or whose app triggers occur in the app."""
    return [
        c
        for c in codemods
        if any(t in data for t in c.triggers)
        or (c.app_triggers and any(t in other for other in app_data for t in c.app_triggers))
    ]


def from_module(module: Module, codemods: Iterable[Codemod]) -> Collected:
    """Run codemods over one file, in one walk over its tree."""
    runs = {c.code: _Run(c, module.path) for c in codemods}
    handlers: dict[type[ast.AST], list[tuple[_Run, NodeHandler]]] = {}
    for run in runs.values():
        for node_type, functions in run.codemod.node_handlers.items():
            handlers.setdefault(node_type, []).extend((run, f) for f in functions)
    if handlers:
        for node in walk(module.source.tree):
            for run, handler in handlers.get(type(node), ()):
                run.take_node(handler, module, node)
    for run in runs.values():
        for module_handler in run.codemod.module_handlers:
            run.take_module(module_handler, module)
    collected = Collected()
    for run in runs.values():
        collected.add(run.collected)
    return _without_ignored(collected, module.path, module.source.text)


def from_app(context: AppContext, codemod: Codemod) -> Collected:
    """Run a codemod's handlers for whole apps."""
    run = _Run(codemod, context.app.root)
    for handler in codemod.app_handlers:
        run.take_app(handler, context)
    collected = run.collected
    for module in context.modules.values():
        collected = _without_ignored(collected, module.path, module.source.text)
    return collected


def walk(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes in the order of the source, parents first, without recursion."""
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(list(ast.iter_child_nodes(node))))


def ignored_codes(line: str) -> frozenset[str]:
    """The codes that a ``# migrate: ignore[…]`` comment on a line silences."""
    match = _IGNORE.search(line)
    return frozenset(c.strip() for c in match.group(1).split(",")) if match else frozenset()


def _without_ignored(collected: Collected, path: Path, text: str) -> Collected:
    if "migrate:" not in text:
        return collected
    lines = re.split(r"\r\n|\r|\n", text)

    def silenced(result: Edit | Finding) -> bool:
        if result.span is None or result.path != path:
            return False
        place = lines[result.span.line - 1 : result.span.end_line]
        return any(result.code in ignored_codes(line) for line in place)

    return replace(
        collected,
        edits=[e for e in collected.edits if not silenced(e)],
        findings=[f for f in collected.findings if not silenced(f)],
    )


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
        try:
            for result in results():
                self._keep(result)
        except Exception as error:  # whatever a codemod raises is a finding, never the run's end
            self._fail(error)

    def _keep(self, result: Result) -> None:
        code, item = self.codemod.code, self.codemod.item
        match result:
            case Edit():
                self.collected.edits.append(
                    replace(
                        result,
                        code=result.code or code,
                        safety=result.safety or self.codemod.safety,
                        item=result.item or item,
                    )
                )
            case Finding():
                self.collected.findings.append(
                    replace(result, code=result.code or code, item=result.item or item)
                )
            case Step():
                self.collected.steps.append(replace(result, code=result.code or code))
            case Withhold():
                self.collected.withheld[result.group] = result.reason

    def _fail(self, error: Exception) -> None:
        self.failed = True
        reason = f"{self.codemod.code} failed on {self.path.name}"
        groups = {e.group: reason for e in self.collected.edits if e.group}
        finding = Finding(
            self.path,
            f"{self.codemod.code} failed here ({type(error).__name__}: {error}); it changed nothing",
            Status.ERROR,
            code=CODEMOD_FAILED,
            item=self.codemod.item,
            remedy="Migrate this file by hand for this code, and report the failure with the file.",
        )
        self.collected = Collected(findings=[finding], withheld=groups)
