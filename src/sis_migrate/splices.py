"""Splices: making them, and telling places in the new text as places in the old one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sis_migrate.model import Span, Splice
from sis_migrate.textfile import Lines


def splice(text: str, splices: Iterable[Splice]) -> str:
    """``text`` with the splices made; ValueError where two of them overlap or one lies outside."""
    parts: list[str] = []
    position = 0
    for part in sorted(splices, key=_order):
        if part.start < position:
            raise ValueError("two edits overlap")
        if not part.start <= part.end <= len(text):
            raise ValueError("an edit lies outside of the text")
        parts += [text[position : part.start], part.text]
        position = part.end
    return "".join([*parts, text[position:]])


class SpanHistory:
    """Remembers the rounds of edits of each file."""

    def __init__(self) -> None:
        self._rounds: dict[Path, list[_Round]] = {}

    def record(self, path: Path, before: str, splices: Sequence[Splice]) -> None:
        """Remember one round: the text before it and the splices made in it."""
        ordered = tuple(sorted(splices, key=_order))
        self._rounds.setdefault(path, []).append(_Round(before, ordered))

    def original(self, path: Path, span: Span) -> Span:
        """The place before the first round that a span in the newest text comes from.

        Where the round made that text, it is the start of what the text replaced.
        """
        for earlier in reversed(self._rounds.get(path, [])):
            span = earlier.back(span)
        return span


@dataclass(frozen=True)
class _Round:
    """The text before a round, and its splices in order."""

    text: str
    splices: tuple[Splice, ...]

    def back(self, span: Span) -> Span:
        """The place in the text before the round that a place in the one after it comes from."""
        start = self._before(self._after.offset(span.line, span.column - 1))
        end = self._before(self._after.offset(span.end_line, span.end_column - 1))
        return Span(*self._lines.position(start), *self._lines.position(max(start, end)))

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.text)

    @cached_property
    def _after(self) -> Lines:
        return Lines(splice(self.text, self.splices))

    def _before(self, offset: int) -> int:
        """The old offset for a new one; inside new text, the start of what it replaced."""
        moved = 0
        for part in self.splices:
            start = part.start + moved
            if offset < start:
                break
            if offset < start + len(part.text):
                return part.start
            moved += len(part.text) - (part.end - part.start)
        return offset - moved


def _order(part: Splice) -> tuple[int, int]:
    return part.start, part.end


def narrowed(text: str, whole: Splice) -> list[Splice]:
    """The splice without what its two sides have in common at both ends; none where nothing is left.

    So a place beside an edit keeps its line and column through :class:`SpanHistory`.
    """
    old = text[whole.start : whole.end]
    if old == whole.text:
        return []
    head = _alike(old, whole.text)
    tail = _alike(old[head:][::-1], whole.text[head:][::-1])
    return [Splice(whole.start + head, whole.end - tail, whole.text[head : len(whole.text) - tail])]


def _alike(one: str, other: str) -> int:
    """How many characters two texts have in common at their starts."""
    pairs = zip(one, other, strict=False)
    differing = (index for index, (a, b) in enumerate(pairs) if a != b)
    return next(differing, min(len(one), len(other)))
