"""All codemods over one app: Python files in rounds until nothing changes, then its documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from sis_migrate import checklist
from sis_migrate.apps import import_roots
from sis_migrate.application import Applied, apply_documents, apply_python
from sis_migrate.codemod import AppContext, Codemod, allowed
from sis_migrate.collect import Collected, applicable, from_app, from_module
from sis_migrate.model import (
    App,
    AppMigration,
    Edit,
    Finding,
    Item,
    Safety,
    Settings,
    Span,
    Status,
    Step,
)
from sis_migrate.python.module import Project
from sis_migrate.python.source import ParseError, Source, parse
from sis_migrate.splices import SpanHistory
from sis_migrate.textfile import TextError
from sis_migrate.workspace import Workspace

MAX_ROUNDS = 10
UNREADABLE, UNPARSABLE, NOT_STABLE = "SIS001", "SIS002", "SIS004"


class AppRun:
    """One app's way through the codemods. ``run`` is called once."""

    def __init__(
        self,
        app: App,
        workspace: Workspace,
        settings: Settings,
        codemods: Sequence[Codemod],
        discovered: Iterable[Finding] = (),
    ) -> None:
        self.app = app
        self.workspace = workspace
        self.settings = settings
        self.python = [c for c in codemods if c.triggers or c.app_triggers]
        self.documents = sorted(
            (c for c in codemods if not (c.triggers or c.app_triggers)),
            key=lambda c: (c.order, c.code),
        )
        own = {app.root, *app.files}
        self.findings = [f for f in discovered if f.path in own]
        self.steps: list[Step] = []
        self.oldest_streamlit: tuple[int, ...] = ()
        self.touched: set[Path] = set()
        self.history = SpanHistory()
        self._parsed: dict[Path, tuple[bytes, Source]] = {}

    def run(self) -> AppMigration:
        """Plan the app: changes, findings, steps and the state of every checklist item."""
        project = self._python_rounds()
        for codemod in self.documents:
            self._document(codemod, project)
        findings = self._final_findings()
        covered = {c.item for c in (*self.python, *self.documents)}
        return AppMigration(
            self.app,
            tuple(c for c in self.workspace.changes() if c.path in self.touched),
            findings,
            tuple(sorted(dict.fromkeys(self.steps), key=lambda s: (s.order, s.code, s.title))),
            checklist.states(findings, self.steps, covered - {Item.BACKUP}),
            ".".join(map(str, self.oldest_streamlit)),
        )

    def _python_rounds(self) -> Project | None:
        project: Project | None = None
        for _ in range(MAX_ROUNDS):
            broken, contents = self._read()
            work = {p: applicable(self.python, d, contents.values()) for p, d in contents.items()}
            if not any(work.values()):
                self.findings += broken
                return project
            sources = self._parse(contents, work, broken)
            project = Project(self.app, sources, self.settings, import_roots(self.app, self.workspace))
            collected = self._collect(project, work)
            applied = apply_python(
                project, self._permitted(collected), collected.withheld, self.workspace
            )
            self._take(collected, applied)
            if not (applied.texts or applied.created):
                self.findings += [*broken, *self._open(collected)]
                return project
            for path, text in applied.texts.items():
                source = sources[path]
                self.history.record(path, source.text, applied.splices[path])
                self.workspace.write(path, source.file.encode(text))
                self.touched.add(path)
            self._create(applied.created)
        self.findings.append(
            Finding(
                self.app.root,
                f"the codemods still change something after {MAX_ROUNDS} rounds",
                Status.ERROR,
                code=NOT_STABLE,
                remedy="Run again; report it with the app if it stays.",
            )
        )
        return project

    def _create(self, texts: Mapping[Path, str]) -> None:
        """New files; Python ones are the app's own from now on."""
        for path, text in texts.items():
            self.workspace.write(path, text.encode())
            self.touched.add(path)
        modules = {path for path in texts if path.suffix == ".py"}
        self.app = replace(self.app, files=tuple(sorted({*self.app.files, *modules})))

    def _read(self) -> tuple[list[Finding], dict[Path, bytes]]:
        broken: list[Finding] = []
        contents: dict[Path, bytes] = {}
        for path in self.app.files:
            try:
                contents[path] = self.workspace.read_bytes(path)
            except OSError as error:
                reason = error.strerror or str(error)
                broken.append(_file_finding(path, f"cannot be read: {reason}", UNREADABLE))
        return broken, contents

    def _parse(
        self,
        contents: dict[Path, bytes],
        work: dict[Path, list[Codemod]],
        broken: list[Finding],
    ) -> dict[Path, Source]:
        sources: dict[Path, Source] = {}
        for path, data in contents.items():
            known = self._parsed.get(path)
            if known and known[0] == data:
                sources[path] = known[1]
                continue
            try:
                sources[path] = parse(path, self.workspace.read(path))
                self._parsed[path] = (data, sources[path])
            except TextError as error:
                broken.append(self._broken(path, str(error), error.line, work[path], UNREADABLE))
            except ParseError as error:
                text = f"does not parse: {error}"
                broken.append(self._broken(path, text, error.line, work[path], UNPARSABLE))
        return sources

    def _broken(
        self, path: Path, message: str, line: int | None, skipped: list[Codemod], code: str
    ) -> Finding:
        if skipped:
            names = ", ".join(f"{c.code} ({c.name})" for c in skipped)
            message += f"; not migrated, though it holds work for {names}"
        return _file_finding(path, message, code, line)

    def _collect(self, project: Project, work: dict[Path, list[Codemod]]) -> Collected:
        collected = Collected()
        for path, module in project.modules.items():
            if work[path]:
                collected.add(from_module(module, work[path]))
        context = AppContext(
            self.app, self.workspace, self.settings, project.modules, project.graph
        )
        busy = {c.code for codemods in work.values() for c in codemods}
        for codemod in self.python:
            if codemod.code in busy and codemod.app_handlers:
                collected.add(from_app(context, codemod))
        return self._without_ignored_files(collected)

    def _document(self, codemod: Codemod, project: Project | None) -> None:
        context = AppContext(
            self.app,
            self.workspace,
            self.settings,
            project.modules if project else {},
            project.graph if project else None,
        )
        collected = self._without_ignored_files(from_app(context, codemod))
        applied = apply_documents(self.workspace, self._permitted(collected), collected.withheld)
        self._take(collected, applied)
        self.findings += self._open(collected)
        self.touched |= set(applied.texts)

    def _without_ignored_files(self, collected: Collected) -> Collected:
        if not self.settings.per_file_ignores:
            return collected

        def silenced(result: Edit | Finding) -> bool:
            return any(
                fnmatch(result.path.as_posix(), f"*/{pattern}") and result.code.startswith(codes)
                for pattern, codes in self.settings.per_file_ignores.items()
            )

        return replace(
            collected,
            edits=[e for e in collected.edits if not silenced(e)],
            findings=[f for f in collected.findings if not silenced(f)],
        )

    def _permitted(self, collected: Collected) -> list[Edit]:
        """The edits this run may make; an opt-in edit that it may not is a finding instead."""
        permitted: list[Edit] = []
        for edit in collected.edits:
            if allowed(edit, self.settings):
                permitted.append(edit)
                continue
            how = f"`--unsafe` or `--select {edit.code}` makes this edit."
            collected.findings.append(
                _as_finding(edit, edit.message, Status.MANUAL, f"{edit.remedy} {how}".strip())
            )
            if edit.group:
                collected.withheld.setdefault(edit.group, f"{edit.code} was not asked for")
        return permitted

    def _take(self, collected: Collected, applied: Applied) -> None:
        self.steps += collected.steps
        for edit in applied.made:
            version = tuple(int(p) for p in edit.oldest_streamlit.split(".") if p)
            self.oldest_streamlit = max(self.oldest_streamlit, version)
            if not edit.silent:
                status = Status.FIXED if edit.safety is Safety.SAFE else Status.REVIEW
                self.findings.append(
                    self._original(_as_finding(edit, edit.message, status, edit.remedy))
                )
        for edit, reason in applied.refused:
            collected.findings.append(
                _as_finding(
                    edit, f"{edit.message}: not done, because {reason}", Status.MANUAL, edit.remedy
                )
            )
        # A place to review may be gone from the text that the next round sees.
        self.findings += [
            self._original(f) for f in collected.findings if f.status is Status.REVIEW
        ]

    def _open(self, collected: Collected) -> list[Finding]:
        return [self._original(f) for f in collected.findings if f.status is not Status.REVIEW]

    def _original(self, finding: Finding) -> Finding:
        if finding.span is None:
            return finding
        return replace(finding, span=self.history.original(finding.path, finding.span))

    def _final_findings(self) -> tuple[Finding, ...]:
        def place(finding: Finding) -> tuple[object, ...]:
            span = finding.span
            where = (span.line, span.column) if span else (0, 0)
            return finding.path, where, finding.code, finding.message

        return tuple(sorted(dict.fromkeys(self.findings), key=place))


def _as_finding(edit: Edit, message: str, status: Status, remedy: str) -> Finding:
    return Finding(
        edit.path, message, status, code=edit.code, span=edit.span, remedy=remedy, item=edit.item
    )


def _file_finding(path: Path, message: str, code: str, line: int | None = None) -> Finding:
    return Finding(
        path,
        message,
        Status.ERROR,
        code=code,
        span=Span(line, 1, line, 1) if line else None,
        remedy="Mend the file and run again; it was left as it is.",
    )
