"""Splices: making them, and telling places in the new text as places in the old one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from sis_migrate.model import Span, Splice
from sis_migrate.textfile import Lines


def splice(text: str, splices: Iterable[Splice]) -> str:
    """``text`` with the splices made; ValueError where two of them overlap."""
    parts: list[str] = []
    position = 0
    for part in sorted(splices, key=lambda s: (s.start, s.end)):
        if part.start < position:
            raise ValueError("two edits overlap")
        parts += [text[position : part.start], part.text]
        position = part.end
    return "".join([*parts, text[position:]])


class SpanHistory:
    """Remembers the rounds of edits of each file."""

    def __init__(self) -> None:
        self._rounds: dict[Path, list[tuple[str, Sequence[Splice]]]] = {}

    def record(self, path: Path, before: str, splices: Sequence[Splice]) -> None:
        """Remember one round: the text before it and the splices made in it."""
        ordered = sorted(splices, key=lambda s: (s.start, s.end))
        self._rounds.setdefault(path, []).append((before, ordered))

    def original(self, path: Path, span: Span) -> Span:
        """The place before the first round that a span in the newest text comes from."""
        for before, splices in reversed(self._rounds.get(path, [])):
            lines, after = Lines(before), Lines(splice(before, splices))
            start = _before(after.offset(span.line, span.column - 1), splices)
            end = _before(after.offset(span.end_line, span.end_column - 1), splices)
            span = Span(*lines.position(start), *lines.position(max(start, end)))
        return span


def _before(offset: int, splices: Sequence[Splice]) -> int:
    """The old offset for a new one; inside new text, the start of what it replaced."""
    moved = 0
    for splice in splices:
        start = splice.start + moved
        if offset < start:
            break
        if offset < start + len(splice.text):
            return splice.start
        moved += len(splice.text) - (splice.end - splice.start)
    return offset - moved
