"""The lines of files as a report shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sis_migrate.model import FileChange, Migration, Span
from sis_migrate.report.html.markup import Markup, element, markup
from sis_migrate.textfile import TextError, decode

_NEWLINE = re.compile(r"\r\n|\r|\n")
_SHOWN_LINES = 6
_SHOWN_CHARACTERS = 400


def text(path: Path, data: bytes) -> str:
    """A file's text, with escapes where its bytes are none."""
    try:
        return decode(data, python=path.suffix == ".py").text
    except TextError:
        return data.decode("utf-8", "backslashreplace")


class Sources:
    """The lines of the files that findings name: as they were, or as an applied run left them."""

    def __init__(self, migration: Migration, *, applied: bool) -> None:
        self._known = {c.path: c for c in migration.changes()}
        self._applied = applied
        self._lines: dict[Path, list[str]] = {}

    def excerpt(self, path: Path, span: Span) -> Markup:
        """The lines of the place, with their numbers; nothing where the file has none there."""
        if path not in self._lines:
            self._lines[path] = _NEWLINE.split(text(path, self._content(path)))
        lines = self._lines[path][span.line - 1 : max(span.end_line, span.line)]
        if not any(line.strip() for line in lines):
            return markup()
        return element("pre", _numbered(lines, span.line), class_="source")

    def _content(self, path: Path) -> bytes:
        change = self._known.get(path)
        if change is not None:
            return _side(change, applied=self._applied) or b""
        try:
            return path.read_bytes()
        except OSError:
            return b""


def _side(change: FileChange, *, applied: bool) -> bytes | None:
    if applied:
        return change.before if change.after is None else change.after
    return change.after if change.before is None else change.before


def _numbered(lines: list[str], first: int) -> Iterator[str]:
    for number, line in enumerate(lines[:_SHOWN_LINES], first):
        yield element("span", f"{number:>4} ", class_="number")
        yield line[:_SHOWN_CHARACTERS]
        if more := max(len(line) - _SHOWN_CHARACTERS, 0):
            yield element("i", f" … {more} characters more")
        yield "\n"
    if more := max(len(lines) - _SHOWN_LINES, 0):
        yield element("i", f"     … {more} lines more")
