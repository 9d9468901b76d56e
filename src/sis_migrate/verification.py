"""From a planned migration to what is run before and after it: nothing is written to the app."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sis_migrate.apps import import_roots
from sis_migrate.deployed import Deployed, deployed
from sis_migrate.documents.conda import EnvironmentFileError, parse_environment
from sis_migrate.documents.requirements import parse_requirements
from sis_migrate.documents.specifier import translate
from sis_migrate.model import App, AppMigration
from sis_migrate.textfile import TextError, decode
from sis_migrate.verify.environments import BASE
from sis_migrate.verify.run import Subject
from sis_migrate.verify.verdicts import Kind
from sis_migrate.workspace import Workspace

WAREHOUSE_STREAMLIT = "==1.52.2"
"""The newest Streamlit of a warehouse, which is what an app without a version gets.

Source: "Runtime environments for Streamlit apps",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/runtime-environments
"""
Attempts = tuple[tuple[str, ...] | Path, ...]
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


class NotVerifiableError(Exception):
    """An app cannot be run; the message says why and what to do about it."""


def subjects(migration: AppMigration, *, before: bool = True) -> tuple[Subject, ...]:
    """What is run of an app: the original twice (unless not ``before``), then migrated.

    NotVerifiableError where it is not known which script Streamlit would run.
    """
    app = migration.app
    if app.entry_point is None:
        raise NotVerifiableError(
            "its entry point is not known: name it as main_file in snowflake.yml"
        )
    original, migrated = deployed(app), deployed(app, migration.changes)
    script = app.entry_point.relative_to(app.root)
    wanted: list[tuple[Kind, Deployed, Attempts]] = []
    if before:
        lines = requirements(script, migrated)
        wanted += [
            (Kind.WAREHOUSE, original, _as_on_warehouse(app, lines or BASE)),
            (Kind.CONTAINER, original, (_asked_for(script, original),)),
        ]
    wanted.append((Kind.MIGRATED, migrated, (_asked_for(script, migrated),)))
    roots = [p for p in import_roots(app, Workspace()) if p.is_relative_to(app.root)]
    return tuple(
        Subject(
            kind,
            app.root,
            script,
            tuple(map(Path, files.names_of(app.scripts))),
            tuple(path.relative_to(app.root) for path in roots),
            attempts,
            files,
        )
        for kind, files, attempts in wanted
    )


def requirements(script: Path, files: Deployed) -> tuple[str, ...]:
    """The lines of the dependency file that the container reads; empty where there is none.

    Options (``-r``, ``--index-url``) and comments are left out.
    """
    name = _dependency_file(script, files)
    lines = _lines(name, files) if name else ()
    return tuple(_absolute(line, files.files[name].parent) for line in lines)


def _asked_for(script: Path, files: Deployed) -> Path | tuple[str, ...]:
    """The dependency file that the container reads; what it has without one that lists anything."""
    name = _dependency_file(script, files)
    return Path(name) if name and _lists(name, files) else BASE


def _lists(name: str, files: Deployed) -> bool:
    """Whether a dependency file lists anything; one that cannot be read is for uv to refuse."""
    try:
        text = decode(files.read(name)).text
        if name.endswith(".txt"):
            rows = (line.strip() for line in text.splitlines())
            return any(row and not row.startswith("#") for row in rows)
        project = _project(text)
    except (OSError, TextError, tomllib.TOMLDecodeError):
        return True
    return bool(project.get("dependencies") or "dependencies" in project.get("dynamic", ()))


def _dependency_file(script: Path, files: Deployed) -> str:
    """Beside the script first, then above it; in one folder requirements.txt first; "" for none."""
    for folder in script.parents:
        for name in ("requirements.txt", "pyproject.toml"):
            path = (folder / name).as_posix()
            if path in files.files:
                return path
    return ""


def _lines(name: str, files: Deployed) -> Iterator[str]:
    """The lines of a dependency file; none where it cannot be read, which is told elsewhere."""
    try:
        text = decode(files.read(name)).text
        if not name.endswith(".txt"):
            listed = _project(text).get("dependencies", [])
            yield from map(str, listed if isinstance(listed, list) else ())
            return
    except (OSError, TextError, tomllib.TOMLDecodeError):
        return
    found = parse_requirements(text)
    yield from (line.requirement for line in found.lines)
    # Folders and addresses, which have no name, but are no options of pip's either.
    yield from (option.text for option in found.options if not option.text.startswith("-"))


def _absolute(line: str, folder: Path) -> str:
    """A line that names a file of the app, with its whole path: uv is run elsewhere."""
    head, at, name = line.rpartition("@")
    path = folder / name.strip().removeprefix("file:")
    if not name.strip().endswith((".whl", ".tar.gz")) or "://" in name or not path.is_file():
        return line
    return f"{head.strip()} @ {path.as_uri()}" if at else str(path)


def _project(text: str) -> dict[str, Any]:
    """The [project] table; TOMLDecodeError."""
    project: Any = tomllib.loads(text).get("project", {})
    return project if isinstance(project, dict) else {}


def _as_on_warehouse(app: App, migrated: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The packages with the warehouse's Streamlit; then, should that not be had, any versions.

    The names and versions are those of the migrated file, which has them from environment.yml.
    """
    others = [line for line in migrated if _name(line) != "streamlit"]
    names = {_name(line) for line in others}
    if "snowflake-snowpark-python" not in names:
        others.append("snowflake-snowpark-python")
    # Newer releases work with no numpy that old Streamlits allow, and do not say so; and conda's
    # environments have setuptools in them, with the pkg_resources that old packages import.
    others += ["pyarrow<26", "setuptools<81"]
    streamlit = f"streamlit{_streamlit(app)}"
    return (streamlit, *others), (streamlit, *(_bare(line) for line in others))


def _name(line: str) -> str:
    found = _NAME.match(line)
    return re.sub(r"[-_.]+", "-", found.group()).lower() if found else line


def _bare(line: str) -> str:
    found = _NAME.match(line)
    return line if found is None or "@" in line else found.group()


def _streamlit(app: App) -> str:
    """The specifier of the Streamlit that environment.yml asks for."""
    path = app.environment_file
    try:
        environment = parse_environment(decode(path.read_bytes()).text) if path else None
    except (OSError, TextError, EnvironmentFileError):
        environment = None
    for spec in environment.specs if environment else ():
        if spec.name == "streamlit" and spec.version:
            return translate(spec.version).specifier or WAREHOUSE_STREAMLIT
    return WAREHOUSE_STREAMLIT
