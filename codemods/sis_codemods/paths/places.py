"""Whether a path leads to something, from each folder that it may be meant from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from sis_codemods.paths.literals import PathText
from sis_codemods.paths.uses import Kind, PathUse
from sis_migrate.codemod import AppContext

_SKIPPED = frozenset({".git", ".venv", "venv", "node_modules", "__pycache__", ".snowflake"})
_MAX_FILES = 5000


class Verdict(StrEnum):
    """What becomes of a path in a container."""

    RIGHT = "right"
    BREAKS = "breaks"
    """It leads somewhere, but from another folder than the one it is looked up in."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Place:
    """The verdict on a path; ``path`` is the right text for it, or a hint where it is missing."""

    verdict: Verdict
    path: str = ""


@dataclass(frozen=True)
class Places:
    """Looks paths up for one app.

    Data files are relative to the root of what is deployed, pages to the entry point's folder.
    """

    context: AppContext

    @property
    def root(self) -> Path:
        """The working folder in Snowflake, on both runtimes."""
        return self.context.app.root

    @property
    def folder(self) -> Path:
        """The folder that page paths are relative to."""
        entry = self.context.app.entry_point
        return entry.parent if entry else self.root

    @property
    def two_bases(self) -> bool:
        """Whether the two folders differ, so that a path can be right from one of them only."""
        return self.root != self.folder

    def look_up(self, use: PathUse, path: PathText) -> Place:
        """Where a relative path leads."""
        base, other = self.root, self.folder
        if use.kind is Kind.PAGE:
            base, other = other, base
        text = path.text.replace("\\", "/")
        if self._is_there(base, text):
            return Place(Verdict.RIGHT) if text == path.text else Place(Verdict.BREAKS, text)
        if self._is_there(other, text):
            target = os.path.normpath(other / text)
            return Place(Verdict.BREAKS, Path(os.path.relpath(target, base)).as_posix())
        return Place(Verdict.MISSING, self._elsewhere(use, base, text))

    def _is_there(self, base: Path, text: str) -> bool:
        path = Path(os.path.normpath(base / text))
        if not path.is_relative_to(self.root):
            return False  # what is above the root is not deployed
        try:
            return self.context.workspace.exists(path) or path.is_dir()
        except OSError:
            return False  # no name of a file, too long for one for example

    def _elsewhere(self, use: PathUse, base: Path, text: str) -> str:
        """Another file that may be meant, as the path would have to be written."""
        beside = Path(os.path.normpath(use.module.path.parent / text))
        if beside.is_relative_to(self.root) and self._is_there(beside.parent, beside.name):
            return Path(os.path.relpath(beside, base)).as_posix()
        wanted = os.path.normpath(text).lower()
        found = [p for p in self._names if p.lower() == wanted]
        if not found:
            name = Path(text).name
            found = [p for p in self._names if Path(p).name.lower() == name.lower()]
        if len(found) != 1:
            return ""
        return Path(os.path.relpath(self.root / found[0], base)).as_posix()

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """The files below the root, relative to it."""
        found: list[str] = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = sorted(f for f in folders if f not in _SKIPPED)
            found += [
                (Path(folder) / name).relative_to(self.root).as_posix() for name in sorted(files)
            ]
            if len(found) > _MAX_FILES:
                break
        return tuple(found)
