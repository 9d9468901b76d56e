"""Run records: what each in-place run found and wrote, and the old content of every file.

They live in the folder ``.sis-migrate`` of the work tree's top (outside of git: of the common
folder), which ignores itself for git::

    .sis-migrate/.gitignore
    .sis-migrate/runs/20250131T120000.000000Z-1f2e3d4c/record.json
    .sis-migrate/runs/20250131T120000.000000Z-1f2e3d4c/before/0

What ``migrate verify`` found out lies beside them (:mod:`sis_migrate.verified`).
Every run is kept until somebody deletes the folder. A run without ``record.json`` was stopped
before it touched a file, and is passed over.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sis_migrate import __version__

SCHEMA_VERSION = 1
FOLDER = ".sis-migrate"
_RECORD = "record.json"


class RecordError(Exception):
    """A run record is missing or not usable; the message says which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of a run: digests are SHA-256 in hex, None where the file does not exist.

    ``path`` is relative to the record root, with ``/``. ``mode`` are the permission bits before,
    ``link`` the target of a symlink that the run removed.
    """

    path: str
    sha256_before: str | None
    sha256_after: str | None
    mode: int | None = None
    link: str | None = None

    @property
    def existed(self) -> bool:
        """Whether the file was there before the run."""
        return self.sha256_before is not None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One in-place run; ``record`` is what the caller of ``write.commit`` handed over.

    ``created`` and ``undone`` are UTC in ISO 8601 (``undone`` is "" for a run that stands);
    ``folders`` those that the run made, relative to ``root``, outermost first.
    """

    root: Path
    folder: Path
    tool_version: str
    created: str
    record: Mapping[str, Any]
    files: tuple[FileRecord, ...]
    folders: tuple[str, ...] = ()
    undone: str = ""

    def before(self, number: int) -> bytes | None:
        """The old content of ``files[number]``; RecordError where it is lost or altered."""
        entry = self.files[number]
        if entry.sha256_before is None:
            return None
        path = self.folder / "before" / str(number)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise RecordError(
                f"{path}: the old content of {entry.path} is lost: {error}"
            ) from error
        if digest(data) != entry.sha256_before:
            raise RecordError(f"{path}: the old content of {entry.path} has been altered")
        return data


def digest(data: bytes | None) -> str | None:
    """SHA-256 in hex; None for no file."""
    return None if data is None else hashlib.sha256(data).hexdigest()


def own_folder(root: Path) -> Path:
    """The folder for what is remembered of ``root``, made where it is not there; OSError."""
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        write_synced(ignore, b"*\n")
    return folder


def nearest(folder: Path) -> Path | None:
    """The nearest folder, this one or above it, of which something is remembered."""
    return next((p for p in (folder, *folder.parents) if (p / FOLDER).is_dir()), None)


def begin(
    root: Path,
    record: Mapping[str, object],
    files: tuple[FileRecord, ...],
    contents: tuple[bytes | None, ...],
    folders: tuple[str, ...],
) -> RunRecord:
    """Write the record of a run that is about to start, down to the disk; OSError."""
    now = datetime.now(UTC)
    runs = root / FOLDER / "runs"
    folder = runs / f"{now:%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}"
    own_folder(root)
    (folder / "before").mkdir(parents=True)
    for number, content in enumerate(contents):
        if content is not None:
            write_synced(folder / "before" / str(number), content)
    run = RunRecord(root, folder, __version__, now.isoformat(), record, files, folders)
    _save(run)
    for path in (folder / "before", folder, runs, root / FOLDER, root):
        sync_folder(path)
    return run


def mark_undone(run: RunRecord) -> RunRecord:
    """Note in the record that the run's files are as before again; OSError."""
    undone = replace(run, undone=datetime.now(UTC).isoformat())
    _save(undone)
    return undone


def records(root: Path) -> tuple[RunRecord, ...]:
    """All runs under ``root``, the newest first; RecordError for one that cannot be read."""
    try:
        folders = sorted((root / FOLDER / "runs").iterdir(), reverse=True)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise RecordError(f"{root / FOLDER}: cannot be read: {error.strerror}") from error
    return tuple(_load(root, folder) for folder in folders if (folder / _RECORD).is_file())


def last_record(root: Path) -> RunRecord | None:
    """The newest run that is not undone, None where there is none; RecordError."""
    return next((run for run in records(root) if not run.undone), None)


def _save(run: RunRecord) -> None:
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool_version": run.tool_version,
        "created": run.created,
        "undone": run.undone,
        "files": [
            {
                "path": entry.path,
                "sha256_before": entry.sha256_before,
                "sha256_after": entry.sha256_after,
                "existed": entry.existed,
                "mode": None if entry.mode is None else f"{entry.mode:04o}",
                "link": entry.link,
            }
            for entry in run.files
        ],
        "folders": list(run.folders),
        "record": run.record,
    }
    temporary = run.folder / f"{_RECORD}.tmp"
    write_synced(temporary, json.dumps(document, indent=2).encode() + b"\n")
    os.replace(temporary, run.folder / _RECORD)
    sync_folder(run.folder)


def _load(root: Path, folder: Path) -> RunRecord:
    path = folder / _RECORD
    try:
        document = json.loads(path.read_bytes())
        version = document["schema_version"]
        if version != SCHEMA_VERSION:
            raise RecordError(f"{path}: has schema version {version}, not {SCHEMA_VERSION}")
        return RunRecord(
            root=root,
            folder=folder,
            tool_version=_text(document["tool_version"]),
            created=_text(document["created"]),
            record=_checked(dict, document["record"]),
            files=tuple(_file(entry) for entry in document["files"]),
            folders=tuple(_inside(name) for name in document["folders"]),
            undone=_text(document["undone"]),
        )
    except OSError as error:
        raise RecordError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, LookupError, TypeError) as error:
        raise RecordError(
            f"{path}: is not a run record ({error}); move the folder {folder.name} away to go on"
        ) from error


def _file(entry: Mapping[str, object]) -> FileRecord:
    mode, link = entry["mode"], entry["link"]
    before, after = entry["sha256_before"], entry["sha256_after"]
    return FileRecord(
        path=_inside(entry["path"]),
        sha256_before=None if before is None else _text(before),
        sha256_after=None if after is None else _text(after),
        mode=None if mode is None else int(_text(mode), 8) & 0o7777,
        link=None if link is None else _text(link),
    )


def _inside(name: object) -> str:
    """A record that came with somebody's repository must not lead `undo` out of it."""
    path = PurePosixPath(_text(name))
    if path.is_absolute() or ".." in path.parts or Path(path).is_absolute():
        raise ValueError(f"{name!r} is outside of the record's folder")
    return str(path)


def _text(value: object) -> str:
    text: str = _checked(str, value)
    return text


def _checked(kind: type, value: object) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is not of type {kind.__name__}")
    return value


def write_synced(path: Path, data: bytes, opener: Callable[[str, int], int] | None = None) -> None:
    """Write a file and wait until it is on the disk; OSError."""
    with open(path, "wb", opener=opener) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until a folder's names are on the disk, where the system can be asked for that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
