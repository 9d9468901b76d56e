"""Generated Python programs with a call of ``old()`` in every kind of place."""

from __future__ import annotations

import ast
import textwrap
import warnings
from dataclasses import dataclass

from hypothesis import assume
from hypothesis import strategies as st

CALL = "old()"

_EXPRESSIONS = (
    "({} + {})", "f({}, *a, k={}, **{})", "[{}, *{}]", "{{{}: {}, **b}}", "{{{}, 'ß'}}",
    "(lambda q={}: {})", "({} if {} else {})", "[{} for v in {} if {}]",
    "{{v: {} async for v in {}}}", "x[{}:{}]", "x[{}, 1:{}]", "(not {})", "{}.attr", "({}, )",
    "(w := {})", "f(v for v in {})", "(\n  {}  # ü (\n)", "({} \\\n   .b)", "(\n\n{},\n    {}\n)",
    "('''\n  text\n''', {})", "('a' \"ü\" 'b', {})", "(yield {})", "({} < {} in {})", "(-{} ** ~{})",
    "({} and {} or not {})", "(await {})", "x [ {} ] ( {} )", "( ( {} ) )",
)  # fmt: skip
_LEAVES = (CALL, CALL, CALL, "x", "'ü🤖'", "1", "None", "f'ü{old()}{x!r:>{y}}'", 'f"{old().a}"')

_SIMPLE = (
    "y = {}", "{}", "y: {} = {}", "y += {}", "del x[{}]", "assert {}, {}", "raise {} from {}",
    "y = z = {}, *{}", "print({}); z = {}", "y = {} ;", "y = \\\n      {}", "x.a[{}] = {}",
    "y, *z = {}", "pass", "# only a comment\npass", "x = 'ü'; y = {} # é", "import a, b; c = {}",
)  # fmt: skip
_COMPOUND = (
    "if {}:{}elif {}:{}else:{}", "while {}:{}else:{}", "for v in {}, {}:{}", "for x[{}] in {}:{}",
    "with {} as q, {}:{}", "with ({} as q,\n   {}):{}", "try:{}except {} as e:{}finally:{}",
    "try:{}except ({}, E):{}else:{}", "try:{}except* {}:{}",
    "@dec({})\n# ü\n@dec\ndef g(p: {} = {}, *, r={}) -> {}:{}", "async def g(p=lambda z: {}):{}",
    "async def g():\n{I}async with {} as q:\n{I}{I}async for v in {}:\n{I}{I}{I}await {}",
    "class C({}, m={}):{}", "match {}, 1:\n{I}case [1, *_] if {}:\n{I}{I}y = {}",
    "if {}: y = {}; z = {}", "class C: a = {}; b = {}", "for v in {}: {}", "try: {}\nfinally: {}",
    "if {}: # ü\n{I}# c\n\n{I}y = {}\n  # odd",
)  # fmt: skip


@dataclass(frozen=True)
class Program:
    """A text that parses, and how it is encoded."""

    text: str
    encoding: str
    bom: bool

    @property
    def data(self) -> bytes:
        """The file."""
        return (b"\xef\xbb\xbf" if self.bom else b"") + self.text.encode(self.encoding)

    @property
    def calls(self) -> int:
        """How many calls there are to edit."""
        return self.text.count(CALL)


@st.composite
def expressions(draw: st.DrawFn, depth: int = 2) -> str:
    """An expression of the grammar above."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(_LEAVES))
    template = draw(st.sampled_from(_EXPRESSIONS))
    holes = template.replace("{{", "").replace("}}", "").count("{}")
    return template.format(*(draw(expressions(depth - 1)) for _ in range(holes)))


@st.composite
def statements(draw: st.DrawFn, indent: str, depth: int = 2) -> str:
    """A statement with its body, not indented."""
    if depth == 0 or draw(st.booleans()):
        return _filled(draw, draw(st.sampled_from(_SIMPLE)), indent, 0)
    return _filled(draw, draw(st.sampled_from(_COMPOUND)), indent, depth)


def _filled(draw: st.DrawFn, template: str, indent: str, depth: int) -> str:
    parts = template.replace("{I}", indent).split("{}")
    text = parts[0]
    for part in parts[1:]:
        if text.endswith(":") and (part == "" or part[:1].isalpha()):
            text += _body(draw, indent, depth) + part
        else:
            text += draw(expressions()) + part
    return text


def _body(draw: st.DrawFn, indent: str, depth: int) -> str:
    head = draw(st.sampled_from(["\n", " # (ü:\n", "\n\n", "\n" + indent + "# c\n"]))
    inner = [draw(statements(indent, max(depth - 1, 0))) for _ in range(draw(st.integers(1, 2)))]
    return head + textwrap.indent("\n".join(inner), indent, lambda _: True) + "\n"


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """A program, with line ends, indentation and encoding of some kind."""
    indent = draw(st.sampled_from(["    ", "  ", "\t", " "]))
    encoding, bom = draw(st.sampled_from([("utf-8", False), ("utf-8", True), ("latin-1", False)]))
    parts = [draw(statements(indent)) for _ in range(draw(st.integers(1, 4)))]
    text = draw(st.sampled_from(["\n", "\n\n", "\n\f\n", "\n# ü\n"])).join(parts)
    text += draw(st.sampled_from(["\n", "", "\n\n", "\n# end"]))
    head = draw(st.sampled_from(["", '"""Ü."""\n', "#!/usr/bin/env python\n"]))
    if encoding == "latin-1":
        head = f"# -*- coding: latin-1 -*-\n{head}"
        text = text.replace("🤖", "é")
    kinds = [["\n"], ["\r\n"], ["\n", "\r\n"], ["\r"], ["\r", "\n"]]
    # Python takes a declared encoding from a line that ends with \n only.
    ends = draw(st.sampled_from(kinds[: 3 if encoding == "latin-1" else 5]))
    lines = (head + text).split("\n")
    text = "".join(line + ends[i % len(ends)] for i, line in enumerate(lines[:-1])) + lines[-1]
    assume(CALL in text and _parses(text))
    return Program(text, encoding, bom)


def _parses(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError:
        return False
    return True
