"""The text of a TOML array of texts, edited in place: comments, order and layout stay."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence

from sis_migrate.model import Span, Splice
from sis_migrate.splices import splice
from sis_migrate.textfile import Lines

_TOKEN = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?'{3,5}|"(?:\\.|[^"\\])*"|'[^']*'|\#[^\n]*|,''', re.DOTALL
)
_INDENT = "    "
_TABLE = re.compile(r"^[ \t]*\[[ \t]*([\w.-]+)[ \t]*\]", re.MULTILINE)


def places(text: str, table: str, key: str, items: Sequence[str]) -> tuple[Span, ...]:
    """Where the items of an array stand in a TOML document that has these; empty if that is unknown.

    ``table`` is looked through first: another array may say the same.
    """
    starts = re.compile(rf"""(?<![\w-]){re.escape(key)}["']?[ \t]*=[ \t]*\[""").finditer(text)
    heads = [(found.start(), found[1]) for found in _TABLE.finditer(text)]

    def is_elsewhere(start: int) -> bool:
        return next((name for at, name in reversed(heads) if at < start), "") != table

    for start in sorted((found.end() for found in starts), key=is_elsewhere):
        found = _strings(text, start)
        if [said for said, _ in found] == [*items]:
            lines = Lines(text)
            return tuple(
                Span(*lines.position(begin), *lines.position(end)) for _, (begin, end) in found
            )
    return ()


def _strings(text: str, start: int) -> list[tuple[str, tuple[int, int]]]:
    """The texts of an array that begins there, up to its end, with their places."""
    found = []
    for token in re.compile(rf"{_TOKEN.pattern}|\]", re.DOTALL).finditer(text, start):
        if token[0] == "]":
            break
        if token[0][0] in "\"'":
            try:
                found.append((tomllib.loads(f"x = {token[0]}")["x"], token.span()))
            except tomllib.TOMLDecodeError:
                break
    return found


def with_items(array: str, added: Sequence[str], replaced: Mapping[int, str]) -> str:
    """An array, from bracket to bracket, with items added and some exchanged by 1-based place.

    New items and those to exchange for are written as TOML has them, in quotes.
    """
    tokens = [match for match in _TOKEN.finditer(array) if match[0][0] != "#"]
    items = [match for match in tokens if match[0] != ","]
    changes = [Splice(*items[place - 1].span(), text) for place, text in replaced.items()]
    if added:
        start, end = items[-1].span() if items else (1, 1)
        comma = next((m.end() for m in tokens if m[0] == "," and m.start() >= end), 0)
        if items and not comma:
            changes.append(Splice(end, end, ","))
        changes.append(_addition(array, added, start, end, comma))
    return splice(array, changes)


def _addition(array: str, added: Sequence[str], start: int, end: int, comma: int) -> Splice:
    """New items behind the last one, whose comma, if it has one, ends at ``comma``."""
    newline = re.search(r"\r?\n", array[end:])
    if newline is None:
        gap = " " if end > start else ""
        at = comma or end
        return Splice(at, at, gap + ", ".join(added))
    line = array.rfind("\n", 0, start) + 1
    before = array[line:start]
    indent = before if line and end > start and not before.strip() else _INDENT
    lines = "".join(f"{indent}{item},{newline[0]}" for item in added)
    at = max(array.rfind("\n") + 1, comma)
    return Splice(at, at, lines)
