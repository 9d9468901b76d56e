"""The overlay over the disk: codemods read and propose here, nothing is written to disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from sis_migrate.model import FileChange
from sis_migrate.textfile import TextFile, decode

T = TypeVar("T")


class Workspace:
    """Files as they are on disk plus what earlier rounds proposed. All paths are absolute.

    ``contents`` are files to take for what is on disk, without looking there.
    """

    def __init__(self, contents: Mapping[Path, bytes] | None = None) -> None:
        self._disk: dict[Path, bytes | None] = dict(contents or {})
        self._proposed: dict[Path, bytes | None] = {}
        self._derived: dict[tuple[Path, str], tuple[bytes, Any]] = {}

    def read_bytes(self, path: Path) -> bytes:
        """The proposed or else the disk's bytes; OSError as from reading a file."""
        data = self._proposed[path] if path in self._proposed else self._on_disk(path)
        if data is None:
            raise FileNotFoundError(2, "No such file", str(path))
        return data

    def read(self, path: Path) -> TextFile:
        """The file as text; OSError, or TextError where it does not decode."""
        return decode(self.read_bytes(path), python=path.suffix in {".py", ".pyi"})

    def derive(self, path: Path, kind: str, make: Callable[[TextFile], T]) -> T:
        """``make(self.read(path))``, made again only when the file's content has changed.

        ``kind`` tells apart what different callers make of a file. Raises what reading and ``make``
        raise.
        """
        data = self.read_bytes(path)
        known = self._derived.get((path, kind))
        if known is None or known[0] != data:
            known = data, make(self.read(path))
            self._derived[path, kind] = known
        value: T = known[1]
        return value

    def exists(self, path: Path) -> bool:
        """Whether the file is there, proposals included (a folder is not a file)."""
        if path in self._proposed:
            return self._proposed[path] is not None
        if path in self._disk:
            return self._disk[path] is not None
        return path.is_file()

    def names(self, folder: Path) -> tuple[str, ...]:
        """The files directly in a folder, sorted, proposals included; none where it is not there."""
        try:
            found = {entry.name for entry in folder.iterdir() if entry.is_file()}
        except OSError:
            found = set()
        known = {*self._disk, *self._proposed}
        here = {path.name for path in known if path.parent == folder}
        return tuple(sorted(n for n in found | here if self.exists(folder / n)))

    def write(self, path: Path, data: bytes) -> None:
        """Propose content for a file, new or not; its content on disk is remembered first."""
        if path not in self._disk:
            self._disk[path] = self._on_disk(path) if path.is_file() else None
        self._proposed[path] = data

    def delete(self, path: Path) -> None:
        """Propose that the file goes."""
        if path not in self._disk:
            self._disk[path] = self._on_disk(path)
        self._proposed[path] = None

    def changes(self) -> tuple[FileChange, ...]:
        """What differs from the disk, sorted by path."""
        return tuple(
            FileChange(path, self._disk[path], after)
            for path, after in sorted(self._proposed.items())
            if after != self._disk[path]
        )

    def _on_disk(self, path: Path) -> bytes | None:
        if path not in self._disk:
            try:
                self._disk[path] = path.read_bytes()
            except FileNotFoundError as error:
                if not path.is_symlink():
                    raise
                message = "symbolic link that leads nowhere"
                raise FileNotFoundError(error.errno, message, str(path)) from error
        return self._disk[path]
