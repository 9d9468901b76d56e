from __future__ import annotations

import ast

import pytest

from sis_migrate.python.regions import MAX_DEPTH, RegionError, block_region, region_of, siblings
from toys import module_of, node

REGIONS = {
    "simple statement": ("x = HERE\n", "x = HERE"),
    "statements that share a line": ("a; x = HERE; b;\nc\n", "a; x = HERE; b"),
    "line that ends below": ("a; x = [\n  HERE\n]; b\n", "a; x = [\n  HERE\n]; b"),
    "one-line suite": ("if a: x = HERE; b\n", "x = HERE; b"),
    "header": ("if HERE:\n  a\n", "if HERE:"),
    "header of an elif": ("if a: b\nelif HERE: c\n", "elif HERE:"),
    "header with lambdas": (
        "if f(lambda: 1, lambda a: HERE):\n  a\n",
        "if f(lambda: 1, lambda a: HERE):",
    ),
    "header that is a lambda": (
        "while lambda a, b=lambda: 1: HERE:\n  a\n",
        "while lambda a, b=lambda: 1: HERE:",
    ),
    "header over lines": ("with (\n  HERE as a,  # :\n): # c\n  a\n", "with (\n  HERE as a,  # :\n):"),
    "header with slices and annotations": (
        "def f(a: x[1:2] = HERE) -> {1: 2}: pass\n",
        "def f(a: x[1:2] = HERE) -> {1: 2}:",
    ),
    "header with a format": ("if f'{a:>3}{HERE}':\n  a\n", "if f'{a:>3}{HERE}':"),
    "decorated": ("@a\n# c\n@b(HERE)\nclass A: pass\n", "@a\n# c\n@b(HERE)\nclass A:"),
    "except": ("try:\n  a\nexcept HERE as e: b\n", "except HERE as e:"),
    "match subject": ("match HERE:\n  case 1: a\n", "match HERE:\n  case 1: a"),
    "case guard": ("if a:\n match b:\n  case 1 if HERE: a\n", "match b:\n  case 1 if HERE: a"),
    "continued lines": ("if a or \\\n   HERE:\n  a\n", "if a or \\\n   HERE:"),
}  # fmt: skip


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize(("source", "expected"), REGIONS.values(), ids=REGIONS)
def test_region_of_an_expression(source: str, expected: str, newline: str) -> None:
    module = module_of(source.replace("\n", newline))
    here = next(n for n in ast.walk(module.source.tree) if getattr(n, "id", "") == "HERE")
    region = region_of(module.source, module.names, here)
    text = module.source.text[region.start : region.end]
    assert text == expected.replace("\n", newline)
    inside = ast.walk(ast.parse(region.prefix + text + region.suffix))
    assert any(getattr(n, "id", "") == "HERE" for n in inside)


BLOCKS = {
    "simple statement": ("x = 1\n", "x = 1", 0),
    "compound statement": ("if a:\n  x = 1\n", "if a:\n  x = 1", 0),
    "decorated": ("@a\ndef f():\n  x = 1\n", "@a\ndef f():\n  x = 1", 0),
    "indented twice": ("if a:\n if b:\n    if c:\n     x = 1\n", "if c:\n     x = 1", 2),
    "elif": ("if a:\n b\nelif c:\n x = 1\n", "if a:\n b\nelif c:\n x = 1", 0),
    "case": ("match a:\n   case 1:\n     if b:\n      x = 1\n", "if b:\n      x = 1", 1),
}


@pytest.mark.parametrize(("source", "expected", "steps"), BLOCKS.values(), ids=BLOCKS)
def test_region_of_a_whole_statement(source: str, expected: str, steps: int) -> None:
    module = module_of(source)
    assigned = node(module, "x = 1", ast.Assign)
    statement = module.names.parents[assigned]
    target = assigned if isinstance(statement, ast.Module) else statement
    assert isinstance(target, ast.stmt)
    region = block_region(module.source, module.names, target)
    assert module.source.text[region.start : region.end] == expected
    assert region.prefix_lines == region.prefix.count("\n") == steps
    ast.parse(region.prefix + expected + region.suffix)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("try: a\nexcept HERE: b\n", id="handler"),
        pytest.param("if a:\n b\nelif c:\n d\nelse:\n HERE\n", id="in an else"),
    ],
)
def test_region_of_a_handler_or_nested_statement(source: str) -> None:
    module = module_of(source)
    handler = [n for n in ast.walk(module.source.tree) if isinstance(n, ast.ExceptHandler)]
    target = handler[0] if handler else node(module, "HERE", ast.Expr)
    region = region_of(module.source, module.names, target)
    assert "HERE" in module.source.text[region.start : region.end]


DEEP = {
    "chain of calls": "x" + ".a()" * MAX_DEPTH,
    "sum": " + ".join(["a"] * (MAX_DEPTH + 2)),
    "and": " and ".join(["a"] * 5_000),
    "or in an and": "b and (" + " or ".join(["a"] * (MAX_DEPTH + 2)) + ")",
    "not": "not " * MAX_DEPTH + "a",
    "implicitly joined strings": " ".join(["'a'"] * (MAX_DEPTH + 1)),
    "joined f-strings": " ".join(["f'{a}'"] * (MAX_DEPTH + 1)),
    "joined strings over lines": "(\n" + "'a' # c\n" * (MAX_DEPTH + 1) + ")",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
@pytest.mark.parametrize("place", ["x = HERE, {}\n", "if HERE or [{}]: pass\n"])
def test_what_libcst_would_nest_too_deep_is_refused(text: str, place: str) -> None:
    module = module_of(place.format(text))
    here = next(n for n in ast.walk(module.source.tree) if getattr(n, "id", "") == "HERE")
    with pytest.raises(RegionError, match=str(MAX_DEPTH)):
        region_of(module.source, module.names, here)


WIDE = {
    "many elements": "[" + "1, " * 2_000 + "]",
    "many quotes in one string": "'''" + "''a'' " * 500 + "'''",
    "many strings apart": "[" + "'a', " * 500 + "]",
    "many f-strings apart": "[" + "f'{a}', " * 500 + "]",
    "many comparisons": " < ".join(["a"] * 500),
}


@pytest.mark.parametrize("text", WIDE.values(), ids=WIDE)
def test_what_is_only_wide_is_not(text: str) -> None:
    module = module_of(f"x = HERE, {text}\n")
    here = next(n for n in ast.walk(module.source.tree) if getattr(n, "id", "") == "HERE")
    assert region_of(module.source, module.names, here).start == 0


def test_a_long_chain_of_elif_has_its_headers_edited_one_by_one() -> None:
    source = "if a:\n  b\n" + "".join(f"elif c{i}:\n  d\n" for i in range(500))
    module = module_of(source)
    header = node(module, "c499", ast.Name)
    region = region_of(module.source, module.names, header)
    assert module.source.text[region.start : region.end] == "elif c499:"


def test_the_statements_beside_one() -> None:
    module = module_of("try: a\nexcept E: b\nelse: c\nfinally: d; e\n")
    last = node(module, "e", ast.Expr)
    assert [module.source.segment(s) for s in siblings(module.names, last)] == ["d", "e"]
    with pytest.raises(RegionError):
        siblings(module.names, node(module, "E", ast.Name))


def test_a_statement_behind_a_colon_is_no_block() -> None:
    module = module_of("x = 1; y = 2\nif a: b\n")
    statement = module.source.tree.body[1]
    region = block_region(module.source, module.names, statement)
    assert module.source.text[region.start : region.end] == "x = 1; y = 2"
