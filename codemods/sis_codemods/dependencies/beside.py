"""What lies beside the dependency file: a lock that it has outgrown, a list that stays at home."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sis_codemods.dependencies.entries import Plan, is_open
from sis_codemods.dependencies.target import is_deployed, landing
from sis_migrate.model import App, Finding, Status
from sis_migrate.workspace import Workspace


def undeployed_requirements(path: Path, app: App, workspace: Workspace) -> Iterator[Finding]:
    """A word, once, about a requirements.txt that stays at home, beside a new ``path``."""
    requirements = path.with_name("requirements.txt")
    if path == requirements or not workspace.exists(requirements):
        return
    if not is_deployed(requirements, app, workspace):
        message = (
            "requirements.txt is not uploaded, so it is left alone; if it were, the container "
            "would read it and not pyproject.toml"
        )
        remedy = "Keep it out of the artifacts of snowflake.yml, or choose it with --requirements."
        yield Finding(requirements, message, Status.REVIEW, remedy=remedy)


def second_environment(app: App, workspace: Workspace) -> Iterator[Finding]:
    """A word about an environment.yaml that is passed over for the environment.yml beside it."""
    read = app.environment_file
    other = read.with_name("environment.yaml") if read else None
    if other is not None and other != read and workspace.exists(other):
        message = "environment.yaml is passed over: environment.yml beside it counts"
        remedy = "Keep one of the two."
        yield Finding(other, message, Status.REVIEW, remedy=remedy)


def landing_elsewhere(path: Path, app: App, workspace: Workspace) -> Iterator[Finding]:
    """A word about a dependency file that the project file uploads to where no container looks."""
    landed = landing(path, app, workspace)
    if landed and app.project_file:
        message = (
            f"{app.project_file.name} uploads {path.name} as {landed}, where the container does not "
            "look for it: it installs nothing of it"
        )
        remedy = "Take away its `dest`, or name one beside the main file or above it."
        yield Finding(app.project_file, message, Status.MANUAL, remedy=remedy)


def lock_without_project(path: Path, app: App, workspace: Workspace) -> Iterator[Finding]:
    """A word about a uv.lock that is there before ``path``, so that it was made from another."""
    if has_deployed_lock(path, app, workspace):
        message = (
            f"uv.lock was not made from the new {path.name}: the container may install what it has, "
            "or nothing"
        )
        remedy = "Run `uv lock` beside it and deploy both, or take it out of the upload."
        yield Finding(path.with_name("uv.lock"), message, Status.REVIEW, remedy=remedy)


def stale_lock(path: Path, app: App, workspace: Workspace) -> Iterator[Finding]:
    """A word about the uv.lock that has just become older than ``path``."""
    lock = _lock(path, workspace)
    if lock is None:
        return
    message = (
        "uv.lock does not have the changes of pyproject.toml: the container may install what it "
        "had before, or other versions than you tried"
    )
    remedy = "Run `uv lock` beside it, and deploy both."
    if not is_deployed(lock, app, workspace):
        remedy = "Run `uv lock` beside it, and add uv.lock to the artifacts of snowflake.yml."
    yield Finding(lock, message, Status.REVIEW, remedy=remedy)


def has_deployed_lock(path: Path, app: App, workspace: Workspace) -> bool:
    """Whether a lock decides what is installed for the dependency file ``path``."""
    lock = _lock(path, workspace)
    return lock is not None and is_deployed(lock, app, workspace)


def _lock(path: Path, workspace: Workspace) -> Path | None:
    """The uv.lock that belongs to a dependency file; requirements.txt has none."""
    lock = path.with_name("uv.lock")
    return lock if path.suffix == ".toml" and workspace.exists(lock) else None


def why_removed(plan: Plan, path: Path) -> str:
    """Why environment.yml goes, and where what a person has to decide about is then."""
    rest = (
        f"; what is not converted is a comment in {path.name}"
        if any(map(is_open, plan.notes))
        else ""
    )
    return f"environment.yml is removed: the container does not read it{rest}"
