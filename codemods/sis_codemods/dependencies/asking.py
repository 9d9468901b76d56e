"""Whom ``--resolve`` asks: uv, about a new list or as the container would about an existing file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sis_migrate.workspace import Workspace

if TYPE_CHECKING:
    from sis_migrate.resolver.ladder import Resolver
    from sis_migrate.resolver.uv import Resolution


def ask_uv(lines: Sequence[str], build: bool) -> Resolution:
    """Ask uv about lines; UvError where it is not there or does not answer."""
    from sis_migrate.resolver.uv import find_uv, resolve

    return resolve(lines, uv=find_uv(), build=build)


def ask_about(path: Path, workspace: Workspace) -> Resolver:
    """Asks uv about lines as those of an existing file: with its settings, from its folder."""
    from sis_migrate.documents.pyproject import for_uv
    from sis_migrate.resolver.uv import find_uv, resolve, resolve_project

    if path.suffix == ".toml":
        text = workspace.read(path).text
        folder = path.parent.absolute()
        return lambda lines, build: resolve_project(
            for_uv(text, lines, folder), uv=find_uv(), build=build
        )
    home = path.parent if path.parent.is_dir() else None
    return lambda lines, build: resolve(lines, uv=find_uv(), build=build, folder=home)
