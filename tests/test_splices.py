from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_migrate.model import Span, Splice
from sis_migrate.splices import SpanHistory, splice
from sis_migrate.textfile import Lines

PATH = Path("/app/a.py")


@st.composite
def rounds(draw: st.DrawFn) -> tuple[str, list[Splice]]:
    """A text and splices in it that do not overlap."""
    text = draw(st.text("ab\n\r", max_size=30))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return text, [Splice(a, b, draw(st.text("xy\n", max_size=4))) for a, b in pairs]


@given(rounds())
def test_what_is_not_spliced_stays(made: tuple[str, list[Splice]]) -> None:
    text, splices = made
    pieces, position = [], 0
    for part in splices:
        pieces += [text[position : part.start], part.text]
        position = part.end
    assert splice(text, splices) == "".join(pieces) + text[position:]


@pytest.mark.parametrize(
    "splices",
    [
        pytest.param([Splice(0, 3, ""), Splice(2, 4, "")], id="overlapping"),
        pytest.param([Splice(0, 3, "x"), Splice(0, 3, "y")], id="twice the same place"),
    ],
)
def test_overlapping_edits_are_refused(splices: list[Splice]) -> None:
    with pytest.raises(ValueError, match="overlap"):
        splice("abcdef", splices)


@pytest.mark.parametrize("bad", [Splice(3, 2, ""), Splice(5, 9, ""), Splice(9, 9, "x")])
def test_an_edit_outside_of_the_text_is_refused(bad: Splice) -> None:
    with pytest.raises(ValueError, match="outside"):
        splice("abcdef", [bad])


def test_a_negative_start_is_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        splice("abcdef", [Splice(-1, 2, "")])


def test_insertions_at_one_place_and_a_replacement_from_there_do_not_overlap() -> None:
    parts = [Splice(2, 4, "C"), Splice(2, 2, "a"), Splice(2, 2, "b")]
    assert splice("0123456", parts) == "01abC456"


@given(rounds(), rounds())
def test_places_that_no_round_touched_are_traced_back(
    first: tuple[str, list[Splice]], second: tuple[str, list[Splice]]
) -> None:
    text, splices = first
    middle = splice(text, splices)
    later = [s for s in second[1] if s.end <= len(middle)]
    history = SpanHistory()
    history.record(PATH, text, splices)
    history.record(PATH, middle, later)
    newest = splice(middle, later)
    old, new = Lines(text), Lines(newest)
    for at, origin in _origins(text, [splices, later]):
        where = new.position(at)
        found = history.original(PATH, Span(*where, *where))
        assert (found.line, found.column) == old.position(origin)


def test_a_file_without_rounds_keeps_its_spans() -> None:
    assert SpanHistory().original(PATH, Span(3, 1, 3, 5)) == Span(3, 1, 3, 5)


def test_a_place_in_new_text_is_the_start_of_what_it_replaced() -> None:
    history = SpanHistory()
    history.record(PATH, "a\nbcd\ne\n", [Splice(2, 5, "x\ny\nz")])
    assert history.original(PATH, Span(3, 1, 3, 2)) == Span(2, 1, 2, 1)
    assert history.original(PATH, Span(5, 1, 5, 2)) == Span(3, 1, 3, 2)


def _origins(text: str, history: list[list[Splice]]) -> list[tuple[int, int]]:
    """The offset of each character that no splice made, with the one it had at first."""
    origins: list[int | None] = list(range(len(text)))
    for splices in history:
        for part in sorted(splices, key=lambda s: (s.start, s.end), reverse=True):
            origins[part.start : part.end] = [None] * len(part.text)
    return [(at, origin) for at, origin in enumerate(origins) if origin is not None]
