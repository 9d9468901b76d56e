"""What an existing dependency file lists, together with the files that it includes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sis_codemods.dependencies.names import canonical
from sis_codemods.dependencies.specifiers import is_specifier
from sis_migrate.documents.pyproject import Pyproject, completed, read_pyproject
from sis_migrate.documents.requirements import Line, Option, Reference, parse_requirements
from sis_migrate.model import Span, Splice
from sis_migrate.textfile import TextError, TextFile
from sis_migrate.workspace import Workspace

_CONTAINER = {
    "python_version": "3.11",
    "python_full_version": "3.11.9",
    "implementation_version": "3.11.9",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "os_name": "posix",
    "extra": "",
}
_ADDRESS = re.compile(r"(?:\w+\+)?(?:https?|ssh|git|file)://|(?:git|hg|svn|bzr)\+")
_READ_BY_UV = re.compile(
    r"(?:-i|--index-url|--extra-index-url|-f|--find-links|--no-index|--no-binary|--only-binary)\b"
)
OUTSIDE = "the file is outside of the app's folder, which alone is uploaded"
"""Why a file that is there cannot be had on the container: a clause."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A line, and the file that it stands in."""

    path: Path
    line: Line
    place: Span | None = None
    """Where it stands in a ``pyproject.toml``."""

    @property
    def name(self) -> str:
        """The project, as PyPI compares names."""
        return canonical(self.line.name)

    @property
    def span(self) -> Span | None:
        """Its place, where that is known."""
        if self.path.suffix == ".toml":
            return self.place
        first, *_ = self.line.raw.splitlines()
        return Span(self.line.number, 1, self.line.number, len(first) + 1)

    @property
    def is_asked(self) -> bool:
        """Whether uv can be asked about it without fetching or building anything."""
        return not self.line.direct or ".whl" in self.line.raw

    def requirement(self, specifier: str) -> str:
        """The line as an installer reads it, with another specifier."""
        return replace(self.line, specifier=specifier).requirement


@dataclass(frozen=True, slots=True)
class Unreached:
    """A ``-r`` or ``-c`` line of ``path``, and a clause on why nothing can be read there."""

    path: Path
    reference: Reference
    why: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A dependency file and those it includes; ``lines`` are those that count on the container.

    ``limits`` only limit versions (constraints and overrides), ``options`` are the lines that name
    no project by its version. ``hashed``: every line must have a hash.
    """

    path: Path
    text: str
    lines: tuple[Listed, ...]
    limits: tuple[Line, ...]
    options: tuple[tuple[Path, Option], ...]
    constraints: tuple[Path, ...]
    hashed: bool
    project: Pyproject | None
    files: tuple[Path, ...] = ()
    """The file and those that it names by `-r` and `-c`, also where they are not there."""
    unread: tuple[tuple[Path, Option], ...] = ()
    """The lines that no installer can read."""
    unreached: tuple[Unreached, ...] = ()

    def limited(self, listed: Listed) -> str:
        """The specifier of a line, and what else limits its project."""
        return ",".join(filter(None, [listed.line.specifier, *self.limits_of(listed.name)]))

    def limits_of(self, name: str) -> list[str]:
        """The specifiers by which constraints and overrides limit a project."""
        return [
            limit.specifier
            for limit in self.limits
            if canonical(limit.name) == name and is_specifier(limit.specifier)
        ]

    def asked(self, changes: Mapping[Listed, str]) -> Iterator[tuple[Listed, str]]:
        """The lines that uv is asked about, with other specifiers for some of them."""
        for listed in self.lines:
            if listed.is_asked and not self.is_fetched(listed):
                yield listed, listed.requirement(changes.get(listed, listed.line.specifier))

    def is_fetched(self, listed: Listed) -> bool:
        """Whether uv would have to fetch or build it: from an address, a repository, a folder."""
        sources = self.project.sources if self.project else {}
        kinds = {canonical(name): kind for name, kind in sources.items()}
        return not listed.is_asked or kinds.get(listed.name) in {"git", "url", "workspace"}

    @property
    def elsewhere(self) -> set[str]:
        """The projects that ``[tool.uv.sources]`` finds: the name alone is another on PyPI."""
        return {canonical(name) for name in (self.project.sources if self.project else ())}

    def options_of_uv(self) -> list[str]:
        """The lines that say where uv finds packages, and what limits them."""
        read = [option.text for _, option in self.options if _READ_BY_UV.match(option.text)]
        return [*read, *(f"-c {path}" for path in self.constraints)]


def read_listing(
    path: Path, workspace: Workspace, text: str | None = None, root: Path | None = None
) -> Listing:
    """Read a dependency file. Raises OSError and TextError for that file, not for included ones.

    ``text`` stands for its content where it is not written yet. Files outside of ``root``, the
    folder that is deployed, are not read; None: all are.
    """
    text = workspace.read(path).text if text is None else text
    if path.suffix == ".toml":
        project = read_pyproject(text)
        lines = tuple(
            Listed(path, line, project.place(line)) for line in project.requires if applies(line)
        )
        unread = tuple((path, option) for option in project.unread)
        limits = project.constraints
        return Listing(path, text, lines, limits, (), (), False, project, unread=unread)
    gathered = _Gathered(workspace, root)
    gathered.add(path, text)
    return Listing(
        path=path,
        text=text,
        lines=tuple(gathered.lines),
        limits=tuple(gathered.limits),
        options=tuple(gathered.options),
        constraints=tuple(gathered.constraints),
        hashed=gathered.hashed,
        project=None,
        files=tuple(gathered.seen),
        unread=tuple(gathered.unread),
        unreached=tuple(gathered.unreached),
    )


def listed_in(folders: Iterable[Path], workspace: Workspace) -> dict[str, Listed]:
    """What the dependency files of some folders list by name, deployed or not; the first counts."""
    found: dict[str, Listed] = {}
    for path in (f / name for f in folders for name in ("requirements.txt", "pyproject.toml")):
        if workspace.exists(path):
            with suppress(OSError, TextError):
                listing = read_listing(path, workspace)
                named = [x for x in listing.lines if not x.line.direct]
                found = {x.name: x for x in named if x.name not in listing.elsewhere} | found
    return found


class _Gathered:
    """Goes through a requirements file and those that it names."""

    def __init__(self, workspace: Workspace, root: Path | None) -> None:
        self.workspace = workspace
        self.root = root
        self.seen: dict[Path, None] = {}
        self.lines: list[Listed] = []
        self.limits: list[Line] = []
        self.options: list[tuple[Path, Option]] = []
        self.constraints: list[Path] = []
        self.unread: list[tuple[Path, Option]] = []
        self.unreached: list[Unreached] = []
        self.hashed = False

    def add(self, path: Path, text: str) -> None:
        self.seen[path] = None
        found = parse_requirements(text)
        self.lines += [Listed(path, line) for line in found.lines if applies(line)]
        self.options += [(path, option) for option in found.options]
        self.unread += [(path, option) for option in found.unread]
        self.hashed = self.hashed or found.hashed
        for reference in found.limited_by:
            self._limit(beside(path.parent, reference.file), self._text(path, reference))
        for reference in found.included:
            named = beside(path.parent, reference.file)
            if named not in self.seen and (inner := self._text(path, reference)) is not None:
                self.add(named, inner)

    def _limit(self, path: Path, text: str | None) -> None:
        if text is not None:
            self.constraints.append(path)
            self.limits += [line for line in parse_requirements(text).lines if applies(line)]

    def _text(self, path: Path, reference: Reference) -> str | None:
        """The text of the file that a line names; None, and why, where it is not to be had."""
        named = beside(path.parent, reference.file)
        why = ""
        if "://" in reference.file:
            why = "the container reaches an address only by an integration"
        elif self.root and not named.is_relative_to(self.root):
            why = OUTSIDE
        else:
            self.seen[named] = None
            try:
                return self.workspace.read(named).text
            except FileNotFoundError:
                why = "there is no such file"
            except (OSError, TextError) as error:
                why = f"the file {why_unread(error)}"
        self.unreached.append(Unreached(path, reference, why))
        return None


def why_unread(error: Exception) -> str:
    """Why a file cannot be read: a clause whose subject is the file."""
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror}"
    words = str(error)
    return words if words.startswith(("contains ", "cannot ", "does ")) else f"is {words}"


def beside(folder: Path, name: str) -> Path:
    """A file by its name from a folder: without ``..``, so that each file has one path."""
    return Path(os.path.normpath(folder / name))


def applies(line: Line) -> bool:
    """Whether a line counts in the container, by its marker."""
    return holds(line.marker)


def holds(marker: str) -> bool:
    """Whether a marker holds in the container: "" does, and so does one that cannot be read."""
    from packaging.markers import Marker

    if not marker:
        return True
    try:
        return Marker(marker).evaluate(_CONTAINER)
    except ValueError:  # of packaging's: that it cannot be read, is unknown, cannot be compared
        return True


def is_address(text: str) -> bool:
    """Whether a line is an address to fetch something from, editable or not."""
    return bool(_ADDRESS.match(text.removeprefix("-e").removeprefix("--editable").lstrip(" =")))


def splices(
    listing: Listing, changes: Mapping[Listed, str], added: Sequence[str]
) -> Iterator[tuple[Path, Splice]]:
    """The edits that give lines other specifiers and add lines at the end of the list.

    Comments, order and line ends stay. A changed line may stand in an included file. TextError
    where the file cannot be edited.
    """
    if listing.project:
        replaced = {c.line.number: c.line.with_specifier(new) for c, new in changes.items()}
        yield from ((listing.path, s) for s in completed(listing.text, added, replaced))
        return
    for changed, specifier in changes.items():
        yield changed.path, Splice(changed.line.start, changed.line.end, specifier)
    if added:
        yield listing.path, appended(listing.text, added)


def appended(text: str, added: Sequence[str]) -> Splice:
    """The splice that adds lines at the end of a requirements file."""
    newline = TextFile(text, "utf-8").newline
    ended = not text or text.endswith("\n")
    goes_on = text.rstrip("\r\n").endswith("\\")
    before = newline * ((not ended) + goes_on)
    return Splice(len(text), len(text), before + "".join(f"{line}{newline}" for line in added))
