"""What becomes of the Streamlit of environment.yml, and what is said."""

from __future__ import annotations

import pytest

from dependency_case import convert
from sis_migrate.model import Item, Settings, Span, Status


def environment(*specs: str) -> str:
    return "dependencies:\n" + "".join(f"  - {spec}\n" for spec in specs)


STREAMLITS = [
    pytest.param("streamlit>=1.30,<2", "", "takes the newest", id="a wide range"),
    pytest.param("streamlit>=1.50", "", "takes the newest", id="no end"),
    pytest.param("streamlit=1.35.0", "1.55.0", "which is what is asked for", id="asked for"),
]


@pytest.mark.parametrize(("spec", "wanted", "words"), STREAMLITS)
def test_each_change_of_streamlit_has_a_word(spec: str, wanted: str, words: str) -> None:
    files = {"environment.yml": environment(spec)}
    outcome = convert(files, settings=Settings(streamlit=wanted))
    finding = outcome.about(words)
    assert (finding.status, finding.item) == (Status.FIXED, Item.STREAMLIT)
    assert finding.span == Span(2, 5, 2, len(spec) + 5)


def test_a_range_of_streamlit_that_stays_needs_no_word() -> None:
    outcome = convert({"environment.yml": environment("streamlit <1.60,>=1.56")})
    assert [f for f in outcome.findings if f.item is Item.STREAMLIT] == []
