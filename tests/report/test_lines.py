from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_migrate.model import App, AppMigration, FileChange, Finding, Migration, Span, Status
from sis_migrate.report.lines import located

PATH = Path("/p/a.py")


def moved(before: bytes | None, after: bytes | None, span: Span | None) -> Span | None:
    app = App(Path("/p"), "p", None, (), ())
    migration = Migration((AppMigration(app, changes=(FileChange(PATH, before, after),)),))
    finding = Finding(code="SIS101", path=PATH, message="m", status=Status.REVIEW, span=span)
    assert located([finding], migration, applied=False) == [finding]
    return located([finding, finding], migration, applied=True)[1].span


@pytest.mark.parametrize(
    ("after", "span", "expected"),
    [
        pytest.param(b"a\nb\nc\n", Span(2, 1, 2, 2), Span(2, 1, 2, 2), id="nothing moved"),
        pytest.param(b"x\na\nb\nc\n", Span(2, 1, 2, 2), Span(3, 1, 3, 2), id="line above"),
        pytest.param(b"x\r\na\nb\nc\n", Span(1, 2, 3, 2), Span(2, 2, 4, 2), id="many lines"),
        pytest.param(b"a\nB\nc\n", Span(2, 1, 2, 2), Span(2, 1, 2, 1), id="replaced"),
        pytest.param(b"a\nB\nc\n", Span(1, 1, 2, 2), Span(1, 1, 1, 1), id="end replaced"),
        pytest.param(b"a\nx\nb\nc\n", Span(1, 1, 2, 2), Span(1, 1, 1, 1), id="torn apart"),
        pytest.param(b"b\nc\n", Span(1, 1, 1, 2), Span(1, 1, 1, 1), id="first line gone"),
        pytest.param(b"", Span(3, 1, 3, 2), Span(1, 1, 1, 1), id="all gone"),
        pytest.param(b"x\na\nb\nc\n", Span(9, 1, 9, 2), Span(5, 1, 5, 1), id="beyond the end"),
    ],
)
def test_moved(after: bytes, span: Span, expected: Span) -> None:
    assert moved(b"a\nb\nc\n", after, span) == expected


def test_what_stays_where_it_is() -> None:
    span = Span(1, 1, 1, 2)
    assert moved(b"a\n", b"x\na\n", None) is None
    assert moved(b"a\n", None, span) == span
    assert moved(None, b"a\n", span) == span


_lines = st.lists(st.sampled_from([b"a", b"b", b"c"]), max_size=12)


@given(_lines, _lines, st.integers(1, 12))
def test_a_moved_place_is_in_the_new_text(old: list[bytes], new: list[bytes], line: int) -> None:
    span = moved(b"\n".join(old), b"\n".join(new), Span(line, 1, line, 2))
    assert span is not None
    assert 1 <= span.line <= max(len(new), 1)
    if span.end_column == 2:
        assert [*old, b""][line - 1] == [*new, b""][span.line - 1]
