"""What SQL text does to the connection it runs on, and whom it asks for.

Read with sqlglot's Snowflake tokenizer, so that comments and quoted text are not mistaken for
statements; a cheap pattern decides whether that is worth loading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sqlglot.tokens import Tokenizer

HOLE = "migrate__hole"
"""Stands in a text for a part that only the running program knows."""

IDENTITY_FUNCTIONS = frozenset(
    {"CURRENT_USER", "CURRENT_SESSION", "CURRENT_AVAILABLE_ROLES", "IS_ROLE_IN_SESSION"}
)
"""Functions that name the viewer on a warehouse, and the app's own service user in a container.

CURRENT_ROLE, CURRENT_DATABASE and CURRENT_SCHEMA mean the same on both and are not among them.
"""

_WORTH_READING = re.compile(
    r"\buse\s+[\w\"'{$%(]|\balter\s+session\b|\bset\s+[(\w$]+[^;]*=|\bunset\s+\w"
    r"|\b(?:temp|temporary|volatile)\s+\w|\bbegin\b|\bstart\s+transaction\b|\bcommit\b|\brollback\b"
    r"|\blast_query_id\b|\bcurrent_user\b|\bcurrent_session\b|\bcurrent_available_roles\b"
    r"|\bis_role_in_session\b",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"\buse\b|\balter\b|\bset\b|\bunset\b|\btemp|\bvolatile\b|\bbegin\b|\bstart\b|\bcommit\b"
    r"|\brollback\b|last_query_id|current_user|current_session|current_available|is_role_in",
    re.IGNORECASE,
)
_OBJECTS = {"ROLE", "WAREHOUSE", "DATABASE", "SCHEMA", "CATALOG"}
_TEMPORARY = {"TEMP", "TEMPORARY", "VOLATILE"}
_NESTED = {"STRING", "RAW_STRING"}
_NAMES = {"VAR", "IDENTIFIER", "STRING", "HOLE"}
_LIMIT = 100_000
_DEPTH = 3


class Kind(StrEnum):
    """What a piece of SQL depends on or changes."""

    USE = "use"
    SETTING = "setting"
    VARIABLE = "variable"
    TEMPORARY = "temporary"
    TRANSACTION = "transaction"
    LAST_QUERY = "last query"
    IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement or function call: ``text[start:end]`` of what was read.

    ``subject`` is what it is about (``WAREHOUSE``, a parameter's, variable's or function's name);
    ``constant`` says that no part is filled in at run time; ``first`` that it is the text's first
    statement, so that a text which is only a fragment of another may not contain it at all.
    """

    kind: Kind
    subject: str
    text: str
    start: int
    end: int
    constant: bool = True
    first: bool = False


class Token(Protocol):
    """The part of sqlglot's tokens that is used here."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Word:
    """One token: ``text[start:end]``; ``upper`` is "" for quoted ones."""

    kind: str
    upper: str
    text: str
    start: int
    end: int


def spelled(*names: str) -> tuple[bytes, ...]:
    """Triggers for words of SQL: as people write them, all large, all small, first letter large."""
    return tuple(
        dict.fromkeys(
            n.encode() for name in names for n in (name.upper(), name.lower(), name.title())
        )
    )


def may_hold_facts(source: str) -> bool:
    """Whether a program may build a text with a fact from its parts."""
    return _WORDS.search(source) is not None


def worth_reading(text: str) -> bool:
    """Whether a text may hold a fact at all."""
    return len(text) <= _LIMIT and _WORTH_READING.search(text) is not None


def facts(text: str) -> tuple[Fact, ...]:
    """The facts of a text, in its order; none for a text that is no SQL."""
    return tuple(_facts(text, 0, 0)) if worth_reading(text) else ()


def in_code(text: str, mark: str) -> bool:
    """Whether ``mark`` (an identifier) stands in the code of a text, not in a quoted value."""
    return any(w.kind != "STRING" and mark in w.text for w in words(text))


def words(text: str) -> list[Word]:
    """The tokens of a text; of an unterminated one those before the last quote; else none."""
    from sqlglot.errors import TokenError

    for candidate in (text, text[: max(text.rfind("'"), text.rfind("$$"), 0)]):
        try:
            return [_word(t, t.token_type.name) for t in _tokenizer()().tokenize(candidate)]
        except TokenError:
            continue
    return []


@cache
def _tokenizer() -> type[Tokenizer]:
    from sqlglot.dialects.snowflake import Snowflake

    class Plain(Snowflake.Tokenizer):
        """Tokenizes what follows CALL, EXPLAIN or EXECUTE too, which sqlglot takes as one text."""

        COMMANDS = set()  # noqa: RUF012 - sqlglot's way

    return Plain


def _word(token: Token, kind: str) -> Word:
    text = str(token.text)
    if text == HOLE:
        kind = "HOLE"
    upper = "" if kind in {"STRING", "IDENTIFIER", "RAW_STRING", "HEX_STRING"} else text.upper()
    return Word(kind, upper, text, token.start, token.end + 1)


def _facts(text: str, offset: int, depth: int) -> Iterator[Fact]:
    first = depth == 0
    for statement in statements(words(text)):
        for fact in _in_statement(text, statement):
            yield Fact(
                fact.kind, fact.subject, fact.text, fact.start + offset, fact.end + offset,
                fact.constant and not _filled_in(text[fact.start : fact.end]),
                first and fact.start == statement[0].start,
            )  # fmt: skip
        if depth < _DEPTH and statement[0].upper == "EXECUTE":
            for word in statement[1:]:
                if word.kind in _NESTED:
                    inner = text.find(word.text, word.start)
                    yield from _facts(word.text, offset + max(inner, word.start), depth + 1)
        first = False


def statements(every: Sequence[Word]) -> Iterator[list[Word]]:
    """The words of each statement, in their order; none is empty."""
    current: list[Word] = []
    for word in every:
        if word.kind == "SEMICOLON":
            if current:
                yield current
            current = []
        else:
            current.append(word)
    if current:
        yield current


def _in_statement(text: str, statement: list[Word]) -> Iterator[Fact]:
    while len(statement) > 2 and statement[0].upper == "BEGIN" and not _transaction(statement):
        statement = statement[1:]  # a block of Snowflake Scripting
    head = _head(text, statement)
    if head:
        yield head
    defines = statement[0].upper == "CREATE" and {"PROCEDURE", "FUNCTION"} & {
        w.upper for w in statement[:6]
    }
    for index, word in enumerate(statement):
        if word.upper == "LAST_QUERY_ID" and _called(statement, index):
            yield _fact(text, Kind.LAST_QUERY, word.upper, statement[index : index + 2])
        elif word.upper in IDENTITY_FUNCTIONS and _is_identity(statement, index):
            yield _fact(text, Kind.IDENTITY, word.upper, [word])
        elif defines and word.kind in _NESTED:
            for inner in _facts(word.text, max(text.find(word.text, word.start), 0), _DEPTH):
                if inner.kind is Kind.IDENTITY:
                    yield inner


def _head(text: str, statement: list[Word]) -> Fact | None:
    """The fact that a statement's first words tell."""
    readers: dict[str, Callable[[list[Word]], tuple[Kind, str] | None]] = {
        "USE": _use,
        "ALTER": _alter_session,
        "SET": _set,
        "UNSET": _unset,
        "CREATE": _temporary,
        "BEGIN": _transaction,
        "START": _transaction,
        "COMMIT": _transaction,
        "ROLLBACK": _transaction,
    }
    reader = readers.get(statement[0].upper)
    told = reader(statement) if reader else None
    return _fact(text, *told, statement) if told else None


def _fact(text: str, kind: Kind, subject: str, covered: Sequence[Word]) -> Fact:
    start, end = covered[0].start, covered[-1].end
    return Fact(kind, subject, " ".join(text[start:end].split()), start, end)


def _use(statement: list[Word]) -> tuple[Kind, str] | None:
    rest = statement[1:]
    subject = "DATABASE"
    if (
        rest
        and rest[0].upper == "SECONDARY"
        and len(rest) > 1
        and rest[1].upper in {"ROLE", "ROLES"}
    ):
        return (Kind.USE, "SECONDARY ROLES") if len(rest) < 8 else None
    if len(rest) > 1 and rest[0].upper in _OBJECTS:
        subject, rest = rest[0].upper, rest[1:]
    return (Kind.USE, subject) if _is_name(rest) else None


def _is_name(rest: Sequence[Word]) -> bool:
    """Whether words are one object's name: not the sentence of a text that only looks like SQL."""
    if not rest:
        return False
    if rest[0].upper == "IDENTIFIER" or rest[0].text in {"{", "$", "%", "<", "&", ":", "?"}:
        return len(rest) < 12
    expected = True
    for word in rest:
        if (word.kind == "DOT") is expected:
            return False
        expected = not expected
    return not expected


def _alter_session(statement: list[Word]) -> tuple[Kind, str] | None:
    upper = [w.upper for w in statement[:3]]
    if upper[:2] != ["ALTER", "SESSION"] or len(statement) < 4 or upper[2] not in {"SET", "UNSET"}:
        return None
    return Kind.SETTING, statement[3].upper


def _set(statement: list[Word]) -> tuple[Kind, str] | None:
    if len(statement) < 4:
        return None
    if statement[1].text == "(" and statement[2].kind in _NAMES:
        return Kind.VARIABLE, statement[2].upper
    if statement[2].kind == "EQ" and statement[1].kind != "STRING":
        return Kind.VARIABLE, statement[1].upper
    return None


def _unset(statement: list[Word]) -> tuple[Kind, str] | None:
    return (Kind.VARIABLE, statement[1].upper) if len(statement) == 2 else None


def _temporary(statement: list[Word]) -> tuple[Kind, str] | None:
    rest = [w.upper for w in statement[1:8]]
    if rest[:2] == ["OR", "REPLACE"]:
        rest = rest[2:]
    if rest[:1] in (["LOCAL"], ["GLOBAL"]):
        rest = rest[1:]
    return (Kind.TEMPORARY, rest[1]) if len(rest) > 1 and rest[0] in _TEMPORARY else None


def _transaction(statement: list[Word]) -> tuple[Kind, str] | None:
    first, rest = statement[0].upper, [w.upper for w in statement[1:3]]
    if first == "BEGIN" and (not rest or rest[0] in {"WORK", "TRANSACTION", "NAME"}):
        return Kind.TRANSACTION, "BEGIN"
    if first == "START" and rest[:1] == ["TRANSACTION"]:
        return Kind.TRANSACTION, "BEGIN"
    if first in {"COMMIT", "ROLLBACK"} and rest in ([], ["WORK"]):
        return Kind.TRANSACTION, first
    return None


def _called(statement: Sequence[Word], index: int) -> bool:
    return index + 1 < len(statement) and statement[index + 1].text == "("


def _is_identity(statement: Sequence[Word], index: int) -> bool:
    before = statement[index - 1] if index else None
    if before and (before.kind in {"DOT", "ALIAS"} or before.upper == "AS"):
        return False
    if _called(statement, index):
        return True
    # Only this one is a function without parentheses too; a sentence may hold the bare word.
    asks = before is not None and (
        before.upper in {"SELECT", "=", "(", ",", "WHERE", "AND", "OR"} or before.kind == "COMMA"
    )
    return statement[index].upper == "CURRENT_USER" and asks and _is_query(statement)


def _is_query(statement: Sequence[Word]) -> bool:
    return statement[0].upper in {"SELECT", "WITH", "INSERT", "UPDATE", "MERGE", "DELETE", "CREATE"}


def _filled_in(text: str) -> bool:
    return HOLE in text or any(mark in text for mark in ("?", "%s", "%(", "{", "$", "<"))
