"""All codemods over one app: Python files in rounds until nothing changes, then its documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sis_migrate import checklist
from sis_migrate.app_files import AppFiles
from sis_migrate.application import Applied, apply_documents, apply_python
from sis_migrate.apps import import_roots
from sis_migrate.codemod import AppContext, Codemod, allowed
from sis_migrate.collect import Collected, applicable, from_app, from_module, triggered
from sis_migrate.ignoring import without_ignored
from sis_migrate.model import (
    App,
    AppMigration,
    Edit,
    Finding,
    Item,
    NewFile,
    Safety,
    Scope,
    Settings,
    Status,
    Step,
)
from sis_migrate.python.module import Project
from sis_migrate.splices import SpanHistory
from sis_migrate.workspace import Workspace

MAX_ROUNDS = 10
NOT_STABLE = "SIS004"
_LASTING = (Status.REVIEW, Status.ERROR)
_VITAL = (Item.SESSION, Item.PRIVATE)


class AppRun:
    """One app's way through the codemods. ``run`` is called once."""

    def __init__(
        self,
        app: App,
        workspace: Workspace,
        settings: Settings,
        codemods: Sequence[Codemod],
        discovered: Iterable[Finding] = (),
        history: SpanHistory | None = None,
    ) -> None:
        self.app = app
        self.workspace = workspace
        self.settings = settings
        self.python = [c for c in codemods if c.triggers or c.app_triggers]
        self.documents = sorted(
            (c for c in codemods if not (c.triggers or c.app_triggers)),
            key=lambda c: (c.order, c.code),
        )
        self.findings = [*discovered]
        self.steps: list[Step] = []
        self.oldest_streamlit: tuple[int, ...] = ()
        self.touched: set[Path] = set()
        self.made: list[Edit] = []
        self.unmade: tuple[str, ...] = ()
        self.history = history or SpanHistory()
        self.files = AppFiles(workspace)
        self.reported: set[tuple[Path, str]] = set()

    def run(self) -> AppMigration:
        """Plan the app: changes, findings, steps and the state of every checklist item."""
        self._python_rounds()
        for codemod in self.documents:
            self._document(codemod)
        findings = self._final_findings()
        covered = {i for c in (*self.python, *self.documents) for i in (c.item, *c.covers)}
        covered -= {Item.BACKUP}
        return AppMigration(
            self.app,
            tuple(c for c in self.workspace.changes() if c.path in self.touched),
            findings,
            tuple(sorted(dict.fromkeys(self.steps), key=lambda s: (s.order, s.code, s.title))),
            checklist.states(findings, self.steps, covered, self.files.unread),
            ".".join(map(str, self.oldest_streamlit)),
        )

    def _python_rounds(self) -> None:
        still_open: list[Finding] = []
        for _ in range(MAX_ROUNDS):
            contents = self.files.contents(self.app.files)
            app_wide = triggered(self.python, contents.values())
            work = {path: applicable(self.python, d, app_wide) for path, d in contents.items()}
            self.unmade = ()
            if not any(work.values()):
                return
            project = self._project(contents, work)
            collected = self._collect(project, work)
            applied = apply_python(
                project, self._permitted(collected), collected.withheld, self.workspace
            )
            self._take(collected, applied)
            self.unmade = tuple(dict.fromkeys(self._unmade(collected, applied)))
            still_open = self._open(collected)
            if not (applied.texts or applied.created):
                self.findings += still_open
                return
            for path, text in applied.texts.items():
                source = project.modules[path].source
                self.history.record(path, source.text, applied.splices[path])
                self.workspace.write(path, source.file.encode(text))
                self.touched.add(path)
            self._create(applied.created)
        self.findings += still_open
        self.findings.append(
            Finding(
                self.app.root,
                f"the codemods still change something after {MAX_ROUNDS} rounds",
                Status.ERROR,
                code=NOT_STABLE,
                remedy="Run again; report it with the app if it stays.",
            )
        )

    def _unmade(self, collected: Collected, applied: Applied) -> Iterator[str]:
        """Why edits of this round are not made without which the app fails in a container."""
        yield from (reason for group, reason in collected.withheld.items() if group.vital)
        yield from (why for edit, why in applied.refused if edit.group and edit.group.vital)
        for codemod in self.python:
            if codemod.code in collected.failed and codemod.item in _VITAL:
                yield f"{codemod.code} failed"

    def _project(
        self, contents: Mapping[Path, bytes], work: Mapping[Path, Sequence[Codemod]]
    ) -> Project:
        sources = self.files.sources(contents, work)
        return Project(self.app, sources, self.settings, import_roots(self.app, self.workspace))

    def _project_now(self) -> Project:
        return self._project(self.files.contents(self.app.files), {})

    def _create(self, texts: Mapping[Path, str]) -> None:
        """New files; Python ones are the app's own from now on."""
        for path, text in texts.items():
            self.workspace.write(path, text.encode())
            self.touched.add(path)
        modules = {path for path in texts if path.suffix == ".py"}
        if modules:
            self.app = replace(self.app, files=tuple(sorted({*self.app.files, *modules})))

    def _collect(self, project: Project, work: Mapping[Path, list[Codemod]]) -> Collected:
        collected = Collected()
        for path, module in project.modules.items():
            if work[path]:
                collected.add(from_module(module, work[path]))
        context = AppContext(self.app, self.workspace, self.settings, lambda: project)
        busy = {c.code for codemods in work.values() for c in codemods}
        for codemod in self.python:
            if codemod.code in busy and codemod.app_handlers:
                collected.add(from_app(context, codemod))
        for edit in collected.edits:
            if edit.code in collected.failed and edit.group and edit.group.scope is Scope.APP:
                reason = f"{edit.code} failed on another file of the app"
                collected.withheld.setdefault(edit.group, reason)
        return without_ignored(collected, self.workspace, self.settings)

    def _document(self, codemod: Codemod) -> None:
        context = AppContext(
            self.app,
            self.workspace,
            self.settings,
            self._project_now,
            tuple(self.made),
            tuple(self.files.broken),
            self.unmade,
        )
        collected = without_ignored(from_app(context, codemod), self.workspace, self.settings)
        applied = apply_documents(self.workspace, self._permitted(collected), collected.withheld)
        self._take(collected, applied)
        self.findings += self._open(collected)
        for path, before in applied.texts.items():
            self.history.record(path, before, applied.splices[path])
            self.touched.add(path)

    def _permitted(self, collected: Collected) -> list[Edit]:
        """The edits this run may make; an opt-in edit that it may not is a finding instead."""
        permitted: list[Edit] = []
        for edit in collected.edits:
            if allowed(edit, self.settings):
                permitted.append(edit)
                continue
            remedy = edit.remedy
            if edit.safety is Safety.OPT_IN:
                remedy += f" `--unsafe` or `--select {edit.code}` makes this edit."
            collected.findings.append(
                _as_finding(edit, edit.message, Status.MANUAL, remedy.strip())
            )
            if edit.group:
                collected.withheld.setdefault(edit.group, f"{edit.code} was not asked for")
        return permitted

    def _take(self, collected: Collected, applied: Applied) -> None:
        self.steps += collected.steps
        self.made += applied.made
        for edit in applied.made:
            version = tuple(int(p) for p in edit.oldest_streamlit.split(".") if p)
            self.oldest_streamlit = max(self.oldest_streamlit, version)
            if not (edit.silent or self._is_reported(edit)):
                status = Status.FIXED if edit.safety is Safety.SAFE else Status.REVIEW
                self.findings.append(
                    self._original(_as_finding(edit, edit.message, status, edit.remedy))
                )
        for edit, reason in applied.refused:
            if _is_told_by_others(edit, applied):
                continue
            collected.findings.append(
                _as_finding(
                    edit, f"{edit.message}: not done, because {reason}", Status.MANUAL, edit.remedy
                )
            )
        # A place to review may be gone from the text that the next round sees, and so may be what
        # made a codemod fail.
        self.findings += [self._original(f) for f in collected.findings if f.status in _LASTING]

    def _is_reported(self, edit: Edit) -> bool:
        """Whether another codemod has created the same new file with the same words."""
        if not isinstance(edit.change, NewFile):
            return False
        key = (edit.path, edit.message)
        known = key in self.reported
        self.reported.add(key)
        return known

    def _open(self, collected: Collected) -> list[Finding]:
        return [self._original(f) for f in collected.findings if f.status not in _LASTING]

    def _original(self, finding: Finding) -> Finding:
        if finding.span is None:
            return finding
        return replace(finding, span=self.history.original(finding.path, finding.span))

    def _final_findings(self) -> tuple[Finding, ...]:
        def place(finding: Finding) -> tuple[object, ...]:
            span = finding.span
            where = (span.line, span.column) if span else (0, 0)
            return finding.path, where, finding.code, finding.message

        everything = dict.fromkeys([*self.findings, *self.files.broken.values()])
        return tuple(sorted(everything, key=place))


def _is_told_by_others(edit: Edit, applied: Applied) -> bool:
    """Whether a refused new file is only missed by refused edits that have findings themselves."""
    return isinstance(edit.change, NewFile) and any(
        edit.group and other.group == edit.group and not isinstance(other.change, NewFile)
        for other, _ in applied.refused
    )


def _as_finding(edit: Edit, message: str, status: Status, remedy: str) -> Finding:
    return Finding(
        edit.path, message, status, code=edit.code, span=edit.span, remedy=remedy, item=edit.item
    )
