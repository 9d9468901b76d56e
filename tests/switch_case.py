"""One app as files by name, run through codemods on its documents."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sis_migrate.app_run import AppRun
from sis_migrate.codemod import Codemod
from sis_migrate.model import App, AppMigration, Finding, Runtime, Settings, Status, Step
from sis_migrate.workspace import Workspace

ROOT = Path("/project/app")
CODE = "import streamlit as st\n"
REQUIRES = '[project]\nname = "x"\nversion = "1"\ndependencies = ["plotly"]\n'


@dataclass(frozen=True)
class Outcome:
    """The texts after a run (None for a file that is gone), and what was said."""

    texts: dict[str, str | None]
    migration: AppMigration

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.migration.findings

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.migration.steps

    def open(self) -> list[Finding]:
        return [f for f in self.findings if f.status is not Status.FIXED]


def run(
    files: Mapping[str, str],
    *codemods: Codemod,
    settings: Settings | None = None,
    entry: str = "streamlit_app.py",
    name: str = "sales",
    runtime: Runtime = Runtime.WAREHOUSE,
) -> Outcome:
    """Run codemods over an app; names may lead out of its root with ``../``."""
    named = {entry: CODE, **{n: textwrap.dedent(t) for n, t in files.items()}}
    paths = {n: Path(ROOT.joinpath(n).as_posix().replace("/app/../", "/")) for n in named}
    workspace = Workspace({paths[n]: text.encode() for n, text in named.items()})
    app = App(
        ROOT,
        name,
        ROOT / entry,
        (ROOT / entry, *(p for p in paths.values() if p.parent == ROOT / "pages")),
        tuple(p for p in paths.values() if p.suffix == ".py" and p.is_relative_to(ROOT)),
        runtime,
        project_file=paths.get("snowflake.yml"),
        environment_file=paths.get("environment.yml"),
        sql_files=tuple(p for p in paths.values() if p.suffix == ".sql"),
    )
    migration = AppRun(app, workspace, settings or Settings(), codemods).run()
    texts: dict[str, str | None] = {
        n: workspace.read_bytes(p).decode() if workspace.exists(p) else None
        for n, p in paths.items()
    }
    for change in migration.changes:
        name = change.path.relative_to(ROOT).as_posix() if change.path.is_relative_to(ROOT) else ""
        if name and change.after is not None:
            texts[name] = change.after.decode()
    return Outcome(texts, migration)


def check_document(
    name: str,
    before: str,
    after: str,
    *codemods: Codemod,
    files: Mapping[str, str] | None = None,
    settings: Settings | None = None,
    status: Status | None = Status.FIXED,
    entry: str = "streamlit_app.py",
    name_of_app: str = "sales",
) -> Outcome:
    """``before`` becomes ``after``, also with CRLF and without a final newline, and stays it."""
    before, after = textwrap.dedent(before), textwrap.dedent(after)
    others = files or {}
    result = run(
        {**others, name: before}, *codemods, settings=settings, entry=entry, name=name_of_app
    )
    assert result.texts[name] == after
    if status:
        assert {f.status for f in result.findings} == {status}, result.findings
    again = run(
        {**others, name: after}, *codemods, settings=settings, entry=entry, name=name_of_app
    )
    assert again.texts[name] == after, "not idempotent"
    crlf = {**others, name: before.replace("\n", "\r\n")}
    assert run(crlf, *codemods, settings=settings, entry=entry, name=name_of_app).texts[
        name
    ] == after.replace("\n", "\r\n")
    bare = {**others, name: before.removesuffix("\n")}
    made = run(bare, *codemods, settings=settings, entry=entry, name=name_of_app).texts[name] or ""
    assert made.removesuffix("\n") == after.removesuffix("\n")
    return result


def check_same(
    files: Mapping[str, str],
    *codemods: Codemod,
    words: Sequence[str] = (),
    settings: Settings | None = None,
    entry: str = "streamlit_app.py",
    name_of_app: str = "sales",
) -> list[Finding]:
    """No file changes; one finding has all the words, or there is none where no words are given."""
    result = run(files, *codemods, settings=settings, entry=entry, name=name_of_app)
    assert result.migration.changes == ()
    if not words:
        assert result.findings == ()
        return []
    found = [f for f in result.findings if all(w in f.message + f.remedy for w in words)]
    assert len(found) == 1, result.findings
    return found
