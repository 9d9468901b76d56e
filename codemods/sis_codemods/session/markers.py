"""The places for parameters in SQL text: ``%s``, ``%(name)s``, ``:name``, ``:1``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sis_codemods.session.sql_facts import Word, words

NUMERIC = ":1"
"""The places are numbered; the connector sends their values as it sends those of ``?``."""

_WORTH_READING = re.compile(r"%s|%\(\w+\)s|:\w")
_LIST = {"IN", "ANY"}


@dataclass(frozen=True, slots=True)
class Markers:
    """What a text asks to be given.

    ``names`` are those of the places in their order ("" for ``%s``), of one ``style``: ``%s``,
    ``%(name)s``, ``:name``, :data:`NUMERIC`, or "mixed". ``mechanical``: each can be a ``?`` (none
    stands between quotes or for a whole list).
    """

    style: str
    names: tuple[str, ...]
    mechanical: bool


def markers(text: str) -> Markers | None:
    """The places of a text; None where there is none in its code."""
    if not _WORTH_READING.search(text):
        return None
    every = words(text)
    found: list[tuple[str, str]] = []
    mechanical = True
    for index, word in enumerate(every):
        rest = every[index + 1 : index + 5]
        if word.kind in {"STRING", "IDENTIFIER", "RAW_STRING"}:
            mechanical = mechanical and not re.search(r"%s|%\(\w+\)s", word.text)
            continue
        before = every[index - 1] if index else None
        if word.kind == "MOD" and rest and rest[0].start == word.end:
            if rest[0].text == "s":
                found.append(("%s", ""))
            elif len(rest) > 3 and rest[0].text == "(" and rest[3].text == "s":
                found.append(("%(name)s", rest[1].text))
            else:
                continue
            around = {w.upper for w in every[max(index - 2, 0) : index]}
            mechanical = mechanical and not around & _LIST
        elif word.kind == "COLON" and rest and rest[0].start == word.end and _is_free(before, word):
            name = rest[0].text
            found.append((NUMERIC if name.isdigit() else ":name", name))
    if not found:
        return None
    styles = {style for style, _ in found}
    style = styles.pop() if len(styles) == 1 else "mixed"
    return Markers(style, tuple(name for _, name in found), mechanical and style.startswith("%"))


def _is_free(before: Word | None, colon: Word) -> bool:
    """Whether a colon begins a name: a path into a VARIANT follows its column without a blank."""
    return before is None or before.end < colon.start or before.text in {"(", ",", "="}
