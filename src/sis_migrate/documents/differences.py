"""The splices that make one text another, line by line: lines that stay are not touched."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import accumulate

from sis_migrate.model import Splice
from sis_migrate.textfile import TextFile


def differences(before: str, after: str) -> Iterator[Splice]:
    """What to splice into ``before``; another line end alone is no difference.

    A line that changes keeps its line end, a new one gets that of the line above it.
    """
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, old))]
    ends = [_end(line) or TextFile(before, "utf-8").newline for line in old] or ["\n"]
    matcher = SequenceMatcher(None, [*map(_plain, old)], [*map(_plain, new)], autojunk=False)
    for kind, first, last, begin, end in matcher.get_opcodes():
        if kind != "equal":
            nearest = max(last - 1, 0)
            lines = [
                _plain(line).replace("\n", ends[min(first + number, nearest)])
                for number, line in enumerate(new[begin:end])
            ]
            yield _smallest(before[starts[first] : starts[last]], "".join(lines), starts[first])


def _plain(line: str) -> str:
    return line.removesuffix("\r\n") + "\n" if line.endswith("\r\n") else line


def _end(line: str) -> str:
    return "\r\n" if line.endswith("\r\n") else "\n" if line.endswith("\n") else ""


def _smallest(before: str, after: str, offset: int) -> Splice:
    shorter = min(len(before), len(after))
    start = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    end = 0
    while end < shorter - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return Splice(offset + start, offset + len(before) - end, after[start : len(after) - end])
