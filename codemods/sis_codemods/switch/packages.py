"""The dependency file that the container will read, whether it will do, and whether it needs a
package source.

Source: "Manage dependencies",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/dependency-management: any
file that lists a package makes the container ask an index.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sis_codemods.dependencies.listed import read_listing
from sis_codemods.dependencies.streamlit_releases import runs_in_container
from sis_codemods.dependencies.target import Action, find_target
from sis_codemods.dependencies.unusable import about_unusable
from sis_migrate.addresses import without_secrets
from sis_migrate.codemod import AppContext
from sis_migrate.documents.conda import EnvironmentFileError, parse_environment
from sis_migrate.documents.pyproject import read_pyproject
from sis_migrate.documents.requirements import parse_requirements
from sis_migrate.model import App, Settings
from sis_migrate.textfile import TextError
from sis_migrate.workspace import Workspace

HELD_BACK = "Mend that first and run again: a container would run an app that fails."
_UNWRITTEN = "no dependency file could be written, see SIS201"


def dependency_file(app: App, workspace: Workspace, settings: Settings) -> Path | None:
    """The file that exists now, by an earlier codemod or always; None where none counts."""
    found = find_target(app, workspace, settings)
    usable = found.action is Action.COMPLETE and workspace.exists(found.path)
    return found.path if usable else None


def named_files(path: Path, workspace: Workspace) -> list[Path]:
    """The files that a dependency file names by ``-r`` and ``-c``, and that are there."""
    try:
        listing = read_listing(path, workspace)
    except (OSError, TextError):
        return []
    return [named for named in listing.files if named != path and workspace.exists(named)]


def needs_source(context: AppContext) -> bool:
    """Whether the app's dependency file lists a package."""
    path = dependency_file(context.app, context.workspace, context.settings)
    if path is None:
        return False
    try:
        text = context.workspace.read(path).text
    except (OSError, TextError):
        return False
    listed = read_pyproject(text).requires if path.suffix == ".toml" else None
    return bool(parse_requirements(text).lines if listed is None else listed)


def held_back(context: AppContext) -> str:
    """Why the app must not be switched yet: its code, or what the container would install."""
    return context.held_back(*_unfit(context))


def _unfit(context: AppContext) -> Iterator[str]:
    """What is wrong with the dependency file that exists by now, or keeps one from being written."""
    app, workspace = context.app, context.workspace
    found = find_target(app, workspace, context.settings)
    if found.action is Action.NOTHING:
        yield _UNWRITTEN
    elif found.action is Action.COMPLETE:
        yield from _unfit_lines(found.path, workspace, app.root)
    elif app.environment_file and workspace.exists(app.environment_file):
        try:
            parse_environment(workspace.read(app.environment_file).text)
        except (OSError, TextError, EnvironmentFileError):
            yield _UNWRITTEN


def _unfit_lines(path: Path, workspace: Workspace, root: Path) -> Iterator[str]:
    try:
        listing = read_listing(path, workspace, root=root)
    except (OSError, TextError):
        yield f"{path.name} could not be read"
        return
    for note in about_unusable(listing, workspace, root):
        yield without_secrets(note.message)
    for listed in listing.lines:
        if listed.name != "streamlit" or listed.line.direct:
            continue
        if not runs_in_container(specifier := listing.limited(listed)):
            yield f"{path.name} has Streamlit {specifier}, which no container runs"
