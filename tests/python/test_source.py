from __future__ import annotations

import ast

import pytest

from sis_migrate.model import Span
from sis_migrate.python.source import ParseError, parse_text
from toys import module_of, node


def test_nodes_of_a_type_come_in_the_order_of_the_source_however_deep() -> None:
    source = module_of("a(b(c))\nif d:\n    e()\n").source
    assert [ast.unparse(n.func) for n in source.nodes(ast.Call)] == ["a", "b", "e"]
    assert [type(n) for n in source.nodes(ast.If, ast.Expr)] == [ast.If, ast.Expr, ast.Expr]
    assert len(list(module_of("x" + ".a()" * 400).source.nodes(ast.Call))) == 400


def test_offsets_count_code_points_not_bytes() -> None:
    module = module_of("ü = 'ß🤖', call(é)\n")
    call = node(module, "call(é)", ast.Call)
    assert module.source.span(call) == Span(1, 11, 1, 18)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_lines_end_as_the_parser_ends_them(newline: str) -> None:
    module = module_of(newline.join(["a = 1", "\f", "b = '\u2028\x85\x1c'", "if b:", "\tc()", ""]))
    call = node(module, "c()", ast.Call)
    assert module.source.span(call) == Span(5, 2, 5, 5)


def test_a_definition_starts_at_its_first_decorator_and_is_named_by_its_line() -> None:
    module = module_of("@a\n@b(1)  # c\nasync def f(): pass\n@(x)\nclass C: pass\n")
    function, klass = module.source.tree.body
    assert module.source.text[module.source.start(function) :].startswith("@a\n")
    assert module.source.text[module.source.start(klass) :].startswith("@(x)\n")
    assert module.source.span(function) == Span(3, 1, 3, 20)
    assert module.source.segment(function).endswith("def f(): pass")


def test_a_byte_order_mark_moves_nothing() -> None:
    module = module_of(b"\xef\xbb\xbfx = call()\n")
    assert module.source.span(node(module, "call()", ast.Call)) == Span(1, 5, 1, 11)


BROKEN = {
    "syntax": ("x = 1\ny = (\n", 2),
    "indentation": ("if a:\n  b\n c\n", 3),
    "Python 2": ("print 'x'\n", 1),
    "nested too deep": ("x = " + "-" * 200_000 + "1\n", None),
    "too many parentheses": ("x = " + "(" * 5_000 + ")" * 5_000 + "\n", 1),
    "lone surrogate": ("x = '\ud800'\n", None),
    "NUL byte": ("x = '\0'\n", None),
}


@pytest.mark.parametrize(("text", "line"), BROKEN.values(), ids=BROKEN)
def test_what_does_not_parse_is_one_kind_of_error(text: str, line: int | None) -> None:
    with pytest.raises(ParseError) as caught:
        parse_text(text)
    assert str(caught.value)
    assert line is None or caught.value.line == line


def test_warnings_about_user_code_are_not_ours() -> None:
    parse_text("x = '\\d'\nassert (1, 'x')\n1 is 1\n")  # warnings are errors in these tests
