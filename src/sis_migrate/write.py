"""The only module that changes the user's files: all of a run or nothing, and back again.

A run is written in four moves: look whether anything would be lost, write the run record
(:mod:`sis_migrate.journal`) with all old content down to the disk, write every new content to a
temporary file beside its place (a full disk shows here), put these in place. Whatever stops the
last two, Ctrl-C included, everything is put back.

A symlinked file is written through its link. Permission bits are kept, and the owner where that
is allowed; other hard links to a file keep its old content.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sis_migrate import journal, vcs
from sis_migrate.journal import FileRecord, RecordError, RunRecord, last_record, records
from sis_migrate.model import FileChange

__all__ = [
    "RecordError",
    "RunRecord",
    "UndoResult",
    "WriteFailed",
    "WriteRefused",
    "commit",
    "last_record",
    "records",
    "undo",
]


class WriteRefused(Exception):  # noqa: N818 - the name says what happened
    """Nothing was written, because something would have been lost; ``paths`` are the files."""

    def __init__(self, reason: str, paths: Sequence[Path], advice: str) -> None:
        super().__init__("\n".join([f"{reason}:", *(f"  {path}" for path in paths), advice]))
        self.paths = tuple(paths)


class WriteFailed(Exception):  # noqa: N818 - the name says what happened
    """The system refused a write; the message says which file, why, and how things stand."""


@dataclass(frozen=True, slots=True)
class UndoResult:
    """What ``undo`` did: files with their old content again, and files that the run had made."""

    run: RunRecord
    restored: tuple[Path, ...]
    removed: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class _Write:
    """A change with the file it really reaches and the temporary file for its new content."""

    change: FileChange
    name: str
    target: Path
    temporary: Path


def commit(
    changes: Sequence[FileChange],
    *,
    record_root: Path,
    record: Mapping[str, object],
    allow_dirty: bool,
) -> RunRecord:
    """Write ``changes`` in place and return the run's record.

    ``record_root`` is the folder that gets ``.sis-migrate`` and contains every change; ``record``
    is kept in the run record and must be JSON. Raises WriteRefused where git does not have a
    file's present content (unless ``allow_dirty``), or a file is no longer as it was read, and
    WriteFailed where the system refuses; in both cases no file has changed.
    """
    root = _real(record_root)
    writes = _writes(changes, root)
    _refuse_loss(writes, allow_dirty=allow_dirty)
    try:
        run = journal.begin(
            root,
            record,
            tuple(_file_record(write) for write in writes),
            tuple(write.change.before for write in writes),
            _missing_folders(writes, root),
        )
    except OSError as error:
        raise WriteFailed(
            f"{error.filename or root}: the run record cannot be written: {_reason(error)}. "
            "Nothing was changed."
        ) from error
    _write_all(run, writes)
    return run


def undo(record_root: Path) -> UndoResult:
    """Put back, byte for byte, what the newest run that stands has changed.

    Files that are already as before the run are left alone, so a run or an undo that was cut off
    can be undone as well. Raises RecordError without a usable record, WriteRefused where a file
    has changed since the run, WriteFailed where the system refuses (undo can then be repeated).
    """
    root = _real(record_root)
    run = next((r for r in records(root) if r.files and not r.undone), None)
    if run is None:
        raise RecordError(f"{root}: no run is recorded here that could be undone")
    contents = [run.before(number) for number in range(len(run.files))]
    changed = [root / e.path for e in run.files if _digest_now(root / e.path) not in _known(e)]
    if changed:
        raise WriteRefused(
            "not undone: changed since the run",
            changed,
            f"Put these back by hand; the old content is in {run.folder / 'before'}.",
        )
    restored: list[Path] = []
    removed: list[Path] = []
    for entry, before in zip(run.files, contents, strict=True):
        path = root / entry.path
        try:
            if _restore(path, entry, before):
                (removed if before is None else restored).append(path)
        except OSError as error:
            raise WriteFailed(
                f"{path}: cannot be put back: {_reason(error)}. Mend that and undo again."
            ) from error
    _remove_folders(run)
    try:
        run = journal.mark_undone(run)
    except OSError as error:
        raise WriteFailed(
            f"{run.folder}: everything is put back, but the record cannot be marked as undone: "
            f"{_reason(error)}"
        ) from error
    return UndoResult(run, tuple(restored), tuple(removed))


def _writes(changes: Iterable[FileChange], root: Path) -> list[_Write]:
    """The changes that change something, each file once."""
    token = secrets.token_hex(4)
    found: dict[Path, _Write] = {}
    outside: list[Path] = []
    clashing: list[Path] = []
    for number, change in enumerate(c for c in changes if c.before != c.after):
        path = _real(change.path.parent) / change.path.name
        target = path if change.after is None else _real(path)
        if not path.is_relative_to(root):
            outside.append(change.path)
        elif target not in found:
            temporary = target.with_name(f".sis-migrate-{token}-{number}.tmp")
            name = path.relative_to(root).as_posix()
            found[target] = _Write(change, name, target, temporary)
        elif found[target].change.after != change.after:
            clashing.append(change.path)
    if outside:
        raise WriteRefused(
            f"not written: outside of {root}", outside, "Run on one project at a time."
        )
    if clashing:
        raise WriteRefused(
            "not written: links to a file that would be changed in another way",
            clashing,
            "Run on the file itself only.",
        )
    return list(found.values())


def _refuse_loss(writes: Sequence[_Write], *, allow_dirty: bool) -> None:
    dirty = [] if allow_dirty else vcs.dirty(write.change.path for write in writes)
    if dirty:
        raise WriteRefused(
            "not written: these files have changes that git does not have",
            dirty,
            "Commit, stage or stash them, or run with --allow-dirty.",
        )
    changed = [w.change.path for w in writes if not _is_still(w.target, w.change.before)]
    if changed:
        raise WriteRefused(
            "not written: these files have changed since they were read", changed, "Run again."
        )


def _file_record(write: _Write) -> FileRecord:
    change = write.change
    link = change.after is None and write.target.is_symlink()
    return FileRecord(
        path=write.name,
        sha256_before=journal.digest(change.before),
        sha256_after=journal.digest(change.after),
        mode=None if change.before is None else stat.S_IMODE(write.target.stat().st_mode),
        link=os.readlink(write.target) if link else None,
    )


def _missing_folders(writes: Iterable[_Write], root: Path) -> tuple[str, ...]:
    parents = {p for w in writes for p in w.target.parents if p.is_relative_to(root)}
    return tuple(p.relative_to(root).as_posix() for p in sorted(parents) if not p.exists())


def _write_all(run: RunRecord, writes: Sequence[_Write]) -> None:
    tried = 0
    path = run.root
    try:
        for write in writes:
            path = write.change.path
            _stage(write)
        for write in writes:
            path = write.change.path
            if not _is_still(write.target, write.change.before):
                raise OSError(errno.EBUSY, "it was changed by something else meanwhile")
            tried += 1
            _put_in_place(write)
    except BaseException as error:
        for write in writes:  # first, or the folders that the run made are not empty
            with suppress(OSError):
                write.temporary.unlink()
        state = _put_back(run, writes[:tried])
        if isinstance(error, OSError):
            raise WriteFailed(f"{path}: cannot be written: {_reason(error)}. {state}") from error
        error.add_note(state)
        raise
    for folder in {write.target.parent for write in writes}:
        journal.sync_folder(folder)


def _stage(write: _Write) -> None:
    """Write the new content beside its place, with the old file's permissions."""
    if write.change.before is not None and not _is_writable(write.target):
        raise PermissionError(errno.EACCES, "the file is read-only")
    if write.change.after is not None:
        write.target.parent.mkdir(parents=True, exist_ok=True)
        _write_temporary(write.temporary, write.change.after, write.target, None)


def _write_temporary(temporary: Path, data: bytes, like: Path, mode: int | None) -> None:
    """Write a temporary file with ``mode``, else the permissions of ``like``, else the umask's."""
    known = like.stat() if like.exists() else None
    if mode is None and known is not None:
        mode = stat.S_IMODE(known.st_mode)
    creation = 0o666 if mode is None else 0o600
    journal.write_synced(
        temporary, data, lambda name, flags: os.open(name, flags | os.O_EXCL, creation)
    )
    if known is not None:
        with suppress(AttributeError, OSError):  # Windows has no owners; others may not give away
            os.chown(temporary, known.st_uid, known.st_gid)
    if mode is not None:
        os.chmod(temporary, mode)


def _put_in_place(write: _Write) -> None:
    if write.change.after is None:
        write.target.unlink()
    else:
        os.replace(write.temporary, write.target)


def _put_back(run: RunRecord, writes: Sequence[_Write]) -> str:
    """Undo a run that stopped; returns how things stand, for the message."""
    entries = {entry.path: entry for entry in run.files}
    failed: list[str] = []
    for write in writes:
        path = run.root / write.name
        try:
            if _digest_now(path) not in _known(entries[write.name]):
                raise OSError(errno.EBUSY, "it was changed by something else meanwhile")
            _restore(path, entries[write.name], write.change.before)
        except OSError as error:
            failed.append(f"\n  {path}: {_reason(error)}")
    _remove_folders(run)
    if failed:
        return f"Not put back (old content in {run.folder / 'before'}):{''.join(failed)}"
    with suppress(OSError):
        journal.mark_undone(run)
    return "Everything is as it was before the run."


def _restore(path: Path, entry: FileRecord, before: bytes | None) -> bool:
    """Bring one file back to ``before``; False where it is so already. OSError."""
    if _is_still(path, before):
        return False
    if before is None:
        _real(path).unlink()
        return True
    path.parent.mkdir(parents=True, exist_ok=True)
    if entry.link is not None:
        path.symlink_to(entry.link)
        return True
    target = _real(path)
    temporary = target.with_name(f".sis-migrate-{secrets.token_hex(4)}.tmp")
    try:
        _write_temporary(temporary, before, target, entry.mode)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    journal.sync_folder(target.parent)
    return True


def _remove_folders(run: RunRecord) -> None:
    for name in reversed(run.folders):
        with suppress(OSError):  # not empty: somebody put a file there
            (run.root / name).rmdir()


def _known(entry: FileRecord) -> tuple[str | None, str | None]:
    return entry.sha256_before, entry.sha256_after


def _digest_now(path: Path) -> str | None:
    try:
        return journal.digest(_read(path))
    except OSError as error:
        return f"unreadable: {_reason(error)}"


def _is_still(path: Path, content: bytes | None) -> bool:
    return _digest_now(path) == journal.digest(content)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _is_writable(path: Path) -> bool:
    # The bits as well: for the superuser os.access says yes to everything.
    return bool(path.stat().st_mode & 0o222) and os.access(path, os.W_OK)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
