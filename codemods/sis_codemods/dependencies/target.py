"""Which dependency file the container reads, or will read, and what may be done with it.

Source: "Managing dependencies" (container runtime),
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/dependency-management: the
folder of the entry point is looked at first, then its parents up to the app's root; the first that
has a file counts, and in one folder requirements.txt silently comes before pyproject.toml.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any

from sis_codemods.dependencies.entries import Note
from sis_codemods.dependencies.uploaded import is_uploaded
from sis_migrate.deployed import Artifact, covers
from sis_migrate.documents.pyproject import Owner, Pyproject, read_pyproject
from sis_migrate.model import App, Settings, Status
from sis_migrate.textfile import TextError
from sis_migrate.workspace import Workspace


class Action(StrEnum):
    """What is to be done with the file."""

    CREATE = "create"
    APPEND_TABLE = "append a [project] table"
    COMPLETE = "add what is missing"
    NOTHING = "leave it"


@dataclass(frozen=True, slots=True)
class Target:
    """A file and what is to be done with it; ``note`` is for the reader, where there is a choice.

    ``instead_of`` is a pyproject.toml whose list counts until now, and will not beside the file.
    """

    path: Path
    action: Action
    note: Note | None = None
    instead_of: Path | None = None


def find_target(app: App, workspace: Workspace, settings: Settings) -> Target:
    """Decide on the one dependency file of an app."""
    wanted = settings.dependency_file.replace("none", "")
    for folder in folders_of(app):
        found = _in_folder(folder, app, workspace, wanted)
        if found is not None:
            return found
    home = app.environment_file.parent if app.environment_file else app.root
    return _in_empty_folder(home, wanted)


def folders_of(app: App) -> Iterator[Path]:
    """Where the container looks, in its order."""
    folder = app.entry_point.parent if app.entry_point else app.root
    yield folder
    while folder != app.root and folder.is_relative_to(app.root):
        folder = folder.parent
        yield folder


def _in_empty_folder(folder: Path, wanted: str) -> Target:
    name = "requirements.txt" if wanted == "requirements" else "pyproject.toml"
    return Target(folder / name, Action.CREATE)


def _in_folder(folder: Path, app: App, workspace: Workspace, wanted: str) -> Target | None:
    requirements, path = folder / "requirements.txt", folder / "pyproject.toml"
    project = _read(path, workspace)
    exists = workspace.exists(requirements)
    if exists and is_deployed(requirements, app, workspace):
        if wanted == "requirements":
            return Target(requirements, Action.COMPLETE)
        both = is_deployed(path, app, workspace)
        return _beside_requirements(requirements, path, project, wanted, both=both)
    if wanted == "requirements":
        is_read = project is not None and project.owner is Owner.APP
        if exists or _counts(project, folder, app):
            action = Action.COMPLETE if exists else Action.CREATE
            if is_read or project is None or project.owner is Owner.TOOLS:
                return Target(requirements, action, instead_of=path if is_read else None)
            return Target(requirements, action, _is_not_taken_over(path, project))
    elif project and _counts(project, folder, app):
        return _of_project(path, project, wanted)
    return None


def _counts(project: Pyproject | None, folder: Path, app: App) -> bool:
    """Whether a pyproject.toml decides on its folder: settings of tools lie anywhere."""
    return project is not None and (project.owner is not Owner.TOOLS or folder == _home(app))


def _of_project(path: Path, project: Pyproject, wanted: str) -> Target:
    """What becomes of a pyproject.toml, by whose it is."""
    if project.owner is Owner.TOOLS:
        return Target(path, Action.APPEND_TABLE)
    if project.owner is Owner.APP or (wanted and project.owner is Owner.PACKAGE):
        return Target(path, Action.COMPLETE)
    remedy = "Write a requirements.txt (--requirements)"
    if project.owner is Owner.PACKAGE:
        remedy += ", or add the packages to this file all the same (--pyproject)"
    message = f"No dependency file is written: {path.name} {project.why}"
    return Target(path, Action.NOTHING, Note(Status.MANUAL, message, f"{remedy}.", path=path))


def _home(app: App) -> Path:
    return app.environment_file.parent if app.environment_file else app.root


def _beside_requirements(
    requirements: Path, path: Path, project: Pyproject | None, wanted: str, *, both: bool
) -> Target:
    """What to do where the container reads a requirements.txt; ``both`` are deployed."""
    if wanted:
        chosen = _of_project(path, project, wanted) if project else Target(path, Action.CREATE)
        return chosen if chosen.note else replace(chosen, note=_is_not_read(requirements))
    lists = project is not None and project.owner not in {Owner.TOOLS, Owner.UNREADABLE}
    if not (project and lists and both):
        return Target(requirements, Action.COMPLETE)
    message = (
        "No dependency file is written: there are requirements.txt and pyproject.toml, and the "
        "container reads only the first"
    )
    remedy = "Choose one: --requirements or --pyproject."
    if project.owner is Owner.ELSEWHERE:
        remedy = f"Choose it with --requirements: pyproject.toml {project.why}."
    note = Note(Status.MANUAL, message, remedy, path=requirements)
    return Target(requirements, Action.NOTHING, note)


def _is_not_taken_over(path: Path, project: Pyproject) -> Note:
    message = f"What {path.name} lists is not taken over to requirements.txt: it {project.why}"
    remedy = "Add to requirements.txt what the app needs of it, versions too, and does not import."
    return Note(Status.MANUAL, message, remedy, path=path)


def _is_not_read(requirements: Path) -> Note:
    message = (
        "requirements.txt is in the same folder: the container reads it and not pyproject.toml"
    )
    remedy = (
        "Remove requirements.txt, or do not deploy it; what only it lists and the app does not "
        "import is not added to pyproject.toml."
    )
    return Note(Status.MANUAL, message, remedy, path=requirements)


def _read(path: Path, workspace: Workspace) -> Pyproject | None:
    if not workspace.exists(path):
        return None
    try:
        return read_pyproject(workspace.read(path).text)
    except (OSError, TextError) as error:
        return Pyproject(Owner.UNREADABLE, why=f"cannot be read: {error}")


def is_deployed(path: Path, app: App, workspace: Workspace) -> bool:
    """Whether a file goes to Snowflake with the app.

    Yes, unless the project file leaves it out and no script nearby uploads it.
    """
    if app.project_file is None:
        return True
    artifacts = list(_artifacts(app.project_file, workspace))
    if not artifacts:
        return True
    folder = app.project_file.parent
    name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
    return any(covers(artifact.src, name) for artifact in artifacts) or (
        workspace.exists(path) and is_uploaded(path, app, workspace)
    )


def not_uploaded(app: App, workspace: Workspace) -> Iterator[Path]:
    """The files that the app imports, from outside of its root, and that stay where they are."""
    for path in app.files:
        inside = path.is_relative_to(app.root) or _is_artifact(path, app, workspace)
        if not (inside or is_uploaded(path, app, workspace)):
            yield path


def _is_artifact(path: Path, app: App, workspace: Workspace) -> bool:
    """Whether the app's project file names a file among what it uploads."""
    if app.project_file is None:
        return False
    name = _relative(path, app.project_file.parent)
    patterns = (artifact.src for artifact in _artifacts(app.project_file, workspace))
    return any(covers(p, name) and p.startswith("..") == name.startswith("..") for p in patterns)


def landing(path: Path, app: App, workspace: Workspace) -> str:
    """The name that the project file gives a dependency file where no container looks for it, or "".

    Only for files that it names by themselves or by a pattern, and where the entry point keeps its
    place.
    """
    if app.project_file is None or app.entry_point is None:
        return ""
    folder, artifacts = app.project_file.parent, [*_artifacts(app.project_file, workspace)]
    name, entry = _relative(path, folder), _relative(app.entry_point, folder)
    own = [artifact for artifact in artifacts if covers(artifact.src, name)]
    moved = any(artifact.dest and covers(artifact.src, entry) for artifact in artifacts)
    looked_at = {(above / path.name).as_posix() for above in PurePosixPath(entry).parents}
    landed = [_landed(artifact, name) for artifact in own]
    if moved or not looked_at.isdisjoint(landed):
        return ""
    return landed[0] if landed else ""


def _landed(artifact: Artifact, name: str) -> str:
    """Where an artifact puts a file; a folder as a whole counts as staying."""
    src, dest = artifact.src.removeprefix("./"), artifact.dest
    is_pattern = any(sign in src for sign in "*?[")
    if not dest or not (is_pattern or src == name):
        return name
    is_folder = dest.endswith("/") or is_pattern
    to = posixpath.join(dest, posixpath.basename(name)) if is_folder else dest
    return posixpath.normpath(to)


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _artifacts(project_file: Path, workspace: Workspace) -> Iterator[Artifact]:
    """What the project file uploads: artifacts, or the source files of the older form."""
    import yaml

    try:
        document = yaml.safe_load(workspace.read(project_file).text)
    except (OSError, TextError, yaml.YAMLError):
        return
    yield from _listed(document)


def _listed(value: Any) -> Iterator[Artifact]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in {"artifacts", "additional_source_files"} and isinstance(inner, list):
                yield from map(_artifact, inner)
            else:
                yield from _listed(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _listed(inner)


def _artifact(item: Any) -> Artifact:
    if not isinstance(item, dict):
        return Artifact(str(item))
    return Artifact(str(item.get("src", "")), str(item.get("dest") or ""))
