"""From paths to a :class:`Migration`: apps, rounds of codemods over an overlay, nothing written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from sis_migrate import codemod as registry
from sis_migrate.app_run import AppRun
from sis_migrate.apps import discover
from sis_migrate.codemod import Codemod
from sis_migrate.ignoring import ignored_in_file
from sis_migrate.model import Migration, Settings
from sis_migrate.splices import SpanHistory
from sis_migrate.workspace import Workspace


def plan(
    paths: Sequence[Path],
    settings: Settings,
    *,
    codemods: Iterable[Codemod] | None = None,
    workspace: Workspace | None = None,
) -> Migration:
    """What a migration of the apps under ``paths`` (absolute) would change and leave.

    Reads files and writes none; the same input gives the same result. Raises
    ``apps.DiscoveryError`` for a path that is not there and ``codemod.RegistryError`` for an
    unusable installed package of codemods.
    """
    overlay = workspace or Workspace()
    chosen = registry.selected(registry.load() if codemods is None else codemods, settings)
    found = discover(paths, overlay, settings)
    discovered = [f for f in found.findings if not ignored_in_file(f, settings)]
    history = SpanHistory()  # one for all: a file may belong to two apps
    apps = tuple(
        AppRun(app, overlay, settings, chosen, discovered, history).run() for app in found.apps
    )
    claimed = {f for a in apps for f in a.findings}
    outside = tuple(f for f in discovered if f not in claimed)
    return Migration(apps, outside, found.notes)
