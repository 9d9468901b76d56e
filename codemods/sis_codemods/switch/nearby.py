"""The scripts and CI files around an app that may deploy it.

Those below its root, those directly in the folders above it up to the work tree's, and those in the
folders there that hold deployment by convention.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sis_migrate.discovery.listing import is_test
from sis_migrate.model import App
from sis_migrate.workspace import Workspace

_SUFFIXES = {".sh", ".bash", ".ps1", ".bat", ".cmd", ".sql", ".yml", ".yaml", ".py", ".mk"}
_NAMES = {"Makefile", "makefile", "justfile", "Justfile", "Jenkinsfile", "Taskfile.yml"}
_NOT_SCRIPTS = {"environment.yml", "environment.yaml", "snowflake.yml", "snowflake.yaml"}
_NOT_SOURCE = {"node_modules", "venv", "__pycache__", "test", "tests"}
_FOLDERS = (
    ".github/workflows", ".circleci", ".azure-pipelines", "bin", "ci", "deploy", "deployment",
    "scripts", "setup", "sis_setup", "sql", "tools",
)  # fmt: skip
_DEEPEST, _MOST = 4, 2_000


def nearby(app: App, workspace: Workspace) -> Iterator[Path]:
    """The files, each once; the app's own SQL scripts among them, its own Python files not."""
    own = set(app.files)
    seen = set(app.sql_files)
    yield from app.sql_files
    for folder in _folders(app):
        for name in workspace.names(folder):
            path = folder / name
            script = path.suffix in _SUFFIXES or name in _NAMES
            if not script or name in _NOT_SCRIPTS or is_test(path, folder):
                continue
            if path not in own and path not in seen:
                seen.add(path)
                yield path


def _folders(app: App) -> Iterator[Path]:
    root = app.root
    yield from _below(root)
    yield from (root / name for name in _FOLDERS if name.startswith("."))
    folder = root
    while not (folder / ".git").exists() and folder != folder.parent:
        folder = folder.parent
        if not (folder / ".git").exists() and folder == folder.parent:
            return  # no work tree: nothing above the app is known to belong to it
    for above in root.parents if folder != root else ():
        yield above
        yield from (above / name for name in _FOLDERS)
        if above == folder:
            return


def _below(root: Path) -> Iterator[Path]:
    count = 0
    for name, folders, _ in os.walk(root):
        folder = Path(name)
        depth = len(folder.relative_to(root).parts)
        folders[:] = (
            sorted(f for f in folders if _is_source(folder / f)) if depth < _DEEPEST else []
        )
        yield folder
        count += 1
        if count > _MOST:
            return
    if not count:
        yield root


def _is_source(folder: Path) -> bool:
    if folder.name.startswith(".") or folder.name in _NOT_SOURCE:
        return False
    return not (folder / "pyvenv.cfg").exists()
