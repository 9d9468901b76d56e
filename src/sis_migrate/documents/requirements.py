"""A requirements file: which project each line names, and where; pip's options are kept apart.

Source: "Requirements File Format", https://pip.pypa.io/en/stable/reference/requirements-file-format/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sis_migrate.textfile import Lines

_REQUIREMENT = re.compile(
    r"[ \t]*(?P<name>[A-Za-z0-9][\w.-]*)[ \t]*(?P<extras>\[[^\]]*\])?[ \t]*"
    r"(?P<specifier>\(?[<>=!~][^;#@]*)?(?P<url>@[^#]*)?"
)
_INCLUDE = re.compile(r"[ \t]*(?:-r|--requirement)[ \t=]*(\S+)")
_WHEEL = re.compile(r"(?:[^#\s]*/)?([A-Za-z0-9][\w.]*)-[^/#\s]*\.whl\b")
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
    """The whole line, without its line end."""
    column: int
    """Where the specifier stands in ``raw``, 0-based."""

    def with_specifier(self, specifier: str) -> str:
        """The whole line with another specifier; the rest, a marker or a comment, stays."""
        behind = self.column + self.end - self.start
        return self.raw[: self.column] + specifier + self.raw[behind:]


@dataclass(frozen=True, slots=True)
class Requirements:
    """A requirements file; ``includes`` are the files that its ``-r`` lines name."""

    lines: tuple[Line, ...]
    includes: tuple[str, ...]


def parse_requirements(text: str) -> Requirements:
    """Read a requirements file. Never fails: what names no project is passed over."""
    includes = tuple(match.group(1) for match in map(_INCLUDE.match, text.splitlines()) if match)
    return Requirements(tuple(_lines(text)), includes)


def _lines(text: str) -> Iterator[Line]:
    starts = Lines(text).starts
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(text)], strict=True), 1):
        content = text[start:end].rstrip("\r\n")
        egg = _EGG.search(content)
        match = _REQUIREMENT.match(content)
        named = _WHEEL.match(content.strip()) or (egg if not match else None)
        if named:
            at = start + len(content)
            yield Line(named.group(1), (), "", number, at, at, content, len(content))
        elif match and not content.lstrip().startswith(("http:", "https:", "git+", "file:")):
            yield _line(match, number, start)


def _line(match: re.Match[str], number: int, start: int) -> Line:
    extras = (match["extras"] or "").strip("[]").split(",")
    written = (match["specifier"] or "").split(" --")[0].rstrip(" \t\\")
    at = match.start("specifier") if match["specifier"] else match.end("extras")
    at = at if at >= 0 else match.end("name")
    return Line(
        name=match["name"],
        extras=tuple(extra.strip() for extra in extras if extra.strip()),
        specifier=re.sub(r"[\s()]", "", written),
        number=number,
        start=start + at,
        end=start + at + len(written),
        raw=match.string,
        column=at,
    )
