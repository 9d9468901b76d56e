"""All files that an app's scripts execute or import, the scripts they name included."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sis_migrate.discovery.listing import Listing
from sis_migrate.discovery.reading import Reader
from sis_migrate.python.graph import Modules, Request

UPLOADED = "uploaded by the artifacts"
_NEVER_LOCAL = sys.stdlib_module_names | {"streamlit", "snowflake"}


@dataclass
class Reach:
    """``scripts`` in the order they were found, all ``files``, and where some came from.

    ``added`` has the further folders that modules are imported from, each with the reason.
    """

    scripts: dict[Path, None] = field(default_factory=dict)
    files: set[Path] = field(default_factory=set)
    added: dict[Path, str] = field(default_factory=dict)


@dataclass
class Reacher:
    """Follows imports and page calls among the listed files."""

    listing: Listing
    reader: Reader
    uploads: Mapping[Path, Sequence[Path]] = field(default_factory=dict)
    """By the folder of a project file: the folders that its artifacts name."""

    def reach(self, scripts: Iterable[Path], folder: Path, root: Path) -> Reach:
        """What is reached from ``scripts``; ``folder`` is the entry point's, ``root`` the app's."""
        result = Reach(dict.fromkeys(scripts))
        pending = list(result.scripts)
        while pending:
            path = pending.pop()
            if path in result.files:
                continue
            result.files.add(path)
            for page in self.pages(path, folder, root):
                result.scripts.setdefault(page)
                pending.append(page)
            pending.extend(self._imports(path, folder, root, result))
        return result

    def pages(self, path: Path, folder: Path, root: Path) -> list[Path]:
        """The files that calls in ``path`` run: relative to the entry point, else to the root."""
        found = []
        for literal in self.reader.page_paths(path):
            for base in (folder, root, path.parent):
                candidate = Path(os.path.normpath(base / literal))
                if candidate in self.listing.python:
                    if candidate != path:
                        found.append(candidate)
                    break
        return found

    def _imports(self, path: Path, folder: Path, root: Path, result: Reach) -> list[Path]:
        for entry in path_entries(path, (path.parent, folder, root), self.reader):
            if entry in self._folders:
                result.added.setdefault(entry, "on sys.path")
        modules = Modules(self.listing.python, tuple(dict.fromkeys((folder, root, *result.added))))
        found: list[Path] = []
        for request in self.reader.requests(path):
            targets = list(modules.targets(path, request))
            found += targets or self._from_elsewhere(path, request, root, result)
        return found

    def _from_elsewhere(
        self, path: Path, request: Request, root: Path, result: Reach
    ) -> list[Path]:
        """What an import loads that neither the app's folders nor ``sys.path`` explain."""
        top = request.module.split(".")[0]
        if request.level or top in _NEVER_LOCAL or top not in self._names:
            return []
        return self._from_uploads(path, request, root, result) or self._from_above(
            path, request, root, result
        )

    def _from_uploads(self, path: Path, request: Request, root: Path, result: Reach) -> list[Path]:
        """Modules of the one folder with artifacts that has them: ``src`` for ``src/pkg/*.py``."""
        candidates = [f for base in (root, *root.parents) for f in self.uploads.get(base, ())]
        found: dict[Path, list[Path]] = {}
        for folder in dict.fromkeys(candidates):
            modules = Modules(self.listing.python, (folder,))
            targets = [t for t in modules.targets(path, request) if t.is_relative_to(folder)]
            if targets:
                found[folder] = targets
        if len(found) != 1:
            return []
        ((folder, targets),) = found.items()
        result.added.setdefault(folder, UPLOADED)
        return targets

    def _from_above(self, path: Path, request: Request, root: Path, result: Reach) -> list[Path]:
        """Modules of the folders above the app, for an import that nothing else explains."""
        inside = [folder for folder in root.parents if folder.is_relative_to(self.listing.top)]
        for above in inside:
            modules = Modules(self.listing.python, (above,))
            targets = [t for t in modules.targets(path, request) if t.is_relative_to(above)]
            if targets:
                manipulated = b"sys.path" in self.reader.data(path)
                why = "on sys.path" if manipulated else "no nearer module has the name"
                result.added.setdefault(above, why)
                return targets
        return []

    @cached_property
    def _folders(self) -> frozenset[Path]:
        return frozenset(folder for path in self.listing.python for folder in path.parents)

    @cached_property
    def _names(self) -> frozenset[str]:
        """All names that a local import can begin with."""
        return frozenset(
            name
            for path in self.listing.python
            for name in (*path.relative_to(self.listing.top).parts[:-1], path.stem)
        )


def path_entries(path: Path, bases: Iterable[Path], reader: Reader) -> list[Path]:
    """The folders that a file may mean when it adds to ``sys.path``, there or not."""
    literals = list(reader.path_entries(path))
    return [Path(os.path.normpath(base / literal)) for literal in literals for base in bases]
