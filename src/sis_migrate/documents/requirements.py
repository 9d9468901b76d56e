"""A requirements file: which project each line names, and where; pip's options are kept apart.

Source: "Requirements File Format", https://pip.pypa.io/en/stable/reference/requirements-file-format/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sis_migrate.textfile import Lines

_REQUIREMENT = re.compile(
    r"[ \t]*(?P<name>[A-Za-z0-9][\w.-]*)[ \t]*(?P<extras>\[[^\]]*\])?[ \t]*"
    r"(?P<specifier>\(?[<>=!~][^;#@]*)?(?P<url>@[^#]*)?"
)
_INCLUDE = re.compile(r"[ \t]*(?:-r|--requirement)[ \t=]*(\S+)")
_CONSTRAINT = re.compile(r"[ \t]*(?:-c|--constraint)[ \t=]*(\S+)")
_HASH = re.compile(r"(?:^|\s)--(?:hash|require-hashes)\b")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_CONTINUED = re.compile(r"\\\r?\n")
_MARKER = re.compile(r"[ \t]*;[ \t]*(.*?)[ \t]*(?:\\|\s--.*|\s#.*)?$")
_WHEEL = re.compile(r"(?:[^#\s]*/|file:)?([A-Za-z0-9][\w.]*)-[^/#\s]*\.whl\b")
_ADDRESSES = ("http:", "https:", "git+", "file:")
_EGG = re.compile(r"#egg=([\w.-]+)")
_NAMED = re.compile(r"[A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\])?\s*@\s*")
_BEHIND = re.compile(r"[ \t]*(?:$|[;#\\]|--)")
_OPTION = re.compile(r"[-./~]|[\w+]+:")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that names a project; ``name`` is as written, ``specifier`` without blanks.

    ``start`` and ``end`` are the offsets of the specifier, or of where it would stand.
    """

    name: str
    extras: tuple[str, ...]
    specifier: str
    number: int
    start: int
    end: int
    raw: str
    """The whole line, without its line end; those that a backslash joins to it are part of it."""
    column: int
    """Where the specifier stands in ``raw``, 0-based."""
    marker: str = ""
    direct: bool = False
    """Whether it names a file or an address to install, which no specifier can be written to."""

    @property
    def requirement(self) -> str:
        """The line as an installer needs it, without comment and hashes."""
        if self.direct:
            return _content(self.raw)
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        marker = f" ; {self.marker}" if self.marker else ""
        return f"{self.name}{extras}{self.specifier}{marker}"

    @property
    def address(self) -> str:
        """What a direct line installs: the line without a name before it, and without marker."""
        named = _NAMED.match(self.requirement)
        address = self.requirement[named.end() if named else 0 :]
        return address.partition(" ;")[0].strip()

    @property
    def wheel(self) -> str:
        """The relative path of the wheel that the line names, "" where it names none."""
        path = self.address.removeprefix("file:").removeprefix("./").strip()
        is_relative = not path.startswith("/") and ":" not in path
        return path if self.direct and is_relative and path.endswith(".whl") else ""

    def with_specifier(self, specifier: str) -> str:
        """The whole line with another specifier; the rest, a marker or a comment, stays."""
        behind = self.column + self.end - self.start
        return self.raw[: self.column] + specifier + self.raw[behind:]


@dataclass(frozen=True, slots=True)
class Option:
    """A line that names no project by name: an option of pip's, a folder or an address."""

    text: str
    """Without comment."""
    number: int
    width: int
    """Of the whole line, in code points."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A ``-r`` or ``-c`` line and the file that it names, as written."""

    file: str
    option: Option


@dataclass(frozen=True, slots=True)
class Requirements:
    """A requirements file; ``included`` are its ``-r`` lines, ``limited_by`` its ``-c`` lines.

    ``options`` are the other lines that name no project by its name and version, ``unread`` those
    that no installer can read. ``hashed``: pip wants a hash of everything (its hash-checking mode).
    """

    lines: tuple[Line, ...]
    included: tuple[Reference, ...] = ()
    limited_by: tuple[Reference, ...] = ()
    options: tuple[Option, ...] = ()
    unread: tuple[Option, ...] = ()
    hashed: bool = False

    @property
    def includes(self) -> tuple[str, ...]:
        """The files that the ``-r`` lines name."""
        return tuple(reference.file for reference in self.included)


def parse_requirements(text: str) -> Requirements:
    """Read a requirements file. Never fails: what cannot be read is kept apart."""
    rows = text.splitlines()
    read = [*_lines(text)]
    return Requirements(
        lines=tuple(line for line in read if isinstance(line, Line)),
        included=tuple(_references(rows, _INCLUDE)),
        limited_by=tuple(_references(rows, _CONSTRAINT)),
        options=tuple(_options(rows)),
        unread=tuple(line for line in read if isinstance(line, Option)),
        hashed=any(_HASH.search(_COMMENT.sub("", row)) for row in rows),
    )


def installer_lines(text: str) -> Iterator[str]:
    """The lines of a requirements file as an installer reads them: whole, without comment and hash."""
    for _, _, raw in _joined(text):
        content = _content(raw)
        if content and not content.startswith("--hash"):
            yield content


def _content(raw: str) -> str:
    whole = _COMMENT.sub("", _CONTINUED.sub(" ", raw))
    return whole.split(" --hash")[0].rstrip(" \t\\\r\n").strip()


def _references(rows: Sequence[str], pattern: re.Pattern[str]) -> Iterator[Reference]:
    for number, row in enumerate(rows, 1):
        if match := pattern.match(row):
            option = Option(_COMMENT.sub("", row).strip(), number, len(row))
            yield Reference(match.group(1), option)


def _options(rows: Sequence[str]) -> Iterator[Option]:
    for number, row in enumerate(rows, 1):
        content = _COMMENT.sub("", row).strip()
        is_option = _OPTION.match(content) and "--hash" not in content
        names = _INCLUDE.match(content) or _WHEEL.match(content) or _EGG.search(content)
        if is_option and not names:
            yield Option(content, number, len(row))


def _lines(text: str) -> Iterator[Line | Option]:
    """The lines that name a project, and as options those that no installer can read."""
    for number, start, raw in _joined(text):
        content = _CONTINUED.sub(lambda match: " " * len(match[0]), raw)
        egg = _EGG.search(content)
        match = _REQUIREMENT.match(content)
        is_address = content.lstrip().startswith(_ADDRESSES)
        named = _WHEEL.match(content.strip()) or (egg if is_address or not match else None)
        if named:
            at = start + len(content)
            yield Line(named.group(1), (), "", number, at, at, raw, len(raw), direct=True)
        elif match and not is_address and _BEHIND.match(content, match.end()):
            yield _line(match, number, start, raw)
        elif (text := _content(raw)) and not _OPTION.match(text):
            first, *_ = raw.splitlines()
            yield Option(text, number, len(first))


def _joined(text: str) -> Iterator[tuple[int, int, str]]:
    """Number, offset and text of each line; one that ends in a backslash goes on in the next."""
    starts = Lines(text).starts
    first = 0
    for row, end in enumerate([*starts[1:], len(text)]):
        last = text[starts[row] : end]
        goes_on = _CONTINUED.search(last) and not _COMMENT.search(last)
        if not goes_on or end == len(text):
            yield first + 1, starts[first], text[starts[first] : end].rstrip("\r\n")
            first = row + 1


def _line(match: re.Match[str], number: int, start: int, raw: str) -> Line:
    extras = (match["extras"] or "").strip("[]").split(",")
    written = (match["specifier"] or "").split(" --")[0].rstrip(" \t\\")
    at = match.start("specifier") if match["specifier"] else match.end("extras")
    at = at if at >= 0 else match.end("name")
    marker = _MARKER.match(match.string, match.end()) if not match["url"] else None
    return Line(
        name=match["name"],
        extras=tuple(extra.strip() for extra in extras if extra.strip()),
        specifier=re.sub(r"[\s()]", "", written),
        number=number,
        start=start + at,
        end=start + at + len(written),
        raw=raw,
        column=at,
        marker=marker.group(1) if marker else "",
        direct=bool(match["url"]),
    )
