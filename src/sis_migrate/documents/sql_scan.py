"""SQL scripts as tokens with their places, and the statements about Streamlit objects in them.

The tokens are sqlglot's, for Snowflake. Its commands are switched off, because after EXECUTE, CALL
or REMOVE the rest of a statement would be one token; an unterminated quote fails the whole text.
Templates and variables become tokens like others, so that statements around them stay readable. In
the paths of PUT and of stages, ``//`` and ``/*`` are hidden from sqlglot, which sees comments there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, ClassVar

from sis_migrate.textfile import Lines

_LINE = re.compile(r"\bline (\d+)", re.IGNORECASE)
_MENTION = re.compile(r"\b(?:create\b[^;]{0,200}?|alter\s+|define\s+)\bstreamlit\b", re.IGNORECASE)
_CREATES = re.compile(r"\s*create\s+(?:or\s+replace\s+)?streamlit\b(?!\s+on\b)", re.IGNORECASE)
_PATH = re.compile(r"(?:\bfile:|(?<![\w@])@)[^\s;'(),]*", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(.)|''", re.DOTALL)
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}
# What may stand before a statement that begins inside of another one (Snowflake Scripting).
_BEFORE = {"BEGIN", "THEN", "ELSE", "DO", "LOOP", "AS", "IMMEDIATE"}
_TWO_WORDS = {("EXECUTE", "AS"), ("WITH", "TAG")}


class SqlError(Exception):
    """The text cannot be split into tokens; the message says why, ``line`` is 1-based."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Token:
    """``text[start:end]``: a ``word``, a ``name`` in double quotes, a ``string``, a ``$$`` ``body``
    or a ``mark``; ``value`` is what a string or name holds."""

    kind: str
    raw: str
    value: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """A bare word in upper case, "" for anything else."""
        return self.raw.upper() if self.kind == "word" else ""


@dataclass(frozen=True, slots=True)
class Property:
    """``NAME = value`` (``FROM value``, ``EXECUTE AS value``) from ``start`` to ``end``."""

    name: str
    start: int
    end: int
    value: tuple[Token, ...]

    @property
    def text(self) -> str | None:
        """A value of one string, name or word; None for an expression, a list or a template."""
        if len(self.value) != 1 or self.value[0].kind == "mark":
            return None
        return self.value[0].value

    def items(self) -> list[tuple[Token, ...]]:
        """The members of a list in parentheses; a single value is a list of one."""
        inner = self.value[1:-1] if self.value and self.value[0].raw == "(" else self.value
        result: list[list[Token]] = [[]]
        for token in inner:
            if token.raw == ",":
                result.append([])
            else:
                result[-1].append(token)
        return [tuple(item) for item in result if item]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement about a Streamlit object.

    ``verb`` is CREATE, ALTER or DEFINE; ``action`` what follows an altered object's name (SET,
    UNSET, ADD, …). ``name`` is the object's name as written, ``end`` the offset just past the last
    token. ``nested`` tells that it stands in a ``$$`` body.
    """

    verb: str
    name: str
    action: str
    start: int
    end: int
    properties: tuple[Property, ...]
    replaces: bool = False
    nested: bool = False

    def get(self, name: str) -> Property | None:
        """The property of that name."""
        return next((p for p in self.properties if p.name == name), None)


def mentions(text: str) -> bool:
    """Whether a text is worth splitting into tokens."""
    return _MENTION.search(text) is not None


def tokens(text: str) -> list[Token]:
    """The tokens of a text, comments left out; SqlError."""
    from sqlglot.errors import TokenError

    try:
        found = _tokenizer()().tokenize(_PATH.sub(_hidden, text))
    except TokenError as error:
        raise _error(error, text) from error
    return [_token(text, token) for token in found]


def statements(text: str) -> Iterator[Statement]:
    """The statements about Streamlit objects, those in ``$$`` bodies included; SqlError."""
    yield from _statements(text, 0, nested=False)


def built(text: str) -> Iterator[Token]:
    """The strings, and the ``$$`` bodies of other languages, that hold a CREATE; SqlError."""
    for token in tokens(text):
        if token.kind == "string" and _is_statement(token.value):
            yield token
        elif token.kind == "body" and _CREATES.search(token.value):
            try:
                yield from (_moved(inner, token.start + 2) for inner in built(token.value))
                known = any(True for _ in _statements(token.value, 0, nested=True))
            except SqlError:
                known = False
            if not known:
                yield token


def split(found: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens statement by statement, without the semicolons."""
    current: list[Token] = []
    for token in found:
        if token.raw == ";":
            yield current
            current = []
        else:
            current.append(token)
    yield current


def _is_statement(value: str) -> bool:
    """Whether a string begins as a statement that creates an app (not a sentence about one)."""
    return _CREATES.match(value) is not None


def _statements(text: str, offset: int, *, nested: bool) -> Iterator[Statement]:
    found = tokens(text)
    for part in split(found):
        index = _head(part)
        if index is not None:
            yield _read(part[index:], offset, nested=nested)
        for token in part:
            if token.kind == "body" and mentions(token.value):
                try:
                    yield from list(_statements(token.value, offset + token.start + 2, nested=True))
                except SqlError:
                    continue


def _head(part: Sequence[Token]) -> int | None:
    """Where in a statement CREATE, ALTER or DEFINE STREAMLIT begins."""
    for index, token in enumerate(part):
        if token.word not in {"CREATE", "ALTER", "DEFINE"}:
            continue
        if index and part[index - 1].word not in _BEFORE:
            continue
        words = [t.word for t in part[index + 1 : index + 4]]
        if words[:1] == ["STREAMLIT"] or words == ["OR", "REPLACE", "STREAMLIT"]:
            return index
    return None


def _read(part: Sequence[Token], offset: int, *, nested: bool) -> Statement:
    words = [token.word for token in part]
    replaces = words[1:3] == ["OR", "REPLACE"]
    position = 4 if replaces else 2
    if words[position : position + 3] == ["IF", "NOT", "EXISTS"]:
        position += 3
    elif words[position : position + 2] == ["IF", "EXISTS"]:
        position += 2
    after = _name_end(part, position)
    name = "".join(token.raw for token in part[position:after])
    action = part[after].word if words[0] == "ALTER" and after < len(part) else ""
    end = part[-1].end + offset
    properties = tuple(_properties(part, after + bool(action), offset))
    return Statement(
        words[0], name, action, part[0].start + offset, end, properties, replaces, nested
    )


def _name_end(part: Sequence[Token], position: int) -> int:
    """The index past an object's name: tokens that touch, or IDENTIFIER with its parentheses."""
    index = position + 1
    if index < len(part) + 1 and position < len(part) and part[position].word == "IDENTIFIER":
        while index < len(part) and part[index - 1].raw != ")":
            index += 1
        return index
    template = 0
    while index < len(part):
        template += {"{": 1, "}": -1}.get(part[index - 1].raw, 0)
        opened = _in_template(part[position:index])
        if not (part[index].start == part[index - 1].end or template or opened):
            break
        index += 1
    return index


def _in_template(part: Sequence[Token]) -> bool:
    """Whether ``<% … %>`` is still open at the end."""
    text = "".join(token.raw for token in part)
    return text.count("<%") > text.count("%>")


def _properties(part: Sequence[Token], index: int, offset: int) -> Iterator[Property]:
    starts = [i for i in range(index, len(part)) if _starts(part, i, index)]
    for start, end in pairwise([*starts, len(part)]):
        words = 2 if (part[start].word, _word(part, start + 1)) in _TWO_WORDS else 1
        equals = part[start + 1].raw == "=" if start + 1 < end else False
        value = part[start + (2 if equals or words == 2 else 1) : end]
        name = " ".join(token.word for token in part[start : start + words])
        yield Property(
            name,
            part[start].start + offset,
            part[end - 1].end + offset,
            tuple(_moved(token, offset) for token in value),
        )


def _starts(part: Sequence[Token], index: int, first: int) -> bool:
    depth = sum({"(": 1, ")": -1}.get(token.raw, 0) for token in part[first:index])
    if depth or not part[index].word:
        return False
    following = part[index + 1].raw if index + 1 < len(part) else ""
    if following == "=" or (part[index].word, following.upper()) in _TWO_WORDS:
        return True
    return part[index].word == "FROM"


def _word(part: Sequence[Token], index: int) -> str:
    return part[index].word if index < len(part) else ""


def _moved(token: Token, offset: int) -> Token:
    return Token(token.kind, token.raw, token.value, token.start + offset, token.end + offset)


def _token(text: str, token: Any) -> Token:
    start, end = token.start, token.end + 1
    raw = text[start:end]
    if raw.startswith("$$") and len(raw) > 3:
        return Token("body", raw, raw[2:-2], start, end)
    if raw[:1] == "'":
        return Token("string", raw, _ESCAPE.sub(_unescaped, raw[1:-1]), start, end)
    if raw[:1] == '"':
        return Token("name", raw, raw[1:-1].replace('""', '"'), start, end)
    kind = "word" if re.fullmatch(r"[^\W\d][\w$]*", raw) else "mark"
    return Token(kind, raw, raw, start, end)


def _hidden(path: re.Match[str]) -> str:
    """A path of the same length without what looks like a comment."""
    return path[0].replace("/*", "__").replace("//", "__").replace("--", "__")


def _unescaped(escape: re.Match[str]) -> str:
    return _CONTROLS.get(escape[1], escape[1]) if escape[1] else "'"


@cache
def _tokenizer() -> type[Any]:
    from sqlglot.dialects.snowflake import Snowflake

    class Plain(Snowflake.Tokenizer):
        COMMANDS: ClassVar[set[Any]] = set()

    return Plain


def _error(error: Exception, text: str) -> SqlError:
    """The first line of the cause, and where in the text it is."""
    cause = error.__cause__ or error
    message = str(cause).splitlines()[0]
    found = _LINE.search(message)
    quote = re.search(r"Missing (\S+) from (?:line )?(\d+)", message)
    if quote:
        line = int(quote[2])
        return SqlError(f"{quote[1]} is never closed", min(line, len(Lines(text).starts)))
    return SqlError(message.split(":")[0], int(found[1]) if found else None)
