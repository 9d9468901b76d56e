"""One app's files through SIS201: what becomes of its dependency files, and what is said."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sis_codemods.dependencies.environment_yml import codemod
from sis_migrate.app_run import AppRun
from sis_migrate.model import App, Finding, Runtime, Settings, Status
from sis_migrate.workspace import Workspace

ROOT = Path("/app")
ENTRY = "streamlit_app.py"


@dataclass(frozen=True)
class Outcome:
    """The files after a run (absent ones were removed) and the findings."""

    files: dict[str, str]
    findings: tuple[Finding, ...]

    def said(self, status: Status) -> list[str]:
        """The messages of one status, in the order of their places."""
        return [finding.message for finding in self.findings if finding.status is status]

    def about(self, words: str) -> Finding:
        """The one finding whose message has these words."""
        found = [finding for finding in self.findings if words in finding.message]
        assert len(found) == 1, [finding.message for finding in self.findings]
        return found[0]


def convert(
    files: Mapping[str, str],
    *,
    settings: Settings | None = None,
    runtime: Runtime = Runtime.WAREHOUSE,
    name: str = "sales",
    entry: str = ENTRY,
) -> Outcome:
    """Run SIS201 over an app of these files; a second run on the result must change nothing."""
    texts = {path: textwrap.dedent(text) for path, text in files.items()}
    texts.setdefault(entry, "import streamlit as st\n")
    first = _run(texts, settings or Settings(), runtime, name, entry)
    again = _run(first.files, settings or Settings(), runtime, name, entry)
    assert again.files == first.files, "not idempotent"
    return first


def packages(outcome: Outcome, file: str = "pyproject.toml") -> list[str]:
    """The lines of the list of packages, comments included, without quotes and commas."""
    lines = outcome.files[file].splitlines()
    if file.endswith(".toml"):
        start = lines.index("dependencies = [")
        lines = lines[start + 1 : lines.index("]", start)]
        lines = [re.sub(r'^"(.*)",', r"\1", line.strip()) for line in lines]
    return lines


def _run(
    texts: Mapping[str, str], settings: Settings, runtime: Runtime, name: str, entry: str
) -> Outcome:
    contents = {
        Path(os.path.normpath(ROOT / path)): text.encode(errors="surrogateescape")
        for path, text in texts.items()
    }
    workspace = Workspace(contents)
    scripts = tuple(ROOT / p for p in texts if p == entry or p.startswith("pages/"))
    migration = AppRun(
        App(
            ROOT,
            name,
            ROOT / entry,
            scripts,
            tuple(path for path in contents if path.suffix == ".py"),
            runtime,
            environment_file=_present(texts, "environment.yml"),
            project_file=_present(texts, "snowflake.yml"),
        ),
        workspace,
        settings,
        [codemod],
    ).run()
    after = dict(contents)
    for change in migration.changes:
        if change.after is None:
            del after[change.path]
        else:
            after[change.path] = change.after
    files = {
        Path(os.path.relpath(path, ROOT)).as_posix(): data.decode(errors="surrogateescape")
        for path, data in after.items()
    }
    return Outcome(files, migration.findings)


def _present(texts: Mapping[str, str], name: str) -> Path | None:
    return ROOT / name if name in texts else None
