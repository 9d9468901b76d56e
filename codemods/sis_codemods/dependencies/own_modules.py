"""Which imports are of the app's own files: what Python finds in them, and what bears their names."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sis_codemods.dependencies.names import known_part
from sis_migrate.model import App

# Loaded before the app's first line runs: no file of the app is ever imported instead.
_LOADED = "streamlit"


@dataclass(frozen=True)
class OwnModules:
    """An app's own modules; ``files`` are those that go with it.

    ``folders`` are those that Python looks in, in this order. A module that our tables know is the
    app's own only where Python finds it there: elsewhere a file of its name says nothing, and the
    package must be listed. Of a module that nobody knows any file or folder of its name is the
    likelier source, for a package is never added because one of that name exists.
    """

    app: App
    files: frozenset[Path]
    folders: tuple[Path, ...]

    def has(self, module: str, importer: Path) -> bool:
        """Whether an import, by its full dotted name, is of the app's own files."""
        top = module.partition(".")[0]
        if not known_part(module):
            paths = (self.app.root / name for name in (top, f"{top}.zip"))
            return top in self._names or any(path.exists() for path in paths)
        found = self._found(module)
        # A page called plotly.py does not make plotly the app's own module, nor one that imports it.
        return found is not None and found != importer and found not in self.app.scripts

    def in_the_way(self, module: str, importer: Path) -> Path | None:
        """A file that a known module, which is not the app's own, may be taken for; else None."""
        top = module.partition(".")[0]
        if top == _LOADED or not known_part(module):
            return None
        for folder in (*self.folders, importer.parent):
            found = self._file(folder / top)
            if found in self.app.scripts or (found == importer and folder not in self.folders):
                continue
            if found:
                return found
        return None

    def _found(self, module: str) -> Path | None:
        """Where Python finds a known module; a folder that is no package holds only its files."""
        known = known_part(module)
        following = module.removeprefix(known).strip(".").partition(".")[0]
        if module.partition(".")[0] == _LOADED:
            return None
        for folder in self.folders:
            place = folder.joinpath(*known.split("."))
            inner = place / following if following and place in self._holding else None
            found = self._file(place) or (inner and self._any(inner))
            if found:
                return found
        return None

    def _any(self, place: Path) -> Path | None:
        return self._file(place) or (place if place in self._holding else None)

    def _file(self, place: Path) -> Path | None:
        """The file of a module or package; of both Python takes the package."""
        for path in (place / "__init__.py", place.with_name(f"{place.name}.py")):
            if path in self.files:
                return path
        return None

    @cached_property
    def _holding(self) -> frozenset[Path]:
        """The folders with Python files in them, however deep."""
        return frozenset(above for path in self.files for above in path.parents)

    @cached_property
    def _names(self) -> frozenset[str]:
        """Every name that the files and their folders could be imported by."""
        return frozenset(name for path in self.files for name in self._names_of(path))

    def _names_of(self, path: Path) -> Iterator[str]:
        yield path.stem
        if path.is_relative_to(self.app.root):
            yield from path.relative_to(self.app.root).parts[:-1]
        else:
            yield path.parent.name


def searched(
    app: App, folders: Collection[Path], manipulating: Collection[Path]
) -> tuple[Path, ...]:
    """The folders that Python looks in for an app's modules, in order.

    ``folders`` are known ones, ``manipulating`` the files that change ``sys.path``: in most of
    them by their own folder.
    """
    first = app.entry_point.parent if app.entry_point else app.root
    known = (first, app.root, *folders, *app.import_folders)
    return tuple(dict.fromkeys((*known, *(path.parent for path in manipulating))))
