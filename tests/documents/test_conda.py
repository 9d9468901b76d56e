from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sis_migrate.documents.conda import (
    Channel,
    Environment,
    EnvironmentFileError,
    Problem,
    parse_environment,
)
from sis_migrate.model import Span


def read(text: str) -> Environment:
    return parse_environment(textwrap.dedent(text))


WHOLE = """\
# for the sales app
name: sales
channels:
  - snowflake
dependencies:
  - python=3.8.*
  # charts
  - plotly=5.9.0  # newer ones look different
  - 'altair >=5, <6' # quoted
  - pip:
    - faker==1.0  # names
    - -r more.txt
"""


def test_reads_every_part() -> None:
    environment = read(WHOLE)
    assert environment.name == "sales"
    assert environment.channels == (Channel("snowflake", Span(4, 5, 4, 14)),)
    assert [(s.name, s.version) for s in environment.specs] == [
        ("python", "=3.8.*"),
        ("plotly", "=5.9.0"),
        ("altair", ">=5,<6"),
    ]
    assert [item.raw for item in environment.pip] == ["faker==1.0", "-r more.txt"]
    assert environment.problems == ()
    assert environment.dependencies_line == 5


def test_gives_places_and_comments() -> None:
    environment = read(WHOLE)
    plotly, altair = environment.specs[1:]
    assert plotly.raw == "plotly=5.9.0"
    assert plotly.span == Span(8, 5, 8, 17)
    assert plotly.comment == "newer ones look different"
    assert altair.comment == "quoted"
    assert environment.pip[0].comment == "names"
    assert environment.specs[0].comment == ""
    assert [(c.line, c.text) for c in environment.comments] == [
        (1, "for the sales app"),
        (7, "charts"),
    ]


def test_reads_a_list_in_brackets() -> None:
    environment = read("dependencies: [pandas=2.0, numpy]\n")
    assert [spec.name for spec in environment.specs] == ["pandas", "numpy"]
    assert environment.specs[1].span == Span(1, 28, 1, 33)


def test_reads_an_anchor_and_its_alias() -> None:
    environment = read("x: &p pandas=2.0\ndependencies:\n  - *p\n")
    assert [spec.raw for spec in environment.specs] == ["pandas=2.0"]


def test_does_not_mind_a_byte_order_mark_and_carriage_returns() -> None:
    environment = parse_environment("\ufeffname: a\r\ndependencies:\r\n  - pandas  # c\r\n")
    assert environment.name == "a"
    assert environment.specs[0].comment == "c"
    assert environment.specs[0].span.line == 3


def test_ends_at_the_last_character_without_a_newline() -> None:
    assert read("dependencies:\n- pandas").specs[0].comment == ""


PROBLEMS = [
    pytest.param("", "empty", 1, id="an empty file"),
    pytest.param("# nothing\n", "empty", 1, id="only a comment"),
    pytest.param("name: a\n", "no list", 1, id="no dependencies"),
    pytest.param("dependencies:\n", "no entries", 1, id="null dependencies"),
    pytest.param("dependencies: pandas\n", "not a list", 1, id="a scalar for dependencies"),
    pytest.param("dependencies:\n- 1.0\n", "'1.0' is not", 2, id="a number"),
    pytest.param("dependencies:\n- yes\n", "'yes' is not", 2, id="a truth value"),
    pytest.param("dependencies:\n-\n", "empty entry", 2, id="an empty entry"),
    pytest.param("dependencies:\n- [a, b]\n", "list inside", 2, id="a list in the list"),
    pytest.param("dependencies:\n- pandas: 2.0\n", "`pandas=2.0`", 2, id="a mapping"),
    pytest.param("dependencies:\n- {a: [b]}\n", "mapping inside", 2, id="a mapping to a list"),
    pytest.param("dependencies:\n- {[a]: b}\n", "mapping inside", 2, id="a list for a key"),
    pytest.param("dependencies:\n- a\n  b\n", "several lines", 2, id="two lines in one"),
    pytest.param("dependencies:\n- a==\n", "operator", 2, id="no match specification"),
    pytest.param("dependencies:\n- <% if x %>\n", "template", 2, id="a template of the CLI"),
    pytest.param("dependencies:\n- a=<!! v !!>\n", "template", 2, id="a template in a version"),
    pytest.param("dependencies:\n- 'a={{ v }}'\n", "template", 2, id="a template of Jinja's"),
    pytest.param("name: '{{ x }}'\ndependencies: []\n", "template", 1, id="a template for a name"),
    pytest.param("channels: a\ndependencies: []\n", "not a list", 1, id="a scalar for channels"),
    pytest.param("channels: [[a]]\ndependencies: []\n", "not a name", 1, id="a list of channels"),
    pytest.param(
        "dependencies:\n- a\ndependencies:\n- b\n", "twice", 3, id="the same key a second time"
    ),
    pytest.param("dependencies:\n- pip:\n", "no entries", 2, id="an empty pip list"),
    pytest.param("dependencies:\n- pip: faker\n", "not a list", 2, id="a scalar for the pip list"),
    pytest.param("dependencies:\n- pip: [[a]]\n", "line of text", 2, id="a list in the pip list"),
    pytest.param("dependencies:\n- pip: [1.0]\n", "'1.0' is not", 2, id="a number in the pip list"),
]


@pytest.mark.parametrize(("text", "words", "line"), PROBLEMS)
def test_reports_what_cannot_be_read(text: str, words: str, line: int) -> None:
    problem = read(text).problems[0]
    assert words in problem.message
    assert problem.line == line


def test_goes_on_behind_a_problem() -> None:
    environment = read("dependencies:\n- 1.0\n- pandas\n- pip: [1, faker]\n")
    assert [spec.name for spec in environment.specs] == ["pandas"]
    assert [item.raw for item in environment.pip] == ["faker"]


def test_the_later_of_two_keys_counts() -> None:
    assert [s.name for s in read("dependencies: [a]\ndependencies: [b]\n").specs] == ["b"]


def test_a_problem_keeps_the_entry_as_written() -> None:
    assert read("dependencies:\n- a=={{ v }}\n").problems == (
        Problem("'a=={{ v }}' is a template", 2, "a=={{ v }}", 3),
    )


NAMED = [
    pytest.param("- [pandas, numpy]", "[pandas, numpy]", "a list inside", id="a list"),
    pytest.param("- - pandas  # why\n  - numpy", "- pandas - numpy", "a list inside", id="a block"),
    pytest.param("- pip: requests", "pip: requests", "not a list of lines", id="no pip list"),
    pytest.param("- pip: [[requests]]", "[requests]", "not a line of text", id="a list for pip"),
    pytest.param("- {{ extra }}", "{{ extra }}", "is a template", id="a template that is YAML"),
    pytest.param("- {a: [b], c: [d]}", "{a: [b], c: [d]}", "a mapping inside", id="a mapping"),
    pytest.param("  pandas: 2.1\n  numpy: 1", "pandas: 2.1 numpy: 1", "not a list", id="no list"),
    pytest.param("- numpy: null", "numpy:", "write `numpy`", id="a mapping to nothing"),
    pytest.param("- ? tqdm", "tqdm:", "write `tqdm`", id="a key by itself"),
    pytest.param("- a=${V}", "a=${V}", "a variable", id="a variable"),
    pytest.param("- a=$V", "a=$V", "a variable", id="a variable without braces"),
]


@pytest.mark.parametrize(("entry", "raw", "words"), NAMED)
def test_names_what_is_lost(entry: str, raw: str, words: str) -> None:
    (problem,) = read(f"dependencies:\n{entry}\n").problems
    assert problem.raw == raw
    assert problem.message.startswith(f"{raw!r} ")
    assert words in problem.message


def test_a_key_that_is_no_text_is_passed_over() -> None:
    assert read("[a]: b\nname: [c]\ndependencies: [d]\n").name == ""


UNREADABLE = [
    pytest.param("dependencies:\n\t- pandas\n", "tab", 2, id="a tab"),
    pytest.param("a: [\n", "YAML", 2, id="an open bracket"),
    pytest.param("<% if x %>\na: [\n", "template", 2, id="a template that is not YAML"),
    pytest.param("- pandas\n", "no keys", 1, id="a list at the top"),
    pytest.param("\n\njust words\n", "no keys", 3, id="words"),
    pytest.param("a: 1\n---\nb: 2\n", "more than one document", 2, id="two documents"),
    pytest.param("a: \x01\n", "YAML", None, id="a control character"),
    pytest.param("[" * 5000, "deeply", None, id="far too many brackets"),
]


@pytest.mark.parametrize(("text", "words", "line"), UNREADABLE)
def test_says_why_nothing_can_be_read(text: str, words: str, line: int | None) -> None:
    with pytest.raises(EnvironmentFileError, match=words) as caught:
        parse_environment(text)
    assert caught.value.line == line


PIECES = st.sampled_from(
    ["dependencies:", "\n", "  ", "- ", "pandas", "=1.2", ": ", "pip:", "#c", "[", "]", "{", "}",
     "'", '"', "&a ", "*a", "\t", "|", ">", "<% x %>", "{{ y }}", "!!x ", "? ", "é", "%", "@"]
)  # fmt: skip


@settings(deadline=None)  # a shared machine may be slow
@given(st.lists(PIECES, max_size=25).map("".join))
def test_never_fails_in_another_way(text: str) -> None:
    try:
        environment = parse_environment("dependencies:\n" + text)
    except EnvironmentFileError:
        return
    lines = text.count("\n") + 2
    assert all(1 <= spec.span.line <= lines for spec in environment.specs)
    assert all(1 <= problem.line <= lines for problem in environment.problems)
