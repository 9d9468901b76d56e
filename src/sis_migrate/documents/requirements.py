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
    def wheel(self) -> str:
        """The relative path of the wheel that the line names, "" where it names none."""
        address = self.requirement.rpartition(" @ ")[2].partition(" ;")[0]
        path = address.removeprefix("file:").removeprefix("./").strip()
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
class Requirements:
    """A requirements file; ``includes`` are the files that its ``-r`` lines name.

    ``constraints`` are those of its ``-c`` lines, ``options`` the other lines that name no project
    by its name and version. ``hashed``: pip wants a hash of everything (its hash-checking mode).
    """

    lines: tuple[Line, ...]
    includes: tuple[str, ...]
    constraints: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    hashed: bool = False


def parse_requirements(text: str) -> Requirements:
    """Read a requirements file. Never fails: what names no project is passed over."""
    rows = text.splitlines()
    return Requirements(
        lines=tuple(_lines(text)),
        includes=tuple(match.group(1) for match in map(_INCLUDE.match, rows) if match),
        constraints=tuple(match.group(1) for match in map(_CONSTRAINT.match, rows) if match),
        options=tuple(_options(rows)),
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


def _options(rows: Sequence[str]) -> Iterator[Option]:
    for number, row in enumerate(rows, 1):
        content = _COMMENT.sub("", row).strip()
        is_option = re.match(r"-|\.|[\w+]+://|[\w+]+:", content) and "--hash" not in content
        names = _INCLUDE.match(content) or _WHEEL.match(content) or _EGG.search(content)
        if is_option and not names:
            yield Option(content, number, len(row))


def _lines(text: str) -> Iterator[Line]:
    for number, start, raw in _joined(text):
        content = _CONTINUED.sub(lambda match: " " * len(match[0]), raw)
        egg = _EGG.search(content)
        match = _REQUIREMENT.match(content)
        is_address = content.lstrip().startswith(_ADDRESSES)
        named = _WHEEL.match(content.strip()) or (egg if is_address or not match else None)
        if named:
            at = start + len(content)
            yield Line(named.group(1), (), "", number, at, at, raw, len(raw), direct=True)
        elif match and not is_address:
            yield _line(match, number, start, raw)


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
