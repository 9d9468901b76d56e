"""From paths to a :class:`Migration`: apps, rounds of codemods over an overlay, nothing written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from sis_migrate import codemod as registry
from sis_migrate.app_run import AppRun
from sis_migrate.apps import discover
from sis_migrate.codemod import Codemod
from sis_migrate.ignoring import ignored_in_file
from sis_migrate.model import App, Finding, Migration, Settings
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
    known = tuple(registry.load() if codemods is None else codemods)
    chosen = registry.selected(known, settings)
    passed_over = {c.code for c in known} - {c.code for c in chosen}
    found = discover(paths, overlay, settings)
    discovered = [f for f in found.findings if not ignored_in_file(f, settings)]
    discovered = [f for f in discovered if f.code not in passed_over]
    history = SpanHistory()  # one for all: a file may belong to two apps
    apps = tuple(
        AppRun(app, overlay, settings, chosen, _of(app, found.apps, discovered), history).run()
        for app in found.apps
    )
    claimed = {f for a in apps for f in a.findings}
    outside = tuple(f for f in discovered if f not in claimed)
    return Migration(apps, outside, found.notes)


def _of(app: App, apps: Sequence[App], found: Iterable[Finding]) -> list[Finding]:
    """What was found about an app; a script of none or several goes to the nearest app."""
    own = {app.root, *app.files}
    return [
        f
        for f in found
        if f.path in own or (f.path.suffix == ".sql" and _nearest(f.path, apps) == app)
    ]


def _nearest(script: Path, apps: Sequence[App]) -> App:
    named = [app for app in apps if script in app.sql_files] or apps
    return max(named, key=lambda app: len(Path(os.path.commonpath([app.root, script])).parts))
