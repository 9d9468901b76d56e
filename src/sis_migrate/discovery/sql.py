"""What ``CREATE STREAMLIT`` statements say, in scripts that need not be valid as a whole.

A scanner of its own rather than sqlglot's: it has to read templates, ``$$`` bodies and files with
an unterminated quote, and it must cost nothing in a repository without such statements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sis_migrate.model import Runtime

_TOKEN = re.compile(
    r"""
    (?P<comment> --[^\n]* | //[^\n]* | /\*.*?\*/ )
  | (?P<body>    \$\$.*?\$\$ )
  | (?P<string>  '(?:[^'\\]|\\.|'')*' )
  | (?P<name>    "(?:[^"]|"")*" | @[^\s;,)]+
                 | (?: \{\{[^{}\n]*\}\} | [\w$.&{}<>%] )+ )
  | (?P<mark>    \S )
    """,
    re.VERBOSE | re.DOTALL,
)
_CREATE = re.compile(rb"(?:create|define)\b[^;]{0,200}?\bstreamlit\b", re.IGNORECASE)
_PLAIN = r"(?:\{\{[^}\n]*\}\}|<%[^>\n]*>|[^\s;'\"])+"  # blanks only in templates
_PUT = re.compile(
    rf"^[^\S\n]*PUT\s+['\"]?file://(?P<file>{_PLAIN})['\"]?\s+['\"]?(?P<stage>@{_PLAIN})",
    re.IGNORECASE | re.MULTILINE,
)
_CONTAINER = "SYSTEM$ST_CONTAINER_RUNTIME"
DEFAULT_MAIN_FILE = "streamlit_app.py"
_VARIABLE = tuple("$&<{%")  # how names begin that are filled in later
_TEMPLATE = re.compile(r"\{\{|\}\}|<%|[&$]\{")


@dataclass(frozen=True, slots=True)
class Statement:
    """One ``CREATE STREAMLIT``: the object's name, and what tells where its code is."""

    name: str
    main_file: str = DEFAULT_MAIN_FILE
    source: str = ""
    """What FROM or ROOT_LOCATION says, "" where neither is there."""
    runtime: Runtime = Runtime.UNKNOWN

    @property
    def is_native(self) -> bool:
        """Whether the code is in the version of a Native App, so FROM names a folder of it."""
        return bool(self.source) and not self.source.startswith(("@", "snow:", *_VARIABLE))


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str

    @property
    def word(self) -> str:
        return self.text.upper() if self.kind == "name" else ""


def mentions(data: bytes) -> bool:
    """Whether bytes are worth scanning."""
    return _CREATE.search(data) is not None


def uploads(text: str) -> list[tuple[str, str]]:
    """The local files and the stage paths of all PUT commands, as they are written."""
    return [(match["file"], match["stage"]) for match in _PUT.finditer(text)]


def statements(text: str) -> Iterator[Statement]:
    """The statements, those in ``$$`` bodies and in ``EXECUTE IMMEDIATE '…'`` included."""
    tokens = [
        _Token(kind, match.group())
        for match in _TOKEN.finditer(text)
        if (kind := match.lastgroup or "") != "comment"
    ]
    for index, token in enumerate(tokens):
        if token.kind == "body":
            yield from statements(token.text[2:-2])
        elif token.kind == "string" and index and tokens[index - 1].word == "IMMEDIATE":
            yield from statements(_unquoted(token.text))
        elif token.word in {"CREATE", "DEFINE"}:
            start = _after_head(tokens, index + 1)
            if start:
                yield _statement(tokens, start)


def _after_head(tokens: Sequence[_Token], index: int) -> int:
    """The index of the object's name after ``CREATE … STREAMLIT …``; 0 for another statement."""
    words = [token.word for token in tokens[index : index + 6]]
    if words[:2] == ["OR", "REPLACE"]:
        words, index = words[2:], index + 2
    if words[:1] != ["STREAMLIT"]:
        return 0
    index += 4 if words[1:4] == ["IF", "NOT", "EXISTS"] else 1
    if index >= len(tokens) or tokens[index].kind == "mark" or tokens[index].word == "ON":
        return 0  # a privilege in a GRANT
    return index


def _statement(tokens: Sequence[_Token], start: int) -> Statement:
    end = next(
        (i for i in range(start + 1, len(tokens)) if tokens[i].text == ";" or _ends(tokens[i])),
        len(tokens),
    )
    own = tokens[start:end]
    properties: dict[str, str] = {}
    for index, token in enumerate(own):
        following = [_unquoted(other.text) for other in own[index + 1 : index + 3]]
        if token.word == "FROM" and following:
            properties.setdefault("FROM", following[0])
        elif token.word and following[:1] == ["="] and len(following) == 2:
            properties.setdefault(token.word, following[1])
    name = _name(own)
    return Statement(
        "" if name[:1] in _VARIABLE or _TEMPLATE.search(name) else name,
        properties.get("MAIN_FILE", DEFAULT_MAIN_FILE).strip("/ "),
        properties.get("ROOT_LOCATION") or properties.get("FROM", ""),
        _runtime(properties),
    )


def _ends(token: _Token) -> bool:
    return token.word == "CREATE" or token.kind == "body"


def _name(tokens: Sequence[_Token]) -> str:
    """The last part of ``db.schema.name``, quoted or not, or of the text in ``IDENTIFIER(…)``."""
    if tokens[0].word == "IDENTIFIER":
        own = next((t.text for t in tokens[1:3] if t.kind in {"string", "name"}), "")
        return _unquoted(own).split(".")[-1].strip('"')
    last = tokens[0].text
    for before, token in pairwise(tokens):
        if token.kind != "name" or not (before.text.endswith(".") or token.text.startswith(".")):
            break
        last = token.text
    return _unquoted(last) if last[:1] == '"' else last.split(".")[-1]


def _unquoted(text: str) -> str:
    if text[:1] == "'" == text[-1:] and len(text) > 1:
        return text[1:-1].replace("''", "'").replace("\\'", "'")
    return text[1:-1].replace('""', '"') if text[:1] == '"' == text[-1:] else text


def runtime_of(name: str, *, pool: bool = False) -> Runtime:
    """The runtime that a runtime name means; a compute pool without a name means a container."""
    if name:
        return Runtime.CONTAINER if name.upper().startswith(_CONTAINER) else Runtime.WAREHOUSE
    return Runtime.CONTAINER if pool else Runtime.UNKNOWN


def _runtime(properties: dict[str, str]) -> Runtime:
    if "ROOT_LOCATION" in properties:
        return Runtime.WAREHOUSE
    return runtime_of(properties.get("RUNTIME_NAME", ""), pool="COMPUTE_POOL" in properties)
