"""The objects that a SQL script creates and that ask who runs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sis_codemods.session.sql_facts import IDENTITY_FUNCTIONS, Word, statements, words

_KINDS = {
    ("PROCEDURE",): "procedure",
    ("FUNCTION",): "function",
    ("VIEW",): "view",
    ("DYNAMIC", "TABLE"): "dynamic table",
    ("ROW", "ACCESS", "POLICY"): "row access policy",
    ("MASKING", "POLICY"): "masking policy",
    ("PROJECTION", "POLICY"): "projection policy",
    ("AGGREGATION", "POLICY"): "aggregation policy",
}
_BODIES = {"STRING", "RAW_STRING"}
_HEAD = 8
"""Words that may stand between CREATE and the kind: OR REPLACE SECURE RECURSIVE MATERIALIZED …"""


@dataclass(frozen=True, slots=True)
class Definition:
    """One object, the functions that it asks, and where ``text[start:end]`` does so first."""

    kind: str
    name: str
    functions: tuple[str, ...]
    start: int
    end: int


def definitions(text: str) -> Iterator[Definition]:
    """Each object of a script that asks."""
    for statement in statements(words(text)):
        if statement[0].upper != "CREATE":
            continue
        kind, at = _kind(statement)
        asked = list(_deep(text, statement, 0, 0)) if kind else []
        if asked:
            first, offset = asked[0]
            start = first.start + offset
            functions = tuple(dict.fromkeys(word.upper for word, _ in asked))
            yield Definition(kind, _name(statement[at:]), functions, start, start + len(first.text))


def _kind(statement: Sequence[Word]) -> tuple[str, int]:
    """What a CREATE makes, and the index of the word after that; "" for anything else."""
    upper = [word.upper for word in statement[:_HEAD]]
    for index in range(1, len(upper)):
        for sequence, kind in _KINDS.items():
            if tuple(upper[index : index + len(sequence)]) == sequence:
                return kind, index + len(sequence)
        if upper[index] in {"TABLE", "TASK", "STAGE", "STREAMLIT", "(", "AS"}:
            break
    return "", 0


def _name(rest: Sequence[Word]) -> str:
    while rest and rest[0].upper in {"IF", "NOT", "EXISTS"}:
        rest = rest[1:]
    name = ""
    for word in rest:
        if word.kind == "DOT":
            name += "."
        elif not name or name.endswith("."):
            name += f'"{word.text}"' if word.kind == "IDENTIFIER" else word.text
        else:
            break
    return name


def _deep(text: str, every: Sequence[Word], offset: int, depth: int) -> Iterator[tuple[Word, int]]:
    """The identity functions called in a statement, its bodies and the texts in those included."""
    for index, word in enumerate(every):
        called = index + 1 < len(every) and every[index + 1].text == "("
        if word.upper in IDENTITY_FUNCTIONS and called:
            yield word, offset
        elif word.kind in _BODIES | {"IDENTIFIER"} and depth < 3 and _mentions(word.text):
            begin = text.find(word.text, word.start + offset)
            start = begin if begin >= 0 else word.start + offset
            yield from _deep(text, words(word.text), start, depth + 1)


def _mentions(text: str) -> bool:
    upper = text.upper()
    return any(name in upper for name in IDENTITY_FUNCTIONS)
