"""Where a place in the old text is in the new one.

Findings name places in the text before the run. Once the run has written, readers look at the
new text, so reports of an applied run move every span there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

from sis_migrate.model import FileChange, Finding, Migration, Span

_NEWLINE = re.compile(rb"\r\n|\r|\n")


def located(findings: Iterable[Finding], migration: Migration, *, applied: bool) -> list[Finding]:
    """The findings, with the spans of the new text when ``applied``."""
    if not applied:
        return list(findings)
    changes = {change.path: change for change in migration.changes()}
    return list(_moved(findings, changes))


def on_changed_lines(findings: Iterable[Finding], migration: Migration) -> Iterator[Finding]:
    """The findings whose own lines the run changes, or whose file it makes or removes."""
    changes = {change.path: change for change in migration.changes()}
    moves: dict[Path, _Moves] = {}
    for finding in findings:
        change = changes.get(finding.path)
        if change is None:
            continue
        if None in (change.before, change.after):
            yield finding
        elif finding.span:
            if finding.path not in moves:
                moves[finding.path] = _Moves.between(change.before or b"", change.after or b"")
            if not moves[finding.path].keeps(finding.span):
                yield finding


def _moved(findings: Iterable[Finding], changes: dict[Path, FileChange]) -> Iterator[Finding]:
    moves: dict[Path, _Moves] = {}
    for finding in findings:
        change = changes.get(finding.path)
        if finding.span is None or change is None or None in (change.before, change.after):
            yield finding
            continue
        if finding.path not in moves:
            moves[finding.path] = _Moves.between(change.before or b"", change.after or b"")
        yield replace(finding, span=moves[finding.path].span(finding.span))


@dataclass(frozen=True)
class _Moves:
    """The stretches of lines in which two texts agree or differ, as difflib's opcodes."""

    stretches: tuple[tuple[str, int, int, int, int], ...]
    last: int

    @classmethod
    def between(cls, before: bytes, after: bytes) -> _Moves:
        old, new = _NEWLINE.split(before), _NEWLINE.split(after)
        return cls(tuple(SequenceMatcher(None, old, new).get_opcodes()), len(new))

    def span(self, span: Span) -> Span:
        """Where the same text is; where it is gone, the start of the line that replaced it."""
        start, kept = self._line(span.line)
        end, end_kept = self._line(span.end_line)
        if kept and end_kept and end - start == span.end_line - span.line:
            return replace(span, line=start, end_line=end)
        return Span(start, 1, start, 1)

    def keeps(self, span: Span) -> bool:
        """Whether all lines of a span are in the new text as they were."""
        return all(self._line(line)[1] for line in range(span.line, span.end_line + 1))

    def _line(self, line: int) -> tuple[int, bool]:
        for tag, old, old_end, new, new_end in self.stretches:
            if old < line <= old_end:
                at = new + line - old
                return (at, True) if tag == "equal" else (max(min(at, new_end), 1), False)
        return self.last, False
