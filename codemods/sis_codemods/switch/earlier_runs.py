"""The app's project file and scripts as they were before recorded runs of this tool edited them.

What a file says after such a run is what was decided, not what is deployed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from sis_migrate.discovery import project, sql
from sis_migrate.journal import FOLDER, RecordError, RunRecord, records
from sis_migrate.model import App, Runtime


def runs(app: App) -> tuple[RunRecord, ...]:
    """The runs that stand, newest first; none where nothing is recorded or it cannot be read."""
    for folder in (app.root, *app.root.parents):
        if (folder / FOLDER).is_dir():
            try:
                return tuple(run for run in records(folder) if not run.undone)
            except RecordError:
                return ()
        if (folder / ".git").exists():
            break
    return ()


def is_about(run: RunRecord, app: App) -> bool:
    """Whether a run looked at this app: by the end of its path, which is relative to some folder."""
    entry = (app.entry_point or app.root).as_posix()
    listed = run.record.get("apps", ())
    named = [
        str(a.get("entry_point") or a.get("root") or "") for a in listed if isinstance(a, dict)
    ]
    return any(n.strip("./") and entry.endswith(f"/{n.strip('./')}") for n in named)


def before(app: App, found: tuple[RunRecord, ...]) -> Mapping[Path, str]:
    """The oldest texts of those of the app's documents that the runs changed ("" for a new one)."""
    documents = {path.resolve(): path for path in _documents(app)}
    texts: dict[Path, str] = {}
    for run in found:
        for number, entry in enumerate(run.files):
            path = documents.get((run.root / entry.path).resolve())
            if path is None or entry.sha256_before == entry.sha256_after:
                continue
            try:
                data = run.before(number) or b""
            except RecordError:
                data = b""
            texts[path] = data.decode("utf-8-sig", "replace")
    return texts


def said_container(app: App, texts: Mapping[Path, str]) -> bool:
    """Whether documents gave the app a container before the runs: those of ``texts`` alone."""
    told = [pair for path, text in texts.items() for pair in _runtimes(path, text)]
    own = [runtime for name, runtime in told if name.upper() == app.name.upper()]
    return bool(told) and all(r is Runtime.CONTAINER for r in own or [r for _, r in told])


def _documents(app: App) -> Iterator[Path]:
    if app.project_file:
        yield app.project_file
    yield from app.sql_files


def _runtimes(path: Path, text: str) -> Iterator[tuple[str, Runtime]]:
    if path.suffix == ".sql":
        yield from ((s.name.strip('"'), s.runtime) for s in sql.statements(text))
    else:
        yield from ((e.name, e.runtime) for e in project.entities(text)[0])
