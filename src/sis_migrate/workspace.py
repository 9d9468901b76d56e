"""The overlay over the disk: codemods read and propose here, nothing is written to disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sis_migrate.model import FileChange
from sis_migrate.textfile import TextFile, decode


class Workspace:
    """Files as they are on disk plus what earlier rounds proposed. All paths are absolute.

    ``contents`` are files to take for what is on disk, without looking there.
    """

    def __init__(self, contents: Mapping[Path, bytes] | None = None) -> None:
        self._disk: dict[Path, bytes | None] = dict(contents or {})
        self._proposed: dict[Path, bytes | None] = {}

    def read_bytes(self, path: Path) -> bytes:
        """The proposed or else the disk's bytes; OSError as from reading a file."""
        data = self._proposed[path] if path in self._proposed else self._on_disk(path)
        if data is None:
            raise FileNotFoundError(2, "No such file", str(path))
        return data

    def read(self, path: Path) -> TextFile:
        """The file as text; OSError, or TextError where it does not decode."""
        return decode(self.read_bytes(path), python=path.suffix in {".py", ".pyi"})

    def exists(self, path: Path) -> bool:
        """Whether the file is there, proposals included (a folder is not a file)."""
        if path in self._proposed:
            return self._proposed[path] is not None
        if path in self._disk:
            return self._disk[path] is not None
        return path.is_file()

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
            self._disk[path] = path.read_bytes()
        return self._disk[path]
