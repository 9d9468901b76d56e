from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sis_migrate.documents.yaml_spans import (
    Node,
    YamlError,
    add_entry,
    add_item,
    parse,
    remove_item,
    replace,
    scalar,
    values,
)
from sis_migrate.model import Splice
from sis_migrate.splices import splice

TEXT = """\
# head
app:   # the app
  name: "Sales"   # quoted
  files:
    - a.py   # first
    # before the second
    - src: b/
      dest: c/

  flow: [x, 'y']
  text: |
    one
    two

# tail
last: &anchor value
again: *anchor
"""


def edited(text: str, part: Splice | None) -> str:
    assert part is not None
    return splice(text, [part])


def node(*path: str) -> Node:
    found = parse(TEXT).get(*path)
    assert found is not None
    return found


def source(part: Node) -> str:
    return TEXT[part.start : part.end]


def test_spans_hold_no_comments_and_no_blanks() -> None:
    assert source(node("app", "files")).endswith("dest: c/")
    assert source(node("app", "name")) == '"Sales"'
    assert source(node("app", "flow")) == "[x, 'y']"
    assert source(node("app", "text")) == "|\n    one\n    two"
    assert source(node("again")) == "*anchor"


def test_values_are_strings_and_follow_aliases() -> None:
    found = values(parse(TEXT + "number: 1.10\n"))
    assert found["again"] == found["last"] == "value"
    assert found["number"] == "1.10"
    assert found["app"]["files"][1] == {"src": "b/", "dest": "c/"}


def test_entry_after_another_keeps_comments_in_place() -> None:
    text = edited(TEXT, add_entry(TEXT, node("app"), ["new: 1"], after="name"))
    assert '  name: "Sales"   # quoted\n  new: 1\n  files:' in text


def test_entry_after_a_block_scalar() -> None:
    text = edited(TEXT, add_entry(TEXT, node("app"), ["new: 1"]))
    assert "    two\n  new: 1\n\n# tail" in text


def test_flow_mapping_has_no_line_for_an_entry() -> None:
    assert add_entry("{a: 1}\n", parse("{a: 1}\n"), ["b: 2"]) is None


def test_items_in_the_style_of_the_list() -> None:
    block = edited(TEXT, add_item(TEXT, node("app", "files"), "src: d\ndest: e"))
    assert "      dest: c/\n    - src: d\n      dest: e\n\n  flow" in block
    assert "[x, 'y', z]" in edited(TEXT, add_item(TEXT, node("app", "flow"), "z"))
    empty = "a: []\n"
    listed = parse(empty).get("a")
    assert listed is not None
    assert edited(empty, add_item(empty, listed, "z")) == "a: [z]\n"


def test_item_after_a_given_one() -> None:
    files = node("app", "files")
    text = edited(TEXT, add_item(TEXT, files, "z", after=files.items[0]))
    assert "    - a.py   # first\n    - z\n    # before" in text


def test_unindented_list_at_the_end_without_newline() -> None:
    text = "a:\n- x"
    listed = parse(text).get("a")
    assert listed is not None
    assert edited(text, add_item(text, listed, "y")) == "a:\n- x\n- y"


@pytest.mark.parametrize(
    ("text", "index", "after"),
    [
        pytest.param("a:\n  - x\n  - y\n", 0, "a:\n  - y\n", id="first of a block"),
        pytest.param("a: [x, y, z]\n", 1, "a: [x, z]\n", id="middle of a flow list"),
        pytest.param("a: [x, y]\n", 0, "a: [y]\n", id="first of a flow list"),
    ],
)
def test_removed_item(text: str, index: int, after: str) -> None:
    listed = parse(text).get("a")
    assert listed is not None
    assert edited(text, remove_item(text, listed, listed.items[index])) == after


def test_only_item_is_not_removed() -> None:
    listed = parse("a: [x]\n").get("a")
    assert listed is not None
    assert remove_item("a: [x]\n", listed, listed.items[0]) is None


def test_replaced_scalar_but_no_anchor_and_no_block() -> None:
    assert '"Sales"' not in edited(TEXT, replace(node("app", "name"), "X"))
    assert replace(node("last"), "X") is None
    assert replace(node("app", "text"), "X") is None
    assert replace(node("app", "files"), "X") is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("a: b: c\n", 1, id="not YAML"),
        pytest.param("a: 1\n---\nb: 2\n", None, id="two documents"),
        pytest.param("", None, id="nothing"),
        pytest.param("a: *missing\n", None, id="an alias without its anchor"),
    ],
)
def test_what_is_no_document(text: str, line: int | None) -> None:
    if "missing" in text:
        assert values(parse(text)) == {"a": None}
        return
    with pytest.raises(YamlError) as caught:
        parse(text)
    assert caught.value.line == line


@settings(deadline=None)  # the first example imports the parser
@given(st.text())
def test_scalar_reads_back_as_itself(value: str) -> None:
    import yaml

    try:
        loaded = yaml.safe_load(f"key: {scalar(value)}\n")
    except yaml.reader.ReaderError:
        return  # YAML has no way to write the character
    assert loaded == {"key": value}


@settings(deadline=None)  # the first example imports the parser
@given(st.lists(st.text(st.characters(categories=["L", "Nd"]), min_size=1), min_size=1))
def test_items_read_back(names: list[str]) -> None:
    text = "a:\n  - first # c\n"
    for name in names:
        listed = parse(text).get("a")
        assert listed is not None
        text = edited(text, add_item(text, listed, scalar(name)))
    assert values(parse(text)) == {"a": ["first", *names]}


def test_deep_nesting_is_an_error_and_no_crash() -> None:
    with pytest.raises(YamlError):
        parse("[" * 5000 + "]" * 5000)
