"""Which Streamlit files belong together, before it is said which of them is the entry point."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sis_migrate.discovery.reach import Reacher
from sis_migrate.discovery.reading import Reader
from sis_migrate.python.graph import Modules

# Names that people and Snowsight give to entry points, the likeliest first.
_CONVENTIONAL = ("streamlit_app", "app", "main", "home", "ui", "streamlit")


def with_indirect(files: Sequence[Path], candidates: Iterable[Path], reader: Reader) -> list[Path]:
    """Add the scripts that have their Streamlit from a module of their own.

    Such a script acts, is called like an entry point or uses a ``st``, and imports a Streamlit
    file from its folder or one below.
    """
    folders = {above for path in files for above in (path.parent, path.parent.parent)}
    known = frozenset(files)
    added = []
    for path in candidates:
        if path in known or path.parent not in folders:
            continue
        if not (conventional([path]) or reader.shows(path)) or not reader.is_script(path):
            continue
        modules = Modules(known, (path.parent,))
        if any(True for asked in reader.requests(path) for _ in modules.targets(path, asked)):
            added.append(path)
    return sorted([*files, *added])


@dataclass(frozen=True, slots=True)
class Group:
    """A folder, the deployed ``root`` around it, and the Streamlit ``files`` below it."""

    folder: Path
    root: Path
    files: tuple[Path, ...]
    at_home: bool
    """Whether a project or environment file makes it an app, whatever its code says."""


def groups(files: Iterable[Path], homes: Collection[Path], reacher: Reacher) -> list[Group]:
    """Split Streamlit files by the folders that have documents, the rest by their own folders."""
    by_home: dict[Path | None, list[Path]] = {}
    for path in files:
        home = next((folder for folder in path.parents if folder in homes), None)
        by_home.setdefault(home, []).append(path)
    result = []
    for home, members in by_home.items():
        if home is not None and any(path.parent == home for path in members):
            result.append(Group(home, home, tuple(members), at_home=True))
        else:
            for folder, own in _by_folder(members, reacher).items():
                result.append(Group(folder, home or folder, own, at_home=home is not None))
    return sorted(result, key=lambda group: group.folder)


def _by_folder(members: list[Path], reacher: Reacher) -> dict[Path, tuple[Path, ...]]:
    """Files by the uppermost folder whose scripts use or may load them."""
    by_folder: dict[Path, list[Path]] = {}
    for path in members:
        by_folder.setdefault(path.parent, []).append(path)
    taken: set[Path] = set()
    tops: dict[Path, bool] = {}
    for folder in sorted(by_folder, key=lambda f: (len(f.parts), f)):
        scripts = [path for path in by_folder[folder] if reacher.reader.is_script(path)]
        owner = _owner(folder, tops)
        if folder.name == "pages" and folder.parent in tops:
            continue
        if scripts and not (owner and tops[owner]) and not taken.issuperset(scripts):
            reached = reacher.reach(scripts, folder, folder).files
            taken |= reached
            tops[folder] = any(reacher.reader.loads_by_name(path) for path in reached)
    result: dict[Path, list[Path]] = {}
    for path in members:
        owner = _owner(path.parent, tops)
        if owner:
            result.setdefault(owner, []).append(path)
    return {folder: tuple(own) for folder, own in result.items()}


def _owner(folder: Path, tops: Mapping[Path, bool]) -> Path | None:
    return next((above for above in (folder, *folder.parents) if above in tops), None)


def top_scripts(group: Group, reacher: Reacher) -> list[Path]:
    """The group's scripts that no other of them imports or names as a page."""
    here = [path for path in group.files if path.parent == group.folder]
    scripts = [path for path in here if reacher.reader.is_script(path)] or here
    used = {
        path
        for script in scripts
        for path in reacher.reach([script], group.folder, group.root).files - {script}
    }
    return [path for path in scripts if path not in used] or scripts


def conventional(scripts: Iterable[Path]) -> Path | None:
    """The one with the likeliest name, None where none has a usual one."""
    ranked = {
        (_CONVENTIONAL.index(path.stem.lower()), path)
        for path in scripts
        if path.stem.lower() in _CONVENTIONAL
    }
    return min(ranked)[1] if ranked else None
