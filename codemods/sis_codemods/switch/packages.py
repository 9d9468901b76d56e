"""The dependency file that the container will read, and whether it needs a package source.

Source: "Manage dependencies",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/dependency-management: any
file that lists a package makes the container ask an index.
"""

from __future__ import annotations

from pathlib import Path

from sis_codemods.dependencies.target import Action, find_target
from sis_migrate.codemod import AppContext
from sis_migrate.documents.pyproject import read_pyproject
from sis_migrate.documents.requirements import parse_requirements
from sis_migrate.model import App, Settings
from sis_migrate.workspace import Workspace


def dependency_file(app: App, workspace: Workspace, settings: Settings) -> Path | None:
    """The file that exists now, by an earlier codemod or always; None where none counts."""
    found = find_target(app, workspace, settings)
    usable = found.action is Action.COMPLETE and workspace.exists(found.path)
    return found.path if usable else None


def needs_source(context: AppContext) -> bool:
    """Whether the app's dependency file lists a package."""
    path = dependency_file(context.app, context.workspace, context.settings)
    if path is None:
        return False
    text = context.workspace.read(path).text
    listed = read_pyproject(text).requires if path.suffix == ".toml" else None
    return bool(parse_requirements(text).lines if listed is None else listed)
