"""Which files of an app are in Snowflake once it is deployed, and under which names.

A project file's ``artifacts`` name them; without such a list it is the app's whole folder.

Source: "Deploying a Streamlit app",
https://docs.snowflake.com/en/developer-guide/snowflake-cli/streamlit-apps/manage-apps/deploy-app;
that the CLI adds the main file, ``environment.yml`` and the pages by itself, and how it expands
patterns and destinations, was looked up in release 3.31 of the Snowflake CLI.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch, fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

from sis_migrate.mixins import effective
from sis_migrate.model import App, FileChange
from sis_migrate.textfile import TextError, decode

LEFT_OUT = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".venv",
        "venv",
        "node_modules",
        "__pycache__",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".sis-migrate",
    }
)
"""Folders and files that are passed over."""
MAX_FILE_MB = 200
SECRETS = ".streamlit/secrets.toml"
_PROJECT = ("snowflake.yml", "snowflake.yaml")
_MAIN_FILE = "streamlit_app.py"
_TEMPLATE = re.compile(r"<%|&\{|\{\{|\$\{")

Planned = Mapping[Path, bytes | None]
"""What a migration makes of files: their content, None for one that goes."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """One entry of ``artifacts``; ``dest`` "" is the same place, ``ignore`` are patterns of names."""

    src: str
    dest: str = ""
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deployed:
    """The files by the names that they have in Snowflake (with ``/``).

    ``project_file`` is the one whose artifacts name them, None for the app's whole folder;
    ``absent`` are those of its artifacts that nothing is there for: the CLI refuses such a list.
    """

    files: Mapping[str, Path]
    planned: Planned
    project_file: Path | None = None
    absent: tuple[str, ...] = ()

    def read(self, name: str) -> bytes:
        """A file's content, as migrated; OSError."""
        path = self.files[name]
        data = self.planned.get(path)
        return path.read_bytes() if data is None else data

    def names_of(self, paths: Iterable[Path]) -> tuple[str, ...]:
        """The names of some of the project's files, in their order; none for what stays behind."""
        found: dict[Path, list[str]] = {}
        for name, path in self.files.items():
            found.setdefault(path, []).append(name)
        return tuple(name for path in paths for name in found.get(path, ()))

    def digest(self) -> str:
        """SHA-256 over names and contents, secrets.toml left out; OSError."""
        total = hashlib.sha256()
        for name in sorted(self.files.keys() - {SECRETS}):
            data = self.read(name)
            total.update(os.fsencode(name) + b"\0%d\0" % len(data))
            total.update(data)
        return total.hexdigest()


def covers(source: str, name: str) -> bool:
    """Whether an artifact's path or pattern takes in a file, by its name from the project file."""
    plain = source.removeprefix("./").rstrip("/")
    return plain in {"", ".", "*", "**"} or fnmatch(name, plain) or name.startswith(f"{plain}/")


def deployed(app: App, changes: Iterable[FileChange] = ()) -> Deployed:
    """The app's files, with ``changes`` made, that go to Snowflake."""
    planned = {change.path: change.after for change in changes}
    return _by_artifacts(app, planned) or whole(app.root, planned)


def whole(folder: Path, planned: Planned | None = None) -> Deployed:
    """All files of a folder, but for environments, caches and very large ones."""
    return Deployed(_whole(folder, planned or {}), planned or {})


def _whole(folder: Path, planned: Planned) -> dict[str, Path]:
    """The files below a folder with the planned ones, and without those that go."""
    found = {path for path in _walk(folder) if path not in planned}
    found |= {
        path for path, data in planned.items() if data is not None and path.is_relative_to(folder)
    }
    return {path.relative_to(folder).as_posix(): path for path in sorted(found)}


def _walk(top: Path) -> Iterator[Path]:
    """The files, those too behind links to folders that lead neither out of ``top`` nor around."""
    root = Path(os.path.realpath(top))
    waiting: list[tuple[Path, tuple[Path, ...]]] = [(top, ())]
    while waiting:
        folder, above = waiting.pop()
        real = Path(os.path.realpath(folder))
        if real in above or not real.is_relative_to(root):
            continue
        for path in _listed(folder):
            try:
                found = path.stat()
            except OSError:
                continue  # a link to nothing, or gone meanwhile
            if stat.S_ISDIR(found.st_mode):
                waiting.append((path, (*above, real)))
            elif stat.S_ISREG(found.st_mode) and found.st_size <= MAX_FILE_MB * 1e6:
                yield path


def _listed(folder: Path) -> list[Path]:
    try:
        return [folder / name for name in os.listdir(folder) if name not in LEFT_OUT]
    except OSError:
        return []  # what needs one of its files will say so


def _by_artifacts(app: App, planned: Planned) -> Deployed | None:
    """What the project file names; None where none does, or other files than this app's."""
    if app.entry_point is None:
        return None
    candidates = [app.project_file, *(app.root / name for name in _PROJECT)]
    for path in (path for path in candidates if path):
        entities = [e for e in _entities(_document(path, planned)) if e.artifacts]
        if not entities:
            continue
        own = _whole(path.parent, planned)
        wanted = app.entry_point.relative_to(app.root).as_posix()
        for entity in sorted(entities, key=lambda e: e.name.upper() != app.name.upper()):
            files = _uploaded(own, entity)
            if files.get(wanted) == app.entry_point:
                return Deployed(files, planned, path, tuple(_absent(own, entity, path.parent)))
        return None
    return None


@dataclass(frozen=True, slots=True)
class _Entity:
    """A Streamlit app of a project file; ``alone`` is uploaded without being listed."""

    name: str
    artifacts: tuple[Artifact, ...]
    alone: tuple[str, ...]


def _uploaded(names: Mapping[str, Path], entity: _Entity) -> dict[str, Path]:
    """The files by the names that they get."""
    found: dict[str, Path] = {}
    for artifact in (*entity.artifacts, *map(Artifact, entity.alone)):
        for name, path in names.items():
            for target in _targets(name, artifact):
                found.setdefault(target, path)
    return found


def _absent(names: Iterable[str], entity: _Entity, folder: Path) -> Iterator[str]:
    """The sources that match neither one of the files nor, on the disk, what is passed over here."""
    every = [name.split("/") for name in names]
    for src in (artifact.src for artifact in entity.artifacts):
        pattern = _parts(src)
        if not pattern or ".." in pattern or os.path.isabs(src):
            continue
        above = (parts[: depth + 1] for parts in every for depth in range(len(parts)))
        if not any(_is_meant(parts, pattern) for parts in above) and not _on_disk(folder, pattern):
            yield src


def _on_disk(folder: Path, pattern: Sequence[str]) -> bool:
    try:
        return any(folder.glob("/".join(pattern)))
    except (OSError, ValueError):  # a folder that cannot be read, or no pattern: not known
        return True


def _targets(name: str, artifact: Artifact) -> Iterator[str]:
    """Where an artifact puts a file: once for each folder above it, or itself, that it names."""
    parts, pattern = name.split("/"), _parts(artifact.src)
    for depth in range(len(parts) + 1):
        if not _is_meant(parts[:depth], pattern):
            continue
        base, rest = parts[max(depth - 1, 0) : depth], parts[depth:]
        if any(fnmatchcase(part, i) for part in (*base, *rest) for i in artifact.ignore):
            continue
        folder = artifact.dest.rstrip("/")
        if not folder:
            yield name
            continue
        below = [*base, *rest] if artifact.dest.endswith("/") else rest
        target = posixpath.normpath("/".join([folder, *below]))
        # A file is not the root itself, and nothing is put outside of it: the CLI refuses both.
        if target not in {".", ".."} and not target.startswith(("../", "/")):
            yield target


def _parts(pattern: str) -> list[str]:
    return [part for part in pattern.split("/") if part not in {"", "."}]


def _is_meant(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_is_meant(parts[i:], pattern[1:]) for i in range(len(parts) + 1))
    if not parts or not fnmatchcase(parts[0], pattern[0]):
        return False
    return _is_meant(parts[1:], pattern[1:])


def _document(path: Path, planned: Planned) -> Any:
    try:
        data = planned[path] if path in planned else path.read_bytes()
    except OSError:
        return None
    return None if data is None else _parsed(data)


@lru_cache(maxsize=4)  # one project file may name hundreds of apps, which are looked at in a row
def _parsed(data: bytes) -> Any:
    """What a file says; None where it is no YAML. Not to be changed."""
    import yaml

    try:
        return yaml.safe_load(decode(data).text)
    except (TextError, yaml.YAMLError, ValueError, RecursionError):
        return None


def _entities(document: Any) -> Iterator[_Entity]:
    """The Streamlit apps of either version of the file; none of what templates make unclear."""
    if not isinstance(document, dict):
        return
    old = document.get("streamlit")
    if isinstance(old, dict) and old.get("additional_source_files"):
        listed = old["additional_source_files"]
        yield from _entity(_name(old.get("name"), ""), old, listed)
    new = document.get("entities")
    for key, own in new.items() if isinstance(new, dict) else ():
        values = effective(own, document.get("mixins"))
        if values.get("type") == "streamlit":
            name = _name(values.get("identifier"), str(key))
            yield from _entity(name, values, values.get("artifacts"))


def _entity(name: str, values: Mapping[str, Any], listed: Any) -> Iterator[_Entity]:
    artifacts = tuple(_artifacts(listed))
    alone = (
        str(values.get("main_file") or _MAIN_FILE),
        str(values.get("env_file") or "environment.yml"),
        str(values.get("pages_dir") or "pages"),
    )
    written = (*alone, *(part for a in artifacts for part in (a.src, a.dest)))
    if not any(_TEMPLATE.search(text) for text in written):
        yield _Entity(name, artifacts, alone)


def _artifacts(listed: Any) -> Iterator[Artifact]:
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, dict):
            ignore = item.get("ignore")
            names = ignore if isinstance(ignore, list) else ()
            src, dest = str(item.get("src") or ""), str(item.get("dest") or "")
            yield Artifact(src, dest, tuple(str(name) for name in names))
        else:
            yield Artifact(str(item))


def _name(identifier: Any, key: str) -> str:
    if isinstance(identifier, dict):
        identifier = identifier.get("name")
    return str(identifier or key).split(".")[-1].strip('"')
