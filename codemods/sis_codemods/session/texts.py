"""The texts that a file builds: literals, f-strings, ``+``, ``%``, ``.format`` and ``dedent``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sis_codemods.session.sql_facts import HOLE
from sis_migrate.model import Span
from sis_migrate.python.definitions import bindings
from sis_migrate.python.module import Module

SAME_TEXT = frozenset(
    {
        "format", "strip", "lstrip", "rstrip", "upper", "lower", "replace", "removeprefix",
        "removesuffix", "expandtabs", "casefold", "format_map", "encode", "translate",
    }
)  # fmt: skip
"""Methods of a text whose result is that text, as far as SQL in it goes."""

SAME_VALUE = frozenset(
    {"textwrap.dedent", "inspect.cleandoc", "builtins.str", "sqlalchemy.text", "string.Template"}
)
"""Functions that give their first argument back, as far as SQL in it goes."""

_FIELD = re.compile(r"\{\{|\}\}|\{[^{}]*\}")
_PERCENT = re.compile(r"%%|%\(\w+\)[sdrf]|%[sdrf]")


@dataclass(frozen=True)
class Text:
    """An expression that is a text, and what it reads with HOLE for what is not known."""

    node: ast.expr
    template: str


def texts(module: Module) -> tuple[Text, ...]:
    """Every outermost text of a file, except docstrings and other texts that stand alone."""
    return module.once(_texts)


def _texts(module: Module) -> tuple[Text, ...]:
    return tuple(_outermost_texts(module))


def _outermost_texts(module: Module) -> Iterator[Text]:
    seen: set[ast.expr] = set()
    for node in module.source.nodes(ast.Constant):
        if not isinstance(node.value, str) or len(node.value) < 3:
            continue
        outer = outermost(module, node)
        if outer in seen or isinstance(module.names.parents.get(outer), ast.Expr):
            continue
        seen.add(outer)
        template = template_of(module, outer)
        if template is not None:
            yield Text(outer, template)


def outermost(module: Module, node: ast.expr) -> ast.expr:
    """The largest text that a text is a part of, where it stands."""
    parents = module.names.parents
    while True:
        parent = parents.get(node)
        match parent:
            case ast.JoinedStr():
                node = parent
            case ast.BinOp(op=ast.Add()):
                node = parent
            case ast.BinOp(op=ast.Mod(), left=left) if left is node:
                node = parent
            case ast.Attribute(attr=attr) if attr in SAME_TEXT and _is_called(module, parent):
                call = parents[parent]
                assert isinstance(call, ast.Call)
                node = call
            case ast.Call(args=[first, *_]) if first is node and (
                module.resolve(parent.func) in SAME_VALUE
            ):
                node = parent
            case _:
                return node


def template_of(
    module: Module, node: ast.expr, marked: ast.expr | None = None, mark: str = ""
) -> str | None:
    """What a text reads, HOLE for its unknown parts; None for an expression that is no text.

    The part ``marked`` reads ``mark``.
    """
    if marked is not None and node is marked:
        return mark
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.JoinedStr():
            parts = [_part(module, v, marked, mark) for v in node.values]
            return "".join(parts)
        case ast.BinOp(op=ast.Add()):
            sides = [template_of(module, s, marked, mark) for s in (node.left, node.right)]
            if sides == [None, None]:
                return None
            return "".join(HOLE if side is None else side for side in sides)
        case ast.BinOp(op=ast.Mod()):
            text = template_of(module, node.left, marked, mark)
            return None if text is None else _PERCENT.sub(_percent, text)
        case ast.Call(func=ast.Attribute(value=base, attr=attr)) if attr in SAME_TEXT:
            text = template_of(module, base, marked, mark)
            if text is None or attr not in {"format", "format_map"}:
                return text
            return _FIELD.sub(_field, text)
        case ast.Call(args=[first, *_]) if module.resolve(node.func) in SAME_VALUE:
            return template_of(module, first, marked, mark)
    return None


def constant(module: Module, node: ast.expr) -> str | None:
    """What an expression always is: a literal text, or a name that is only ever bound to one."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return None
    values = [binding.value for _, binding in bindings(module, node)]
    if len(values) != 1 or not isinstance(values[0], ast.Constant):
        return None
    return values[0].value if isinstance(values[0].value, str) else None


def place(module: Module, text: Text, start: int, end: int) -> Span:
    """Where ``template[start:end]`` stands in the file; the whole text where that cannot be told."""
    source = module.source
    written = source.segment(text.node)
    line = next(iter(text.template[start:end].splitlines()), "").partition(HOLE)[0].rstrip()
    for key in (line, " ".join(line.split(" ")[:2]), line.partition(" ")[0]):
        if key and written.count(key) == text.template.count(key):
            at = -1
            for _ in range(text.template.count(key, 0, start) + 1):
                at = written.find(key, at + 1)
            begin = source.start(text.node) + at
            return source.span_between(begin, begin + len(key))
    return source.span(text.node)


def _part(module: Module, value: ast.expr, marked: ast.expr | None, mark: str) -> str:
    if isinstance(value, ast.FormattedValue):
        if marked is not None and value.value is marked:
            return mark
        inner = template_of(module, value.value, marked, mark) or constant(module, value.value)
        return HOLE if inner is None else inner
    return str(value.value) if isinstance(value, ast.Constant) else ""


def _is_called(module: Module, attribute: ast.Attribute) -> bool:
    call = module.names.parents.get(attribute)
    return isinstance(call, ast.Call) and call.func is attribute


def _field(match: re.Match[str]) -> str:
    text = match.group()
    return text[0] if text in {"{{", "}}"} else HOLE


def _percent(match: re.Match[str]) -> str:
    return "%" if match.group() == "%%" else HOLE
