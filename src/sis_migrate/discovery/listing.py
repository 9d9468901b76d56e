"""The files that discovery looks at: what is below a folder, less what is nobody's source."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

from sis_migrate import vcs

ENVIRONMENT = ("environment.yml", "environment.yaml")
PROJECT = ("snowflake.yml", "snowflake.yaml")
_SUFFIXES = (".py", ".ipynb", ".sql")
_NAMES = {*ENVIRONMENT, *PROJECT, "requirements.txt", "pyproject.toml"}
_NOT_SOURCE = {"node_modules", "site-packages", "__pycache__", "venv", "__MACOSX"}
# Where release 3.31 of the Snowflake CLI lays out what it uploads, beside the project file.
_CLI_OUTPUT, _CLI_FOLDERS = "output", {"bundle", "deploy"}


@dataclass(frozen=True)
class Listing:
    """The files below ``top`` that can matter, sorted, and what was not looked at."""

    top: Path
    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()

    @cached_property
    def python(self) -> frozenset[Path]:
        """The Python files."""
        return frozenset(path for path in self.files if path.suffix == ".py")

    @cached_property
    def present(self) -> frozenset[Path]:
        """All files, for asking whether one is there."""
        return frozenset(self.files)

    def named(self, folder: Path, names: Iterable[str]) -> Path | None:
        """The first of these file names that the folder has."""
        return next((folder / name for name in names if folder / name in self.present), None)


@dataclass(frozen=True, slots=True)
class Region:
    """A folder to look through, and whether git's word on what is ignored counts in it."""

    top: Path
    git: bool


def regions(paths: Iterable[Path]) -> dict[Region, list[Path]]:
    """The given paths by the folder in which their apps may lie.

    That is their work tree; outside of a repository, and for what git ignores, the nearest folder
    around with a project or environment file, else the given folder itself, or a file's folder
    (above a ``pages`` folder).
    """
    by_top: dict[Path | None, list[Path]] = {}
    tops: dict[Path, Path | None] = {}
    for path in paths:
        folder = path if path.is_dir() else path.parent
        by_top.setdefault(_work_tree(folder, tops), []).append(path)
    result: dict[Region, list[Path]] = {}
    for top, given in by_top.items():
        asked = [path for path in given if path != top] if top else []
        ignored = vcs.ignored(top, asked) if top and asked else set()
        for path in given:
            known = top is not None and path not in ignored
            region = Region(top, True) if known and top else Region(_widest(path), False)
            result.setdefault(region, []).append(path)
    return result


def _work_tree(folder: Path, tops: dict[Path, Path | None]) -> Path | None:
    """The work tree as the user spells it; git, which is asked once a folder, resolves links."""
    if folder not in tops:
        top = vcs.work_tree(folder)
        above = (folder, *folder.parents) if top else ()
        tops[folder] = next((path for path in above if path.resolve() == top), None)
    return tops[folder]


def _widest(path: Path) -> Path:
    folder = path if path.is_dir() else path.parent
    around = next((f for f in (folder, *folder.parents) if _has_documents(f)), None)
    if around or folder == path:
        return around or folder
    return folder.parent if folder.name == "pages" else folder


def _has_documents(folder: Path) -> bool:
    """Whether the folder has a project file, or an environment file that mentions Snowflake.

    Any other environment file, in a home folder say, is no reason to look through all of it.
    """
    return _has_project(folder) or any(_mentions_snowflake(folder / name) for name in ENVIRONMENT)


def _mentions_snowflake(path: Path) -> bool:
    try:
        return b"snowflake" in path.read_bytes()
    except OSError:
        return False


def list_files(region: Region, given: Sequence[Path], exclude: Sequence[str]) -> Listing:
    """Look through a region; exclusions are globs relative to it or to one of the given folders.

    A given folder is looked into whatever its name; the folders in it are chosen as elsewhere.
    """
    notes: list[str] = []
    top = region.top
    bases = (top, *(path for path in given if path.is_dir()))
    wanted = {above for path in given for above in (path, *path.parents)}
    found = [path for path in _walk(top, wanted, notes) if not _excluded(path, bases, exclude)]
    hidden = vcs.ignored(top, found) if region.git and found else set()
    return Listing(top, tuple(sorted(path for path in found if path not in hidden)), tuple(notes))


def _walk(top: Path, wanted: Collection[Path], notes: list[str]) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        notes.append(f"{error.filename}: cannot be looked into ({error.strerror}); left out")

    for folder_name, folders, names in os.walk(top, onerror=unreadable):
        folder = Path(folder_name)
        for name in sorted(folders):
            if (folder / name).is_symlink() and not name.startswith("."):
                notes.append(f"{folder / name}: a link to a folder; not followed")
        folders[:] = sorted(
            name for name in folders if folder / name in wanted or _is_source(folder, name)
        )
        for name in names:
            if name.endswith(_SUFFIXES) or name in _NAMES:
                yield folder / name


def _is_source(folder: Path, name: str) -> bool:
    if name.startswith(".") or name in _NOT_SOURCE or name.endswith((".egg-info", ".egg")):
        return False
    path = folder / name
    if path.is_symlink() or os.path.isfile(path / "pyvenv.cfg"):
        return False
    if name in _CLI_FOLDERS and folder.name == _CLI_OUTPUT and _has_project(folder.parent):
        return False
    return name not in {"build", "dist"} or not _is_build_output(path)


def _has_project(folder: Path) -> bool:
    return any(os.path.isfile(folder / name) for name in PROJECT)


def _is_build_output(path: Path) -> bool:
    """Whether a ``build`` or ``dist`` folder is what setuptools or a build tool leaves behind."""
    try:
        names = os.listdir(path)
    except OSError:
        return False
    return any(name == "lib" or name.endswith((".whl", ".tar.gz", ".egg")) for name in names)


def _excluded(path: Path, bases: Iterable[Path], globs: Sequence[str]) -> bool:
    if not globs:
        return False
    for base in bases:
        if path.is_relative_to(base):
            relative = path.relative_to(base)
            names = [relative, *relative.parents][:-1]
            if any(_matches(name, glob) for name in names for glob in globs):
                return True
    return False


def _matches(name: Path, glob: str) -> bool:
    glob = glob.removeprefix("./").rstrip("/")
    return fnmatchcase(name.as_posix(), glob) or ("/" not in glob and fnmatchcase(name.name, glob))


def is_test(path: Path, base: Path) -> bool:
    """Whether a Python file is a test by its name or by a folder below ``base``."""
    name = path.name
    if name in {"conftest.py", "sitecustomize.py"} or name.startswith("test_"):
        return True
    folders = path.relative_to(base).parts[:-1]
    return name.endswith("_test.py") or any(part in {"test", "tests"} for part in folders)
