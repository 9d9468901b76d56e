from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sis_migrate.documents.toml_array import places, with_items
from sis_migrate.model import Span
from sis_migrate.textfile import Lines

ADDED = [
    pytest.param("[]", '["N"]', id="empty"),
    pytest.param("[\n]", '[\n    "N",\n]', id="empty on two lines"),
    pytest.param("[ # x\n]", '[ # x\n    "N",\n]', id="only a comment"),
    pytest.param('["a"]', '["a", "N"]', id="one line"),
    pytest.param('[ "a", ]', '[ "a", "N" ]', id="one line that ends in a comma"),
    pytest.param('["a",\n "b"]', '["a",\n "b", "N"]', id="a bracket behind the last"),
    pytest.param('[\n  "a"\n]', '[\n  "a",\n  "N",\n]', id="no comma"),
    pytest.param('[\n\t"a",\r\n]', '[\n\t"a",\r\n\t"N",\r\n]', id="a tab and another line end"),
    pytest.param('[\n  "a" # d\n]', '[\n  "a", # d\n  "N",\n]', id="a comment behind"),
    pytest.param('[\n  "a"\n  # d\n]', '[\n  "a",\n  # d\n  "N",\n]', id="a comment below"),
    pytest.param('[\n  "a" # d\n  # e\n]', '[\n  "a", # d\n  # e\n  "N",\n]', id="both"),
    pytest.param('["a", "b" # d\n]', '["a", "b", # d\n    "N",\n]', id="two and a comment"),
    pytest.param('[\n "a"\n , ]', '[\n "a"\n , "N",\n ]', id="a comma by itself"),
    pytest.param("[\n  '''a,\n'''\n]", "[\n  '''a,\n''',\n  \"N\",\n]", id="several lines"),
]  # fmt: skip


@pytest.mark.parametrize(("array", "expected"), ADDED)
def test_adds_an_item(array: str, expected: str) -> None:
    result = with_items(array, ['"N"'], {})
    assert tomllib.loads(f"x = {result}")["x"][-1] == "N"
    assert result == expected


texts = st.sampled_from(
    ['"a"', "'b'", '"""c"""', '"""d"\n"""', "'''e\n'''", '"#"', "'\"'", '"\\""', '""', '"],"']
)
gaps = st.sampled_from(["", " ", "\n", "\r\n    ", "\n\t", " # c\n", "\n  # ,\n", '\n# "x"\r\n'])


@settings(deadline=None)  # a shared machine may be slow
@given(st.lists(st.tuples(gaps, texts, gaps), max_size=4), gaps, st.booleans(), st.integers(0, 3))
def test_any_array_keeps_what_it_has(
    parts: list[tuple[str, str, str]], end: str, comma: bool, count: int
) -> None:
    inside = ",".join(map("".join, parts)) + ("," if comma and parts else "")
    array = f"[{inside}{end}]"
    before = tomllib.loads(f"x = {array}")["x"]
    result = with_items(array, ['"N"'] * count, {1: '"F"'} if parts else {})
    assert (
        tomllib.loads(f"x = {result}")["x"] == (["F"] if parts else []) + before[1:] + ["N"] * count
    )
    rest = iter(result)
    assert all(sign in rest for sign in array.replace(parts[0][1], "", 1)) if parts else True


PLACES = [
    pytest.param('[p]\nk = ["a"]\n', Span(2, 6, 2, 9), id="one line"),
    pytest.param('[p]\r\nk = [\r\n  "a",\r\n]\r\n', Span(3, 3, 3, 6), id="another line end"),
    pytest.param('[o]\nk = ["a"]\n[ p ]\nk = ["a"]\n', Span(4, 6, 4, 9), id="two tables"),
    pytest.param('p = {"k" = ["a"]}\n', Span(1, 13, 1, 16), id="an inline table"),
    pytest.param('[p]\nother-k = ["a"]\nk = ["a"]\n', Span(3, 6, 3, 9), id="another key"),
    pytest.param('[p]\nk = [\n  """a""", # "b"\n]\n', Span(3, 3, 3, 10), id="more quotes"),
    pytest.param('[p]\nk = [\n  "\\u0061"]\n', Span(3, 3, 3, 11), id="an escape"),
    pytest.param('# k = ["b", [\n[p]\nk = ["a"]\n', Span(3, 6, 3, 9), id="a comment"),
    pytest.param('x = \'k = ["\'\n[p]\nk = ["a"]\n', Span(3, 6, 3, 9), id="a text"),
]


@pytest.mark.parametrize(("text", "place"), PLACES)
def test_an_item_has_a_place(text: str, place: Span) -> None:
    assert tomllib.loads(text)["p"]["k"] == ["a"]
    assert places(text, "p", "k", ["a"]) == (place,)


def test_what_is_not_found_has_none() -> None:
    assert places('[p]\nl = ["a"]\n', "p", "k", ["a"]) == ()


@settings(deadline=None)  # a shared machine may be slow
@given(st.lists(st.tuples(gaps, texts, gaps), max_size=4), gaps)
def test_any_array_has_its_places(parts: list[tuple[str, str, str]], end: str) -> None:
    text = f"[p]\nk = [{','.join(map(''.join, parts))}{end}]\n[q]\nk = []\n"
    items = tomllib.loads(text)["p"]["k"]
    lines = Lines(text)
    found = [
        text[lines.offset(p.line, p.column - 1) : lines.offset(p.end_line, p.end_column - 1)]
        for p in places(text, "p", "k", items)
    ]
    assert [tomllib.loads(f"x = {said}")["x"] for said in found] == items
