"""Finding the Streamlit-in-Snowflake apps below some paths, and understanding their parts."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sis_migrate.discovery import assemble, claims, outside
from sis_migrate.discovery.grouping import conventional, groups, with_indirect
from sis_migrate.discovery.listing import ENVIRONMENT, Listing, is_test, list_files, regions
from sis_migrate.discovery.project import has_snowflake_channel
from sis_migrate.discovery.reach import Reacher, path_entries
from sis_migrate.discovery.reading import Reader
from sis_migrate.model import App, Finding, Settings
from sis_migrate.workspace import Workspace


class DiscoveryError(Exception):
    """A given path cannot be looked at; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """The apps; files of no app that mention what only the warehouse has; what else to know."""

    apps: tuple[App, ...] = ()
    outside: tuple[Path, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


def discover(paths: Sequence[Path], workspace: Workspace, settings: Settings) -> Discovery:
    """Find the apps in or around ``paths`` (folders or files); DiscoveryError for a bad path.

    What is an app does not depend on where one asks: the whole work tree is looked at, then the
    apps are taken that lie below a given folder, or that a given file or folder is a part of.
    """
    by_region = regions(dict.fromkeys(_existing(path) for path in paths))
    parts = [
        _in_region(list_files(region, asked, settings.exclude), frozenset(asked), workspace)
        for region, asked in sorted(by_region.items(), key=lambda item: item[0].top)
    ]
    here = f"{Path.cwd()}{os.sep}"
    return Discovery(
        tuple(dict.fromkeys(app for part in parts for app in part.apps)),
        tuple(dict.fromkeys(path for part in parts for path in part.outside)),
        tuple(dict.fromkeys(finding for part in parts for finding in part.findings)),
        tuple(dict.fromkeys(note.replace(here, "") for part in parts for note in part.notes)),
    )


def import_roots(app: App, workspace: Workspace) -> tuple[Path, ...]:
    """The folders that the app's imports are looked up in, in order, for its module graph.

    The entry point's folder, which Streamlit puts on ``sys.path``; the root; those that its files
    add to ``sys.path`` by literals; the folders above it that modules are imported from; and those
    of artifacts.
    """
    folder = app.entry_point.parent if app.entry_point else app.root
    roots = dict.fromkeys((folder, app.root))
    reader = Reader(workspace)
    holding = {above for path in app.files for above in path.parents}
    for path in app.files:
        added = path_entries(path, (path.parent, folder, app.root), reader)
        roots |= dict.fromkeys(entry for entry in added if entry in holding)
    for path in app.files:
        if not path.is_relative_to(app.root):
            package = path.parent
            while package / "__init__.py" in app.files:
                package = package.parent
            roots.setdefault(package)
            roots.setdefault(Path(os.path.commonpath([path, app.root])))
    return tuple(roots | dict.fromkeys(app.import_folders))


def _existing(path: Path) -> Path:
    absolute = Path(os.path.abspath(path))
    if not os.path.exists(absolute):
        why = "a link to nothing" if absolute.is_symlink() else "no such file or folder"
        raise DiscoveryError(f"{path}: {why}")
    if not os.access(absolute, os.R_OK):
        raise DiscoveryError(f"{path}: cannot be read (no permission)")
    # Links to folders are not followed further down, so a given one is looked at by its target.
    return absolute.resolve() if absolute.is_symlink() and absolute.is_dir() else absolute


def _in_region(listing: Listing, given: frozenset[Path], workspace: Workspace) -> Discovery:
    reader = Reader(workspace)
    notes = [*listing.notes]
    apps, passed, unclear = _all_apps(listing, reader, given, notes)
    apps = _asked_for(apps, given)
    scripts = {path for app in apps for path in app.sql_files}
    own = {path for app in apps for path in app.files}
    mentioned = {
        path: name
        for path in listing.files
        if path.suffix in {".py", ".ipynb"}
        and _is_below(path, given)
        and path not in own
        and (name := outside.mention(path, reader))
    }
    notes += [note for folder, note in passed.items() if _is_below(folder, given)]
    for path, name in mentioned.items():
        kind = outside.kind(path, reader, _base(path, given, listing.top))
        notes.append(f"{path}: not part of an app ({kind}): mentions {name}; left alone")
    for path, why in reader.unreadable.items():
        notes.append(f"{path}: cannot be read ({why})")
    found = [finding for app in apps for finding in assemble.findings(app)]
    if apps:
        found += [f for f in unclear if f.path in scripts or _is_below(f.path, given)]
    return Discovery(tuple(apps), tuple(mentioned), tuple(found), tuple(notes))


def _all_apps(
    listing: Listing, reader: Reader, given: Collection[Path], notes: list[str]
) -> tuple[list[App], dict[Path, str], list[Finding]]:
    """All apps of a region, a note for each folder of scripts that are no app, unclear SQL."""
    own = [p for p in sorted(listing.python) if not is_test(p, _base(p, given, listing.top))]
    files = with_indirect([path for path in own if _is_streamlit(path, reader)], own, reader)
    named = [*claims.in_projects(listing, reader, notes), *claims.in_sql(listing, reader)]
    if not (files or named):
        return [], {}, []
    uploads: dict[Path, list[Path]] = {}
    for claim in named:
        uploads.setdefault(claim.source.parent, []).extend(claim.uploads)
    reacher = Reacher(listing, reader, uploads)
    homes = {claim.root for claim in named if claim.root and claim.source.suffix != ".sql"}
    homes |= {
        path.parent
        for path in listing.files
        if path.name in ENVIRONMENT
        and not is_test(path, _base(path, given, listing.top))
        and has_snowflake_channel(reader.text(path))
    }
    assembler = assemble.Assembler(listing, reader, reacher, named)
    apps: list[App] = []
    passed: dict[Path, str] = {}
    by_group = assemble.entries_by_group(groups(files, homes, reacher), named)
    for group, entries in by_group.items():
        found = list(assembler.apps(group, entries))
        apps += found
        if not found:
            names = ", ".join(path.relative_to(group.folder).as_posix() for path in group.files)
            passed[group.folder] = f"{group.folder}: Streamlit without Snowflake, left out: {names}"
    return sorted(apps, key=_order), passed, list(assemble.unmatched(named, apps))


def _order(app: App) -> tuple[Path, Path]:
    return app.root, app.entry_point or app.root


def _is_streamlit(path: Path, reader: Reader) -> bool:
    if reader.uses_streamlit(path):
        return True
    return path in reader.unreadable and conventional([path]) is not None


def _asked_for(apps: Sequence[App], given: Iterable[Path]) -> list[App]:
    """The apps that a given path is a part of or holds; else the nearest around it.

    The latter are for paths such as those of pictures and settings.
    """
    inside = [_parts(app) for app in apps]
    wanted: set[int] = set()
    for path in given:
        found = {index for index, parts in enumerate(inside) if path in parts}
        wanted |= found or _around(path, apps)
    return [app for index, app in enumerate(apps) if index in wanted]


def _parts(app: App) -> set[Path]:
    """The app's files, and the folders that hold some of its code."""
    documents = (
        app.environment_file,
        app.project_file,
        app.requirements_file,
        app.pyproject_file,
        *app.sql_files,
    )
    code = {above for file in app.files for above in (file, *file.parents)}
    return code | {path for path in documents if path} | {app.root}


def _around(path: Path, apps: Sequence[App]) -> set[int]:
    around = [app.root for app in apps if path.is_relative_to(app.root)]
    nearest = max(around, key=lambda root: len(root.parts), default=None)
    return {index for index, app in enumerate(apps) if app.root == nearest}


def _is_below(path: Path, given: Collection[Path]) -> bool:
    return path in given or any(above in given for above in path.parents)


def _base(path: Path, given: Collection[Path], top: Path) -> Path:
    """The folder from which a path is told to be among tests: who asks for tests gets them."""
    return next((above for above in path.parents if above in given), top)
