"""What a report is about, as the sections of its page are given it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sis_migrate.model import AppMigration, FileChange, Item, Migration
from sis_migrate.report.html.places import app_ids, diff_ids
from sis_migrate.report.html.sources import Sources
from sis_migrate.verified import Verified


@dataclass(frozen=True)
class AppPage:
    """One app: its id on the page, the files whose diff stands with it, and its verification."""

    app: AppMigration
    id: str
    own_diffs: frozenset[Path]
    verified: Verified | None


@dataclass(frozen=True)
class Subject:
    """A run, and what its page needs to know beside it.

    ``titles`` are the checklist's items in their order; ``changes`` and ``diff_ids`` are by path.
    """

    migration: Migration
    apps: tuple[AppPage, ...]
    cwd: Path
    titles: Mapping[Item, str]
    applied: bool
    changes: Mapping[Path, FileChange]
    diff_ids: Mapping[Path, str]
    sources: Sources


def subject(
    migration: Migration,
    cwd: Path,
    titles: Mapping[Item, str],
    verified: Callable[[AppMigration], Verified | None],
    *,
    applied: bool,
) -> Subject:
    """Each diff goes to the first app that has it, so that it stands once."""
    changes = {change.path: change for change in migration.changes()}
    apps: list[AppPage] = []
    given: set[Path] = set()
    for app, name in zip(migration.apps, app_ids(migration.apps, cwd), strict=True):
        own = {change.path for change in app.changes} - given
        given |= own
        apps.append(AppPage(app, name, frozenset(own), verified(app)))
    return Subject(
        migration,
        tuple(apps),
        cwd,
        titles,
        applied,
        changes,
        diff_ids(changes, cwd),
        Sources(migration, applied=applied),
    )
